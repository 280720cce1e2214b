/* SPDX-License-Identifier: MIT */
/*
 * A face without sizes: malloc and free on top of the global allocator, for code that does not keep
 * its layouts.
 *
 * It stands on an allocator that knows its blocks' sizes: `cairn`, with any wrappers around it. On
 * another, freeing panics and says so.
 *
 * Every block is aligned to 16. A request for 0 bytes is one for 1. Null is the failure, and leaves
 * errno alone. Giving back null does nothing. What the global allocator finds wrong, it reports.
 *
 * Cost and context: the global allocator's.
 */
#ifndef CAIRN_HEAP_FACE_H
#define CAIRN_HEAP_FACE_H

#include <stddef.h>

#include <cairn/base/check.h>

CAIRN_C_BEGIN

/* A block of at least `size` bytes, contents undefined; null if the memory does not suffice. */
CAIRN_MUST_USE void *cairn_malloc(size_t size);

/* A block of `count` times `size` bytes, all zero; null also if the product is too large. */
CAIRN_MUST_USE void *cairn_calloc(size_t count, size_t size);

/*
 * A block of at least `size` bytes on a multiple of `align`.
 *
 * Errors: null if the memory does not suffice, or `align` is not a power of two.
 */
CAIRN_MUST_USE void *cairn_aligned_alloc(size_t align, size_t size);

/*
 * Changes the block's size, in place or by moving it; null as `block` allocates.
 *
 * Gives:  the block, with its first bytes as they were; an alignment above 16 may be lost. Making a
 *         block smaller never fails: where the memory does not suffice to move it, it keeps its size.
 * Errors: null if the memory does not suffice, or the block's size can't be looked up, which is so
 *         in <cairn/locked.h> on re-entry; the old block is untouched.
 */
CAIRN_MUST_USE void *cairn_realloc(void *block, size_t new_size);

/* Gives the block back. */
void cairn_free(void *block);

/*
 * Gives the block back; panics unless `size` bytes are what it was allocated with, or last resized to,
 * rounded up as the allocator does. (C23's free_sized and free_aligned_sized.) The first is for blocks
 * of malloc, calloc and realloc, the second for those of aligned_alloc. Both work on any allocator.
 */
void cairn_free_sized(void *block, size_t size);
void cairn_free_aligned_sized(void *block, size_t align, size_t size);

/* The bytes that the block really has; 0 in <cairn/locked.h> on re-entry. */
size_t cairn_usable_size(const void *block);

CAIRN_C_END

#endif
