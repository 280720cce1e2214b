/* SPDX-License-Identifier: MIT */
/*
 * realloc.
 *
 * The idea: while memory is plentiful, be quick: stay in place, or move to where the front would put
 * the block. When a quarter of the heap is taken, be tight: move to the tightest place anywhere, the
 * block's own with its free neighbours included. So each realloc heals a bit of the fragmentation.
 */
#include "realloc.h"

#include <string.h>

#include "blocks.h"

/* Blocks of this size and more are worth shrinking or growing where they stand, by class or not. */
#define IN_PLACE_GRANULES 256

/* ---- the short way ---- */

struct granule {
    unsigned char bytes[CAIRN_HEAP_GRANULE];
};

/* Copies 1 to 4 granules, some of them twice: sizes are hard to predict, so there is no branch. */
static inline void copy_few(struct granule *to, const struct granule *from, size_t count)
{
    struct granule a = from[0], b = from[count / 4], c = from[count / 2], d = from[count - 1];
    to[0] = a;
    to[count / 4] = b;
    to[count / 2] = c;
    to[count - 1] = d;
}

/* Copies the granules that hold the first `bytes` bytes; the blocks do not overlap. */
static inline void copy_block(struct granule *to, const struct granule *from, size_t bytes)
{
    size_t count = granules_for(bytes), i = 0;
    if (count <= 4) {
        copy_few(to, from, count);
    } else if (count <= 16) {
        for (; i + 4 < count; i += 4)
            copy_few(to + i, from + i, 4);
        copy_few(to + count - 4, from + count - 4, 4);
    } else {
        memcpy(to, from, bytes);
    }
}

/* Moves a live block from magazine to magazine; null if the one is full or the other empty. */
static inline void *move_in_front(struct cairn_heap_part *part, void *block, unsigned size_class,
                                  unsigned new_class, size_t bytes)
{
    void **full = part->top[new_class] - 1, **empty = part->top[size_class];
    if (is_chunk_boundary(full) || is_chunk_boundary(empty))
        return NULL;
    void *new_block = *full;
    part->top[new_class] = full;
    set_bit(part->live, position_of(part, new_block));
    copy_block(new_block, block, bytes);
    clear_bit(part->live, position_of(part, block));
    *empty = block;
    part->top[size_class] = empty + 1;
    return new_block;
}

/*
 * Small blocks of classes, while memory is plentiful: the page's certificate and the live bit say
 * all, as in dealloc. Gives null where there is more to think about.
 */
static inline void *realloc_in_front(struct cairn_heap_part *part, void *block,
                                     struct cairn_layout layout, size_t new_size)
{
    size_t key = front_key(layout.size, layout.align), new_key = front_key(new_size, layout.align);
    uint64_t position = any_position_of(part, block);
    if (key >= part->front_limit || new_key >= part->front_limit || position >= part->end)
        return NULL;
    unsigned size_class = class_of_key(key), new_class = class_of_key(new_key);
    if (tag_at(part, position) != size_class || !has_bit(part->live, position))
        return NULL;
    if (size_class == new_class)
        return block;
    if (cairn_class_granules[size_class] >= IN_PLACE_GRANULES || part->taken >= part->quarter)
        return NULL;
    return move_in_front(part, block, size_class, new_class,
                         layout.size < new_size ? layout.size : new_size);
}

/* ---- the tight way ---- */

/* The block's own hole: itself and the free blocks around it, which are taken out of their bins. */
struct own_hole {
    uint64_t begin, end;
};

static struct own_hole open_hole(struct cairn_heap_part *part, uint64_t position, uint64_t granules)
{
    uint64_t behind = free_behind(part, position + granules), before = free_before(part, position);
    if (behind)
        cairn_bins_take(part, position + granules, behind);
    if (before)
        cairn_bins_take(part, position - before, before);
    return (struct own_hole){position - before, position + granules + behind};
}

/* Closes the hole again around [position, position + granules). */
static void close_hole(struct cairn_heap_part *part, struct own_hole hole, uint64_t position,
                       uint64_t granules)
{
    if (hole.begin < position)
        cairn_bins_put(part, hole.begin, position - hole.begin);
    if (position + granules < hole.end)
        cairn_bins_put(part, position + granules, hole.end - position - granules);
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
    uint64_t own = hole.begin + padding_at(part, hole.begin, align);
    bool fits_own = own + granules <= hole.end;
    uint64_t other = cairn_bins_find(part, granules, align);
    bool use_own =
        fits_own && (other == NONE || hole.end - hole.begin <= block_at(part, other)->granules);
    if (!use_own && other == NONE) {
        close_hole(part, hole, old.position, old.granules);
        return NONE;
    }
    uint64_t place = use_own ? own : other + padding_at(part, other, align);
    if (!use_own)
        cairn_bins_cut(part, other, place, granules);
    end_block(part, old.position, old.granules);
    memmove(block_at(part, place), block_at(part, old.position), bytes);
    if (use_own)
        close_hole(part, hole, place, granules);
    else
        cairn_bins_put(part, hole.begin, hole.end - hole.begin);
    part->taken -= old.granules;
    note_taken(part, granules);
    enter_general(part, place, granules);
    count_general(part, granules, +1);
    return place;
}

/* ---- the quick way ---- */

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
    uint64_t end = old.position + old.granules, behind = free_behind(part, end);
    uint64_t rest = old.granules + behind - granules, rest_at = old.position + granules;
    if (granules > old.granules + behind)
        return false;
    rewrite_block(part, old, granules, size_class);
    if (granules == old.granules)
        return true;
    if (behind && rest)
        cairn_bins_move(part, end, behind, rest_at, rest);
    else if (behind)
        cairn_bins_take(part, end, behind);
    else
        cairn_bins_put(part, rest_at, rest);
    part->taken -= old.granules;
    note_taken(part, granules);
    return true;
}

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
    if (place == NONE && cairn_heap_flush(self) > 0)
        place = refit(old.part, old, granules, align_granules(align), bytes);
    return place == NONE ? NULL : block_at(old.part, place);
}

static __attribute__((noinline)) void *realloc_slowly(struct cairn_heap *self, void *block,
                                                      struct cairn_layout layout, size_t new_size)
{
    struct found_block old = cairn_heap_find_block(self, block, layout, "realloc");
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
    new_block = cairn_allocator_alloc(&self->allocator, (struct cairn_layout){size, layout.align});
    if (!new_block)
        return realloc_tightly(self, old, size, layout.align, bytes);
    memcpy(new_block, block, bytes);
    cairn_allocator_dealloc(&self->allocator, block, layout);
    return new_block;
}

void *cairn_heap_realloc(struct cairn_allocator *allocator, void *block, struct cairn_layout layout,
                         size_t new_size)
{
    struct cairn_heap *self = (struct cairn_heap *)(void *)allocator;
    void *place = realloc_in_front(&self->part, block, layout, new_size);
    return place ? place : realloc_slowly(self, block, layout, new_size);
}
