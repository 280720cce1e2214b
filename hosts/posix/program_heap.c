/* SPDX-License-Identifier: MIT */
#include "program_heap.h"

#include <cairn/heap.h>
#include <cairn/locked.h>

#include "memory.h"

#define FIRST_SIZE   ((size_t)4 << 20)
#define RESERVE_SIZE ((size_t)30 << 30)
#define THREADS      128
#define CACHE_BUDGET ((size_t)32 << 20)

/* ---- growing: guarded by the lock around it ---- */

struct growing {
    struct cairn_allocator allocator;
    struct cairn_heap heap;
    char *start;
    size_t size, reserved; /* bytes: that the heap has, that it may have */
};

static struct growing *growing_of(struct cairn_allocator *allocator)
{
    return (struct growing *)(void *)allocator;
}

static bool reserve(struct growing *self)
{
    for (size_t size = RESERVE_SIZE; size >= FIRST_SIZE && !self->start; size /= 2) {
        self->start = cairn_host_memory_reserve(size);
        self->reserved = self->start ? size : 0;
    }
    return self->start != NULL;
}

/* Gives the heap so much more that `wanted` bytes fit, and at least as much as it has. */
static bool grow(struct growing *self, size_t wanted)
{
    if (!self->start && !reserve(self))
        return false;
    size_t left = self->reserved - self->size;
    size_t more = self->size > FIRST_SIZE ? self->size : FIRST_SIZE;
    if (wanted > left || wanted + wanted / 16 > left)
        return false;
    if (more < wanted + wanted / 8 + FIRST_SIZE)
        more = wanted + wanted / 8 + FIRST_SIZE;
    if (more > left)
        more = left;
    if (more == 0 || !cairn_host_memory_commit(self->start + self->size, more))
        return false;
    enum cairn_region_error error =
        self->size == 0 ? cairn_heap_init(&self->heap, self->start, more)
                        : cairn_heap_add_region(&self->heap, self->start + self->size, more);
    if (error)
        return false;
    self->size += more;
    return true;
}

/* The heap is fast while it is less than half full, and addresses cost nothing. */
static void keep_half_free(struct growing *self)
{
    if (self->heap.part.taken >= self->heap.part.half)
        (void)grow(self, 0);
}

static void *growing_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct growing *self = growing_of(allocator);
    keep_half_free(self);
    void *block = cairn_allocator_alloc(&self->heap.allocator, layout);
    size_t wanted;
    if (block || __builtin_add_overflow(layout.size, layout.align, &wanted) || !grow(self, wanted))
        return block;
    return cairn_allocator_alloc(&self->heap.allocator, layout);
}

static void *growing_realloc(struct cairn_allocator *allocator, void *block,
                             struct cairn_layout layout, size_t new_size)
{
    struct growing *self = growing_of(allocator);
    void *new_block = cairn_allocator_realloc(&self->heap.allocator, block, layout, new_size);
    size_t wanted;
    if (new_block || __builtin_add_overflow(new_size, layout.align, &wanted) || !grow(self, wanted))
        return new_block;
    return cairn_allocator_realloc(&self->heap.allocator, block, layout, new_size);
}

static void growing_dealloc(struct cairn_allocator *allocator, void *block,
                            struct cairn_layout layout)
{
    cairn_allocator_dealloc(&growing_of(allocator)->heap.allocator, block, layout);
}

static void growing_verify(struct cairn_allocator *allocator, void *block,
                           struct cairn_layout layout)
{
    struct cairn_allocator *heap = &growing_of(allocator)->heap.allocator;
    heap->operations->verify(heap, block, layout);
}

static size_t growing_usable_size(struct cairn_allocator *allocator, const void *block)
{
    return cairn_heap_usable_size(&growing_of(allocator)->heap, block);
}

static void growing_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    cairn_allocator_dealloc_unsized(&growing_of(allocator)->heap.allocator, block);
}

static const struct cairn_allocator_operations growing_operations = {
    .name = "growing",
    .alloc = growing_alloc,
    .dealloc = growing_dealloc,
    .realloc = growing_realloc,
    .verify = growing_verify,
    .usable_size = growing_usable_size,
    .dealloc_unsized = growing_dealloc_unsized,
};

static struct growing growing = {
    .allocator = {&growing_operations},
    .heap = CAIRN_HEAP_EMPTY,
};

/* ---- the heap ---- */

static struct cairn_locked locked = CAIRN_LOCKED(&growing.allocator, "program heap");
static struct cairn_magazine_slot slots[THREADS];
struct cairn_magazines cairn_program_heap = CAIRN_MAGAZINES(&locked.allocator, slots, CACHE_BUDGET);

void cairn_program_heap_before_fork(void)
{
    cairn_magazines_stop(&cairn_program_heap);
    cairn_spinlock_lock(&cairn_program_heap.depot);
    cairn_locked_lock(&locked);
}

void cairn_program_heap_after_fork(void)
{
    cairn_locked_unlock(&locked);
    cairn_spinlock_unlock(&cairn_program_heap.depot);
    cairn_magazines_go_on(&cairn_program_heap);
}
