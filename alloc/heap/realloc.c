/* SPDX-License-Identifier: MIT */
/*
 * realloc.
 *
 * The idea: while memory is plentiful, be quick: stay in place, or move to where the front would put
 * the block. When a quarter of the heap is taken, be tight: move to the tightest place anywhere, the
 * block's own with its free neighbours included. So each realloc heals a bit of the fragmentation.
 */
#include "realloc.h"

#include "blocks.h"

/* Blocks up to this size move to where the front would put them; larger ones rather stay. */
#define MOVED_GRANULES 256
#define MOVED_BYTES    (MOVED_GRANULES * CAIRN_HEAP_GRANULE)

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
    size_t count = granules_for(bytes), few = count < 4 ? count : 4;
    if (count > 16) {
        __builtin_memcpy(to, from, bytes);
        return;
    }
    for (size_t i = 0; i + 4 < count; i += 4)
        copy_few(to + i, from + i, 4);
    copy_few(to + count - few, from + count - few, few);
}

/*
 * Moves a live block from magazine to magazine. Null if its own does not take it, by the page's
 * certificate and the live bit, as in dealloc; or if the other has none. A block in a magazine is as
 * its user left it, so the contents can follow at the end.
 */
static inline void *move_in_front(struct cairn_heap_part *part, size_t position,
                                  unsigned size_class, unsigned new_class, size_t bytes)
{
    size_t place;
    if (!cairn_heap_push(part, size_class, position))
        return NULL;
    if (!cairn_heap_pop(part, new_class, &place)) {
        (void)!cairn_heap_pop(part, size_class, &position); /* what was just pushed */
        return NULL;
    }
    struct granule *to = (struct granule *)block_at(part, place);
    copy_block(to, (struct granule *)block_at(part, position), bytes);
    return to;
}

/* Small blocks of classes, while memory is plentiful. Null where there is more to think about. */
static inline void *realloc_in_front(struct cairn_heap_part *part, void *block,
                                     struct cairn_layout layout, size_t new_size)
{
    size_t key = front_key(layout.size, layout.align), new_key = front_key(new_size, layout.align);
    size_t position = cairn_heap_position(part, block);
    if (key >= MOVED_BYTES || new_key >= part->front_limit || part->taken >= part->quarter)
        return NULL;
    unsigned size_class = class_of_key(key), new_class = class_of_key(new_key);
    if (size_class == new_class)
        return is_certified(part, position, size_class) ? block : NULL;
    return move_in_front(part, position, size_class, new_class,
                         layout.size < new_size ? layout.size : new_size);
}

/* ---- the tight way ---- */

/* The block's own hole: itself and the free blocks around it, which are taken out of their bins. */
struct own_hole {
    size_t begin, end;
};

static struct own_hole open_hole(struct cairn_heap_part *part, size_t position, size_t granules)
{
    size_t behind = free_behind(part, position + granules), before = free_before(part, position);
    if (behind)
        cairn_bins_take(part, position + granules, behind);
    if (before)
        cairn_bins_take(part, position - before, before);
    return CAIRN_LITERAL(struct own_hole){position - before, position + granules + behind};
}

/* Closes the hole again around [position, position + granules). */
static void close_hole(struct cairn_heap_part *part, struct own_hole hole, size_t position,
                       size_t granules)
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
static size_t refit(const struct found_block *old, size_t granules, size_t align, size_t bytes)
{
    struct cairn_heap_part *part = old->part;
    struct own_hole hole = open_hole(part, old->position, old->granules);
    size_t place = hole.begin + padding_at(part, hole.begin, align);
    size_t other = cairn_bins_find(part, granules, align);
    bool fits_own = place + granules <= hole.end;
    if (!fits_own && other == NONE) {
        close_hole(part, hole, old->position, old->granules);
        return NONE;
    }
    bool use_other =
        other != NONE && (!fits_own || block_at(part, other)->granules < hole.end - hole.begin);
    if (use_other) {
        place = other + padding_at(part, other, align);
        cairn_bins_cut(part, other, place, granules);
    }
    cairn_heap_end_block(part, old->position, old->granules);
    __builtin_memmove(block_at(part, place), block_at(part, old->position), bytes);
    close_hole(part, hole, use_other ? hole.end : place, use_other ? 0 : granules);
    part->taken -= old->granules;
    note_taken(part, granules);
    cairn_heap_begin_block(part, place, granules);
    return place;
}

static void *realloc_tightly(struct cairn_heap *self, const struct found_block *old, size_t size,
                             size_t align, size_t bytes)
{
    size_t place;
    do
        place = refit(old, granules_for(size), align_granules(align), bytes);
    while (place == NONE && cairn_heap_flush(self) > 0);
    return place == NONE ? NULL : block_at(old->part, place);
}

/* ---- the quick way ---- */

/* The class to which the front would give the request; 0 for none. */
static unsigned warm_class(const struct cairn_heap_part *part, size_t key)
{
    if (key >= part->front_limit)
        return 0;
    unsigned size_class = class_of_key(key);
    return part->class_misses[size_class] >= WARM ? size_class : 0;
}

/* Whether a block at this place may be of the class: large, and as aligned as its size allows. */
static bool may_have_class(const struct cairn_heap_part *part, size_t position, unsigned size_class)
{
    size_t granules = cairn_class_granules[size_class]; /* 0 for no class */
    return granules >= MOVED_GRANULES && padding_at(part, position, lowest_power(granules)) == 0;
}

/* Writes into the ledger that the block now has other granules, and is of the class, or of none. */
static void rewrite_block(const struct found_block *old, size_t granules, unsigned size_class)
{
    struct cairn_heap_part *part = old->part;
    cairn_heap_end_block(part, old->position, old->granules);
    if (size_class) {
        set_tag(part, old->position, size_class);
        set_bit(part->classed, old->position);
        set_bit(part->live, old->position);
        part->carved[size_class]++;
    } else {
        cairn_heap_begin_block(part, old->position, granules);
    }
}

/* Shrinks or grows the block where it stands; false if there is no room behind it. */
static bool resize_in_place(const struct found_block *old, size_t granules, unsigned size_class)
{
    struct cairn_heap_part *part = old->part;
    size_t end = old->position + old->granules, behind = free_behind(part, end);
    size_t rest_at = old->position + granules, rest = end + behind - rest_at;
    if (rest_at > end + behind)
        return false;
    rewrite_block(old, granules, size_class);
    if (granules == old->granules)
        return true;
    if (behind && rest)
        cairn_bins_move(part, end, behind, rest_at, rest);
    else if (behind)
        cairn_bins_take(part, end, behind);
    else
        cairn_bins_put(part, rest_at, rest);
    part->taken -= old->granules;
    note_taken(part, granules);
    return true;
}

/* While memory is plentiful: in place where that is cheap, else to where the front would put it. */
static bool resize_quickly(const struct found_block *old, size_t key, size_t granules)
{
    unsigned size_class = warm_class(old->part, key);
    if (size_class && old->granules <= MOVED_GRANULES)
        return false;
    if (may_have_class(old->part, old->position, size_class))
        return resize_in_place(old, cairn_class_granules[size_class], size_class);
    return resize_in_place(old, granules, 0);
}

static void *realloc_elsewhere(struct cairn_allocator *allocator, void *block,
                               struct cairn_layout layout, size_t size, size_t bytes)
{
    void *place =
        cairn_allocator_alloc(allocator, CAIRN_LITERAL(struct cairn_layout){size, layout.align});
    if (place) {
        __builtin_memcpy(place, block, bytes);
        cairn_allocator_dealloc(allocator, block, layout);
    }
    return place;
}

static __attribute__((noinline)) void *realloc_slowly(struct cairn_heap *self, void *block,
                                                      struct cairn_layout layout, size_t new_size)
{
    struct found_block old = cairn_heap_find_block(self, block, layout, "realloc");
    size_t size = new_size ? new_size : 1, bytes = layout.size < size ? layout.size : size;
    if (size > (size_t)PTRDIFF_MAX)
        return NULL;
    if (cairn_heap_expected_granules(old.part, old.position, size, layout.align) == old.granules)
        return block;
    bool is_scarce = old.part->taken >= old.part->quarter;
    if (!is_scarce && resize_quickly(&old, front_key(size, layout.align), granules_for(size)))
        return block;
    void *place = is_scarce ? realloc_tightly(self, &old, size, layout.align, bytes) : NULL;
    if (!place && (!is_scarce || self->part.next))
        place = realloc_elsewhere(&self->allocator, block, layout, size, bytes);
    if (!place && !is_scarce)
        place = realloc_tightly(self, &old, size, layout.align, bytes);
    return place;
}

void *cairn_heap_realloc(struct cairn_allocator *allocator, void *block, struct cairn_layout layout,
                         size_t new_size)
{
    struct cairn_heap *self = (struct cairn_heap *)(void *)allocator;
    void *place = realloc_in_front(&self->part, block, layout, new_size);
    return place ? place : realloc_slowly(self, block, layout, new_size);
}
