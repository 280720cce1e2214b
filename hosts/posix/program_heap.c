/* SPDX-License-Identifier: MIT */
#include "program_heap.h"

#include <cairn/heap.h>
#include <cairn/locked.h>

#include "large_blocks.h"
#include "memory.h"

#define FIRST_STEP   ((size_t)4 << 20)
#define EXPECTED     (SIZE_MAX / 4 < (uint64_t)30 << 30 ? SIZE_MAX / 4 : (size_t)((uint64_t)30 << 30))
#define LARGE_FROM   ((size_t)4 << 20)  /* bytes; below, page faults cost more than they save */
#define ZEROED_FROM  ((size_t)1 << 20)  /* bytes; the same, of blocks that are wanted zeroed */
#define PASSING_MOST ((size_t)32 << 20) /* bytes */
#define THREADS      128

/* ---- the heap that grows: guarded by the lock around it ---- */

struct growing {
    struct cairn_allocator allocator;
    struct cairn_heap heap;
    uintptr_t low, high; /* no region lies outside; read without the lock, and only widened */
    uintptr_t first_start, first_end; /* of the first region, which grows; 0: none; likewise */

    size_t size;    /* bytes, of all regions */
    size_t enough;  /* bytes taken, from where on it is short */
    bool is_short;  /* somebody was refused and must come again, with all threads out of it */
    size_t busiest; /* bytes, the most that was taken since pages were last given back */
};

static void trim_after_release(struct cairn_shared_heap *self);

static struct growing *growing_of(struct cairn_allocator *allocator)
{
    return (struct growing *)(void *)allocator;
}

/* ---- more memory ---- */

static void widen(struct growing *self, char *start, size_t size)
{
    uintptr_t low = (uintptr_t)start, high = low + size;
    if (self->low == 0 || low < self->low)
        __atomic_store_n(&self->low, low, __ATOMIC_RELEASE);
    if (high > self->high)
        __atomic_store_n(&self->high, high, __ATOMIC_RELEASE);
    self->size += size;
}

/* Growing at 7/8 leaves blocks that come and go room enough not to be fetched one by one. */
static void note_enough(struct growing *self)
{
    const struct cairn_heap_region *region = self->heap.region;
    self->enough = (size_t)(region->end - region->first) / 8 * 7 * CAIRN_HEAP_GRANULE;
}

static bool begin(struct growing *self)
{
    char *start = cairn_host_memory_map_with_room(FIRST_STEP);
    if (!start ||
        cairn_shared_heap_init_zeroed(&cairn_program_heap, start, FIRST_STEP) != CAIRN_REGION_OK)
        return false;
    cairn_heap_expect(&self->heap, EXPECTED);
    widen(self, start, FIRST_STEP);
    __atomic_store_n(&self->first_start, (uintptr_t)start, __ATOMIC_RELAXED);
    __atomic_store_n(&self->first_end, (uintptr_t)start + FIRST_STEP, __ATOMIC_RELEASE);
    note_enough(self);
    cairn_program_heap.on_release = trim_after_release;
    return true;
}

/* Where the first region ends, or anywhere. */
static char *map_more(const struct growing *self, size_t size)
{
    char *end = (char *)self->first_end;
    return cairn_host_memory_map_at(end, size) ? end : cairn_host_memory_map(size);
}

/* A region that does not extend the first one has no slabs; from then on only a refusal counts. */
static bool add(struct growing *self, size_t size)
{
    char *start = map_more(self, size);
    size_t end = self->heap.region->end;
    if (!start)
        return false;
    if (cairn_heap_add_region(&self->heap, start, size) != CAIRN_REGION_OK) {
        cairn_host_memory_unmap(start, size);
        return false;
    }
    widen(self, start, size);
    self->enough = SIZE_MAX;
    if (self->heap.region->end > end) {
        __atomic_store_n(&self->first_end, self->first_end + size, __ATOMIC_RELEASE);
        note_enough(self);
    }
    return true;
}

/*
 * By half of what there is, or, under a limit, by an eighth: others need addresses, too. By less, if
 * that is refused, but enough for the block and for what the metadata takes.
 *
 * Needs: all threads are out of the heap.
 */
static bool grow(struct growing *self, struct cairn_layout layout)
{
    size_t page = cairn_host_memory_page_size();
    self->is_short = false;
    self->enough = SIZE_MAX;
    if (layout.size > EXPECTED || layout.align > EXPECTED)
        return false;
    size_t least = cairn_align_up((layout.size + layout.align) / 16 * 17 + FIRST_STEP / 32, page);
    size_t step = self->size / (cairn_host_memory_is_limited() ? 8 : 2);
    for (; step > least; step /= 2)
        if (add(self, cairn_align_up(step, page)))
            return true;
    return add(self, least);
}

/* ---- blocks that come and go ---- */

/*
 * A program that frees a mapping will ask for a block of that size again: from then on these come from
 * the heap, which keeps their pages for a while. So blocks that live long are mappings of their own,
 * and blocks that come and go cost no page faults. A mapping is zero by itself: so smaller blocks are
 * mapped, too, if they are wanted zeroed. A block of 4 MiB that is zeroed, or that was resized, always is.
 *
 * Source: glibc, mallopt(3), M_MMAP_THRESHOLD.
 */
static struct {
    size_t from, zeroed_from; /* bytes; smaller blocks come and go; only grow */
} mapped = {LARGE_FROM, ZEROED_FROM};

static bool is_at_least(size_t size, const size_t *from)
{
    return size >= __atomic_load_n(from, __ATOMIC_RELAXED);
}

/* ---- less memory ---- */

#define TRIM_FROM ((size_t)32 << 20) /* bytes */
#define RUN_LEAST ((size_t)64 << 10) /* bytes; below, a system call costs more than it gives */

struct trimming {
    size_t least; /* bytes, of a run of pages that is given back */
    size_t released;
};

static void release(void *context, void *start, size_t size)
{
    struct trimming *trimming = context;
    if (size >= trimming->least && cairn_host_memory_release(start, size))
        trimming->released += size;
}

static size_t trim(struct growing *self, size_t least)
{
    struct trimming trimming = {.least = least};
    if (self->first_end)
        (void)cairn_heap_trim(&self->heap, cairn_host_memory_page_size(), release, &trimming);
    self->busiest = cairn_heap_taken(&self->heap);
    return trimming.released;
}

static void note_busiest(struct growing *self)
{
    size_t taken = cairn_heap_taken(&self->heap);
    if (taken > self->busiest)
        self->busiest = taken;
}

/* Of what comes and goes, two may be away. Source: glibc, mallopt(3), M_TRIM_THRESHOLD. */
static bool is_much(size_t gone)
{
    return gone >= TRIM_FROM && is_at_least(gone / 2, &mapped.from);
}

/* Looking through the heap takes long: only where half of it was given back since the last time. */
static void trim_if_worth_it(struct growing *self)
{
    note_busiest(self);
    size_t gone = self->busiest - cairn_heap_taken(&self->heap);
    if (is_much(gone) && gone >= self->busiest / 2)
        (void)trim(self, RUN_LEAST);
}

/* ---- its operations ---- */

/*
 * When it is short it refuses. Then all threads are kept out of the heap, and it is asked again: only
 * then may it grow, which moves the metadata that they look into.
 */
static void *growing_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct growing *self = growing_of(allocator);
    bool may_grow = cairn_shared_heap_stopped_by_caller(&cairn_program_heap);
    if (!self->first_end && !begin(self))
        return NULL;
    self->is_short |= cairn_heap_taken(&self->heap) >= self->enough;
    if (self->is_short && may_grow)
        (void)grow(self, layout);
    if (self->is_short && self->enough != SIZE_MAX)
        return NULL;
    void *block = cairn_allocator_alloc(&self->heap.allocator, layout);
    if (!block && may_grow && grow(self, layout))
        block = cairn_allocator_alloc(&self->heap.allocator, layout);
    self->is_short |= !block && !may_grow;
    trim_if_worth_it(self);
    return block;
}

static void growing_verify(struct cairn_allocator *allocator, void *block,
                           struct cairn_layout layout)
{
    cairn_allocator_verify(&growing_of(allocator)->heap.allocator, block, layout);
}

static void growing_dealloc(struct cairn_allocator *allocator, void *block,
                            struct cairn_layout layout)
{
    cairn_allocator_dealloc(&growing_of(allocator)->heap.allocator, block, layout);
    trim_if_worth_it(growing_of(allocator));
}

static void *growing_realloc(struct cairn_allocator *allocator, void *block,
                             struct cairn_layout layout, size_t new_size)
{
    struct growing *self = growing_of(allocator);
    void *resized = cairn_allocator_realloc(&self->heap.allocator, block, layout, new_size);
    note_busiest(self);
    return resized;
}

static size_t growing_usable_size(struct cairn_allocator *allocator, const void *block,
                                  const char *operation)
{
    return cairn_allocator_size_for(&growing_of(allocator)->heap.allocator, block, operation);
}

static void growing_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    cairn_allocator_dealloc_unsized(&growing_of(allocator)->heap.allocator, block);
    trim_if_worth_it(growing_of(allocator));
}

static const struct cairn_allocator_operations growing_operations = {
    .name = "program heap",
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

static struct cairn_locked locked = CAIRN_LOCKED(&growing.allocator, "program heap");

/* ---- large blocks beside it ---- */

static struct cairn_allocator *const heap = &locked.allocator;

static bool is_large(size_t size, size_t align)
{
    return size >= LARGE_FROM || align >= LARGE_FROM;
}

static bool is_to_be_mapped(struct cairn_layout layout)
{
    return is_at_least(layout.size, &mapped.from) || layout.align >= LARGE_FROM;
}

static bool is_to_be_mapped_zeroed(struct cairn_layout layout)
{
    return is_at_least(layout.size, &mapped.zeroed_from) || layout.align >= LARGE_FROM;
}

static void dealloc_large(void *block, size_t size, const char *operation)
{
    size_t *from = size < LARGE_FROM ? &mapped.zeroed_from : &mapped.from;
    if (size < PASSING_MOST && is_at_least(size, from))
        __atomic_store_n(from, size + 1, __ATOMIC_RELAXED);
    cairn_large_dealloc(block, operation);
}

/* No large block lies there. */
static bool is_in_first_region(const void *block)
{
    uintptr_t end = __atomic_load_n(&growing.first_end, __ATOMIC_ACQUIRE);
    uintptr_t start = __atomic_load_n(&growing.first_start, __ATOMIC_RELAXED);
    return (uintptr_t)block - start < end - start;
}

/* The size of a large block, or 0. Panics: the address is neither a large block's nor the heap's. */
static size_t large_size(const void *block, const char *operation)
{
    if (is_in_first_region(block))
        return 0;
    size_t size = cairn_large_size(block, operation);
    uintptr_t low = __atomic_load_n(&growing.low, __ATOMIC_ACQUIRE);
    uintptr_t high = __atomic_load_n(&growing.high, __ATOMIC_ACQUIRE);
    if (size == 0 && (uintptr_t)block - low >= high - low)
        cairn_large_report_stranger(block, operation);
    return size;
}

/* What the block is said to have, must fill the pages that it has. */
static void check_size(const void *block, size_t has, size_t said, const char *operation)
{
    cairn_check(said <= has && has - said < cairn_host_memory_page_size(),
                "%s of %p: the block has %zu bytes, not %zu; give it back with its layout",
                operation, block, has, said);
}

/* Where the system has no more, the heap may still have. */
static void *alloc_mapped(struct cairn_layout layout)
{
    void *large = cairn_large_alloc(layout);
    return large ? large : cairn_allocator_alloc(heap, layout);
}

static void *program_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    return is_to_be_mapped(layout) ? alloc_mapped(layout) : cairn_allocator_alloc(heap, layout);
}

static void *program_alloc_zeroed(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    void *large = is_to_be_mapped_zeroed(layout) ? cairn_large_alloc(layout) : NULL;
    return large ? large : cairn_allocator_alloc_zeroed(heap, layout);
}

static void program_verify(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    size_t large = large_size(block, "dealloc");
    if (large)
        check_size(block, large, layout.size, "dealloc");
    else
        cairn_allocator_verify(heap, block, layout);
}

static void program_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    size_t large = large_size(block, "dealloc");
    if (large) {
        check_size(block, large, layout.size, "dealloc");
        dealloc_large(block, large, "dealloc");
    } else {
        cairn_allocator_dealloc(heap, block, layout);
    }
}

/* Between the heap and a mapping, or from one mapping to another, for its alignment. */
static void *move(struct cairn_allocator *self, void *block, struct cairn_layout layout,
                  size_t new_size)
{
    struct cairn_layout new_layout = {new_size, layout.align};
    void *moved = is_large(new_size, layout.align) ? alloc_mapped(new_layout)
                                                   : cairn_allocator_alloc(heap, new_layout);
    if (!moved)
        return NULL;
    __builtin_memcpy(moved, block, layout.size < new_size ? layout.size : new_size);
    program_dealloc(self, block, layout);
    return moved;
}

/* A large block that stays large is not copied. Its pages are aligned, and no more than that. */
static void *program_realloc(struct cairn_allocator *self, void *block, struct cairn_layout layout,
                             size_t new_size)
{
    size_t large = large_size(block, "realloc");
    bool will_be_large = is_large(new_size, layout.align);
    if (large)
        check_size(block, large, layout.size, "realloc");
    if (large && will_be_large && layout.align <= cairn_host_memory_page_size())
        return cairn_large_realloc(block, new_size);
    if (large || will_be_large)
        return move(self, block, layout, new_size);
    return cairn_allocator_realloc(heap, block, layout, new_size);
}

static size_t program_usable_size(struct cairn_allocator *self, const void *block,
                                  const char *operation)
{
    (void)self;
    size_t large = large_size(block, operation);
    return large ? large : cairn_allocator_size_for(heap, block, operation);
}

static void program_dealloc_unsized(struct cairn_allocator *self, void *block)
{
    (void)self;
    size_t large = large_size(block, "free");
    if (large)
        dealloc_large(block, large, "free");
    else
        cairn_allocator_dealloc_unsized(heap, block);
}

static struct cairn_allocator *program_backing(struct cairn_allocator *self)
{
    (void)self;
    return heap;
}

static const struct cairn_allocator_operations program_operations = {
    .name = "program",
    .alloc = program_alloc,
    .dealloc = program_dealloc,
    .alloc_zeroed = program_alloc_zeroed,
    .realloc = program_realloc,
    .verify = program_verify,
    .usable_size = program_usable_size,
    .dealloc_unsized = program_dealloc_unsized,
    .backing = program_backing,
};

static struct cairn_allocator program = {&program_operations};

/* ---- all of it ---- */

static void trim_after_release(struct cairn_shared_heap *self)
{
    (void)self;
    trim_if_worth_it(&growing);
}

static struct cairn_processor threads[THREADS];
struct cairn_shared_heap cairn_program_heap =
    CAIRN_SHARED_HEAP(&growing.heap, &locked, &program, threads);

size_t cairn_program_heap_trim(void)
{
    (void)cairn_shared_heap_flush(&cairn_program_heap);
    cairn_locked_lock(&locked);
    size_t released = trim(&growing, 0);
    cairn_locked_unlock(&locked);
    return released;
}

void cairn_program_heap_before_fork(void)
{
    cairn_shared_heap_stop(&cairn_program_heap);
    cairn_locked_lock(&locked);
    cairn_large_lock();
}

void cairn_program_heap_after_fork(void)
{
    cairn_large_unlock();
    cairn_locked_unlock(&locked);
    cairn_shared_heap_go_on(&cairn_program_heap);
}

void cairn_program_heap_after_fork_in_child(void)
{
    cairn_large_unlock();
    cairn_locked_unlock(&locked);
    cairn_shared_heap_go_on_alone(&cairn_program_heap);
}
