/* SPDX-License-Identifier: MIT */
/*
 * Large blocks: each is a mapping of its own, which the system has back as soon as it is freed.
 *
 * What they are is known from a table of their addresses alone; nothing is written into or beside
 * them. So every free is compared with it: a second one, one of a block's middle, a wrong size.
 *
 * All of it may be called by several threads at once. The lock is held for a look into the table,
 * never while the system takes pages back.
 *
 * What it is bad at: each page of a block costs a page fault, every time. And a process has 65,530
 * mappings, by default, each of them one block.
 */
#ifndef CAIRN_LARGE_BLOCKS_H
#define CAIRN_LARGE_BLOCKS_H

#include <cairn/layout.h>

/* A block, all zero; null if the system gives none. */
CAIRN_MUST_USE void *cairn_large_alloc(struct cairn_layout layout);

/* The bytes of the live large block that begins there, or 0. Panics: it was freed. */
size_t cairn_large_size(const void *block, const char *operation);

/* Gives the large block back. Panics: no large block is live there; another thread may have freed it. */
void cairn_large_dealloc(void *block, const char *operation);

/*
 * Changes a large block's size, in place or by moving its pages; nothing is copied.
 *
 * Errors: null; then the block is as it was.
 */
CAIRN_MUST_USE void *cairn_large_realloc(void *block, size_t new_size);

/* Panics, and says what is there: for an address that is in no region of the heap. */
CAIRN_NORETURN void cairn_large_report_stranger(const void *block, const char *operation);

/* For a fork: keeps the table as it is. */
void cairn_large_lock(void);
void cairn_large_unlock(void);

#endif
