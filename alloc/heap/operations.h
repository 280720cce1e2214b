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

#endif
