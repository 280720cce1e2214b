/* SPDX-License-Identifier: MIT */
/*
 * The linked-list allocator: the free memory itself holds the list of what is free.
 *
 *     static struct cairn_linked_list heap = CAIRN_LINKED_LIST_EMPTY;
 *     ...
 *     enum cairn_region_error error = cairn_linked_list_init(&heap, start, size);
 *     void *block = cairn_allocator_alloc(&heap.allocator, layout);
 *
 * The idea: every run of free memory is a hole. Its first 16 bytes hold its size and the address
 * of the next hole, so the list costs nothing beside the free memory, and a block in use has no header: the
 * first block sits at the first address of the heap. Memory is counted in granules of 16 bytes, the
 * size of such a hole. So whatever is left over, before a block because of its alignment or after
 * it, is large enough to be a hole, and nothing is ever lost.
 *
 *     | used     | hole: 48, next --+   | used | hole: 4096, null          |
 *     0          0x40               |   0x70   0x80                        0x1080
 *                                   +----------^
 *
 * alloc takes the first hole in which the block fits (first fit) and makes holes of the rest.
 * dealloc walks to the block's place in the list, which is in order of addresses, and merges the
 * block with the holes on both sides. After everything is freed, each region is one hole again.
 * realloc is the default one: a new block, a copy, and the old block freed.
 * Source: Knuth, The Art of Computer Programming, volume 1, section 2.5, algorithms A (first fit)
 * and B (a list sorted by address). That first fit in order of addresses wastes little: Wilson,
 * Johnstone, Neely, Boles, Dynamic Storage Allocation: A Survey, 1995, "Sequential Fits".
 *
 * What it is bad at: time. alloc and dealloc walk the list, O(holes), and small holes gather at its
 * beginning, where every walk begins. Each hole passed is a cache line touched. Measured on an x86
 * server, an alloc and its dealloc take 25 ns past one hole, 4 microseconds past a thousand, and
 * half a millisecond past a hundred thousand. Rounding up to 16 bytes wastes up to 15 bytes of each
 * block.
 *
 * What dealloc finds on its walk, always and at no further cost: a block that is free already, even
 * in part; a block outside every region; an address on which no block can begin. What it cannot
 * find: an address inside a live block, a layout smaller than the one that was allocated, or a block
 * freed again after its memory was given to somebody else.
 *
 * What every walk finds: a hole that was written to, by an overflow of the block before it or through
 * a pointer to a freed block. Without that, a larger size would hand out memory that is in use. A hole
 * has a checksum over its address, its size and its link, and must end before the next one begins. One
 * random write in 65,536 goes unseen, at most. Holes past the one that a walk ends at are not looked
 * at. It is no defence against somebody who knows the checksum.
 *
 * Invariants: every hole begins on a granule, is a whole number of granules, and lies in a region
 *             holes are in order of addresses, and no two touch
 *             sum of hole sizes + used == size
 *
 * Context: one processor or thread at a time; wrap it in <cairn/locked.h> for more.
 */
#ifndef CAIRN_LINKED_LIST_H
#define CAIRN_LINKED_LIST_H

#include <cairn/allocator.h>
#include <cairn/region.h>

CAIRN_C_BEGIN

#define CAIRN_LINKED_LIST_GRANULE 16

/* With 2^48 bytes a region is as large as a processor's addresses. */
#define CAIRN_LINKED_LIST_SIZE_MAX (((uint64_t)1 << 48) - 1)

struct cairn_hole {
    uint64_t size : 48; /* bytes, this struct included */
    uint64_t checksum : 16;
    struct cairn_hole *next; /* the hole with the next higher address, or null */
};

struct cairn_linked_list {
    struct cairn_allocator allocator;
    struct cairn_hole *first; /* the hole with the lowest address, or null */
    uintptr_t end;            /* of the region with the highest addresses */
    size_t size;              /* bytes of all regions */
    size_t used;              /* bytes in live blocks, as rounded up to granules */
    struct cairn_region_set regions;
};

extern const struct cairn_allocator_operations cairn_linked_list_operations;

/* An allocator without memory: alloc gives null until it is given a region. */
#define CAIRN_LINKED_LIST_EMPTY                                                \
    {                                                                          \
        {&cairn_linked_list_operations}, NULL, 0, 0, 0, CAIRN_REGION_SET_EMPTY \
    }

/*
 * Makes *self an allocator over `size` bytes at `start`, whatever it was before.
 *
 * Needs:  the memory is there to be written, is used by nobody else, and stays.
 * Gives:  an allocator over the whole granules inside; cairn_linked_list_statistics() says how many
 *         bytes those are.
 * Errors: TOO_SMALL, WRAPS; then *self is an allocator without memory.
 * Cost:   O(1); touches the first granule.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_linked_list_init(struct cairn_linked_list *self,
                                                              void *start, size_t size);

/*
 * Gives the allocator more memory; a region that touches an earlier one extends it.
 *
 * Needs:  as for cairn_linked_list_init().
 * Errors: TOO_SMALL, WRAPS, OVERLAPS, SET_FULL; then *self is unchanged.
 * Cost:   O(holes).
 */
CAIRN_MUST_USE enum cairn_region_error cairn_linked_list_add_region(struct cairn_linked_list *self,
                                                                    void *start, size_t size);

/* All in bytes but `holes`. Invariant: used + free == size. */
struct cairn_linked_list_statistics {
    size_t size;
    size_t used;
    size_t free;
    size_t holes;
    size_t largest_hole;
};

/* Cost: O(holes). */
struct cairn_linked_list_statistics cairn_linked_list_statistics(
    const struct cairn_linked_list *self);

/*
 * Walks the whole list and checks the invariants above.
 *
 * Panics: one does not hold; the message says which, where, and what most likely did it.
 * Cost:   O(holes).
 */
void cairn_linked_list_check(const struct cairn_linked_list *self);

CAIRN_C_END

#endif
