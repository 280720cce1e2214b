/* SPDX-License-Identifier: MIT */
#include "program_heap.h"

#include <cairn/heap.h>
#include <cairn/live_map.h>
#include <cairn/locked.h>

#include "memory.h"

/* 30 GiB, below the 32 that one part of a heap has; of 32-bit addresses a quarter, 1 GiB. */
#define MOST         (SIZE_MAX / 4 < (uint64_t)30 << 30 ? SIZE_MAX / 4 + 1 : (size_t)((uint64_t)30 << 30))
#define LEAST        ((size_t)1 << 20)
#define RELEASE_FROM ((size_t)4 << 20) /* bytes; below, a page fault costs more than it saves */
#define THREADS      128
#define CACHE_BUDGET ((size_t)32 << 20)

/* ---- the whole heap: guarded by the lock around it ---- */

struct whole {
    struct cairn_allocator allocator;
    struct cairn_heap heap;
    bool begun;
};

static struct whole *whole_of(struct cairn_allocator *allocator)
{
    return (struct whole *)(void *)allocator;
}

static bool begin_with(struct whole *self, size_t size)
{
    void *start = cairn_host_memory_reserve(size);
    return start && cairn_host_memory_commit(start, size) &&
           cairn_heap_init_zeroed(&self->heap, start, size) == CAIRN_REGION_OK;
}

/* Addresses that are reserved and cannot be committed are left: they cost nothing. */
static bool begin(struct whole *self)
{
    for (size_t size = MOST; size >= LEAST && !self->begun; size /= 2)
        self->begun = begin_with(self, size);
    return self->begun;
}

static void *whole_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct whole *self = whole_of(allocator);
    if (!self->begun && !begin(self))
        return NULL;
    return cairn_allocator_alloc(&self->heap.allocator, layout);
}

/* A block's memory goes back to the system while the block is still nobody else's. */
static void release(void *block, size_t size)
{
    if (size >= RELEASE_FROM)
        cairn_host_memory_release(block, size);
}

static void whole_verify(struct cairn_allocator *allocator, void *block, struct cairn_layout layout)
{
    struct cairn_allocator *heap = &whole_of(allocator)->heap.allocator;
    heap->operations->verify(heap, block, layout);
}

static void whole_dealloc(struct cairn_allocator *allocator, void *block,
                          struct cairn_layout layout)
{
    whole_verify(allocator, block, layout);
    release(block, layout.size);
    cairn_allocator_dealloc(&whole_of(allocator)->heap.allocator, block, layout);
}

static void *whole_realloc(struct cairn_allocator *allocator, void *block,
                           struct cairn_layout layout, size_t new_size)
{
    return cairn_allocator_realloc(&whole_of(allocator)->heap.allocator, block, layout, new_size);
}

static size_t whole_usable_size(struct cairn_allocator *allocator, const void *block)
{
    return cairn_heap_usable_size(&whole_of(allocator)->heap, block);
}

static void whole_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    release(block, whole_usable_size(allocator, block)); /* which panics if there is no block */
    cairn_allocator_dealloc_unsized(&whole_of(allocator)->heap.allocator, block);
}

/* There is one from the start, and no look at the heap, which may just begin, tells it. */
static bool whole_live_map(struct cairn_allocator *allocator, struct cairn_live_map *map)
{
    struct cairn_allocator *heap = &whole_of(allocator)->heap.allocator;
    return !map || cairn_heap_operations.live_map(heap, map);
}

static const struct cairn_allocator_operations whole_operations = {
    .name = "program heap",
    .alloc = whole_alloc,
    .dealloc = whole_dealloc,
    .realloc = whole_realloc,
    .verify = whole_verify,
    .live_map = whole_live_map,
    .usable_size = whole_usable_size,
    .dealloc_unsized = whole_dealloc_unsized,
};

static struct whole whole = {
    .allocator = {&whole_operations},
    .heap = CAIRN_HEAP_EMPTY,
};

/* ---- the heap ---- */

static struct cairn_locked locked = CAIRN_LOCKED(&whole.allocator, "program heap");
static struct cairn_magazine_slot slots[THREADS];
struct cairn_magazines cairn_program_heap = CAIRN_MAGAZINES(&locked.allocator, slots, CACHE_BUDGET);

void cairn_program_heap_before_fork(void)
{
    cairn_magazines_stop(&cairn_program_heap);
    cairn_locked_lock(&locked);
}

void cairn_program_heap_after_fork(void)
{
    cairn_locked_unlock(&locked);
    cairn_magazines_go_on(&cairn_program_heap);
}

void cairn_program_heap_after_fork_in_child(void)
{
    cairn_locked_unlock(&locked);
    cairn_magazines_go_on_alone(&cairn_program_heap);
}
