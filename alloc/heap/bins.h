/* SPDX-License-Identifier: MIT */
/*
 * The bins: free blocks by size, split and merged at once.
 *
 * A bin is a list of free blocks, four bins a doubling, and a map says which have one. A request takes
 * a block from its own bin if one of the first TRIES fits, else from the next bin that has any: there
 * all are large enough. A free block lies nowhere but in its own first and last granule, and is
 * believed only as far as the records agree.
 *
 * Cost: O(1), merging included: a block has two neighbours.
 *
 * What it is bad at: where a block that fits lies deeper in its bin, a larger one is split.
 */
#ifndef CAIRN_HEAP_BINS_H
#define CAIRN_HEAP_BINS_H

#include "slices.h"

/* The bin for a size: four a doubling. Below 4 granules some stay empty. */
static inline unsigned bin_for_size(uint32_t size)
{
    unsigned log2 = cairn_log2_floor(size * (uint64_t)4) - 2;
    return log2 * 4 + (unsigned)(size * (uint64_t)4 >> log2) - 4;
}

/* The size of the free block that begins at `at`, which is checked; panics if it was written to. */
uint32_t cairn_bins_free_size(const struct region *self, uint32_t at);

/* The free block after one in its bin; panics as above. */
uint32_t cairn_bins_next(const struct region *self, uint32_t at);

/*
 * Takes `size` granules, whose address is a multiple of `align` granules, out of a free block, after a
 * look at `tries` blocks of each bin; then nothing stands there. NONE if no such block has them.
 */
uint32_t cairn_bins_take_of(struct region *self, uint32_t size, uint32_t align, uint32_t tries);

static inline uint32_t cairn_bins_take(struct region *self, uint32_t size, uint32_t align)
{
    return cairn_bins_take_of(self, size, align, TRIES);
}

/* The size of the free block that cairn_bins_take() would take `size` granules from, or 0. */
uint32_t cairn_bins_best(const struct region *self, uint32_t size);

/* Makes granules at which nothing stands free, merged with the free blocks that they touch. */
void cairn_bins_give(struct region *self, uint32_t at, uint32_t size);

/* How many granules are free right before `at`, or from `at` on. */
uint32_t cairn_bins_free_before(const struct region *self, uint32_t at);
uint32_t cairn_bins_free_from(const struct region *self, uint32_t at);

/* Takes the whole free block that begins at `at` out of its bin; then nothing stands there. */
void cairn_bins_remove(struct region *self, uint32_t at, uint32_t size);

#endif
