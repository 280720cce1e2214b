/* SPDX-License-Identifier: MIT */
/*
 * The general heap: free blocks in bins by size, found in constant time.
 *
 * The idea: a row of bins for each doubling, 32 bins in a row, so a bin's sizes differ by 1/32 at
 * the most. Below 64 granules each size has a bin of its own. A bitmap says which rows have
 * blocks, and one for each row which bins. A request first looks at a few blocks of its own bin,
 * some of which may be too small; then takes the next bin that is not empty, in which all are large
 * enough. Of those seen it takes the tightest.
 *
 *     row 1:  [32][33][34] ... [63]        row 2:  [64-65][66-67] ... [126-127]
 *
 * A block that grows or shrinks within its bin stays in its list: most cuts of a large block and
 * most merges are that.
 *
 * Sizes and links lie in freed memory, where a late write can hit them. So none is believed before
 * what it leads to says the same: the other end's size, the edge bits, the neighbour's link back.
 */
#ifndef CAIRN_BINS_H
#define CAIRN_BINS_H

#include "damage.h"
#include "ledger.h"

/* The bin for blocks of so many granules: its row, and the five bits behind the highest one. */
static inline unsigned bin_for(size_t granules)
{
    unsigned shift = cairn_log2_floor(granules | CAIRN_HEAP_BIN_COLUMNS) - 5; /* the row, less 1 */
    return shift * CAIRN_HEAP_BIN_COLUMNS + (unsigned)(granules >> shift);
}

/* check_sound(part, position, condition, what): the free block at the position can be believed. */
#define check_sound(part, position, condition, what) \
    (__builtin_expect(!!(condition), 1) ? (void)0 : cairn_heap_report_damage(part, position, what))

/* The map of a row of which the map of rows says that it is not empty. */
static inline uint32_t columns_of(const struct cairn_heap_part *part, unsigned row)
{
    check_sound(part, part->first, row < CAIRN_HEAP_BIN_ROWS && part->column_map[row],
                "a row of bins is none, or empty");
    return part->column_map[row];
}

/* How far behind `position` the first address lies that is a multiple of `align` granules. */
static inline size_t padding_at(const struct cairn_heap_part *part, size_t position, size_t align)
{
    return -(part->base / CAIRN_HEAP_GRANULE + position) & (align - 1);
}

static inline void note_taken(struct cairn_heap_part *part, size_t granules)
{
    part->taken += granules;
    if (part->taken > part->peak)
        part->peak = part->taken;
}

/* The granules of the free block that begins at, or ends before, `position`; 0 if none does. */
static inline size_t free_behind(const struct cairn_heap_part *part, size_t position)
{
    return has_bit(part->edge, position) ? block_at(part, position)->granules : 0;
}

static inline size_t free_before(const struct cairn_heap_part *part, size_t position)
{
    return position > part->first && has_bit(part->edge, position - 1)
               ? block_at(part, position - 1)->last
               : 0;
}

/* [position, position + granules), of which the ledger says nothing, becomes a free block. */
void cairn_bins_put(struct cairn_heap_part *part, size_t position, size_t granules);

/* The free block leaves its bin and the ledger. */
void cairn_bins_take(struct cairn_heap_part *part, size_t position, size_t granules);

/* The free block [from, from + length) becomes [to, to + granules); one of its ends stays. */
void cairn_bins_move(struct cairn_heap_part *part, size_t from, size_t length, size_t to,
                     size_t granules);

/* A free block in which the aligned request fits; NONE if none is found. */
size_t cairn_bins_find(const struct cairn_heap_part *part, size_t granules, size_t align);

/* Cuts `granules` at `wanted` out of the free block; what is left on both sides stays free. */
void cairn_bins_cut(struct cairn_heap_part *part, size_t position, size_t wanted, size_t granules);

/* Takes granules out of the general heap; the ledger says nothing of them yet. NONE: no memory. */
size_t cairn_bins_take_granules(struct cairn_heap_part *part, size_t granules, size_t align);

/* Gives granules of which the ledger says nothing back, merged with the free ones around them. */
void cairn_bins_give_granules(struct cairn_heap_part *part, size_t position, size_t granules);

#endif
