/* SPDX-License-Identifier: MIT */
/*
 * TLSF, two-level segregated fit: a list of free blocks for every narrow range of sizes, found by
 * two bitmaps; every operation in a bounded number of steps.
 *
 *     static struct cairn_tlsf heap = CAIRN_TLSF_EMPTY;
 *     ...
 *     enum cairn_region_error error = cairn_tlsf_init(&heap, start, size);
 *     void *block = cairn_allocator_alloc(&heap.allocator, layout);
 *
 * The idea: free blocks are sorted into classes, and sizes into classes without a search. The first
 * level is the power of two that a size lies in, the second cuts that into 16 equal parts. Each
 * level has a bitmap of what is not empty, so one instruction finds the next class that has a
 * block.
 *
 *     first level    ...   512..1023          1024..2047         2048..4095   ...
 *     bit                  0                  1                  1
 *     second level                            0010000000000000   0000000100000001
 *                                               |
 *         free blocks of 1152 to 1215 bytes     +--> | 1200 | <--> | 1152 |
 *
 * alloc rounds the size up to the beginning of a class and takes the first block of the first class
 * from there on that has one: every block in it is large enough, so no list is ever walked (good
 * fit). What is too much is split off as a free block. dealloc merges the block with its two
 * neighbours in memory, which it finds by the header, in O(1).
 *
 *     | size, is it free | block before | payload                           |  a block
 *     0                  8              16 next free | previous free         while it is free
 *
 * The header costs 16 bytes a block, and so the first block lies 16 bytes into the heap. On a 32-bit
 * machine half of it is padding, because payloads begin on multiples of 16. Each region ends in a
 * header without payload, in use for ever, at which merging stops.
 *
 * Not in the paper are two things. Alignment above 16: alloc looks for that much more and splits
 * off what lies before the aligned address. And realloc: it is in place when the block becomes
 * smaller, or when the next one is free and the two suffice; else it is the default one.
 *
 * Source: Masmano, Ripoll, Crespo, Real, TLSF: a New Dynamic Memory Allocator for Real-Time
 * Systems, 16th Euromicro Conference on Real-Time Systems (ECRTS), 2004. Its header is kept, two
 * words, where later versions by the same authors save one; the second word here is what the checks
 * stand on.
 *
 * What it is bad at: small blocks, of which half or more is header, and small heaps, beside which
 * the table of lists, 7 KiB in this struct (32 bits: 1.7), is large. As the size is rounded up to a class, a free
 * block that is less than 1/16 larger than the request may be passed over, and then a request can
 * fail though it would fit. One with an alignment needs a block that is larger by the alignment.
 *
 * What dealloc finds, always, at O(1): a block that is free already; an address outside the regions
 * or without a header; a layout of another size than the one allocated, if they differ by more than
 * 31 bytes; a header that was overwritten, by its neighbours which disagree. What it cannot find: a
 * block freed again after its memory was given to somebody else.
 *
 * Invariants: blocks follow each other without gaps; each header names the one before it
 *             no two free blocks are neighbours
 *             a bit is set exactly if its list is not empty
 *             used + free == size, headers counted with their blocks
 *
 * Cost: O(1), for every size and state of the heap: alloc has no loop at all, dealloc only the one
 *       over the regions, at most 8, for its checks. realloc is O(1) too, or a copy.
 * Context: one processor or thread at a time; wrap it in <cairn/locked.h> for more.
 */
#ifndef CAIRN_TLSF_H
#define CAIRN_TLSF_H

#include <cairn/allocator.h>
#include <cairn/region.h>

CAIRN_C_BEGIN

#define CAIRN_TLSF_GRANULE     16
#define CAIRN_TLSF_HEADER_SIZE 16
/* Sizes below 256, then one row for each power of two: 57 on a 64-bit machine. */
#define CAIRN_TLSF_ROWS    (sizeof(size_t) * __CHAR_BIT__ - 7)
#define CAIRN_TLSF_COLUMNS 16 /* classes in a row */

/* A block, from its header on. Its payload begins behind the first two members. */
struct cairn_tlsf_block {
    size_t size_and_state;           /* of the payload, in bytes; bit 0: it is free */
    struct cairn_tlsf_block *before; /* its neighbour in memory; null for a region's first */
    /* These two only while it is free: */
    struct cairn_tlsf_block *next __attribute__((aligned(CAIRN_TLSF_HEADER_SIZE)));
    struct cairn_tlsf_block *previous; /* its list; null for the first */
};

struct cairn_tlsf {
    struct cairn_allocator allocator;
    size_t size; /* bytes of all blocks, headers included */
    size_t used; /* of these, bytes in live blocks */
    struct cairn_region_set regions;
    uint64_t rows; /* bit r: a bit of columns[r] is set */
    uint16_t columns[CAIRN_TLSF_ROWS];
    struct cairn_tlsf_block *free[CAIRN_TLSF_ROWS][CAIRN_TLSF_COLUMNS];
};

extern const struct cairn_allocator_operations cairn_tlsf_operations;

/* An allocator without memory: alloc gives null until it is given a region. */
#define CAIRN_TLSF_EMPTY                                                \
    {                                                                   \
        {&cairn_tlsf_operations}, 0, 0, CAIRN_REGION_SET_EMPTY, 0, {0}, \
        {                                                               \
            {                                                           \
                NULL                                                    \
            }                                                           \
        }                                                               \
    }

/*
 * Makes *self an allocator over `size` bytes at `start`, whatever it was before.
 *
 * Needs:  the memory is there to be written, is used by nobody else, and stays.
 * Gives:  an allocator over the whole granules inside, less the header at their end;
 *         cairn_tlsf_statistics() says how many bytes that leaves.
 * Errors: TOO_SMALL (less than three whole granules), WRAPS; then *self is an allocator without
 *         memory.
 * Cost:   O(1); touches the first granules and the last.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_tlsf_init(struct cairn_tlsf *self, void *start,
                                                       size_t size);

/*
 * Gives the allocator more memory. Blocks never merge across regions, not even across those that
 * touch: the header at the end of each stays.
 *
 * Needs:  as for cairn_tlsf_init().
 * Errors: TOO_SMALL, WRAPS, OVERLAPS, SET_FULL; then *self is unchanged.
 * Cost:   O(regions).
 */
CAIRN_MUST_USE enum cairn_region_error cairn_tlsf_add_region(struct cairn_tlsf *self, void *start,
                                                             size_t size);

/* All in bytes, headers included, but largest_free. Invariant: used + free == size. */
struct cairn_tlsf_statistics {
    size_t size;
    size_t used;
    size_t free;
    size_t free_blocks;  /* how many */
    size_t largest_free; /* the payload of the largest free block */
};

/* Cost: O(free blocks). */
struct cairn_tlsf_statistics cairn_tlsf_statistics(const struct cairn_tlsf *self);

/*
 * Walks all blocks and all lists, and checks the invariants above.
 *
 * Panics: one does not hold; the message says which, where, and what most likely did it.
 * Cost:   O(blocks).
 */
void cairn_tlsf_check(const struct cairn_tlsf *self);

CAIRN_C_END

#endif
