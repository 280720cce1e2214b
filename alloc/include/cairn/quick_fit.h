/* SPDX-License-Identifier: MIT */
/*
 * Quick fit: freed blocks wait, each in a list of its exact size, and are not merged before they
 * have to be. For heaps of 4 KiB to some MiB: boards, and a kernel's first heap.
 *
 *     static struct cairn_quick_fit heap = CAIRN_QUICK_FIT_EMPTY;
 *     ...
 *     enum cairn_region_error error = cairn_quick_fit_init(&heap, start, size);
 *     void *block = cairn_allocator_alloc(&heap.allocator, layout);
 *
 * The idea: no headers. Memory is counted in granules of 16 bytes, in slices of 64. Each slice has a
 * record of two bits for each granule, and the records lie at the region's start:
 *
 *     | records | live  | waiting | live  | free             | live            |
 *     taken       1 0 0   1 0       1       0 0 0 ...  0 0     1 0 0 0 ...
 *     free        0 0 0   1 0       0       1 0 0 ...  0 1     0 0 0 0 ...
 *
 *     taken alone   a live block begins here
 *     both          a block begins here that waits in a quick list
 *     free alone    the first or the last granule of a free block
 *
 * So a block's size is the distance to the next bit that is set. A live block of 128 granules or more
 * covers a whole slice after its first one, whose record nobody needs: it holds the block's size.
 *
 * Sizes up to 1 KiB have a quick list for each number of granules, last in, first out. alloc takes the
 * list's first block, dealloc puts the block there: each changes one bit. Everything else is the
 * general way. Free blocks are in bins by size, four a doubling, and are split and merged at once.
 * Blocks wait as long as they take half of the heap or 64 KiB at most, and 32 of a size. All of them
 * are merged before a request is refused, and before one so large that they would be in its way.
 *
 * realloc shrinks and grows in place, also into free memory before the block, or moves. In a heap that
 * is more than a quarter full it moves the block as well where a free block is tighter than the block's
 * own place: so each realloc mends a bit of the fragmentation. Of a heap of 1 MiB with blocks of up to
 * 500 bytes that are resized up to 5,000, 94.8 % are in use at the first refusal; without this, 92.8.
 *
 * Sources: quick lists: Weinstock and Wulf, Quick Fit: An Efficient Algorithm for Heap Storage
 * Allocation, SIGPLAN Notices 23(10), 1988. Deferred merging and what it costs: Wilson, Johnstone,
 * Neely, Boles, Dynamic Storage Allocation: A Survey, 1995. Bins: as in <cairn/tlsf.h>.
 *
 * What it is bad at: an alloc that finds no memory merges all blocks that wait, up to 2,048 of them.
 * Requests are rounded up to 16 bytes. Free blocks of more than 2 MiB share a bin, which is searched.
 * The records take 1/64 of the region, and this struct 850 bytes. One region only.
 *
 * What dealloc finds, exactly and at once: a second free, a pointer into a block's middle or from
 * elsewhere, a size of another number of granules. Every value read from freed memory is checked
 * against the records before it is used, so a late write never makes two blocks overlap.
 *
 * Invariants: taken granules + granules of free blocks == granules of the heap
 *             no two free blocks are neighbours
 *             waiting == sum over all sizes of blocks in the quick list * size
 *
 * Cost: alloc and dealloc O(1), but for what is said above; realloc that, or a copy.
 * Context: one processor or thread at a time; wrap it in <cairn/locked.h> for more.
 */
#ifndef CAIRN_QUICK_FIT_H
#define CAIRN_QUICK_FIT_H

#include <cairn/allocator.h>
#include <cairn/region.h>

CAIRN_C_BEGIN

#define CAIRN_QUICK_FIT_GRANULE 16
#define CAIRN_QUICK_FIT_QUICK   64 /* granules: the largest size with a quick list */
#define CAIRN_QUICK_FIT_BINS    64

/* The record of a slice: bit g stands for its granule g. */
struct cairn_quick_fit_slice {
    uint64_t taken, free;
};

/* The blocks of one size that wait. */
struct cairn_quick_fit_list {
    uint32_t first; /* position; it holds the next one's */
    uint32_t count;
};

/* Positions and sizes are in granules, counted from `base`. */
struct cairn_quick_fit {
    struct cairn_allocator allocator;
    uintptr_t base; /* address of granule 0, the first that can be handed out */
    struct cairn_quick_fit_slice *slices;
    uint32_t end;         /* granules of the heap */
    uint32_t taken;       /* of these, in live and in waiting blocks */
    uint32_t waiting;     /* of these, in waiting blocks */
    uint32_t waiting_max; /* how many may wait */
    uint32_t large;       /* a request of more than that lets no block wait */
    uint64_t bin_map;     /* bit b: bins[b] has a block */
    uint32_t bins[CAIRN_QUICK_FIT_BINS];
    struct cairn_quick_fit_list quick[CAIRN_QUICK_FIT_QUICK + 1]; /* by size; 0 is not used */
};

extern const struct cairn_allocator_operations cairn_quick_fit_operations;

/* An allocator without memory: alloc gives null until it is given a region. */
/* clang-format off */
#define CAIRN_QUICK_FIT_EMPTY {{&cairn_quick_fit_operations}, 0, NULL, 0, 0, 0, 0, 0, 0, {0}, {{0, 0}}}
/* clang-format on */

/*
 * Makes *self an allocator over `size` bytes at `start`, whatever it was before.
 *
 * Needs:  the memory is there to be written, is used by nobody else, and stays.
 * Gives:  an allocator; cairn_quick_fit_statistics() says how many bytes can be handed out. Of more
 *         than 64 GiB only the first are used.
 * Errors: TOO_SMALL (not one granule beside the records), WRAPS; then *self has no memory.
 * Cost:   clears the records: size / 64.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_quick_fit_init(struct cairn_quick_fit *self,
                                                            void *start, size_t size);

/* Merges all blocks that wait. Gives the number of their bytes. Cost: O(blocks that wait). */
size_t cairn_quick_fit_flush(struct cairn_quick_fit *self);

/* All in bytes. Invariants: used + waiting + free == size; largest_free <= free. */
struct cairn_quick_fit_statistics {
    size_t size;
    size_t used; /* in live blocks, as rounded up to granules */
    size_t waiting;
    size_t free;
    size_t largest_free; /* the largest free block */
};

/* Cost: O(1), and a walk over the bin of the largest blocks. */
struct cairn_quick_fit_statistics cairn_quick_fit_statistics(const struct cairn_quick_fit *self);

/*
 * Walks the whole heap, its lists and bins, and checks the invariants above.
 *
 * Panics: one does not hold; the message says which, where, and what most likely did it.
 * Cost:   O(heap / 1 KiB + blocks).
 */
void cairn_quick_fit_check(const struct cairn_quick_fit *self);

CAIRN_C_END

#endif
