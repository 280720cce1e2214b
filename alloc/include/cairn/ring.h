/* SPDX-License-Identifier: MIT */
/*
 * A ring: memory for items in a row whose end goes on at its beginning. The untyped core of
 * <cairn/vec_deque.t.h>.
 *
 * The capacity is a power of two, so that a place past the end becomes one at the beginning by a
 * mask. Capacity and head, the place of the first item, share one word, `ends`: it is their sum.
 * As head is less than the capacity, the highest bit that is set is the capacity, and the rest is
 * head:
 *
 *     capacity 8, head 3     ends = 0b1011         items[3] is the first item, then items[4], ...
 *
 * So an empty ring is four words with its allocator, and moving head by one needs no mask, but a
 * look at whether the sum became another power of two.
 *
 * Growth is that of <cairn/buffer.h>. Items without size need no memory; they have the largest
 * capacity.
 *
 * What it is bad at: exact capacities; up to half of the memory may be unused, also after
 * shrinking.
 */
#ifndef CAIRN_RING_H
#define CAIRN_RING_H

#include <cairn/base/bits.h>
#include <cairn/buffer.h>

CAIRN_C_BEGIN

/*
 * Invariants: items is a block for capacity items, or no block where that needs no bytes
 *             length <= capacity; item number i lies at cairn_ring_place(ends, i)
 */
struct __attribute__((may_alias)) cairn_ring {
    void *items;
    size_t length;
    size_t ends;                       /* 0: no capacity */
    struct cairn_allocator *allocator; /* null: the global one */
};

/* The largest capacity: with twice as much, `ends` would overflow. */
#define CAIRN_RING_CAPACITY_MAX (SIZE_MAX / 4 + 1)

static inline size_t cairn_ring_capacity(size_t ends)
{
    return ends & (size_t)1 << cairn_log2_floor(ends | 1);
}

/* Where item number `index` lies, counted from the first. Needs: ends is not 0. Any index. */
static inline size_t cairn_ring_place(size_t ends, size_t index)
{
    return (ends + index) & (cairn_ring_capacity(ends) - 1);
}

/* `ends` with the first item one place later, or one earlier. Needs: ends is not 0. */
static inline size_t cairn_ring_later(size_t ends)
{
    size_t later = ends + 1;
    return cairn_is_power_of_two(later) ? later / 2 : later;
}

static inline size_t cairn_ring_earlier(size_t ends)
{
    return cairn_is_power_of_two(ends) ? 2 * ends - 1 : ends - 1;
}

/*
 * Makes room for `additional` more items.
 *
 * Errors: NO_MEMORY, TOO_LARGE; the ring is untouched.
 * Cost:   O(1) where there is room, else that of realloc and of moving at most half of the items.
 */
enum cairn_collection_error cairn_ring_reserve(struct cairn_ring *self, struct cairn_layout item,
                                               size_t additional,
                                               enum cairn_fallibility fallibility);

/*
 * Lowers the capacity to the least that has room for all items, and for `least` items.
 *
 * Errors: NO_MEMORY to move it to; the items may lie elsewhere in the ring.
 */
enum cairn_collection_error cairn_ring_shrink(struct cairn_ring *self, struct cairn_layout item,
                                              size_t least, enum cairn_fallibility fallibility);

/* Gives back the memory, not what the items own, and leaves the empty value. */
void cairn_ring_free(struct cairn_ring *self, struct cairn_layout item);

/*
 * A ring out of a buffer, and back. A ring's block has as many items as a
 * power of two; so does a buffer's that grew by itself, and then it is taken as it is. Else it is
 * reallocated: made smaller where that has room for all items.
 *
 * Errors: NO_MEMORY, TOO_LARGE; the buffer is untouched, and still the caller's. None on the way
 * back.
 */
enum cairn_collection_error cairn_ring_from_buffer(struct cairn_ring *self,
                                                   struct cairn_layout item,
                                                   struct cairn_buffer buffer,
                                                   enum cairn_fallibility fallibility);
struct cairn_buffer cairn_ring_into_buffer(struct cairn_ring *self, size_t item_size);

/*
 * Makes a gap of `count` items at `index`, or takes away the items that are there; the length
 * changes by that. What lies on the shorter side of it is moved.
 *
 * Needs: index <= length and room for the gap; index + count <= length.
 */
void cairn_ring_open(struct cairn_ring *self, size_t item_size, size_t index, size_t count);
void cairn_ring_close(struct cairn_ring *self, size_t item_size, size_t index, size_t count);

/* Copies the bytes of `count` items from `index` on to or from memory that is not the ring's. */
void cairn_ring_read(const struct cairn_ring *self, size_t item_size, size_t index, size_t count,
                     void *to);
void cairn_ring_write(struct cairn_ring *self, size_t item_size, size_t index, size_t count,
                      const void *from);

/*
 * Item `count` becomes the first one. Needs: count <= length. Cost: O(min(count, length -
 * count)).
 */
void cairn_ring_rotate_left(struct cairn_ring *self, size_t item_size, size_t count);

/*
 * Moves the items so that none lies at the end of the memory with its successor at the
 * beginning.
 */
void cairn_ring_make_contiguous(struct cairn_ring *self, size_t item_size);

/* The same, and the first item lies at the beginning of the memory. Cost: O(length), always. */
void cairn_ring_move_to_front(struct cairn_ring *self, size_t item_size);

CAIRN_C_END

#endif
