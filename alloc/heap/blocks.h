/* SPDX-License-Identifier: MIT */
/* Live blocks: how many granules a request needs, what a caller's pointer stands for, their end. */
#ifndef CAIRN_HEAP_BLOCKS_H
#define CAIRN_HEAP_BLOCKS_H

#include "front.h"

/* Needs: size is not 0. */
static inline size_t granules_for(size_t size)
{
    return (size - 1) / CAIRN_HEAP_GRANULE + 1;
}

static inline size_t align_granules(size_t align)
{
    return align <= CAIRN_HEAP_GRANULE ? 1 : align / CAIRN_HEAP_GRANULE;
}

/* Counts a live block outside the front. */
static inline void count_general(struct cairn_heap_part *part, size_t granules, int change)
{
    part->general_blocks[cairn_log2_floor(granules)] += (size_t)change;
}

/* A live block of exact size is in granules that were taken: writes it down, and counts it. */
void cairn_heap_begin_block(struct cairn_heap_part *part, size_t position, size_t granules);

/* Takes a live block out of the ledger and the counts; its granules stay taken. */
void cairn_heap_end_block(struct cairn_heap_part *part, size_t position, size_t granules);

/* What a block of this layout holds if it is at `position`: its class's granules, or exact. */
size_t cairn_heap_expected_granules(const struct cairn_heap_part *part, size_t position,
                                    size_t size, size_t align);

/* The part, position and granules of a block that a caller names, after every check. */
struct found_block {
    struct cairn_heap_part *part;
    size_t position, granules;
};

/* The live block that a caller names with its layout. Panics, by `operation`, if it is not one. */
struct found_block cairn_heap_find_block(struct cairn_heap *self, const void *block,
                                         struct cairn_layout layout, const char *operation);

#endif
