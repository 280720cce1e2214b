/* SPDX-License-Identifier: MIT */
/* Visiting every block, and what is done so: dump and trim. */
#include "walk.h"

#include <cairn/base/format.h>
#include <cairn/base/host.h>

#include "bins.h"

/* ---- from block to block ---- */

static struct walked_block walk_object(const struct region *self, uint32_t at, unsigned size_class)
{
    bool is_known = slice_of(self, at)->free & bit_at(at);
    cairn_check(is_known,
                "cairn: the records are corrupted: no object begins at %p in a slab of %zu "
                "bytes each",
                address_of(self, at), (size_t)cairn_class_granules[size_class] * GRANULE_BYTES);
    return CAIRN_LITERAL(struct walked_block){at, cairn_class_granules[size_class],
                                              is_live(self, at) ? CAIRN_HEAP_BLOCK_LIVE
                                                                : CAIRN_HEAP_BLOCK_CACHED};
}

static struct walked_block walk_block(const struct region *self, uint32_t at)
{
    struct walked_block block = {at, 0, CAIRN_HEAP_BLOCK_LIVE};
    if (at >= self->hot.end)
        return block;
    if (slab_class_at(self, at))
        return walk_object(self, at, slab_class_at(self, at));
    if (is_free(self, at)) {
        block.kind = CAIRN_HEAP_BLOCK_FREE;
        block.size = cairn_bins_free_size(self, at);
    } else if (is_waiting(self, at) || is_live_block(self, at)) {
        block.kind = is_live_block(self, at) ? CAIRN_HEAP_BLOCK_LIVE : CAIRN_HEAP_BLOCK_CACHED;
        block.size = size_at(self, at);
    }
    cairn_check(block.size - 1 < self->hot.end - at,
                "cairn: the records are corrupted: no block begins at %p, where one must",
                address_of(self, at));
    return block;
}

/* Steps over metadata that lies among the blocks. */
static struct walked_block walk_from(const struct region *self, uint32_t at)
{
    bool is_reserved = self->reserved && at == self->reserved_at;
    return walk_block(self, is_reserved ? at + self->reserved : at);
}

struct walked_block cairn_walk_first(const struct region *self)
{
    return walk_from(self, self->hot.first);
}

struct walked_block cairn_walk_next(const struct region *self, struct walked_block block)
{
    return walk_from(self, block.at + block.size);
}

void cairn_heap_walk(const struct cairn_heap *self, cairn_heap_visitor *visit, void *context)
{
    for (const struct region *region = first_region(self); region; region = region->next)
        for (struct walked_block block = cairn_walk_first(region); block.size;
             block = cairn_walk_next(region, block))
            if (!visit(context, block.kind, address_of(region, block.at),
                       (size_t)block.size * GRANULE_BYTES))
                return;
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
    for (size_t at = 0; at < size; at += GRANULE_BYTES)
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
    uintptr_t from = cairn_align_up((uintptr_t)start + GRANULE_BYTES, trimming->page_size);
    uintptr_t to = cairn_align_down((uintptr_t)start + size - GRANULE_BYTES, trimming->page_size);
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
