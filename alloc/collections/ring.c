/* SPDX-License-Identifier: MIT */
/*
 * Items are moved in runs: a run ends where the memory does, either for the source or for the
 * destination. From first to last where they move down, from last to first where they move up, so
 * that none is overwritten before it has moved.
 */
#include <cairn/ring.h>

static size_t smaller(size_t one, size_t other)
{
    return one < other ? one : other;
}

static unsigned char *address(const struct cairn_ring *self, size_t item_size, size_t place)
{
    return (unsigned char *)self->items + place * item_size;
}

static void copy_run(struct cairn_ring *self, size_t item_size, size_t to, size_t from,
                     size_t count)
{
    if (count * item_size != 0)
        __builtin_memmove(address(self, item_size, to), address(self, item_size, from),
                          count * item_size);
}

/* Moves items from one place to one before it. */
static void move_down(struct cairn_ring *self, size_t item_size, size_t to, size_t from,
                      size_t count)
{
    size_t capacity = cairn_ring_capacity(self->ends);
    while (count > 0) {
        size_t run = smaller(count, capacity - (to > from ? to : from));
        copy_run(self, item_size, to, from, run);
        to = (to + run) & (capacity - 1);
        from = (from + run) & (capacity - 1);
        count -= run;
    }
}

/* Moves items from one place to one after it. */
static void move_up(struct cairn_ring *self, size_t item_size, size_t to, size_t from, size_t count)
{
    size_t mask = cairn_ring_capacity(self->ends) - 1;
    while (count > 0) {
        size_t to_last = (to + count - 1) & mask, from_last = (from + count - 1) & mask;
        size_t run = smaller(count, smaller(to_last, from_last) + 1);
        copy_run(self, item_size, to_last + 1 - run, from_last + 1 - run, run);
        count -= run;
    }
}

/* Moves the first item's place without moving any item; a negative distance as its complement. */
static void move_head(struct cairn_ring *self, size_t distance)
{
    size_t capacity = cairn_ring_capacity(self->ends);
    self->ends = capacity + ((self->ends + distance) & (capacity - 1));
}

/* ---- Room ---- */

/* The least power of two that is at least `count`; 0 if a ring cannot have that many. */
static size_t capacity_for(size_t count)
{
    if (count > CAIRN_RING_CAPACITY_MAX)
        return 0;
    return count <= 1 ? count : (size_t)2 << cairn_log2_floor(count - 1);
}

/* The layout of a block for that many items; false if no block can be that large. */
static bool block_layout(struct cairn_layout item, size_t capacity, struct cairn_layout *layout)
{
    *layout = CAIRN_LITERAL(struct cairn_layout){CAIRN_CAPACITY_OVERFLOW, item.align};
    return capacity != 0 && cairn_layout_array(item, capacity, layout);
}

/*
 * Gives the block, with room for `before` items, room for `capacity`. `ends` and where the items
 * lie are the caller's.
 */
static enum cairn_collection_error resize_block(struct cairn_ring *self, struct cairn_layout item,
                                                size_t before, size_t capacity,
                                                enum cairn_fallibility fallibility)
{
    struct cairn_allocator *allocator = cairn_collection_allocator(self->allocator);
    struct cairn_layout layout;
    if (!block_layout(item, capacity, &layout))
        return cairn_collection_failed(layout, fallibility);
    struct cairn_layout old = {before * item.size, item.align};
    void *items = before == 0 ? cairn_allocator_alloc(allocator, layout)
                              : cairn_allocator_realloc(allocator, self->items, old, layout.size);
    if (!items)
        return cairn_collection_failed(layout, fallibility);
    self->items = items;
    return CAIRN_COLLECTION_OK;
}

/*
 * After growing: what had gone on at the beginning goes on in the new memory; or, if that is
 * less to move, what lies before it goes to the new end.
 */
static void unwrap_into(struct cairn_ring *self, size_t item_size, size_t capacity)
{
    size_t before = cairn_ring_capacity(self->ends), head = self->ends - before;
    size_t first = smaller(self->length, before - head); /* items from head to the old end */
    size_t second = self->length - first;
    self->ends = capacity + head;
    if (second <= first) {
        copy_run(self, item_size, before, 0, second);
    } else {
        copy_run(self, item_size, capacity - first, head, first);
        self->ends = capacity + capacity - first;
    }
}

/* Source: as in buffer.c; tiny capacities are not worth their calls. */
static size_t first_capacity(struct cairn_layout item)
{
    if (item.size == 1)
        return 8;
    return item.size <= 1024 ? 4 : 1;
}

enum cairn_collection_error cairn_ring_reserve(struct cairn_ring *self, struct cairn_layout item,
                                               size_t additional,
                                               enum cairn_fallibility fallibility)
{
    size_t before = cairn_ring_capacity(self->ends), needed;
    if (additional <= before - self->length)
        return CAIRN_COLLECTION_OK;
    if (__builtin_add_overflow(self->length, additional, &needed))
        needed = SIZE_MAX;
    if (item.size == 0 && before == 0 && needed <= CAIRN_RING_CAPACITY_MAX) {
        self->items = (void *)item.align;
        self->ends = CAIRN_RING_CAPACITY_MAX;
        return CAIRN_COLLECTION_OK;
    }
    size_t least = before == 0 ? first_capacity(item) : 2 * before;
    size_t capacity = capacity_for(needed > least ? needed : least);
    enum cairn_collection_error error = resize_block(self, item, before, capacity, fallibility);
    if (error)
        return error;
    if (before == 0)
        self->ends = capacity;
    else
        unwrap_into(self, item.size, capacity);
    return CAIRN_COLLECTION_OK;
}

static void give_back(struct cairn_ring *self, struct cairn_layout item)
{
    struct cairn_layout layout = {cairn_ring_capacity(self->ends) * item.size, item.align};
    if (layout.size != 0)
        cairn_allocator_dealloc(cairn_collection_allocator(self->allocator), self->items, layout);
    self->items = NULL;
    self->ends = 0;
}

enum cairn_collection_error cairn_ring_shrink(struct cairn_ring *self, struct cairn_layout item,
                                              size_t least, enum cairn_fallibility fallibility)
{
    size_t before = cairn_ring_capacity(self->ends);
    size_t capacity = capacity_for(least > self->length ? least : self->length);
    if (capacity >= before || item.size == 0 || least > before)
        return CAIRN_COLLECTION_OK;
    if (capacity == 0) {
        give_back(self, item);
        return CAIRN_COLLECTION_OK;
    }
    cairn_ring_move_to_front(self, item.size);
    enum cairn_collection_error error = resize_block(self, item, before, capacity, fallibility);
    if (!error)
        self->ends = capacity;
    return error;
}

void cairn_ring_free(struct cairn_ring *self, struct cairn_layout item)
{
    give_back(self, item);
    *self = CAIRN_ZERO(struct cairn_ring);
}

/* What a ring of the buffer's items has in its block, grown or shrunk; 0 for none. */
static size_t capacity_in(struct cairn_buffer buffer, struct cairn_layout item)
{
    if (item.size == 0)
        return buffer.length <= CAIRN_RING_CAPACITY_MAX ? CAIRN_RING_CAPACITY_MAX : 0;
    size_t below = (size_t)1 << cairn_log2_floor(buffer.capacity);
    return buffer.length <= below ? below : 2 * below;
}

enum cairn_collection_error cairn_ring_from_buffer(struct cairn_ring *self,
                                                   struct cairn_layout item,
                                                   struct cairn_buffer buffer,
                                                   enum cairn_fallibility fallibility)
{
    *self = CAIRN_LITERAL(struct cairn_ring){buffer.items, buffer.length, 0, buffer.allocator};
    if (buffer.capacity == 0)
        return CAIRN_COLLECTION_OK;
    size_t capacity = capacity_in(buffer, item);
    bool is_as_it_must_be = capacity == buffer.capacity || (capacity != 0 && item.size == 0);
    enum cairn_collection_error error = CAIRN_COLLECTION_OK;
    if (!is_as_it_must_be)
        error = resize_block(self, item, buffer.capacity, capacity, fallibility);
    if (!error)
        self->ends = capacity;
    return error;
}

/* ---- Moving items ---- */

void cairn_ring_open(struct cairn_ring *self, size_t item_size, size_t index, size_t count)
{
    size_t after = self->length - index;
    self->length += count;
    if (count == 0)
        return;
    if (index < after) {
        size_t head = cairn_ring_place(self->ends, 0);
        move_head(self, 0 - count);
        move_down(self, item_size, cairn_ring_place(self->ends, 0), head, index);
    } else {
        move_up(self, item_size, cairn_ring_place(self->ends, index + count),
                cairn_ring_place(self->ends, index), after);
    }
}

void cairn_ring_close(struct cairn_ring *self, size_t item_size, size_t index, size_t count)
{
    size_t after = self->length - index - count;
    self->length -= count;
    if (count == 0)
        return;
    if (index < after) {
        size_t head = cairn_ring_place(self->ends, 0);
        move_head(self, count);
        move_up(self, item_size, cairn_ring_place(self->ends, 0), head, index);
    } else {
        move_down(self, item_size, cairn_ring_place(self->ends, index),
                  cairn_ring_place(self->ends, index + count), after);
    }
}

void cairn_ring_read(const struct cairn_ring *self, size_t item_size, size_t index, size_t count,
                     void *to)
{
    if (count == 0)
        return;
    size_t place = cairn_ring_place(self->ends, index);
    size_t run = smaller(count, cairn_ring_capacity(self->ends) - place);
    cairn_collection_copy(to, address(self, item_size, place), run * item_size);
    cairn_collection_copy((unsigned char *)to + run * item_size, self->items,
                          (count - run) * item_size);
}

void cairn_ring_write(struct cairn_ring *self, size_t item_size, size_t index, size_t count,
                      const void *from)
{
    if (count == 0)
        return;
    size_t place = cairn_ring_place(self->ends, index);
    size_t run = smaller(count, cairn_ring_capacity(self->ends) - place);
    cairn_collection_copy(address(self, item_size, place), from, run * item_size);
    cairn_collection_copy(self->items, (const unsigned char *)from + run * item_size,
                          (count - run) * item_size);
}

/*
 * The items of the shorter side go around to the other end. They land past the free places, which
 * are fewer than they may be: then they land on places that others of them have left.
 */
void cairn_ring_rotate_left(struct cairn_ring *self, size_t item_size, size_t count)
{
    size_t rest = self->length - count;
    if (count == 0 || rest == 0)
        return;
    size_t head = cairn_ring_place(self->ends, 0);
    if (count <= rest) {
        move_down(self, item_size, cairn_ring_place(self->ends, self->length), head, count);
        move_head(self, count);
    } else {
        size_t from = cairn_ring_place(self->ends, count);
        move_head(self, 0 - rest);
        move_up(self, item_size, cairn_ring_place(self->ends, 0), from, rest);
    }
}

static void swap_bytes(unsigned char *one, unsigned char *other, size_t bytes)
{
    unsigned char kept[64];
    for (size_t run; bytes > 0; one += run, other += run, bytes -= run) {
        run = smaller(bytes, sizeof(kept));
        __builtin_memcpy(kept, one, run);
        __builtin_memcpy(one, other, run);
        __builtin_memcpy(other, kept, run);
    }
}

/*
 * Exchanges two neighbours, `left` bytes and `right` bytes. Swapping the shorter one with as much
 * of the other's far end brings it to where it belongs; what is left is the same again. A short
 * one goes aside, and the other moves over.
 *
 * Source: Gries and Mills, "Swapping Sections", 1981.
 */
static void swap_sections(unsigned char *at, size_t left, size_t right)
{
    unsigned char aside[128];
    while (left > 0 && right > 0) {
        if (left <= sizeof(aside)) {
            __builtin_memcpy(aside, at, left);
            __builtin_memmove(at, at + left, right);
            __builtin_memcpy(at + right, aside, left);
            return;
        }
        if (right <= sizeof(aside)) {
            __builtin_memcpy(aside, at + left, right);
            __builtin_memmove(at + right, at, left);
            __builtin_memcpy(at, aside, right);
            return;
        }
        if (left <= right) {
            swap_bytes(at, at + right, left);
            right -= left;
        } else {
            swap_bytes(at, at + left, right);
            at += right;
            left -= right;
        }
    }
}

/*
 * Of the items that lie at the end and at the beginning, those at the end come down to the
 * others, and then both change places.
 */
void cairn_ring_move_to_front(struct cairn_ring *self, size_t item_size)
{
    size_t capacity = cairn_ring_capacity(self->ends);
    if (self->ends == capacity)
        return;
    size_t head = self->ends - capacity;
    size_t first = smaller(self->length, capacity - head);
    size_t second = self->length - first;
    copy_run(self, item_size, second, head, first);
    if (item_size != 0)
        swap_sections((unsigned char *)self->items, second * item_size, first * item_size);
    self->ends = capacity;
}

void cairn_ring_make_contiguous(struct cairn_ring *self, size_t item_size)
{
    size_t capacity = cairn_ring_capacity(self->ends);
    if (self->length > capacity - (self->ends - capacity))
        cairn_ring_move_to_front(self, item_size);
}

struct cairn_buffer cairn_ring_into_buffer(struct cairn_ring *self, size_t item_size)
{
    cairn_ring_move_to_front(self, item_size);
    size_t capacity = cairn_ring_capacity(self->ends);
    bool needs_no_memory = item_size == 0 && capacity != 0;
    return CAIRN_LITERAL(struct cairn_buffer){
        self->items, self->length, needs_no_memory ? SIZE_MAX : capacity, self->allocator};
}
