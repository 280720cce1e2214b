/* SPDX-License-Identifier: MIT */
/* Free blocks go into the bins and out of them: see bins.h. */
#include "bins.h"

/* How many blocks of a bin are looked at: constant time, and most of what best fit would save. */
#define PROBES 3

/* The bin's first free block. */
static inline uint32_t *list_of(struct cairn_heap_part *part, unsigned bin)
{
    return (uint32_t *)part->bins + bin;
}

static inline void note_filled_bin(struct cairn_heap_part *part, unsigned bin)
{
    unsigned row = bin / CAIRN_HEAP_BIN_COLUMNS;
    part->column_map[row] |= (uint32_t)1 << bin % CAIRN_HEAP_BIN_COLUMNS;
    part->row_map |= (uint32_t)1 << row;
}

static inline void note_emptied_bin(struct cairn_heap_part *part, unsigned bin)
{
    unsigned row = bin / CAIRN_HEAP_BIN_COLUMNS;
    part->column_map[row] &= ~((uint32_t)1 << bin % CAIRN_HEAP_BIN_COLUMNS);
    if (part->column_map[row] == 0)
        part->row_map &= ~((uint32_t)1 << row);
}

/* ---- what is believed ---- */

/*
 * A free block of so many granules, at least 1, is at `position`: so say both its ends, the ledger,
 * and their sizes.
 */
static inline void check_free(const struct cairn_heap_part *part, size_t position, size_t granules)
{
    size_t last = position + granules - 1;
    check_sound(part, position, position < part->end && last < part->end,
                "a free block reaches out of the heap");
    check_sound(part, position,
                has_bit(part->edge, position) && block_at(part, position)->granules == granules,
                "a free block begins elsewhere");
    check_sound(part, position, has_bit(part->edge, last) && block_at(part, last)->last == granules,
                "a free block ends elsewhere");
}

/*
 * What led to the free block, in the blocks next to it in its bin or in the bin itself, now leads to
 * `for_previous` and `for_next`. Both must have led to it.
 */
static inline void relink(struct cairn_heap_part *part, size_t position, unsigned bin,
                          uint32_t for_previous, uint32_t for_next)
{
    uint32_t next = block_at(part, position)->next, previous = block_at(part, position)->previous;
    uint32_t *link = list_of(part, bin);
    if (next != NONE) {
        check_sound(part, position,
                    is_position(part, next) && block_at(part, next)->previous == position,
                    "the next free block does not point back");
        block_at(part, next)->previous = for_next;
    }
    if (previous != NONE)
        link = &block_at(part, previous)->next;
    check_sound(part, position,
                (previous == NONE || is_position(part, previous)) && *link == position,
                "the previous free block does not point back");
    *link = for_previous;
}

/* ---- in and out of a bin ---- */

static inline void link_first(struct cairn_heap_part *part, size_t position, unsigned bin)
{
    uint32_t *list = list_of(part, bin), next = *list;
    if (next != NONE) {
        check_sound(part, next, is_position(part, next) && has_bit(part->edge, next),
                    "a bin begins with no free block");
        block_at(part, next)->previous = (uint32_t)position;
    }
    *list = (uint32_t)position;
    note_filled_bin(part, bin);
    block_at(part, position)->next = next;
    block_at(part, position)->previous = NONE;
}

static inline void unlink(struct cairn_heap_part *part, size_t position, unsigned bin)
{
    uint32_t next = block_at(part, position)->next, previous = block_at(part, position)->previous;
    relink(part, position, bin, next, previous);
    if ((next & previous) == NONE)
        note_emptied_bin(part, bin);
}

/* The block stands where another one of its bin stood. */
static inline void replace(struct cairn_heap_part *part, size_t from, size_t to, unsigned bin)
{
    uint32_t next = block_at(part, from)->next, previous = block_at(part, from)->previous;
    relink(part, from, bin, (uint32_t)to, (uint32_t)to);
    block_at(part, to)->next = next;
    block_at(part, to)->previous = previous;
}

/* ---- in and out of the ledger ---- */

/* The two ends of a free block, in the ledger and in itself. */
static inline void set_ends(struct cairn_heap_part *part, size_t position, size_t granules)
{
    size_t last = position + granules - 1;
    set_bit(part->edge, position);
    set_bit(part->edge, last);
    block_at(part, position)->granules = (uint32_t)granules;
    block_at(part, last)->last = (uint32_t)granules;
}

void cairn_bins_put(struct cairn_heap_part *part, size_t position, size_t granules)
{
    link_first(part, position, bin_for(granules));
    set_ends(part, position, granules);
}

void cairn_bins_take(struct cairn_heap_part *part, size_t position, size_t granules)
{
    check_free(part, position, granules);
    clear_bit(part->edge, position);
    clear_bit(part->edge, position + granules - 1);
    unlink(part, position, bin_for(granules));
}

void cairn_bins_move(struct cairn_heap_part *part, size_t from, size_t length, size_t to,
                     size_t granules)
{
    unsigned bin = bin_for(length), new_bin = bin_for(granules);
    check_free(part, from, length);
    clear_bit(part->edge, from == to ? from + length - 1 : from);
    if (bin != new_bin) {
        unlink(part, from, bin);
        link_first(part, to, new_bin);
    } else if (from != to) {
        replace(part, from, to, bin);
    }
    set_ends(part, to, granules);
}

/* ---- search ---- */

/* Of the first few blocks of a bin the smallest one in which the request fits; NONE if none is. */
static inline size_t tightest_of(const struct cairn_heap_part *part, size_t list, size_t granules,
                                 size_t align)
{
    size_t best = NONE, best_granules = SIZE_MAX;
    for (int i = 0; i < PROBES && list != NONE; i++, list = block_at(part, list)->next) {
        check_sound(part, list, is_position(part, list), "a bin leads out of the heap");
        size_t size = block_at(part, list)->granules;
        bool is_tighter =
            (size >= granules + padding_at(part, list, align)) & (size < best_granules);
        best = is_tighter ? list : best;
        best_granules = is_tighter ? size : best_granules;
    }
    return best;
}

/* The first block of the first bin behind `bin` that is not empty; NONE if there is none. */
static inline uint32_t first_behind(const struct cairn_heap_part *part, unsigned bin)
{
    unsigned row = bin / CAIRN_HEAP_BIN_COLUMNS, column = bin % CAIRN_HEAP_BIN_COLUMNS;
    uint32_t columns = part->column_map[row] & (uint32_t)(~(uint64_t)1 << column);
    if (columns == 0) {
        uint32_t rows = part->row_map & (uint32_t)(~(uint64_t)1 << row);
        if (rows == 0)
            return NONE;
        row = cairn_lowest_bit(rows);
        columns = columns_of(part, row);
    }
    uint32_t list = part->bins[row][cairn_lowest_bit(columns)];
    check_sound(part, part->first, list != NONE, "a bin that is not empty by its map is empty");
    return list;
}

/* A free block in which `granules` fit, near the tightest; alignment is only looked at. */
static inline size_t find_near(const struct cairn_heap_part *part, size_t granules, size_t align)
{
    unsigned bin = bin_for(granules);
    uint32_t list = part->bins[bin / CAIRN_HEAP_BIN_COLUMNS][bin % CAIRN_HEAP_BIN_COLUMNS];
    size_t found = tightest_of(part, list, granules, align);
    return found != NONE ? found : tightest_of(part, first_behind(part, bin), granules, align);
}

size_t cairn_bins_find(const struct cairn_heap_part *part, size_t granules, size_t align)
{
    if (granules > part->end - part->first)
        return NONE;
    size_t found = find_near(part, granules, align);
    /* In a block of this size an aligned one fits wherever it lies. */
    if (found == NONE && align > 1 && granules + align - 1 <= part->end - part->first)
        found = find_near(part, granules + align - 1, 1);
    return found;
}

/* ---- granules ---- */

void cairn_bins_cut(struct cairn_heap_part *part, size_t position, size_t wanted, size_t granules)
{
    size_t length = block_at(part, position)->granules;
    size_t behind = position + length - wanted - granules;
    if (wanted > position) {
        cairn_bins_move(part, position, length, position, wanted - position);
        if (behind)
            cairn_bins_put(part, wanted + granules, behind);
    } else if (behind) {
        cairn_bins_move(part, position, length, position + granules, behind);
    } else {
        cairn_bins_take(part, position, length);
    }
}

size_t cairn_bins_take_granules(struct cairn_heap_part *part, size_t granules, size_t align)
{
    size_t found = cairn_bins_find(part, granules, align);
    if (found == NONE)
        return NONE;
    size_t wanted = found + padding_at(part, found, align);
    cairn_bins_cut(part, found, wanted, granules);
    note_taken(part, granules);
    return wanted;
}

void cairn_bins_give_granules(struct cairn_heap_part *part, size_t position, size_t granules)
{
    size_t behind = free_behind(part, position + granules);
    size_t before = free_before(part, position);
    part->taken -= granules;
    if (before) {
        if (behind)
            cairn_bins_take(part, position + granules, behind);
        cairn_bins_move(part, position - before, before, position - before,
                        before + granules + behind);
    } else if (behind) {
        cairn_bins_move(part, position + granules, behind, position, granules + behind);
    } else {
        cairn_bins_put(part, position, granules);
    }
}
