/* SPDX-License-Identifier: MIT */
/*
 * The fixed-size-block allocator: a list of free blocks for each of eight sizes, and another
 * allocator behind it for the rest.
 *
 *     static struct cairn_linked_list heap = CAIRN_LINKED_LIST_EMPTY;
 *     static struct cairn_fixed_size_block blocks = CAIRN_FIXED_SIZE_BLOCK(&heap.allocator);
 *     ...
 *     enum cairn_region_error error = cairn_linked_list_init(&heap, start, size);
 *     void *block = cairn_allocator_alloc(&blocks.allocator, layout);
 *
 * The idea: a request is rounded up to the next block size, and then any free block of that size
 * will do. alloc takes the first of the list, dealloc puts the block there: a few instructions, and
 * the block that was freed last, which is still in the cache, is handed out first. Where the list
 * is empty, the fallback allocator makes a new block. Requests above the largest size, or above
 * that alignment, are the fallback's, to and fro.
 *
 *       16   --> | free | --> | free | --> null
 *       32   --> null                               so the next comes from the fallback
 *       64   --> |    free    | --> null
 *       ...
 *     2048   --> null
 *
 * Sizes are powers of two, and each block is aligned to its size, so one list serves every
 * alignment too. A free block holds the link to the next and the list that it is in: two words,
 * which is why the smallest block has 16 bytes. A block in use has no header.
 *
 * realloc is in place while the block size stays the same, and the fallback's own between two large
 * sizes; else it is the default one.
 *
 * Source: Wilson, Johnstone, Neely, Boles, Dynamic Storage Allocation: A Survey, 1995, "Simple
 * Segregated Storage". That a free block names its list, so that a double free shows: glibc's
 * malloc/malloc.c, the key of tcache_entry.
 *
 * What it is bad at: memory. Rounding up wastes a quarter on average, and up to half. Blocks never
 * return to the fallback, and never change their size: a program that needs many small blocks once
 * and then large ones runs out, though most is free. So this is the one allocator where after all
 * is freed the heap is not one free block again.
 *
 * What is found at O(1) in honest use: a block given back twice, as long as its second word is
 * intact; an address where no block of that size can begin; and, when a block is about to be handed
 * out, that it was written to while it was free. What cannot be found: a small block that came from
 * elsewhere, and a layout of another block size than the one allocated, unless its alignment shows.
 * For large ones, what the fallback finds.
 *
 * Invariants: every block in list i is block_size(i) bytes, aligned to that, and names list i
 *             used + free == taken
 *
 * Context: one processor or thread at a time; wrap it in <cairn/locked.h> for more.
 */
#ifndef CAIRN_FIXED_SIZE_BLOCK_H
#define CAIRN_FIXED_SIZE_BLOCK_H

#include <cairn/allocator.h>

CAIRN_C_BEGIN

#define CAIRN_FIXED_SIZE_BLOCK_SMALLEST 16
#define CAIRN_FIXED_SIZE_BLOCK_LARGEST  2048
#define CAIRN_FIXED_SIZE_BLOCK_LISTS    8

struct cairn_fixed_size_block_list {
    struct cairn_free_block *first; /* or null */
};

/* What a free block holds. */
struct cairn_free_block {
    struct cairn_free_block *next;
    const struct cairn_fixed_size_block_list *list; /* the one that it is in */
};

struct cairn_fixed_size_block {
    struct cairn_allocator allocator;
    struct cairn_allocator *fallback;
    size_t taken; /* bytes in blocks that the fallback made; they only grow */
    size_t used;  /* of these, bytes in live blocks */
    struct cairn_fixed_size_block_list lists[CAIRN_FIXED_SIZE_BLOCK_LISTS];
};

extern const struct cairn_allocator_operations cairn_fixed_size_block_operations;

/* It has what memory its fallback has. The fallback may be used by others too. */
#define CAIRN_FIXED_SIZE_BLOCK(fallback_allocator)                        \
    {                                                                     \
        {&cairn_fixed_size_block_operations}, (fallback_allocator), 0, 0, \
        {                                                                 \
            {                                                             \
                NULL                                                      \
            }                                                             \
        }                                                                 \
    }

/*
 * In bytes, of the blocks of fixed size alone; the fallback counts the large ones, and `taken`.
 * Invariant: used + free == taken.
 */
struct cairn_fixed_size_block_statistics {
    size_t taken; /* from the fallback, for ever */
    size_t used;
    size_t free; /* in the lists */
};

/* Cost: O(1). */
struct cairn_fixed_size_block_statistics cairn_fixed_size_block_statistics(
    const struct cairn_fixed_size_block *self);

/*
 * Walks all lists and checks the invariants above. A link that leads out of all memory cannot be
 * told from another, and faults.
 *
 * Panics: one does not hold; the message says which, where, and what most likely did it.
 * Cost:   O(free blocks).
 */
void cairn_fixed_size_block_check(const struct cairn_fixed_size_block *self);

CAIRN_C_END

#endif
