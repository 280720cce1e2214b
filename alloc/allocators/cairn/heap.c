/* SPDX-License-Identifier: MIT */
/* The allocator `cairn`: its operations. The idea stands in <cairn/heap.h>. */
#include <string.h>

#include "front.h"
#include "heap_parts.h"
#include "wrong_free.h"

static struct cairn_heap *heap_of(struct cairn_allocator *allocator)
{
    return (struct cairn_heap *)(void *)allocator;
}

static uint64_t granules_for(size_t size)
{
    return (size + CAIRN_HEAP_GRANULE - 1) / CAIRN_HEAP_GRANULE;
}

static uint64_t align_granules(size_t align)
{
    return align <= CAIRN_HEAP_GRANULE ? 1 : align / CAIRN_HEAP_GRANULE;
}

/* Counts a live block outside the front. */
static void count_general(struct cairn_heap_part *part, uint64_t granules, int change)
{
    part->general_blocks[cairn_log2_floor(granules)] += (uint64_t)(int64_t)change;
}

/* ---- alloc ---- */

static void *alloc_general(struct cairn_heap_part *part, uint64_t granules, uint64_t align)
{
    uint64_t position = take_granules(part, granules, align);
    if (position == NONE)
        return NULL;
    enter_general(part, position, granules);
    count_general(part, granules, +1);
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

/* What a block of this layout must hold if it is at `position`: its class's granules, or exact. */
static uint64_t expected_granules(const struct cairn_heap_part *part, uint64_t position,
                                  size_t size, size_t align)
{
    size_t key = front_key(size, align);
    if (has_bit(part->classed, position) && key / CAIRN_HEAP_GRANULE < CLASS_GRANULES_MAX)
        return cairn_class_granules[class_of_key(key)];
    return granules_for(size);
}

static bool is_live_with(const struct cairn_heap_part *part, uint64_t position, uint64_t granules)
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

/* The part, position and granules of a block that a caller names, after every check. */
struct found_block {
    struct cairn_heap_part *part;
    uint64_t position, granules;
};

static struct found_block find_block(struct cairn_heap *self, const void *block,
                                     struct cairn_layout layout, const char *operation)
{
    struct cairn_heap_part *part = cairn_heap_part_of(self, block);
    size_t size = layout.size ? layout.size : 1;
    if (!part || !cairn_is_aligned((uintptr_t)block, CAIRN_HEAP_GRANULE))
        cairn_heap_report_wrong(self, block, layout, operation);
    uint64_t position = position_of(part, block);
    uint64_t granules = expected_granules(part, position, size, layout.align);
    if (!is_live_with(part, position, granules))
        cairn_heap_report_wrong(self, block, layout, operation);
    return (struct found_block){part, position, granules};
}

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

/* Takes a live block out of the ledger and the counts; its granules stay taken. */
static void end_block(struct cairn_heap_part *part, uint64_t position, uint64_t granules)
{
    if (has_bit(part->classed, position))
        part->carved[cairn_class_of_granules[granules - 1]]--;
    else
        count_general(part, granules, -1);
    strike_out(part, position, granules);
}

/* Ends a live block that was found and checked. */
static void dealloc_found(struct found_block found)
{
    struct cairn_heap_part *part = found.part;
    if (keep_in_front(part, found.position, found.granules) ||
        keep_small(part, found.position, found.granules))
        return;
    end_block(part, found.position, found.granules);
    give_granules(part, found.position, found.granules);
}

static __attribute__((noinline)) void dealloc_slowly(struct cairn_heap *self, void *block,
                                                     struct cairn_layout layout)
{
    dealloc_found(find_block(self, block, layout, "dealloc"));
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
    (void)find_block(self, block, layout, "dealloc");
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
 * The class of the live block at that address, if its page has a certificate; else 0. Other blocks
 * may come and go meanwhile: what they write into the ledger is not looked at, and a certificate
 * holds for a block that lives as long as it is read at all.
 */
static unsigned certain_class(struct cairn_heap_part *part, const void *block)
{
    uintptr_t offset = (uintptr_t)block - part->base;
    uint64_t position = offset / CAIRN_HEAP_GRANULE;
    if (offset % CAIRN_HEAP_GRANULE != 0 || position >= part->end || !has_bit(part->live, position))
        return 0;
    uint32_t tag = tag_at(part, position);
    return is_certificate(tag) ? tag : 0;
}

static bool is_surely_live(struct cairn_allocator *allocator, void *block,
                           struct cairn_layout layout)
{
    struct cairn_heap_part *part = &heap_of(allocator)->part;
    size_t key = front_key(layout.size, layout.align);
    return key / CAIRN_HEAP_GRANULE < CLASS_GRANULES_MAX &&
           certain_class(part, block) == class_of_key(key);
}

static size_t sure_size(struct cairn_allocator *allocator, const void *block)
{
    return (size_t)cairn_class_granules[certain_class(&heap_of(allocator)->part, block)] *
           CAIRN_HEAP_GRANULE;
}

/* ---- realloc ---- */

/* The block's own hole: itself and the free blocks around it, which are taken out of their bins. */
struct own_hole {
    uint64_t begin, end;
};

static struct own_hole open_hole(struct cairn_heap_part *part, uint64_t position, uint64_t granules)
{
    uint64_t behind = free_behind(part, position + granules), before = free_before(part, position);
    if (behind)
        take_free(part, position + granules, behind);
    if (before)
        take_free(part, position - before, before);
    return (struct own_hole){position - before, position + granules + behind};
}

/* Closes the hole again around [position, position + granules). */
static void close_hole(struct cairn_heap_part *part, struct own_hole hole, uint64_t position,
                       uint64_t granules)
{
    if (hole.begin < position)
        put_free(part, hole.begin, position - hole.begin);
    if (position + granules < hole.end)
        put_free(part, position + granules, hole.end - position - granules);
}

/*
 * As if the block were freed and allocated anew in the tightest place anywhere, its own hole
 * included, with its first `bytes` bytes kept. NONE: no place, and nothing has changed.
 *
 * No links lie inside the hole while the contents move, and the other place is cut before they do.
 */
static uint64_t refit(struct cairn_heap_part *part, struct found_block old, uint64_t granules,
                      uint64_t align, size_t bytes)
{
    struct own_hole hole = open_hole(part, old.position, old.granules);
    uint64_t own = align_position(part, hole.begin, align);
    bool fits_own = own + granules <= hole.end;
    uint64_t other = find_free(part, granules, align);
    bool use_own =
        fits_own && (other == NONE || hole.end - hole.begin <= block_at(part, other)->granules);
    if (!use_own && other == NONE) {
        close_hole(part, hole, old.position, old.granules);
        return NONE;
    }
    uint64_t place = use_own ? own : align_position(part, other, align);
    if (!use_own)
        cut_free(part, other, place, granules);
    end_block(part, old.position, old.granules);
    memmove(block_at(part, place), block_at(part, old.position), bytes);
    if (use_own)
        close_hole(part, hole, place, granules);
    else
        put_free(part, hole.begin, hole.end - hole.begin);
    part->taken -= old.granules;
    note_taken(part, granules);
    enter_general(part, place, granules);
    count_general(part, granules, +1);
    return place;
}

/* The class that a block of so many granules at this place may have; 0 if it must be exact. */
static unsigned class_to_keep(const struct cairn_heap_part *part, uint64_t position, size_t key)
{
    if (key >= part->front_limit)
        return 0;
    unsigned size_class = class_of_key(key);
    uint64_t granules = cairn_class_granules[size_class];
    bool placed_right = cairn_is_aligned((uintptr_t)block_at(part, position),
                                         lowest_power(granules) * CAIRN_HEAP_GRANULE);
    return part->class_misses[size_class] >= WARM && granules >= 4 * GRANULES_PER_PAGE &&
                   placed_right
               ? size_class
               : 0;
}

/* Writes into the ledger that the block now has other granules, and is of the class, or of none. */
static void rewrite_block(struct cairn_heap_part *part, struct found_block old, uint64_t granules,
                          unsigned size_class)
{
    end_block(part, old.position, old.granules);
    if (size_class) {
        set_tag(part, old.position, size_class);
        set_bit(part->classed, old.position);
        set_bit(part->live, old.position);
        part->carved[size_class]++;
    } else {
        enter_general(part, old.position, granules);
        count_general(part, granules, +1);
    }
}

/* Shrinks or grows the block where it stands; false if there is no room behind it. */
static bool resize_in_place(struct cairn_heap_part *part, struct found_block old, uint64_t granules,
                            unsigned size_class)
{
    uint64_t behind = free_behind(part, old.position + old.granules);
    if (granules > old.granules + behind)
        return false;
    rewrite_block(part, old, granules, size_class);
    if (granules == old.granules)
        return true;
    if (behind)
        take_free(part, old.position + old.granules, behind);
    uint64_t rest = old.granules + behind - granules;
    part->taken -= old.granules;
    note_taken(part, granules);
    if (rest)
        put_free(part, old.position + granules, rest);
    return true;
}

/* Blocks of this size and more are worth shrinking or growing where they stand, by class or not. */
#define IN_PLACE_GRANULES 256

/* While memory is plentiful: in place where that is cheap, else to where the front would put it. */
static bool resize_quickly(struct cairn_heap_part *part, struct found_block old, size_t key,
                           uint64_t granules)
{
    bool front_would = key < part->front_limit && part->class_misses[class_of_key(key)] >= WARM;
    if (front_would && old.granules < IN_PLACE_GRANULES)
        return false;
    unsigned size_class = front_would ? class_to_keep(part, old.position, key) : 0;
    return resize_in_place(part, old, size_class ? cairn_class_granules[size_class] : granules,
                           size_class);
}

/* Whether the block, as it is, is what an alloc of the new layout would give. */
static bool is_good_as_it_is(const struct cairn_heap_part *part, struct found_block old, size_t key,
                             uint64_t granules)
{
    if (has_bit(part->classed, old.position))
        return key / CAIRN_HEAP_GRANULE < CLASS_GRANULES_MAX &&
               cairn_class_granules[class_of_key(key)] == old.granules;
    return granules == old.granules;
}

static void *realloc_tightly(struct cairn_heap *self, struct found_block old, size_t new_size,
                             size_t align, size_t bytes)
{
    uint64_t granules = granules_for(new_size);
    uint64_t place = refit(old.part, old, granules, align_granules(align), bytes);
    if (place == NONE && flush_front(&self->part) > 0)
        place = refit(old.part, old, granules, align_granules(align), bytes);
    return place == NONE ? NULL : block_at(old.part, place);
}

static void *cairn_heap_realloc(struct cairn_allocator *allocator, void *block,
                                struct cairn_layout layout, size_t new_size)
{
    struct cairn_heap *self = heap_of(allocator);
    struct found_block old = find_block(self, block, layout, "realloc");
    size_t size = new_size ? new_size : 1, bytes = layout.size < size ? layout.size : size;
    if (size > (size_t)PTRDIFF_MAX)
        return NULL;
    uint64_t granules = granules_for(size);
    size_t key = front_key(size, layout.align);
    if (is_good_as_it_is(old.part, old, key, granules))
        return block;
    void *new_block;
    if (old.part->taken >= old.part->quarter) {
        new_block = realloc_tightly(self, old, size, layout.align, bytes);
        if (new_block || !self->part.next)
            return new_block;
    } else if (resize_quickly(old.part, old, key, granules)) {
        return block;
    }
    new_block = cairn_heap_alloc(allocator, (struct cairn_layout){size, layout.align});
    if (!new_block)
        return realloc_tightly(self, old, size, layout.align, bytes);
    memcpy(new_block, block, bytes);
    cairn_heap_dealloc(allocator, block, layout);
    return new_block;
}

const struct cairn_allocator_operations cairn_heap_operations = {
    .name = "cairn",
    .alloc = cairn_heap_alloc,
    .dealloc = cairn_heap_dealloc,
    .realloc = cairn_heap_realloc,
    .verify = cairn_heap_verify,
    .usable_size = usable_size,
    .dealloc_unsized = dealloc_unsized,
    .is_surely_live = is_surely_live,
    .sure_size = sure_size,
};

size_t cairn_heap_flush(struct cairn_heap *self)
{
    return flush_front(&self->part) * CAIRN_HEAP_GRANULE;
}
