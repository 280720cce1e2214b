/* SPDX-License-Identifier: MIT */
/*
 * An allocator that counts what goes through it.
 *
 *     static struct cairn_counted counted = CAIRN_COUNTED(&heap.allocator);
 *     run(&counted.allocator);
 *     assert(counted.live_blocks == 0);       nothing leaked
 *     ... counted.peak_bytes ...              what it needed at most
 *
 * The counts are public fields, to be read at any time; a failed call counts in `failures` alone.
 *
 * What it is bad at: bytes are what a block really has if the inner allocator knows that (`cairn`
 * does), so that blocks may go back without their layout; else they are what callers asked for. The
 * moment in which realloc holds the old and the new block is not in them.
 *
 * Cost: O(1) beside the inner allocator. Context: as the inner one; under several threads wrap it
 * in <cairn/locked.h>.
 */
#ifndef CAIRN_COUNTED_H
#define CAIRN_COUNTED_H

#include <cairn/allocator.h>

CAIRN_C_BEGIN

/* Invariants: live_blocks == allocs - deallocs; live_* <= peak_*. */
struct cairn_counted {
    struct cairn_allocator allocator;
    struct cairn_allocator *inner;
    size_t live_blocks;
    size_t live_bytes;
    size_t peak_blocks;
    size_t peak_bytes;
    size_t allocs; /* calls that gave a block: alloc and alloc_zeroed */
    size_t deallocs;
    size_t reallocs;
    size_t failures; /* calls of alloc, alloc_zeroed and realloc that gave null */
};

extern const struct cairn_allocator_operations cairn_counted_operations;

#define CAIRN_COUNTED(inner_allocator)                                         \
    {                                                                          \
        {&cairn_counted_operations}, (inner_allocator), 0, 0, 0, 0, 0, 0, 0, 0 \
    }

CAIRN_C_END

#endif
