/* SPDX-License-Identifier: MIT */
/* What rows of items need that is the same whatever the items are: the untyped core of slices. */
#ifndef CAIRN_SLICE_CORE_H
#define CAIRN_SLICE_CORE_H

#include <cairn/collection.h>

CAIRN_C_BEGIN

/* Exchanges two rows of bytes that do not overlap. */
void cairn_swap_bytes(void *one, void *other, size_t bytes);

/*
 * Moves the first `left` bytes after the `right` bytes that follow them. Cost: O(left + right), by
 * moving blocks; 512 bytes of stack.
 */
void cairn_rotate(void *bytes, size_t left, size_t right);

/*
 * Scratch memory to sort `count` items with: for all of them up to 1 MiB, for half of them beyond.
 *
 * Gives: the memory, and in *room how many items it holds; null and 0 where memory has run out. It
 *        goes back by cairn_scratch_free().
 */
void *cairn_scratch_alloc(struct cairn_allocator *allocator, struct cairn_layout item, size_t count,
                          size_t *room);
void cairn_scratch_free(struct cairn_allocator *allocator, void *scratch, struct cairn_layout item,
                        size_t room);

/* Panics unless `count` items from `first` on are inside: P of a range. */
void cairn_check_range(const char *function, size_t first, size_t count, size_t length);

CAIRN_C_END

#endif
