/* SPDX-License-Identifier: MIT */
/*
 * The bump allocator: an address that moves up, and a count.
 *
 *     static struct cairn_bump heap = CAIRN_BUMP_EMPTY;
 *     ...
 *     enum cairn_region_error error = cairn_bump_init(&heap, start, size);
 *     void *block = cairn_allocator_alloc(&heap.allocator, layout);
 *
 * The idea: `next` is the first byte that was never handed out. alloc rounds it up to the
 * alignment, gives that address, and moves it behind the block. dealloc only counts; when the last
 * block that is alive comes back, everything is free again and `next` goes back to the start.
 *
 *     | live block | dead | padding | live block | never handed out       |
 *     start                                      next                     end
 *
 * Nothing is written into the heap and no size is rounded, so a block costs its bytes and the
 * padding before it: none does less, and none packs tighter until the first dealloc.
 *
 * realloc of the block that ends at `next` moves `next` alone, so one vec grows without a copy;
 * and a block never moves to become smaller.
 *
 * Source: Hanson, Fast Allocation and Deallocation of Memory Based on Object Lifetimes, Software:
 * Practice and Experience 20(1), 1990: memory that is handed out in a row and freed all at once.
 *
 * What it is bad at: using memory again. One block that lives on keeps every dead byte of the heap;
 * it is for work in phases, where all blocks of a phase die at its end.
 *
 * What dealloc and realloc find: a block that is not inside what was handed out, or not aligned as
 * its layout says; and a double free after which more blocks were given back than handed out. What
 * they cannot find: any other double free or wrong size. It makes the count too low, and then live
 * blocks are handed out a second time.
 *
 * Invariants: start <= next <= end
 *             blocks == 0 exactly if next == start
 *
 * Context: one processor or thread at a time; wrap it in <cairn/locked.h> for more.
 */
#ifndef CAIRN_BUMP_H
#define CAIRN_BUMP_H

#include <cairn/allocator.h>
#include <cairn/region.h>

CAIRN_C_BEGIN

struct cairn_bump {
    struct cairn_allocator allocator;
    uintptr_t start;
    uintptr_t next; /* the first byte that was not handed out */
    uintptr_t end;
    size_t blocks; /* that are alive */
};

extern const struct cairn_allocator_operations cairn_bump_operations;

/* An allocator without memory: alloc gives null until it is given a region. */
#define CAIRN_BUMP_EMPTY                     \
    {                                        \
        {&cairn_bump_operations}, 0, 0, 0, 0 \
    }

/*
 * Makes *self an allocator over `size` bytes at `start`, whatever it was before.
 *
 * Needs:  the memory is there to be written, is used by nobody else, and stays.
 * Gives:  an allocator over all of its bytes, but the one at address zero.
 * Errors: TOO_SMALL, WRAPS; then *self is an allocator without memory.
 * Cost:   O(1); the memory is not touched.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_bump_init(struct cairn_bump *self, void *start,
                                                       size_t size);

/* In bytes, but `blocks`. Invariant: used + free == size. */
struct cairn_bump_statistics {
    size_t size;
    size_t used; /* live and dead blocks, and padding: all that cannot be handed out now */
    size_t free;
    size_t blocks; /* that are alive */
};

/* Cost: O(1). */
struct cairn_bump_statistics cairn_bump_statistics(const struct cairn_bump *self);

/*
 * Checks the invariants above; there are no blocks to be walked.
 *
 * Panics: one does not hold.
 * Cost:   O(1).
 */
void cairn_bump_check(const struct cairn_bump *self);

CAIRN_C_END

#endif
