/* SPDX-License-Identifier: MIT */
/* What a caller says of a block, against what the ledger says. */
#include "blocks.h"

#include "heap_parts.h"
#include "wrong_free.h"

void cairn_heap_begin_block(struct cairn_heap_part *part, size_t position, size_t granules)
{
    enter_general(part, position, granules);
    count_general(part, granules, +1);
}

void cairn_heap_end_block(struct cairn_heap_part *part, size_t position, size_t granules)
{
    if (has_bit(part->classed, position))
        part->carved[cairn_class_of_granules[granules - 1]]--;
    else
        count_general(part, granules, -1);
    strike_out(part, position, granules);
}

size_t cairn_heap_expected_granules(const struct cairn_heap_part *part, size_t position,
                                    size_t size, size_t align)
{
    size_t key = front_key(size, align);
    if (has_bit(part->classed, position) && key / CAIRN_HEAP_GRANULE < CLASS_GRANULES_MAX)
        return cairn_class_granules[class_of_key(key)];
    return granules_for(size);
}

static bool is_live_with(const struct cairn_heap_part *part, size_t position, size_t granules)
{
    if (!has_bit(part->live, position))
        return false;
    uint32_t tag = tag_at(part, position);
    if (is_certificate(tag) && cairn_class_granules[tag] == granules)
        return true;
    uint64_t behind = beginnings_behind(part, position);
    if (granules < GRANULES_PER_PAGE)
        return (behind & (UINT64_MAX >> (64 - granules))) == (uint64_t)1 << (granules - 1);
    return tag == (TAG_LARGE | (uint32_t)granules) &&
           beginnings(part, position / 64) >> (position & 63) == 1;
}

struct found_block cairn_heap_find_block(struct cairn_heap *self, const void *block,
                                         struct cairn_layout layout, const char *operation)
{
    size_t size = layout.size + (layout.size == 0);
    struct cairn_heap_part *part = &self->part;
    check_seal(part);
    while (part && !is_position(part, cairn_heap_position(part, block)))
        part = next_part(part);
    if (!part)
        cairn_heap_report_wrong(self, block, layout, operation);
    size_t position = cairn_heap_position(part, block);
    size_t granules = cairn_heap_expected_granules(part, position, size, layout.align);
    if (!is_live_with(part, position, granules))
        cairn_heap_report_wrong(self, block, layout, operation);
    return CAIRN_LITERAL(struct found_block){part, position, granules};
}
