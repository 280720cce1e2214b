/* SPDX-License-Identifier: MIT */
/* One step of a walk through a part: from a block's beginning to the next one's. */
#ifndef CAIRN_WALK_H
#define CAIRN_WALK_H

#include "damage.h"
#include "ledger.h"

struct walked_block {
    enum cairn_heap_block_kind kind;
    size_t position, granules;
};

/* The next beginning behind `position`: the wall at the latest. */
static inline size_t next_beginning(const struct cairn_heap_part *part, size_t position)
{
    size_t page = position / 64;
    unsigned offset = (unsigned)(position & 63);
    uint64_t bits = offset == 63 ? 0 : beginnings(part, page) >> (offset + 1) << (offset + 1);
    while (bits == 0 && page < part->end / 64)
        bits = beginnings(part, ++page);
    return bits ? page * 64 + cairn_lowest_bit(bits) : part->end;
}

/*
 * What begins at `position`, which must be the part's first or behind a block that was walked.
 *
 * Panics: a free block's size leads out of the part, or nowhere.
 */
static inline struct walked_block walk_block(const struct cairn_heap_part *part, size_t position)
{
    bool live = has_bit(part->live, position), classed = has_bit(part->classed, position);
    if (!live && !classed) {
        size_t granules = block_at(part, position)->granules;
        if (granules - 1 >= part->end - position)
            cairn_heap_report_damage(part, position, "a free block's size is impossible");
        return CAIRN_LITERAL(struct walked_block){CAIRN_HEAP_BLOCK_FREE, position, granules};
    }
    return CAIRN_LITERAL(struct walked_block){live ? CAIRN_HEAP_BLOCK_LIVE
                                                   : CAIRN_HEAP_BLOCK_CACHED,
                                              position, next_beginning(part, position) - position};
}

#endif
