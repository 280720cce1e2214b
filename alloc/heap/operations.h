/* SPDX-License-Identifier: MIT */
/* What the operations share: the block that a caller means, whether it is live and has this layout. */
#ifndef CAIRN_HEAP_OPERATIONS_H
#define CAIRN_HEAP_OPERATIONS_H

#include "slices.h"

/* The operation; see <cairn/allocator.h>. */
void *cairn_heap_realloc(struct cairn_allocator *allocator, void *block, struct cairn_layout layout,
                         size_t new_size);

/*
 * Says what is wrong with a free, or another operation on a block, and what is really there. A layout
 * of size 0: the caller gave none.
 */
CAIRN_NORETURN __attribute__((noinline, cold)) void cairn_heap_report_invalid(
    const struct cairn_heap *self, const void *block, struct cairn_layout layout,
    const char *operation);

/* In a slab that was dissolved, a block may be as long as its size class. */
static inline bool has_class_size(const struct region *region, uint32_t at,
                                  struct cairn_layout layout, uint32_t *size)
{
    size_t granules = cairn_heap_size_or_align(layout) / GRANULE_BYTES;
    *size = size_at(region, at);
    return tag_at(region, at) == TAG_MIXED && granules < CAIRN_SIZE_CLASS_MAX_GRANULES &&
           *size == cairn_class_granules[cairn_class_of_granules[granules]];
}

/* Whether the live block at `at` may have this layout; then *size is how long it is. */
static inline bool has_layout(const struct region *region, uint32_t at, struct cairn_layout layout,
                              uint32_t *size)
{
    size_t bytes = layout.size ? layout.size : 1;
    unsigned size_class = slab_class_at(region, at);
    if (size_class) {
        size_t granules = cairn_heap_size_or_align(layout) / GRANULE_BYTES;
        *size = cairn_class_granules[size_class];
        return granules < CAIRN_SIZE_CLASS_MAX_GRANULES &&
               cairn_class_of_granules[granules] == size_class;
    }
    if (bytes > (size_t)REGION_GRANULES_MAX * GRANULE_BYTES)
        return false;
    *size = granules_for(bytes);
    return has_size(region, at, *size) || has_class_size(region, at, layout, size);
}

/* A live block that a caller gave, and its region. */
struct found {
    struct region *region;
    uint32_t at, size;
};

static inline bool find_live_block(const struct cairn_heap *self, const void *block,
                                   struct found *found)
{
    found->region = region_with(self, block);
    if (!found->region || !cairn_is_aligned((uintptr_t)block, GRANULE_BYTES))
        return false;
    found->at = (uint32_t)(((uintptr_t)block - found->region->hot.base) / GRANULE_BYTES);
    return is_live(found->region, found->at);
}

static inline struct found find_block(const struct cairn_heap *self, const void *block,
                                      struct cairn_layout layout, const char *operation)
{
    struct found found;
    if (!block || !find_live_block(self, block, &found) ||
        !has_layout(found.region, found.at, layout, &found.size))
        cairn_heap_report_invalid(self, block, layout, operation);
    return found;
}

#endif
