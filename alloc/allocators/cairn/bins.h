/* SPDX-License-Identifier: MIT */
/*
 * The general heap: free blocks in bins by size, found in constant time.
 *
 * The idea: a row of bins for each doubling, 32 bins in a row, so a bin's sizes differ by 1/32 at
 * the most. Below 32 granules each size has a bin of its own. A bitmap says which rows have
 * blocks, and one for each row which bins. A request first looks at a few blocks of its own bin,
 * some of which may be too small; then takes the next bin that is not empty, in which all are large
 * enough. Of those seen it takes the tightest.
 *
 *     row 1:  [32][33][34] ... [63]        row 2:  [64-65][66-67] ... [126-127]
 *
 * A block that grows or shrinks within its bin stays in its list (move): most cuts of a large block
 * and most merges are that.
 *
 * Sizes and links lie in freed memory, where a late write can hit them. So none is believed before
 * what it leads to says the same: the other end's size, the edge bits, the neighbour's link back.
 */
#ifndef CAIRN_BINS_H
#define CAIRN_BINS_H

#include "ledger.h"
#include "wrong_free.h"

/* How many blocks of a bin are looked at: constant time, and most of what best fit would save. */
#define PROBES 3

struct bin {
    unsigned row, column;
};

static inline struct bin bin_for(uint64_t granules)
{
    if (granules < CAIRN_HEAP_BIN_COLUMNS)
        return (struct bin){0, (unsigned)granules};
    unsigned doubling = cairn_log2_floor(granules); /* from 5 on */
    return (struct bin){doubling - 4,
                        (unsigned)(granules >> (doubling - 5)) & (CAIRN_HEAP_BIN_COLUMNS - 1)};
}

static inline bool is_same_bin(struct bin a, struct bin b)
{
    return a.row == b.row && a.column == b.column;
}

/* check_sound(part, position, condition, what): the free block at the position can be believed. */
#define check_sound(part, position, condition, what) \
    (__builtin_expect(!!(condition), 1) ? (void)0 : cairn_heap_report_damage(part, position, what))

/* A free block of so many granules is at `position`: so say both its ends and the ledger. */
static inline void check_free(const struct cairn_heap_part *part, uint64_t position,
                              uint64_t granules)
{
    uint64_t last = position + granules - 1;
    check_sound(part, position, is_position(part, position) && granules - 1 < part->end - position,
                "a free block reaches out of the heap");
    check_sound(part, position,
                has_bit(part->edge, position) && block_at(part, position)->granules == granules,
                "a free block begins elsewhere");
    check_sound(part, position, has_bit(part->edge, last) && block_at(part, last)->last == granules,
                "a free block ends elsewhere");
}

/* The free block's neighbours in its bin point back to it; the first one's is the bin itself. */
static inline void check_links(const struct cairn_heap_part *part, uint64_t position,
                               struct bin bin)
{
    uint32_t next = block_at(part, position)->next, previous = block_at(part, position)->previous;
    check_sound(part, position,
                next == NONE ||
                    (is_position(part, next) && block_at(part, next)->previous == position),
                "the next free block does not point back");
    check_sound(part, position,
                previous == NONE
                    ? part->bins[bin.row][bin.column] == position
                    : is_position(part, previous) && block_at(part, previous)->next == position,
                "the previous free block does not point back");
}

/* Writes the free block into the ledger, and its size into its first and last granule. */
static inline void enter_free(struct cairn_heap_part *part, uint64_t position, uint64_t granules)
{
    set_bit(part->edge, position);
    set_bit(part->edge, position + granules - 1);
    block_at(part, position)->granules = (uint32_t)granules;
    block_at(part, position + granules - 1)->last = (uint32_t)granules;
}

/* [position, position + granules) becomes a free block. */
static inline void put_free(struct cairn_heap_part *part, uint64_t position, uint64_t granules)
{
    struct bin bin = bin_for(granules);
    uint32_t *list = &part->bins[bin.row][bin.column];
    struct free_block *block = block_at(part, position);
    block->next = *list;
    block->previous = NONE;
    if (*list != NONE) {
        check_sound(part, *list, is_position(part, *list) && has_bit(part->edge, *list),
                    "a bin begins with no free block");
        block_at(part, *list)->previous = (uint32_t)position;
    }
    *list = (uint32_t)position;
    part->column_map[bin.row] |= (uint32_t)1 << bin.column;
    part->row_map |= (uint32_t)1 << bin.row;
    enter_free(part, position, granules);
}

static inline void note_empty_bin(struct cairn_heap_part *part, struct bin bin)
{
    part->column_map[bin.row] &= ~((uint32_t)1 << bin.column);
    if (part->column_map[bin.row] == 0)
        part->row_map &= ~((uint32_t)1 << bin.row);
}

/* The free block leaves its bin and the ledger. */
static inline void take_free(struct cairn_heap_part *part, uint64_t position, uint64_t granules)
{
    const struct free_block *block = block_at(part, position);
    struct bin bin = bin_for(granules);
    check_free(part, position, granules);
    check_links(part, position, bin);
    if (block->next != NONE)
        block_at(part, block->next)->previous = block->previous;
    if (block->previous != NONE) {
        block_at(part, block->previous)->next = block->next;
    } else {
        part->bins[bin.row][bin.column] = block->next;
        if (block->next == NONE)
            note_empty_bin(part, bin);
    }
    clear_bit(part->edge, position);
    clear_bit(part->edge, position + granules - 1);
}

/* Links that pointed to the free block at `from` now point to `to`, which takes its place. */
static inline void relink(struct cairn_heap_part *part, uint64_t from, uint64_t to, struct bin bin)
{
    uint32_t next = block_at(part, from)->next, previous = block_at(part, from)->previous;
    check_links(part, from, bin);
    block_at(part, to)->next = next;
    block_at(part, to)->previous = previous;
    if (next != NONE)
        block_at(part, next)->previous = (uint32_t)to;
    if (previous != NONE)
        block_at(part, previous)->next = (uint32_t)to;
    else
        part->bins[bin.row][bin.column] = (uint32_t)to;
}

/* The free block [from, from + length) becomes [to, to + new_length); they overlap or touch. */
static inline void move_free(struct cairn_heap_part *part, uint64_t from, uint64_t length,
                             uint64_t to, uint64_t new_length)
{
    struct bin bin = bin_for(length);
    if (!is_same_bin(bin, bin_for(new_length))) {
        take_free(part, from, length);
        put_free(part, to, new_length);
        return;
    }
    check_free(part, from, length);
    clear_bit(part->edge, from);
    clear_bit(part->edge, from + length - 1);
    if (from != to)
        relink(part, from, to, bin);
    enter_free(part, to, new_length);
}

/* The first position from `position` on whose address is a multiple of `align` granules. */
static inline uint64_t align_position(const struct cairn_heap_part *part, uint64_t position,
                                      uint64_t align)
{
    uint64_t origin = part->base / CAIRN_HEAP_GRANULE;
    return ((origin + position + align - 1) & ~(align - 1)) - origin;
}

/* Whether `granules` aligned ones fit into the free block. */
static inline bool fits(const struct cairn_heap_part *part, uint64_t position, uint64_t granules,
                        uint64_t align)
{
    return align_position(part, position, align) + granules <=
           position + block_at(part, position)->granules;
}

/* Of the first few blocks of a bin the smallest one in which the request fits; NONE if none is. */
static inline uint64_t tightest_of(const struct cairn_heap_part *part, uint32_t list,
                                   uint64_t granules, uint64_t align)
{
    uint64_t best = NONE;
    uint32_t best_granules = UINT32_MAX;
    for (int i = 0; i < PROBES && list != NONE; i++, list = block_at(part, list)->next) {
        check_sound(part, list, is_position(part, list), "a bin leads out of the heap");
        uint32_t size = block_at(part, list)->granules;
        if (size < best_granules && fits(part, list, granules, align)) {
            best = list;
            best_granules = size;
        }
    }
    return best;
}

/* The map of a row of which the map of rows says that it is not empty. */
static inline uint32_t columns_of(const struct cairn_heap_part *part, unsigned row)
{
    check_sound(part, part->first, row < CAIRN_HEAP_BIN_ROWS && part->column_map[row],
                "a row of bins is none, or empty");
    return part->column_map[row];
}

/* The first bin behind `bin` that is not empty; false if there is none. */
static inline bool next_bin(const struct cairn_heap_part *part, struct bin bin, struct bin *found)
{
    uint32_t columns = part->column_map[bin.row] & (uint32_t)(~(uint64_t)1 << bin.column);
    if (columns == 0) {
        uint32_t rows = part->row_map & (uint32_t)(~(uint64_t)1 << bin.row);
        if (rows == 0)
            return false;
        bin.row = cairn_lowest_bit(rows);
        columns = columns_of(part, bin.row);
    }
    *found = (struct bin){bin.row, cairn_lowest_bit(columns)};
    return true;
}

/* A free block in which `granules` fit, near the tightest; alignment is only looked at. */
static inline uint64_t find_near(const struct cairn_heap_part *part, uint64_t granules,
                                 uint64_t align)
{
    struct bin bin = bin_for(granules);
    uint64_t found = tightest_of(part, part->bins[bin.row][bin.column], granules, align);
    if (found == NONE && next_bin(part, bin, &bin))
        found = tightest_of(part, part->bins[bin.row][bin.column], granules, align);
    return found;
}

/* A free block in which the request fits; NONE if none is found. */
static inline uint64_t find_free(const struct cairn_heap_part *part, uint64_t granules,
                                 uint64_t align)
{
    if (granules > part->end - part->first)
        return NONE;
    uint64_t found = find_near(part, granules, align);
    /* In a block of this size an aligned one fits wherever it lies. */
    if (found == NONE && align > 1 && granules + align - 1 <= part->end - part->first)
        found = find_near(part, granules + align - 1, 1);
    return found;
}

/* Cuts `granules` at `wanted` out of the free block; what is left on both sides stays free. */
static inline void cut_free(struct cairn_heap_part *part, uint64_t position, uint64_t wanted,
                            uint64_t granules)
{
    uint64_t length = block_at(part, position)->granules;
    uint64_t behind = position + length - wanted - granules;
    if (wanted > position) {
        move_free(part, position, length, position, wanted - position);
        if (behind)
            put_free(part, wanted + granules, behind);
    } else if (behind) {
        move_free(part, position, length, position + granules, behind);
    } else {
        take_free(part, position, length);
    }
}

static inline void note_taken(struct cairn_heap_part *part, uint64_t granules)
{
    part->taken += granules;
    if (part->taken > part->peak)
        part->peak = part->taken;
}

/* Takes granules out of the general heap; the ledger says nothing of them yet. NONE: no memory. */
static inline uint64_t take_granules(struct cairn_heap_part *part, uint64_t granules,
                                     uint64_t align)
{
    uint64_t found = find_free(part, granules, align);
    if (found == NONE)
        return NONE;
    uint64_t wanted = align_position(part, found, align);
    cut_free(part, found, wanted, granules);
    note_taken(part, granules);
    return wanted;
}

/* The granules of the free block that begins at, or ends before, `position`; 0 if none does. */
static inline uint64_t free_behind(const struct cairn_heap_part *part, uint64_t position)
{
    return has_bit(part->edge, position) ? block_at(part, position)->granules : 0;
}

static inline uint64_t free_before(const struct cairn_heap_part *part, uint64_t position)
{
    return position > part->first && has_bit(part->edge, position - 1)
               ? block_at(part, position - 1)->last
               : 0;
}

/* Gives granules of which the ledger says nothing back, merged with the free ones around them. */
static inline void give_granules(struct cairn_heap_part *part, uint64_t position, uint64_t granules)
{
    uint64_t behind = free_behind(part, position + granules);
    uint64_t before = free_before(part, position);
    part->taken -= granules;
    if (before) {
        if (behind)
            take_free(part, position + granules, behind);
        move_free(part, position - before, before, position - before, before + granules + behind);
    } else if (behind) {
        move_free(part, position + granules, behind, position, granules + behind);
    } else {
        put_free(part, position, granules);
    }
}

#endif
