/* SPDX-License-Identifier: MIT */
/* The allocator `cairn`: its operations. The idea stands in <cairn/heap.h>. */
#include "blocks.h"
#include "heap_parts.h"
#include "realloc.h"
#include "wrong_free.h"

static struct cairn_heap *heap_of(struct cairn_allocator *allocator)
{
    return (struct cairn_heap *)(void *)allocator;
}

/* ---- alloc ---- */

static void *alloc_general(struct cairn_heap_part *part, size_t granules, size_t align)
{
    size_t position = cairn_bins_take_granules(part, granules, align);
    if (position == NONE)
        return NULL;
    cairn_heap_begin_block(part, position, granules);
    return block_at(part, position);
}

static void *alloc_from_any(struct cairn_heap *self, size_t granules, size_t align)
{
    for (struct cairn_heap_part *part = &self->part; part; part = next_part(part)) {
        void *block = alloc_general(part, granules, align);
        if (block)
            return block;
    }
    return NULL;
}

/* Before it gives up, the front empties one magazine after the other. */
static void *alloc_from_flushed(struct cairn_heap_part *part, size_t granules, size_t align)
{
    void *block = NULL;
    if (granules > part->end - part->first)
        return NULL;
    for (unsigned size_class = 1; size_class < CAIRN_HEAP_CLASSES && !block; size_class++)
        if (cairn_front_flush_class(part, size_class) > 0)
            block = alloc_general(part, granules, align);
    return block;
}

void *cairn_heap_alloc_slowly(struct cairn_heap *self, struct cairn_layout layout)
{
    struct cairn_heap_part *part = &self->part;
    size_t size = layout.size ? layout.size : 1;
    cairn_check(cairn_is_power_of_two(layout.align),
                "cairn: alloc of %zu bytes: alignment %zu is not a power of two", layout.size,
                layout.align);
    if (size > (size_t)PTRDIFF_MAX)
        return NULL;
    check_seal(part);
    size_t key = front_key(size, layout.align);
    size_t position;
    if (key < part->front_limit && cairn_front_refill(part, class_of_key(key)) &&
        cairn_heap_pop(part, class_of_key(key), &position))
        return block_at(part, position);
    cairn_front_drain(part);
    size_t granules = granules_for(size), align = align_granules(layout.align);
    void *block = alloc_from_any(self, granules, align);
    return block ? block : alloc_from_flushed(part, granules, align);
}

static void *alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    return cairn_heap_alloc(heap_of(allocator), layout);
}

/* ---- dealloc ---- */

static bool keep_in_front(struct cairn_heap_part *part, size_t position, size_t granules)
{
    uint32_t tag = tag_at(part, position);
    return has_bit(part->classed, position) && part->taken < part->front_share &&
           is_certificate(tag) && cairn_class_granules[tag] == granules &&
           cairn_front_make_room(part, tag) && cairn_heap_push(part, tag, position);
}

/* Ends a live block that was found and checked. */
static void dealloc_found(struct found_block found)
{
    struct cairn_heap_part *part = found.part;
    if (keep_in_front(part, found.position, found.granules))
        return;
    cairn_heap_end_block(part, found.position, found.granules);
    cairn_bins_give_granules(part, found.position, found.granules);
    cairn_front_drain(part);
}

void cairn_heap_dealloc_slowly(struct cairn_heap *self, void *block, struct cairn_layout layout)
{
    dealloc_found(cairn_heap_find_block(self, block, layout, "dealloc"));
}

static void dealloc(struct cairn_allocator *allocator, void *block, struct cairn_layout layout)
{
    cairn_heap_dealloc(heap_of(allocator), block, layout);
}

/* The page's certificate and the live bit say all, most of the time: as in dealloc. */
static void cairn_heap_verify(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout)
{
    struct cairn_heap *self = heap_of(allocator);
    const struct cairn_heap_part *part = &self->part;
    size_t key = front_key(layout.size, layout.align);
    if (__builtin_expect(key < part->front_limit, 1) &&
        __builtin_expect(is_certified(part, cairn_heap_position(part, block), class_of_key(key)),
                         1))
        return;
    (void)cairn_heap_find_block(self, block, layout, "dealloc");
}

/* ---- without a layout ---- */

static struct found_block find_unsized(const struct cairn_heap *self, const void *block,
                                       const char *operation)
{
    struct cairn_heap_part *part = cairn_heap_part_of(self, block);
    if (!part || !cairn_is_aligned((uintptr_t)block, CAIRN_HEAP_GRANULE) ||
        !has_bit(part->live, position_of(part, block)))
        cairn_heap_report_wrong(self, block, CAIRN_LITERAL(struct cairn_layout){0, 1}, operation);
    size_t position = position_of(part, block), granules = block_granules(part, position);
    check_sound(part, position,
                granules - 1 < part->end - position && is_beginning(part, position + granules),
                "nothing begins where a block ends by its page");
    return CAIRN_LITERAL(struct found_block){part, position, granules};
}

size_t cairn_heap_usable_size(const struct cairn_heap *self, const void *block)
{
    return find_unsized(self, block, "usable_size").granules * CAIRN_HEAP_GRANULE;
}

static size_t usable_size(struct cairn_allocator *allocator, const void *block)
{
    return cairn_heap_usable_size(heap_of(allocator), block);
}

static void dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    dealloc_found(find_unsized(heap_of(allocator), block, "free"));
}

/* ---- without a lock ---- */

/*
 * Of the first region, the only one with certificates. Other blocks may come and go meanwhile: what
 * they write into the ledger is not looked at, and a certificate holds for a block that lives as
 * long as it is read at all.
 */
static bool live_map(struct cairn_allocator *allocator, struct cairn_live_map *map)
{
    const struct cairn_heap_part *part = &heap_of(allocator)->part;
    if (map)
        *map = CAIRN_LITERAL(struct cairn_live_map){part->base, part->end, part->live, part->tags};
    return true;
}

const uint64_t cairn_heap_empty_pool[2] = {0, 0};

const struct cairn_allocator_operations cairn_heap_operations = {
    .name = "cairn",
    .alloc = alloc,
    .dealloc = dealloc,
    .realloc = cairn_heap_realloc,
    .verify = cairn_heap_verify,
    .usable_size = usable_size,
    .dealloc_unsized = dealloc_unsized,
    .live_map = live_map,
};

size_t cairn_heap_flush(struct cairn_heap *self)
{
    check_seal(&self->part);
    return cairn_front_flush(&self->part) * CAIRN_HEAP_GRANULE;
}
