/* SPDX-License-Identifier: MIT */
#include <cairn/quick_fit.h>

#include "bins.h"
#include "report.h"

#define QUICK        CAIRN_QUICK_FIT_QUICK
#define QUICK_BLOCKS 32 /* that wait in one list */

/* Granules that wait in all lists, and half of the heap at most. */
#define WAITING_MAX ((uint32_t)64 * 1024 / GRANULE)

/* A request is large above this many granules, or this share of the heap if that is more. */
#define LARGE_GRANULES ((uint32_t)32)
#define LARGE_SHARE    256

/* Granules of a heap in which every large request has the blocks that wait merged before. */
#define SMALL_HEAP ((uint32_t)256 * 1024 / GRANULE)

CAIRN_STATIC_ASSERT(offsetof(struct cairn_quick_fit, allocator) == 0,
                    "an allocator is its own face");

static struct cairn_quick_fit *heap_of(struct cairn_allocator *allocator)
{
    return (struct cairn_quick_fit *)(void *)allocator;
}

/* ---- layouts ---- */

static inline size_t granules_for(size_t size)
{
    return size / GRANULE + (size % GRANULE != 0);
}

static void check_layout(struct cairn_layout layout)
{
    cairn_check(layout.size != 0 && cairn_layout_is_valid(layout),
                "quick_fit: Layout { size: %zu, align: %zu } is no layout to allocate; build it "
                "with cairn_layout_make() and ask for at least one byte",
                layout.size, layout.align);
}

/* ---- the quick lists: linked through the blocks' first word ---- */

static uint32_t *link_at(const struct cairn_quick_fit *self, uint32_t at)
{
    return (uint32_t *)address_of(self, at);
}

/* A link that was written to leads to no block of the list's size, or is out of the heap. */
static inline uint32_t pop(struct cairn_quick_fit *self, struct cairn_quick_fit_list *list,
                           size_t size)
{
    uint32_t at = list->first;
    bool is_sound = at < self->end && is_waiting(self, at) && has_quick_size(self, at, size);
    cairn_check(is_sound,
                "quick_fit: the list of freed blocks of %zu bytes leads to %p, where none waits; "
                "most likely freed memory was written to",
                size * GRANULE, address_of(self, at));
    slice_of(self, at)->free ^= bit_at(at);
    list->first = *link_at(self, at);
    list->count--;
    self->waiting -= (uint32_t)size;
    return at;
}

static inline void push(struct cairn_quick_fit *self, struct cairn_quick_fit_list *list,
                        uint32_t at, size_t size)
{
    slice_of(self, at)->free |= bit_at(at);
    *link_at(self, at) = list->first;
    list->first = at;
    list->count++;
    self->waiting += (uint32_t)size;
}

/* Merges a live block with what is free around it. */
static __attribute__((noinline)) void release(struct cairn_quick_fit *self, uint32_t at,
                                              uint32_t size)
{
    unmark(self, at, size);
    self->taken -= size;
    cairn_quick_fit_give(self, at, size);
}

size_t cairn_quick_fit_flush(struct cairn_quick_fit *self)
{
    size_t waiting = self->waiting;
    for (uint32_t size = 1; size <= QUICK && self->waiting; size++)
        for (struct cairn_quick_fit_list *list = &self->quick[size]; list->count;)
            release(self, pop(self, list, size), size);
    return waiting * GRANULE;
}

/* ---- alloc ---- */

/* In a larger heap, only where no more than one bin has blocks for the request. */
static bool are_in_the_way(const struct cairn_quick_fit *self, size_t size)
{
    uint64_t bins = self->bin_map >> bin_for_size((uint32_t)size);
    return self->end <= SMALL_HEAP || (bins & (bins - 1)) == 0;
}

/*
 * The general way. Blocks that wait are merged first where they would be in the way of a large
 * request, and last where there is no memory else.
 */
static __attribute__((noinline)) void *alloc_general(struct cairn_quick_fit *self,
                                                     struct cairn_layout layout)
{
    check_layout(layout);
    size_t size = granules_for(layout.size);
    size_t align = layout.align > GRANULE ? layout.align / GRANULE : 1;
    if (size > self->end || align > UINT32_MAX)
        return NULL;
    if (size > self->large && self->waiting && are_in_the_way(self, size))
        cairn_quick_fit_flush(self);
    uint32_t at = cairn_quick_fit_take(self, (uint32_t)size, (uint32_t)align);
    if (at == NONE && self->waiting) {
        cairn_quick_fit_flush(self);
        at = cairn_quick_fit_take(self, (uint32_t)size, (uint32_t)align);
    }
    if (at == NONE)
        return NULL;
    self->taken += (uint32_t)size;
    return address_of(self, at);
}

static void *quick_fit_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_quick_fit *self = heap_of(allocator);
    size_t size = granules_for(layout.size);
    if (__builtin_expect(size <= QUICK, 1)) {
        struct cairn_quick_fit_list *list = &self->quick[size];
        if (list->count && cairn_is_aligned((uintptr_t)address_of(self, list->first), layout.align))
            return address_of(self, pop(self, list, size));
    }
    return alloc_general(self, layout);
}

/* ---- dealloc ---- */

/* Whether a live block begins there; then *at is its position. */
static inline bool find_live(const struct cairn_quick_fit *self, const void *block, uint32_t *at)
{
    uintptr_t offset = (uintptr_t)block - self->base;
    *at = (uint32_t)(offset / GRANULE);
    return offset % GRANULE == 0 && offset / GRANULE < self->end && is_live(self, *at);
}

static __attribute__((noinline)) bool has_size(const struct cairn_quick_fit *self, uint32_t at,
                                               size_t size)
{
    return size != 0 && size_at(self, at) == size;
}

/* The position of a live block of this size in granules; anything else is reported. */
static inline __attribute__((always_inline)) uint32_t checked(const struct cairn_quick_fit *self,
                                                              const void *block, size_t size,
                                                              struct cairn_layout layout,
                                                              const char *operation)
{
    uint32_t at;
    bool is_right = find_live(self, block, &at);
    if (__builtin_expect(size - 1 < QUICK, 1))
        is_right = is_right && has_quick_size(self, at, size);
    else
        is_right = is_right && has_size(self, at, size);
    if (__builtin_expect(!is_right, 0))
        cairn_quick_fit_report_invalid(self, block, layout, operation);
    return at;
}

static inline void give_back(struct cairn_quick_fit *self, uint32_t at, size_t size)
{
    if (__builtin_expect(size <= QUICK, 1)) {
        struct cairn_quick_fit_list *list = &self->quick[size];
        if (list->count < QUICK_BLOCKS && self->waiting + size <= self->waiting_max) {
            push(self, list, at, size);
            return;
        }
    }
    release(self, at, (uint32_t)size);
}

static void quick_fit_dealloc(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout)
{
    struct cairn_quick_fit *self = heap_of(allocator);
    size_t size = granules_for(layout.size);
    give_back(self, checked(self, block, size, layout, "dealloc"), size);
}

static void quick_fit_verify(struct cairn_allocator *allocator, void *block,
                             struct cairn_layout layout)
{
    (void)checked(heap_of(allocator), block, granules_for(layout.size), layout, "verify");
}

/* ---- without a layout ---- */

static uint32_t checked_unsized(const struct cairn_quick_fit *self, const void *block,
                                uint32_t *size, const char *operation)
{
    uint32_t at;
    bool is_right = find_live(self, block, &at);
    *size = is_right ? size_at(self, at) : 0;
    if (*size == 0)
        cairn_quick_fit_report_invalid(self, block, CAIRN_ZERO(struct cairn_layout), operation);
    return at;
}

static size_t quick_fit_usable_size(struct cairn_allocator *allocator, const void *block)
{
    uint32_t size;
    (void)checked_unsized(heap_of(allocator), block, &size, "usable_size");
    return (size_t)size * GRANULE;
}

static void quick_fit_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    uint32_t size, at = checked_unsized(heap_of(allocator), block, &size, "dealloc");
    give_back(heap_of(allocator), at, size);
}

/* ---- realloc ---- */

static void shrink(struct cairn_quick_fit *self, uint32_t at, uint32_t size, uint32_t new_size)
{
    unmark(self, at, size);
    mark_live(self, at, new_size);
    self->taken -= size - new_size;
    cairn_quick_fit_give(self, at + new_size, size - new_size);
}

/*
 * Makes the block larger by free memory on both sides of it, that after it first. Gives its new
 * position, NONE if that is not enough or not aligned; then nothing has changed.
 */
static uint32_t grow(struct cairn_quick_fit *self, uint32_t at, uint32_t size, uint32_t new_size,
                     size_t align)
{
    uint32_t after = cairn_quick_fit_free_from(self, at + size), before = 0;
    if (size + after < new_size) {
        before = cairn_quick_fit_free_before(self, at);
        bool is_aligned = cairn_is_aligned((uintptr_t)address_of(self, at - before), align);
        if (before + size + after < new_size || !is_aligned)
            return NONE;
    }
    if (after)
        cairn_quick_fit_remove(self, at + size, after);
    if (before)
        cairn_quick_fit_remove(self, at - before, before);
    unmark(self, at, size);
    if (before)
        __builtin_memmove(address_of(self, at - before), address_of(self, at),
                          (size_t)size * GRANULE);
    mark_live(self, at - before, new_size);
    self->taken += new_size - size;
    if (before + size + after > new_size)
        cairn_quick_fit_give(self, at - before + new_size, before + size + after - new_size);
    return at - before;
}

/*
 * Whether a free block is tighter for the new size than the block's own place, with what is free
 * around it. In a heap that is more than a quarter full each realloc so mends a bit of what others
 * have cut into pieces.
 */
static bool is_better_elsewhere(const struct cairn_quick_fit *self, uint32_t at, uint32_t size,
                                uint32_t new_size)
{
    if (self->taken <= self->end / 4)
        return false;
    uint32_t best = cairn_quick_fit_best(self, new_size);
    return best && best < cairn_quick_fit_free_before(self, at) + size +
                              cairn_quick_fit_free_from(self, at + size);
}

/* In place; null if that can't be. */
static void *resize_in_place(struct cairn_quick_fit *self, void *block, uint32_t size,
                             uint32_t new_size, size_t align)
{
    uint32_t at = (uint32_t)(((uintptr_t)block - self->base) / GRANULE);
    if (new_size < size) {
        shrink(self, at, size, new_size);
        return block;
    }
    at = grow(self, at, size, new_size, align);
    return at != NONE ? address_of(self, at) : NULL;
}

static void *quick_fit_realloc(struct cairn_allocator *allocator, void *block,
                               struct cairn_layout layout, size_t new_size)
{
    struct cairn_quick_fit *self = heap_of(allocator);
    size_t asked = granules_for(layout.size), wanted = granules_for(new_size);
    uint32_t at = checked(self, block, asked, layout, "realloc"), size = (uint32_t)asked;
    check_layout(CAIRN_LITERAL(struct cairn_layout){new_size, layout.align});
    if (wanted == asked)
        return block;
    if (wanted > self->end)
        return NULL;
    void *resized = NULL;
    bool is_small = wanted > asked && asked <= QUICK; /* copied as soon as looked around */
    if (!is_small && !is_better_elsewhere(self, at, size, (uint32_t)wanted))
        resized = resize_in_place(self, block, size, (uint32_t)wanted, layout.align);
    if (!resized)
        resized = cairn_default_realloc(allocator, block, layout, new_size);
    /* If that was refused, all is merged by now: more may be free around the block. */
    if (!resized)
        resized = resize_in_place(self, block, size, (uint32_t)wanted, layout.align);
    return resized;
}

const struct cairn_allocator_operations cairn_quick_fit_operations = {
    .name = "quick_fit",
    .alloc = quick_fit_alloc,
    .dealloc = quick_fit_dealloc,
    .realloc = quick_fit_realloc,
    .verify = quick_fit_verify,
    .usable_size = quick_fit_usable_size,
    .dealloc_unsized = quick_fit_dealloc_unsized,
};

/* ---- init ---- */

/* Beyond the heap's last slice: the end sentinel, and what is looked at past it. */
#define SLICES_PAST_THE_END 4

static size_t records_for(size_t granules)
{
    return (granules / SLICE + SLICES_PAST_THE_END) * sizeof(struct cairn_quick_fit_slice);
}

enum cairn_region_error cairn_quick_fit_init(struct cairn_quick_fit *self, void *start, size_t size)
{
    struct cairn_region region;
    *self = CAIRN_LITERAL(struct cairn_quick_fit) CAIRN_QUICK_FIT_EMPTY;
    enum cairn_region_error error = cairn_region_trim(start, size, GRANULE, &region);
    if (error != CAIRN_REGION_OK)
        return error;
    size_t all = cairn_region_size(region) / GRANULE;
    all = all < UINT32_MAX - LARGE ? all : UINT32_MAX - LARGE;
    size_t records = granules_for(records_for(all));
    if (records >= all)
        return CAIRN_REGION_TOO_SMALL;
    self->slices = (struct cairn_quick_fit_slice *)region.start;
    __builtin_memset(self->slices, 0, records * GRANULE);
    self->base = region.start + records * GRANULE;
    self->end = (uint32_t)(all - records);
    self->waiting_max = self->end / 2 < WAITING_MAX ? self->end / 2 : WAITING_MAX;
    self->large = self->end / LARGE_SHARE;
    self->large = self->large > LARGE_GRANULES ? self->large : LARGE_GRANULES;
    __builtin_memset(self->bins, 0xff, sizeof(self->bins)); /* NONE */
    for (size_t list = 0; list <= QUICK; list++)
        self->quick[list].first = NONE;
    slice_of(self, self->end)->taken |= bit_at(self->end);
    cairn_quick_fit_give(self, 0, self->end);
    return CAIRN_REGION_OK;
}
