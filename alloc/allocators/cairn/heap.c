/* SPDX-License-Identifier: MIT */
/* The allocator `cairn`: its operations. The idea stands in <cairn/heap.h>. */
#include <cairn/live_map.h>

#include "blocks.h"
#include "heap_parts.h"
#include "realloc.h"
#include "wrong_free.h"

static struct cairn_heap *heap_of(struct cairn_allocator *allocator)
{
    return (struct cairn_heap *)(void *)allocator;
}

/* ---- alloc ---- */

static void *alloc_general(struct cairn_heap_part *part, uint64_t granules, uint64_t align)
{
    uint64_t position = cairn_bins_take_granules(part, granules, align);
    if (position == NONE)
        return NULL;
    cairn_heap_begin_block(part, position, granules);
    return block_at(part, position);
}

static void *alloc_from_any(struct cairn_heap *self, uint64_t granules, uint64_t align)
{
    for (struct cairn_heap_part *part = &self->part; part; part = part->next) {
        void *block = alloc_general(part, granules, align);
        if (block)
            return block;
    }
    return NULL;
}

/* Takes the block on top of the class's magazine, which is not empty. */
static void *pop_block(struct cairn_heap_part *part, unsigned size_class)
{
    void *block = *--part->top[size_class];
    set_bit(part->live, check_cached(part, size_class, block));
    return block;
}

static __attribute__((noinline)) void *alloc_slowly(struct cairn_heap *self,
                                                    struct cairn_layout layout)
{
    struct cairn_heap_part *part = &self->part;
    size_t size = layout.size ? layout.size : 1;
    cairn_check(cairn_is_power_of_two(layout.align),
                "cairn: alloc of %zu bytes: alignment %zu is not a power of two", layout.size,
                layout.align);
    if (size > (size_t)PTRDIFF_MAX)
        return NULL;
    size_t key = front_key(size, layout.align);
    if (key < part->front_limit && refill(part, class_of_key(key)))
        return pop_block(part, class_of_key(key));
    uint64_t granules = granules_for(size), align = align_granules(layout.align);
    void *block = alloc_from_any(self, granules, align);
    if (!block && flush_front(part) > 0)
        block = alloc_general(part, granules, align);
    return block;
}

static void *cairn_heap_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_heap *self = heap_of(allocator);
    struct cairn_heap_part *part = &self->part;
    size_t key = front_key(layout.size, layout.align);
    if (__builtin_expect(key >= part->front_limit, 0))
        return alloc_slowly(self, layout);
    unsigned size_class = class_of_key(key);
    void **slot = part->top[size_class] - 1;
    if (__builtin_expect(is_chunk_boundary(slot), 0))
        return alloc_slowly(self, layout);
    void *block = *slot;
    part->top[size_class] = slot;
    /* The live bit, found by the block's address: one subtraction less than by its position. */
    uint64_t *word = (uint64_t *)(part->live_origin + ((uintptr_t)block >> 10) * sizeof(uint64_t));
    word_store(word, word_load(word) | bit_of((uintptr_t)block / CAIRN_HEAP_GRANULE));
    return block;
}

/* ---- dealloc ---- */

/* Puts a live block of the class into its magazine; there must be room. */
static void push_block(struct cairn_heap_part *part, unsigned size_class, uint64_t position)
{
    clear_bit(part->live, position);
    *part->top[size_class]++ = block_at(part, position);
}

/* In a small heap: a few of the smallest blocks wait in the magazine of class 1, without runs. */
static bool keep_small(struct cairn_heap_part *part, uint64_t position, uint64_t granules)
{
    if (granules != 1 || cached_blocks(part, 1) >= part->small_cache)
        return false;
    if (!has_bit(part->classed, position)) {
        count_general(part, 1, -1);
        set_bit(part->classed, position);
        part->carved[1]++;
    }
    push_block(part, 1, position);
    return true;
}

static bool keep_in_front(struct cairn_heap_part *part, uint64_t position, uint64_t granules)
{
    uint32_t tag = tag_at(part, position);
    if (!has_bit(part->classed, position) || part->taken >= part->half || !is_certificate(tag) ||
        cairn_class_granules[tag] != granules)
        return false;
    if (magazine_is_full(part, tag) && !add_chunk(part, tag))
        flush_class(part, tag, CHUNK_BLOCKS);
    push_block(part, tag, position);
    return true;
}

/* Ends a live block that was found and checked. */
static void dealloc_found(struct found_block found)
{
    struct cairn_heap_part *part = found.part;
    if (keep_in_front(part, found.position, found.granules) ||
        keep_small(part, found.position, found.granules))
        return;
    cairn_heap_end_block(part, found.position, found.granules);
    cairn_bins_give_granules(part, found.position, found.granules);
}

static __attribute__((noinline)) void dealloc_slowly(struct cairn_heap *self, void *block,
                                                     struct cairn_layout layout)
{
    dealloc_found(cairn_heap_find_block(self, block, layout, "dealloc"));
}

static void cairn_heap_dealloc(struct cairn_allocator *allocator, void *block,
                               struct cairn_layout layout)
{
    struct cairn_heap *self = heap_of(allocator);
    struct cairn_heap_part *part = &self->part;
    size_t key = front_key(layout.size, layout.align);
    uintptr_t offset = (uintptr_t)block - part->base;
    /* Rotated, so that an address between two granules is beyond every end. */
    uint64_t position = offset >> 4 | (uint64_t)offset << 60;
    if (__builtin_expect(key >= part->front_limit || position >= part->end, 0)) {
        dealloc_slowly(self, block, layout);
        return;
    }
    unsigned size_class = class_of_key(key);
    void **slot = part->top[size_class];
    uint64_t *word = &part->live[position / 64];
    uint64_t live = word_load(word);
    if (__builtin_expect(tag_at(part, position) != size_class || is_chunk_boundary(slot) ||
                             !(live & bit_of(position)),
                         0)) {
        dealloc_slowly(self, block, layout);
        return;
    }
    word_store(word, live & ~bit_of(position));
    *slot = block;
    part->top[size_class] = slot + 1;
}

/* The page's certificate and the live bit say all, most of the time: as in dealloc. */
static void cairn_heap_verify(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout)
{
    struct cairn_heap *self = heap_of(allocator);
    const struct cairn_heap_part *part = &self->part;
    size_t key = front_key(layout.size, layout.align);
    uintptr_t offset = (uintptr_t)block - part->base;
    uint64_t position = offset >> 4 | (uint64_t)offset << 60;
    if (__builtin_expect(key < part->front_limit && position < part->end, 1) &&
        __builtin_expect(
            tag_at(part, position) == class_of_key(key) && has_bit(part->live, position), 1))
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
        cairn_heap_report_wrong(self, block, (struct cairn_layout){0, 1}, operation);
    uint64_t position = position_of(part, block), granules = block_granules(part, position);
    check_sound(part, position,
                granules - 1 < part->end - position && is_beginning(part, position + granules),
                "nothing begins where a block ends by its page");
    return (struct found_block){part, position, granules};
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
        *map = (struct cairn_live_map){part->base, part->end, part->live, part->tags};
    return true;
}

const struct cairn_allocator_operations cairn_heap_operations = {
    .name = "cairn",
    .alloc = cairn_heap_alloc,
    .dealloc = cairn_heap_dealloc,
    .realloc = cairn_heap_realloc,
    .verify = cairn_heap_verify,
    .usable_size = usable_size,
    .dealloc_unsized = dealloc_unsized,
    .live_map = live_map,
};

size_t cairn_heap_flush(struct cairn_heap *self)
{
    return flush_front(&self->part) * CAIRN_HEAP_GRANULE;
}
