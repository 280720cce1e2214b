/* SPDX-License-Identifier: MIT */
/* The allocator `cairn`: its operations. The idea stands in <cairn/heap.h>. */

#include "operations.h"
#include "quick.h"
#include "slabs.h"

CAIRN_STATIC_ASSERT(offsetof(struct cairn_heap, allocator) == 0, "an allocator is its own face");

struct cairn_heap_region cairn_heap_no_region;

static struct cairn_heap *heap_of(struct cairn_allocator *allocator)
{
    return (struct cairn_heap *)(void *)allocator;
}

/* ---- the block that a caller means ---- */

/* Whether the live object of a slab that has this class may have this layout. */
static inline bool has_class_layout(unsigned size_class, struct cairn_layout layout)
{
    size_t granules = cairn_heap_size_or_align(layout) / GRANULE_BYTES;
    return granules < CAIRN_SIZE_CLASS_MAX_GRANULES &&
           cairn_class_of_granules[granules] == size_class;
}

/* Whether the live block at `at` has this layout. One that was a slab's may have its class's size. */
static __attribute__((noinline)) bool has_block_layout(const struct region *region, uint32_t at,
                                                       struct cairn_layout layout, uint32_t *size)
{
    size_t bytes = layout.size ? layout.size : 1;
    if (bytes > (size_t)REGION_GRANULES_MAX * GRANULE_BYTES)
        return false;
    *size = granules_for(bytes);
    if (has_size(region, at, *size))
        return true;
    size_t granules = cairn_heap_size_or_align(layout) / GRANULE_BYTES;
    *size = size_at(region, at);
    return tag_at(region, at) == TAG_MIXED && granules < CAIRN_SIZE_CLASS_MAX_GRANULES &&
           *size == cairn_class_granules[cairn_class_of_granules[granules]];
}

/* Then *size is how long it is. */
static inline bool has_layout(const struct region *region, uint32_t at, struct cairn_layout layout,
                              uint32_t *size)
{
    unsigned size_class = slab_class_at(region, at);
    if (size_class == 0)
        return has_block_layout(region, at, layout, size);
    *size = cairn_class_granules[size_class];
    return has_class_layout(size_class, layout);
}

static inline bool find_live_block(const struct cairn_heap *self, const void *block,
                                   struct found *found)
{
    found->region = region_with(self, block);
    if (!found->region || !cairn_is_aligned((uintptr_t)block, GRANULE_BYTES))
        return false;
    found->at = (uint32_t)cairn_heap_position(&found->region->hot, block);
    return is_live(found->region, found->at);
}

struct found cairn_heap_find_block(const struct cairn_heap *self, const void *block,
                                   struct cairn_layout layout, const char *operation)
{
    struct found found;
    if (!find_live_block(self, block, &found) ||
        !has_layout(found.region, found.at, layout, &found.size))
        cairn_heap_report_invalid(self, block, layout, operation);
    return found;
}

/* ---- alloc ---- */

/* Merges all blocks that wait. Cost: O(blocks that wait), at most WAITING_MAX. */
static __attribute__((noinline)) void flush_quick(struct region *self)
{
    for (uint32_t size = 1; size <= self->hot.quick_max && self->hot.waiting; size++) {
        while (self->hot.quick[size] != QUICK_END) {
            uint32_t at = (uint32_t)cairn_heap_position(&self->hot, quick_pop(self, size));
            clear_block(self, at, size);
            self->taken -= size;
            cairn_bins_give(self, at, size);
        }
    }
}

/* Whether no more than one bin has blocks for the request: then what waits is in its way. */
static bool are_in_the_way(const struct region *self, uint32_t size)
{
    unsigned bin = bin_for_size(size);
    uint64_t low = bin < 64 ? self->bin_map[0] >> bin : 0;
    uint64_t high = bin < 64 ? self->bin_map[1] : self->bin_map[1] >> (bin - 64);
    return self->hot.end <= SMALL_HEAP ||
           (high == 0 ? (low & (low - 1)) == 0 : low == 0 && (high & (high - 1)) == 0);
}

/* Makes a live block of granules that the bins gave; null if they gave none. */
static inline void *begin_block(struct region *region, uint32_t at, uint32_t size)
{
    if (at == NONE)
        return NULL;
    set_block(region, at, size);
    note_taken(region, size);
    return address_of(region, at);
}

static void *take_from_any(struct region *first, uint32_t size, uint32_t align, uint32_t tries)
{
    void *block = NULL;
    for (struct region *region = first; region && !block; region = region->next)
        block = begin_block(region, cairn_bins_take_of(region, size, align, tries), size);
    return block;
}

/* Whether there is a region that could hold it, if all of that were free. */
static bool would_fit(const struct region *region, uint32_t size)
{
    while (region && size > region->hot.end - region->hot.first)
        region = region->next;
    return region;
}

/* Nothing is cached that a refusal would have needed: lists, empty slabs, then single objects. */
static __attribute__((noinline, cold)) void *alloc_from_cached(struct region *first, uint32_t size,
                                                               uint32_t align)
{
    if (!would_fit(first, size))
        return NULL;
    struct cairn_heap_owner *owner = first->hot.owner;
    flush_quick(first);
    if (owner)
        cairn_slabs_flush(first, owner);
    void *block = take_from_any(first, size, align, UINT32_MAX);
    for (unsigned i = 1; owner && i < CAIRN_SIZE_CLASSES && !block; i++) {
        if (owner->classes[i].slabs == NONE)
            continue;
        cairn_slabs_dissolve(first, owner, i);
        block = take_from_any(first, size, align, UINT32_MAX);
    }
    return block;
}

/* Whatever has to be done for it. */
static __attribute__((noinline)) void *alloc_general(struct region *first,
                                                     struct cairn_layout layout)
{
    cairn_check(cairn_is_power_of_two(layout.align),
                "cairn: alloc of %zu bytes: alignment %zu is not a power of two", layout.size,
                layout.align);
    size_t bytes = layout.size ? layout.size : 1;
    size_t align = layout.align > GRANULE_BYTES ? layout.align / GRANULE_BYTES : 1;
    if (!first || bytes > (size_t)REGION_GRANULES_MAX * GRANULE_BYTES ||
        align > REGION_GRANULES_MAX)
        return NULL;
    uint32_t size = granules_for(bytes);
    if (size > first->large_request && first->hot.waiting && are_in_the_way(first, size))
        flush_quick(first);
    void *block = take_from_any(first, size, (uint32_t)align, TRIES);
    return block ? block : alloc_from_cached(first, size, (uint32_t)align);
}

/* Whether a request for `size` granules needs nothing but a look into the first region's bins. */
static inline bool is_plain(const struct region *region, size_t size, size_t align)
{
    return size - 1 < region->hot.end && align - 1 < GRANULE_BYTES && (align & (align - 1)) == 0 &&
           (size <= region->large_request || region->hot.waiting == 0);
}

static __attribute__((noinline)) void *alloc_from_bins(struct cairn_heap *self,
                                                       struct cairn_layout layout)
{
    struct region *region = region_of(self->region);
    size_t size = granules_of(layout.size);
    if (__builtin_expect(is_plain(region, size, layout.align), 1)) {
        uint32_t at = cairn_bins_take(region, (uint32_t)size, 1);
        if (__builtin_expect(at != NONE, 1))
            return begin_block(region, at, (uint32_t)size);
    }
    return alloc_general(first_region(self), layout);
}

/* From a quick list, or else from the bins. */
static __attribute__((noinline)) void *alloc_block(struct cairn_heap *self,
                                                   struct cairn_layout layout)
{
    struct region *region = region_of(self->region);
    size_t size = granules_of(layout.size);
    if (size - 1 < region->hot.quick_max && quick_has(region, size, layout.align))
        return quick_pop(region, (uint32_t)size);
    return alloc_from_bins(self, layout);
}

static __attribute__((noinline)) void *alloc_object(struct cairn_heap *self,
                                                    struct cairn_layout layout)
{
    struct region *region = region_of(self->region);
    struct cairn_heap_owner *owner = region->hot.owner;
    unsigned size_class = cairn_heap_class_of(cairn_heap_size_or_align(layout));
    void *object = cairn_slabs_take(region, owner, size_class);
    if (!object && cairn_slabs_cut(region, owner, size_class))
        object = cairn_slabs_take(region, owner, size_class);
    return object ? object : alloc_block(self, layout);
}

void *cairn_heap_alloc_slowly(struct cairn_heap *self, struct cairn_layout layout)
{
    bool has_class = cairn_heap_size_or_align(layout) < self->region->slab_limit;
    return has_class ? alloc_object(self, layout) : alloc_block(self, layout);
}

static void *heap_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    return cairn_heap_alloc(heap_of(allocator), layout);
}

/* ---- dealloc ---- */

static __attribute__((noinline)) void release(struct region *region, uint32_t at, uint32_t size)
{
    clear_block(region, at, size);
    region->taken -= size;
    cairn_bins_give(region, at, size);
}

/* Ends a live block that does not lie in a slab. */
static inline void end_block(struct region *region, void *block, uint32_t at, uint32_t size)
{
    if (has_quick_room(region, size))
        quick_push(region, block, at, size);
    else
        release(region, at, size);
}

/* Onto its class's stack, which may be full. */
static void end_object(struct region *region, uint32_t at)
{
    struct cairn_heap_owner *owner = region->hot.owner;
    unsigned size_class = slab_class_at(region, at);
    struct cairn_heap_class *objects = &owner->classes[size_class];
    if (objects->count == objects->limit) {
        uint32_t empty = cairn_slabs_make_room(region, owner, size_class);
        if (empty != NONE)
            cairn_slabs_release(region, owner, empty);
    }
    bool is_ended = cairn_heap_push(&region->hot, objects, objects->tag, address_of(region, at));
    cairn_check(is_ended, "cairn: a stack of freed objects has no room");
}

/* Ends a live block that was found and checked; false if it was freed by another meanwhile. */
static bool give_back(struct found found, void *block)
{
    struct region *region = found.region;
    unsigned size_class = slab_class_at(region, found.at);
    if (size_class == 0)
        end_block(region, block, found.at, found.size);
    else if (tag_at(region, found.at) == size_class)
        end_object(region, found.at);
    else
        return cairn_slabs_return(region, found.at);
    return true;
}

static __attribute__((noinline)) void dealloc_general(struct cairn_heap *self, void *block,
                                                      struct cairn_layout layout)
{
    if (!give_back(cairn_heap_find_block(self, block, layout, "dealloc"), block))
        cairn_heap_report_invalid(self, block, layout, "dealloc");
}

/* Whether a live block of the first region, and in no slab, begins at `at`. */
static inline bool begins_block(const struct region *region, uintptr_t at)
{
    return at < region->hot.end && tag_at(region, (uint32_t)at) == 0 &&
           is_live_block(region, (uint32_t)at);
}

static __attribute__((noinline)) void dealloc_large(struct cairn_heap *self, void *block,
                                                    struct cairn_layout layout)
{
    struct region *region = region_of(self->region);
    uintptr_t at = cairn_heap_position(&region->hot, block);
    size_t size = granules_of(layout.size);
    if (size - 1 < region->hot.end && begins_block(region, at) &&
        has_size(region, (uint32_t)at, (uint32_t)size))
        release(region, (uint32_t)at, (uint32_t)size);
    else
        dealloc_general(self, block, layout);
}

/* Nearly always of a size that has a quick list. */
static __attribute__((noinline)) void dealloc_block(struct cairn_heap *self, void *block,
                                                    struct cairn_layout layout)
{
    struct region *region = region_of(self->region);
    uintptr_t at = cairn_heap_position(&region->hot, block);
    size_t size = granules_of(layout.size);
    if (size - 1 < SLICE && begins_block(region, at) &&
        has_quick_size(region, (uint32_t)at, (uint32_t)size))
        end_block(region, block, (uint32_t)at, (uint32_t)size);
    else
        dealloc_large(self, block, layout);
}

/* Nearly always a live object whose class's stack is full. */
static __attribute__((noinline)) void dealloc_object(struct cairn_heap *self, void *block,
                                                     struct cairn_layout layout)
{
    struct found found;
    if (find_object(self, block, layout, &found))
        end_object(found.region, found.at);
    else
        dealloc_block(self, block, layout);
}

void cairn_heap_dealloc_slowly(struct cairn_heap *self, void *block, struct cairn_layout layout)
{
    if (cairn_heap_size_or_align(layout) < self->region->slab_limit)
        dealloc_object(self, block, layout);
    else
        dealloc_block(self, block, layout);
}

static void heap_dealloc(struct cairn_allocator *allocator, void *block, struct cairn_layout layout)
{
    cairn_heap_dealloc(heap_of(allocator), block, layout);
}

static void heap_verify(struct cairn_allocator *allocator, void *block, struct cairn_layout layout)
{
    (void)cairn_heap_find_block(heap_of(allocator), block, layout, "dealloc");
}

/* ---- without a layout ---- */

static struct found find_unsized(const struct cairn_heap *self, const void *block,
                                 const char *operation)
{
    struct found found;
    bool is_found = find_live_block(self, block, &found);
    found.size = is_found ? size_at(found.region, found.at) : 0;
    if (found.size == 0 || found.size > found.region->hot.end - found.at)
        cairn_heap_report_invalid(self, block, CAIRN_ZERO(struct cairn_layout), operation);
    return found;
}

size_t cairn_heap_usable_size(const struct cairn_heap *self, const void *block)
{
    return (size_t)find_unsized(self, block, "usable_size").size * GRANULE_BYTES;
}

static size_t heap_usable_size(struct cairn_allocator *allocator, const void *block,
                               const char *operation)
{
    return (size_t)find_unsized(heap_of(allocator), block, operation).size * GRANULE_BYTES;
}

static void heap_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    struct cairn_heap *self = heap_of(allocator);
    if (!give_back(find_unsized(self, block, "free"), block))
        cairn_heap_report_invalid(self, block, CAIRN_ZERO(struct cairn_layout), "free");
}

/* ---- flush ---- */

size_t cairn_heap_flush(struct cairn_heap *self)
{
    struct region *region = first_region(self);
    if (!region)
        return 0;
    uint32_t taken = region->taken;
    flush_quick(region);
    if (region->hot.owner)
        cairn_slabs_flush(region, region->hot.owner);
    return (size_t)(taken - region->taken) * GRANULE_BYTES;
}

const struct cairn_allocator_operations cairn_heap_operations = {
    .name = "cairn",
    .alloc = heap_alloc,
    .dealloc = heap_dealloc,
    .realloc = cairn_heap_realloc,
    .verify = heap_verify,
    .usable_size = heap_usable_size,
    .dealloc_unsized = heap_dealloc_unsized,
};
