/* SPDX-License-Identifier: MIT */
/* From block to block through a region. For what looks at all of them; nothing here is fast. */
#ifndef CAIRN_HEAP_WALK_H
#define CAIRN_HEAP_WALK_H

#include "slices.h"

struct walked_block {
    uint32_t at, size; /* granules */
    enum cairn_heap_block_kind kind;
};

/* The first block of a region, and the one after another; `at` is `end` after the last one. */
struct walked_block cairn_walk_first(const struct region *self);
struct walked_block cairn_walk_next(const struct region *self, struct walked_block block);

#endif
