/* SPDX-License-Identifier: MIT */
/*
 * An allocator that forgives nothing, for tests of what stands on one.
 *
 * Each block is one of the C library's, of exactly the size that was asked for, so that
 * AddressSanitizer sees the first byte that is read or written outside it, or after it was freed.
 * A block that is given back must be alive, and its layout the one it was allocated with. realloc
 * is the default one and so always moves. New memory is filled with rubbish.
 */
#ifndef STRICT_HEAP_H
#define STRICT_HEAP_H

#include <cairn/allocator.h>

#define STRICT_HEAP_RUBBISH 0xa5

struct strict_heap {
    struct cairn_allocator allocator;
    size_t live; /* blocks */
    size_t live_bytes;
    size_t allocs; /* ever */
};

/* There is one. A test that needs a global allocator registers &strict_heap.allocator. */
extern struct strict_heap strict_heap;

/* Fails the test if a block is alive; frees it, so that the next test begins afresh. */
void strict_heap_expect_empty(void);

#endif
