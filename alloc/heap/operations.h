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

/* A live block that a caller gave, and its region. */
struct found {
    struct region *region;
    uint32_t at, size;
};

/* The block, which has this layout, or else the report above. */
struct found cairn_heap_find_block(const struct cairn_heap *self, const void *block,
                                   struct cairn_layout layout, const char *operation);

/* Whether the block is a live object that has this layout, in the first region; the quick way. */
static inline bool find_object(const struct cairn_heap *self, const void *block,
                               struct cairn_layout layout, struct found *found)
{
    struct region *region = region_of(self->region);
    size_t size_or_align = cairn_heap_size_or_align(layout);
    uintptr_t at = cairn_heap_position(&region->hot, block);
    if (size_or_align >= region->hot.slab_limit || at >= region->hot.end)
        return false;
    unsigned size_class = cairn_heap_class_of(size_or_align);
    found->region = region;
    found->at = (uint32_t)at;
    found->size = cairn_class_granules[size_class];
    return slab_class_at(region, found->at) == size_class && is_live(region, found->at);
}

#endif
