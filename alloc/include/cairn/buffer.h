/* SPDX-License-Identifier: MIT */
/*
 * A buffer: memory for items in a row, that grows. The untyped core of vec and its relatives.
 *
 * The typed collection has these four fields with its own types, and is handed on as a buffer, which
 * may alias it. The buffer does not know what the items are, only their layout, the same in every
 * call.
 *
 * Growth is that of Rust's Vec: the capacity doubles, and begins with 8 items of one byte, 4 items
 * up to 1024 bytes, or 1 that is larger. So n pushes copy each item twice at most on average.
 * Items without size need no memory: their capacity is SIZE_MAX from the first growth on.
 *
 * What it is bad at: while it grows, the old and the new memory exist side by side, unless the
 * allocator can grow a block in place.
 */
#ifndef CAIRN_BUFFER_H
#define CAIRN_BUFFER_H

#include <cairn/collection.h>

CAIRN_C_BEGIN

/*
 * Invariants: items is a block for `capacity` items, or no block where that needs no bytes
 *             length <= capacity
 */
struct __attribute__((may_alias)) cairn_buffer {
    void *items;
    size_t length;
    size_t capacity;
    struct cairn_allocator *allocator; /* null: the global one */
};

/*
 * Makes room for `additional` more items: at least that much, so that many calls are cheap together;
 * or _exact, for when no more will come.
 *
 * Gives:  length + additional <= capacity; all items as they were, perhaps elsewhere.
 * Errors: NO_MEMORY, and TOO_LARGE where the size in bytes would overflow, for which the handler
 *         gets CAIRN_CAPACITY_OVERFLOW; the buffer is untouched.
 * Cost:   O(1) where there is room, else that of realloc.
 */
enum cairn_collection_error cairn_buffer_reserve(struct cairn_buffer *self,
                                                 struct cairn_layout item, size_t additional,
                                                 enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_buffer_reserve_exact(struct cairn_buffer *self,
                                                       struct cairn_layout item, size_t additional,
                                                       enum cairn_fallibility fallibility);

/*
 * Gives back room, but not that for all items, nor for `least` items.
 *
 * Errors: NO_MEMORY to move it to; the buffer is untouched.
 */
enum cairn_collection_error cairn_buffer_shrink(struct cairn_buffer *self, struct cairn_layout item,
                                                size_t least, enum cairn_fallibility fallibility);

/* Gives back the memory, not what the items own, and leaves the empty value. */
void cairn_buffer_free(struct cairn_buffer *self, struct cairn_layout item);

CAIRN_C_END

#endif
