/* SPDX-License-Identifier: MIT */
/* Looking at a heap: statistics, walk, check, dump, trim. Nothing here is needed to allocate. */
#include <cairn/base/format.h>
#include <cairn/base/host.h>

#include "front.h"
#include "heap_parts.h"
#include "walk.h"

/* ---- statistics ---- */

static size_t cached_granules(const struct cairn_heap_part *part)
{
    size_t granules = 0;
    for (unsigned size_class = 1; size_class < CAIRN_HEAP_CLASSES; size_class++)
        granules += cached_blocks(part, size_class) * cairn_class_granules[size_class];
    return granules;
}

/* An upper bound of the largest free block, from its bin alone: at most 1/31 too high. */
static size_t largest_free(const struct cairn_heap_part *part)
{
    if (part->row_map == 0)
        return 0;
    unsigned row = cairn_log2_floor(part->row_map);
    unsigned column = cairn_log2_floor(columns_of(part, row));
    if (row == 0)
        return column;
    return ((size_t)(CAIRN_HEAP_BIN_COLUMNS + column + 1) << (row - 1)) - 1;
}

static void add_part_statistics(const struct cairn_heap_part *part,
                                struct cairn_heap_statistics *sum)
{
    size_t granules = part->end - part->first, cached = cached_granules(part);
    size_t free = (granules - part->taken) * CAIRN_HEAP_GRANULE;
    size_t largest = largest_free(part) * CAIRN_HEAP_GRANULE;
    largest = largest < free ? largest : free;
    sum->size += granules * CAIRN_HEAP_GRANULE;
    sum->used += (part->taken - cached) * CAIRN_HEAP_GRANULE;
    sum->cached += cached * CAIRN_HEAP_GRANULE;
    sum->free += free;
    sum->peak += part->peak * CAIRN_HEAP_GRANULE;
    sum->largest_free = largest > sum->largest_free ? largest : sum->largest_free;
    sum->regions++;
    for (unsigned k = 0; k < 40; k++)
        sum->live_blocks[k] += part->general_blocks[k];
    for (unsigned size_class = 1; size_class < CAIRN_HEAP_CLASSES; size_class++)
        sum->live_blocks[cairn_log2_floor(cairn_class_granules[size_class])] +=
            part->carved[size_class] - cached_blocks(part, size_class);
}

struct cairn_heap_statistics cairn_heap_statistics(const struct cairn_heap *self)
{
    struct cairn_heap_statistics sum = {0};
    check_seal(&self->part);
    for (const struct cairn_heap_part *part = &self->part; part && part->end;
         part = next_part(part))
        add_part_statistics(part, &sum);
    return sum;
}

/* ---- walk ---- */

void cairn_heap_walk(const struct cairn_heap *self, cairn_heap_visitor *visit, void *context)
{
    check_seal(&self->part);
    for (const struct cairn_heap_part *part = &self->part; part && part->end;
         part = next_part(part)) {
        struct walked_block block;
        for (size_t at = part->first; at < part->end; at = block.position + block.granules) {
            block = walk_block(part, at);
            if (!visit(context, block.kind, block_at(part, at),
                       block.granules * CAIRN_HEAP_GRANULE))
                return;
        }
    }
}

/* ---- check ---- */

struct census {
    size_t live, cached, free; /* granules */
    size_t free_blocks;
    size_t live_blocks[40];
};

static void check_free_block(const struct cairn_heap_part *part, struct walked_block block)
{
    size_t last = block.position + block.granules - 1;
    check_sound(part, block.position, has_bit(part->edge, block.position),
                "nothing begins where a block must begin");
    check_sound(part, block.position, has_bit(part->edge, last), "a free block has no end");
    check_sound(part, block.position, block_at(part, last)->last == block.granules,
                "a free block's two sizes differ");
    check_sound(part, block.position,
                block.granules == 1 || next_beginning(part, block.position) == last,
                "something begins inside a free block");
    check_sound(part, block.position, last + 1 == part->end || !has_bit(part->edge, last + 1),
                "two free blocks touch");
}

static void check_taken_block(const struct cairn_heap_part *part, struct walked_block block)
{
    uint32_t tag = tag_at(part, block.position);
    bool classed = has_bit(part->classed, block.position);
    check_sound(part, block.position, !has_bit(part->edge, block.position),
                "a block is free and taken");
    check_sound(part, block.position, block_granules(part, block.position) == block.granules,
                "a block's size is not what its page says");
    check_sound(part, block.position,
                !classed || (block.granules <= CLASS_GRANULES_MAX &&
                             cairn_class_granules[cairn_class_of_granules[block.granules - 1]] ==
                                 block.granules),
                "a block of a class has no class's size");
    check_sound(part, block.position,
                !is_certificate(tag) || (classed && cairn_class_granules[tag] == block.granules),
                "a page's certificate is wrong");
}

static void count_block(struct census *census, struct walked_block block)
{
    switch (block.kind) {
    case CAIRN_HEAP_BLOCK_FREE:
        census->free += block.granules;
        census->free_blocks++;
        break;
    case CAIRN_HEAP_BLOCK_CACHED:
        census->cached += block.granules;
        break;
    case CAIRN_HEAP_BLOCK_LIVE:
        census->live += block.granules;
        census->live_blocks[cairn_log2_floor(block.granules)]++;
        break;
    }
}

static void check_blocks(const struct cairn_heap_part *part, struct census *census)
{
    size_t at = part->first;
    while (at < part->end) {
        struct walked_block block = walk_block(part, at);
        if (block.kind == CAIRN_HEAP_BLOCK_FREE)
            check_free_block(part, block);
        else
            check_taken_block(part, block);
        count_block(census, block);
        at += block.granules;
    }
    check_sound(part, part->first, at == part->end && has_bit(part->live, at), "the wall is gone");
}

/* One bin's list: links that agree, blocks of its sizes; returns how many. Ends at `limit`. */
static size_t check_bin(const struct cairn_heap_part *part, unsigned bin, size_t limit)
{
    size_t count = 0;
    uint32_t previous = NONE;
    unsigned row = bin / CAIRN_HEAP_BIN_COLUMNS, column = bin % CAIRN_HEAP_BIN_COLUMNS;
    for (uint32_t at = part->bins[row][column]; at != NONE;) {
        cairn_check(at >= part->first && at < part->end && count < limit,
                    "cairn: the heap is damaged: bin %u.%u leads to no free block", row, column);
        const struct free_block *block = block_at(part, at);
        check_sound(part, at, has_bit(part->edge, at) && !has_bit(part->live, at),
                    "a block in a bin is not free");
        check_sound(part, at, block->previous == previous, "a bin's links disagree");
        check_sound(part, at, bin_for(block->granules) == bin,
                    "a free block is in another size's bin");
        previous = at;
        at = block->next;
        count++;
    }
    return count;
}

static void check_bins(const struct cairn_heap_part *part, const struct census *census)
{
    size_t count = 0;
    cairn_check(part->row_map >> CAIRN_HEAP_BIN_ROWS == 0,
                "cairn: the heap is damaged: the map of rows is %#x", (unsigned)part->row_map);
    unsigned rows = bin_for(part->end - part->first) / CAIRN_HEAP_BIN_COLUMNS +
                    1; /* those behind are no bins */
    for (unsigned row = 0; row < CAIRN_HEAP_BIN_ROWS; row++) {
        for (unsigned column = 0; column < CAIRN_HEAP_BIN_COLUMNS && row < rows; column++) {
            bool mapped = part->column_map[row] >> column & 1;
            cairn_check(mapped == (part->bins[row][column] != NONE),
                        "cairn: the heap is damaged: the map of bin %u.%u is wrong", row, column);
            count +=
                check_bin(part, row * CAIRN_HEAP_BIN_COLUMNS + column, census->free_blocks + 1);
        }
        cairn_check((part->row_map >> row & 1) == (part->column_map[row] != 0) &&
                        (row < rows || part->column_map[row] == 0),
                    "cairn: the heap is damaged: the map of row %u is wrong", row);
    }
    cairn_check(count == census->free_blocks,
                "cairn: the heap is damaged: %llu free blocks, and %llu in the bins",
                (unsigned long long)census->free_blocks, (unsigned long long)count);
}

static void check_magazine_chunk(const struct cairn_heap_part *part, unsigned size_class,
                                 uint32_t chunk, size_t blocks)
{
    cairn_front_check_chunk(part, chunk, size_class);
    for (size_t i = 1; i <= blocks && i < CHUNK_SLOTS; i++) {
        size_t position = cairn_front_check_cached(part, size_class, link_of(part, chunk) + i);
        check_sound(part, position,
                    block_granules(part, position) == cairn_class_granules[size_class],
                    "a magazine holds a block of another size");
    }
}

static void check_magazines(const struct cairn_heap_part *part)
{
    for (unsigned size_class = 1; size_class < CAIRN_HEAP_CLASSES; size_class++) {
        uint32_t chunk = chunk_of_top(part->top[size_class]);
        uint32_t blocks = blocks_in(part, size_class);
        for (uint32_t left = part->class_chunks[size_class]; left > 0; left--) {
            check_magazine_chunk(part, size_class, chunk, blocks);
            blocks = older_blocks(part, chunk);
            chunk = older_chunk(part, chunk);
        }
    }
}

static void check_counts(const struct cairn_heap_part *part, const struct census *census)
{
    struct cairn_heap_statistics counted = {0};
    add_part_statistics(part, &counted);
    cairn_check(
        counted.used == census->live * CAIRN_HEAP_GRANULE &&
            counted.cached == census->cached * CAIRN_HEAP_GRANULE &&
            counted.free == census->free * CAIRN_HEAP_GRANULE,
        "cairn: the counts are wrong: used %zu, cached %zu, free %zu, and a walk finds %llu, "
        "%llu, %llu",
        counted.used, counted.cached, counted.free,
        (unsigned long long)census->live * CAIRN_HEAP_GRANULE,
        (unsigned long long)census->cached * CAIRN_HEAP_GRANULE,
        (unsigned long long)census->free * CAIRN_HEAP_GRANULE);
    for (unsigned k = 0; k < 40; k++)
        cairn_check(counted.live_blocks[k] == census->live_blocks[k],
                    "cairn: the counts are wrong: %zu live blocks of size class %u, and a walk "
                    "finds %llu",
                    counted.live_blocks[k], k, (unsigned long long)census->live_blocks[k]);
}

void cairn_heap_check(const struct cairn_heap *self)
{
    check_seal(&self->part);
    for (const struct cairn_heap_part *part = &self->part; part && part->end;
         part = next_part(part)) {
        struct census census = {0};
        check_blocks(part, &census);
        check_bins(part, &census);
        check_magazines(part);
        check_counts(part, &census);
    }
}

/* ---- dump ---- */

#define DUMP_COLUMNS 64

struct dump_line {
    char letters[DUMP_COLUMNS];
    uintptr_t address;
    size_t count;
};

static void dump_flush(struct dump_line *line)
{
    char text[DUMP_COLUMNS + 32];
    if (line->count == 0)
        return;
    size_t length =
        cairn_format_buffer(text, sizeof(text), "%#018llx %.*s\n",
                            (unsigned long long)line->address, (int)line->count, line->letters);
    cairn_host_write(text, length);
    line->count = 0;
}

static void dump_letter(struct dump_line *line, uintptr_t address, char letter)
{
    if (line->count == 0)
        line->address = address;
    line->letters[line->count++] = letter;
    if (line->count == DUMP_COLUMNS)
        dump_flush(line);
}

static bool dump_block(void *context, enum cairn_heap_block_kind kind, void *start, size_t size)
{
    static const char first[] = {'.', 'C', 'A'}, rest[] = {'.', 'c', 'a'};
    for (size_t at = 0; at < size; at += CAIRN_HEAP_GRANULE)
        dump_letter((struct dump_line *)context, (uintptr_t)start + at,
                    at == 0 ? first[kind] : rest[kind]);
    return true;
}

void cairn_heap_dump(const struct cairn_heap *self)
{
    struct dump_line line = {.count = 0};
    cairn_heap_walk(self, dump_block, &line);
    dump_flush(&line);
}

/* ---- trim ---- */

struct trimming {
    size_t page_size, bytes;
    void (*discard)(void *context, void *start, size_t size);
    void *context;
};

/* The first granule of a free block has its links, the last one its size; the rest is nobody's. */
static bool trim_block(void *context, enum cairn_heap_block_kind kind, void *start, size_t size)
{
    struct trimming *trimming = (struct trimming *)context;
    if (kind != CAIRN_HEAP_BLOCK_FREE || size < trimming->page_size)
        return true;
    uintptr_t from = cairn_align_up((uintptr_t)start + CAIRN_HEAP_GRANULE, trimming->page_size);
    uintptr_t to =
        cairn_align_down((uintptr_t)start + size - CAIRN_HEAP_GRANULE, trimming->page_size);
    if (from < to) {
        trimming->discard(trimming->context, (void *)from, to - from);
        trimming->bytes += to - from;
    }
    return true;
}

size_t cairn_heap_trim(struct cairn_heap *self, size_t page_size,
                       void (*discard)(void *context, void *start, size_t size), void *context)
{
    struct trimming trimming = {page_size, 0, discard, context};
    cairn_check(cairn_is_power_of_two(page_size) && page_size >= 64,
                "cairn: trim by pages of %zu bytes; a page is a power of two, at least 64",
                page_size);
    cairn_heap_flush(self);
    cairn_heap_walk(self, trim_block, &trimming);
    return trimming.bytes;
}
