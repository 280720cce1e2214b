/* SPDX-License-Identifier: MIT */
/*
 * The buddy allocator: blocks of powers of two, each the half of a larger one.
 *
 *     static struct cairn_buddy heap = CAIRN_BUDDY_EMPTY;
 *     ...
 *     enum cairn_region_error error = cairn_buddy_init(&heap, start, size);
 *     void *block = cairn_allocator_alloc(&heap.allocator, layout);
 *
 * The idea: a block of order k has 16 << k bytes, and its address is a multiple of that. The two
 * halves of a block are buddies; their addresses differ in one bit, so each finds the other without
 * a search. alloc takes the smallest free block that is large enough and halves it until it fits.
 * dealloc merges the block with its buddy if that is free and whole, then the pair with its buddy,
 * and so on. There is a list of free blocks for each order, and a bit for each list that has one.
 *
 *     order 2   |              64              |
 *     order 1   |      32      |      32       |     buddy of a block: its address ^ its size
 *     order 0   |  16   |  16  |  16   |  16   |
 *
 * Addresses are absolute, so every block is aligned to its size, and a request with an alignment is
 * one for a block of at least that size. A region is cut into the largest aligned blocks that fill
 * it, so it may begin anywhere and be of any size.
 *
 * Beside the blocks, at the end of the region, lies the map: a byte for each 16 bytes, which says
 * whether a free or a live block begins there, and of which order. It is 1/17 of the region. It
 * makes dealloc exact: a double free, an address inside a block, and a layout of another order than
 * the one allocated are all found, always, and told apart. What it cannot find: a wrong layout of
 * the same order, or a block freed again after its memory was given to somebody else.
 *
 * realloc is in place where the order stays, where it becomes smaller (the upper halves are given
 * back), and where it grows over buddies behind it that are free.
 *
 * Source: Knowlton, A Fast Storage Allocator, Communications of the ACM 8(10), 1965; Knuth, The Art
 * of Computer Programming, volume 1, section 2.5, algorithms R and S.
 *
 * What it is bad at: waste inside. Rounding to powers of two loses a quarter on average, and nearly
 * half of each block at worst. Two free neighbours that are not buddies never merge. The map takes
 * the top of the region, so a region of exactly 1 MiB has no block of 1 MiB.
 *
 * Invariants: sum of free blocks + used == size
 *             no two free blocks are buddies of each other
 *             bit k of `nonempty` is set exactly if free[k] is not null
 *             the map's byte is not 0 exactly where a block begins
 *
 * Cost of alloc and dealloc: O(log2(heap)), at most 60 steps of a few instructions; no search.
 * Context: one processor or thread at a time; wrap it in <cairn/locked.h> for more.
 */
#ifndef CAIRN_BUDDY_H
#define CAIRN_BUDDY_H

#include <cairn/allocator.h>
#include <cairn/region.h>

CAIRN_C_BEGIN

#define CAIRN_BUDDY_GRANULE 16
#define CAIRN_BUDDY_ORDERS \
    (sizeof(size_t) * __CHAR_BIT__ - 4) /* the largest has half of all addresses */

/* What a free block holds. */
struct cairn_buddy_block {
    struct cairn_buddy_block *next;
    struct cairn_buddy_block *previous; /* null for the first of its list */
};

struct cairn_buddy {
    struct cairn_allocator allocator;
    uintptr_t start;
    uintptr_t end;      /* of the blocks, where the map begins */
    unsigned char *map; /* one byte per granule */
    size_t used;        /* bytes in live blocks, as rounded up to orders */
    uint64_t nonempty;
    struct cairn_buddy_block *free[CAIRN_BUDDY_ORDERS];
};

extern const struct cairn_allocator_operations cairn_buddy_operations;

/* An allocator without memory: alloc gives null until it is given a region. */
#define CAIRN_BUDDY_EMPTY                            \
    {                                                \
        {&cairn_buddy_operations}, 0, 0, NULL, 0, 0, \
        {                                            \
            NULL                                     \
        }                                            \
    }

/*
 * Makes *self an allocator over `size` bytes at `start`, whatever it was before.
 *
 * Needs:  the memory is there to be written, is used by nobody else, and stays.
 * Gives:  an allocator over the whole granules inside, less 1/17 of them for the map;
 *         cairn_buddy_statistics() says how many bytes that leaves.
 * Errors: TOO_SMALL (less than two whole granules), WRAPS; then *self is an allocator without
 *         memory.
 * Cost:   O(size / 16): it clears the map.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_buddy_init(struct cairn_buddy *self, void *start,
                                                        size_t size);

/* All in bytes. Invariant: used + free == size. */
struct cairn_buddy_statistics {
    size_t size; /* without the map */
    size_t used;
    size_t free;
    size_t largest_free;
};

/* Cost: O(1). */
struct cairn_buddy_statistics cairn_buddy_statistics(const struct cairn_buddy *self);

/*
 * Walks the whole heap, every list, and the map, and checks the invariants above.
 *
 * Panics: one does not hold; the message says which, where, and what most likely did it.
 * Cost:   O(size / 16).
 */
void cairn_buddy_check(const struct cairn_buddy *self);

CAIRN_C_END

#endif
