/* SPDX-License-Identifier: MIT */
/* The general way: free blocks in bins by size, split and merged at once. */
#ifndef CAIRN_QUICK_FIT_BINS_H
#define CAIRN_QUICK_FIT_BINS_H

#include "slices.h"

#define NONE UINT32_MAX

/* The bin for a size: one each below 4 granules, then four a doubling; the last is open. */
static inline unsigned bin_for_size(uint32_t size)
{
    if (size < 4)
        return size - 1;
    unsigned log2 = cairn_log2_floor(size);
    unsigned bin = log2 * 4 + (size >> (log2 - 2) & 3) - 5;
    return bin < CAIRN_QUICK_FIT_BINS ? bin : CAIRN_QUICK_FIT_BINS - 1;
}

/* The size of the free block that begins at `at`, which is checked; panics if it was written to. */
uint32_t cairn_quick_fit_free_size(const struct cairn_quick_fit *self, uint32_t at);

/* The free block after one in its bin; panics as above. */
uint32_t cairn_quick_fit_next_in_bin(const struct cairn_quick_fit *self, uint32_t at);

/*
 * Takes `size` granules, whose address is a multiple of `align` granules, out of a free block, and
 * makes a live block of them. NONE if no free block has them.
 */
uint32_t cairn_quick_fit_take(struct cairn_quick_fit *self, uint32_t size, uint32_t align);

/* The size of the free block that cairn_quick_fit_take() would take `size` granules from, or 0. */
uint32_t cairn_quick_fit_best(const struct cairn_quick_fit *self, uint32_t size);

/* Makes granules at which nothing stands free, merged with the free blocks that they touch. */
void cairn_quick_fit_give(struct cairn_quick_fit *self, uint32_t at, uint32_t size);

/* How many granules are free right before `at`, or from `at` on. */
uint32_t cairn_quick_fit_free_before(const struct cairn_quick_fit *self, uint32_t at);
uint32_t cairn_quick_fit_free_from(const struct cairn_quick_fit *self, uint32_t at);

/* Takes the whole free block that begins at `at` out of its bin; then nothing stands there. */
void cairn_quick_fit_remove(struct cairn_quick_fit *self, uint32_t at, uint32_t size);

#endif
