/* SPDX-License-Identifier: MIT */
/*
 * The allocator `cairn`: fast at every size and every fill, tight, and it knows every wrong free.
 *
 *     static struct cairn_heap heap = CAIRN_HEAP_EMPTY;
 *     ...
 *     enum cairn_region_error error = cairn_heap_init(&heap, start, size);
 *     void *block = cairn_allocator_alloc(&heap.allocator, layout);
 *
 * The idea: no headers. Memory is counted in granules of 16 bytes, in slices of 64. Each slice has a
 * record of two bits for each granule. All records lie together, away from the blocks:
 *
 *     | metadata | live  | waiting | live  | free             | live            |
 *     taken       1 0 0   1 0       1       0 0 0 ...  0 0     1 0 0 0 ...
 *     free        0 0 0   1 0       0       1 0 0 ...  0 1     0 0 0 0 ...
 *
 *     taken alone   a live block begins here
 *     both          a freed block begins here that waits to be used again
 *     free alone    the first or the last granule of a free block; in a slab, a free object
 *
 * Three paths serve a request, each faster than the next:
 *   - slabs, in a heap of 2 MiB or more: some slices are cut into objects of one size class. A class
 *     keeps the objects that were freed last in a stack; what does not fit there is a bit in its slice;
 *   - quick lists: freed blocks of up to 1 KiB wait, each in the list of its exact size, and are not
 *     merged before they have to be;
 *   - bins: free blocks by size, four bins a doubling, split and merged at once.
 * What waits is merged before a request is refused: lists, empty slabs, then single objects.
 *
 * realloc shrinks and grows in place, also into free memory before the block, or moves. In a heap that
 * is more than a quarter full it also moves the block where a free block is tighter than the block's
 * own place: so each realloc mends a bit of the fragmentation.
 *
 * docs/design.md explains the whole design in a page, and gives the measurement for each constant.
 *
 * Sources: slabs: Bonwick, The Slab Allocator, USENIX 1994. Quick lists: Weinstock and Wulf, Quick Fit:
 * An Efficient Algorithm for Heap Storage Allocation, SIGPLAN Notices 23(10), 1988. Deferred merging
 * and what it costs: Wilson, Johnstone, Neely, Boles, Dynamic Storage Allocation: A Survey, 1995. Bins:
 * Masmano, Ripoll, Crespo, Real, TLSF, ECRTS 2004. Boundaries in a bitmap: Puaut, Real-Time
 * Performance of Dynamic Memory Allocation Algorithms, ECRTS 2002.
 *
 * Cost: alloc and dealloc O(1); realloc that, or a copy. An alloc that finds no memory merges all that
 * waits first: O(blocks that wait).
 * Memory: this struct, two words; nothing per block; and metadata at the region's start, or elsewhere:
 * CAIRN_HEAP_METADATA_SIZE(size), about 1/39 of a heap of 100 KiB, 1/60 of one of 1 MiB, 1/45 of a large
 * one.
 *
 * What it is bad at: requests are rounded up to 16 bytes, in slabs to the size class. Good fit is not
 * best fit: a bin is looked at two blocks deep, and all of it only before a request is refused.
 *
 * What dealloc finds, exactly and at once: a second free; a pointer that is not from here, or into a
 * block's middle; a size that belongs to another number of granules, in slabs to another size class. It
 * panics, says which, and what is really there.
 *
 * What it finds of corruption: every value read from freed memory is checked against the records before
 * it is used, so that a late write never makes two blocks overlap. The metadata lies before the first
 * block, so an overflow cannot reach it.
 *
 * Context: one processor or thread at a time; <cairn/locked.h> and <cairn/shared_heap.h> for more.
 */
#ifndef CAIRN_HEAP_H
#define CAIRN_HEAP_H

#include <cairn/allocator.h>
#include <cairn/region.h>
#include <cairn/size_classes.h>

CAIRN_C_BEGIN

#define CAIRN_HEAP_GRANULE 16 /* bytes */
#ifndef CAIRN_HEAP_SLICE
#define CAIRN_HEAP_SLICE 64 /* granules that share a record; a test may have fewer */
#endif

/* The record of a slice: bit g stands for its granule g. */
struct cairn_heap_slice {
    uint64_t taken, free;
};

/* A size class of slabs. */
struct cairn_heap_class {
    uint32_t *stack; /* positions of objects that wait, in granules; the last one is used first */
    uint32_t count;  /* how many of them */
    uint32_t limit;  /* how many there may be */
    uint32_t available; /* free objects that are not in the stack */
    uint32_t slabs;     /* the first slab with available objects; the number of its first slice */
    uint32_t slices;    /* of all slabs of the class */
    uint16_t requests;  /* that found no slab; see slabs.c */
    uint16_t tag;       /* of the slabs' slices: the owner and the class */
};

/*
 * Who has slabs, and takes their objects: the heap itself, or a processor of <cairn/shared_heap.h>.
 * Zero owns nothing yet.
 */
struct cairn_heap_owner {
    CAIRN_ALIGNED(32)
    uint32_t number; /* 0: the heap itself */
    uint32_t empty;  /* granules in its empty slabs */
    CAIRN_ALIGNED(32)
    struct cairn_heap_class classes[CAIRN_SIZE_CLASSES]; /* by number; 0 is not used */
    uint32_t returned; /* the list of words with objects that others gave back; see slabs.c */
    uint32_t looks;    /* at that list, since it was collected; see shared.c */
};

#define CAIRN_HEAP_OWNER_TAGS 64 /* number * CAIRN_HEAP_OWNER_TAGS + size class is a tag */

struct cairn_processor;

/* What alloc and dealloc look at of a region. Its slices' records follow, aligned as it is. */
struct cairn_heap_region {
    CAIRN_ALIGNED(16)
    uintptr_t base;        /* address of granule 0, a multiple of 1 KiB */
    uint32_t first, end;   /* blocks lie from granule `first` up to `end` */
    uint32_t slab_limit;   /* bytes: what is smaller comes from the heap's own slabs */
    uint32_t shared_limit; /* bytes: what is smaller comes from a processor's slabs */
    uint32_t quick_max;    /* granules: up to this size freed blocks wait */
    uint32_t waiting;      /* granules in quick lists */
    uint32_t waiting_max;  /* how many may wait */
    uint16_t *tags;        /* of each slice: its slab's owner and size class, or 0; see slices.h */
    struct cairn_heap_owner *owner; /* the heap itself; null in a heap without slabs */
    void **quick;                   /* by size: the first of the blocks that wait; see quick.h */
};

struct cairn_heap {
    struct cairn_allocator allocator;
    struct cairn_heap_region *region; /* the first one; it lies in the metadata */
};

extern const struct cairn_allocator_operations cairn_heap_operations;
extern struct cairn_heap_region cairn_heap_no_region; /* has nothing */

/*
 * No operation executes more instructions: on x86-64, compiled with -O2, one region. The worst alloc
 * cuts a slab, the worst dealloc gives an empty one back. A realloc that moves its block also copies it.
 * An alloc or realloc that would fail flushes first: that takes up to FLUSH more instructions for each
 * waiting block, of which there are at most CACHED_BLOCKS, and for each slice of a slab that is released
 * or dissolved. `make test` compares the largest counts with these, and so does a search for the worst
 * operation, `make bench-adversary`.
 */
#define CAIRN_HEAP_ALLOC_INSTRUCTIONS   5000
#define CAIRN_HEAP_DEALLOC_INSTRUCTIONS 5000
#define CAIRN_HEAP_REALLOC_INSTRUCTIONS 8000
#define CAIRN_HEAP_FLUSH_INSTRUCTIONS   500
#define CAIRN_HEAP_CACHED_BLOCKS        25088

/* An allocator without memory: alloc gives null until it is given a region. */
/* clang-format off */
#define CAIRN_HEAP_EMPTY {{&cairn_heap_operations}, &cairn_heap_no_region}
/* clang-format on */

/*
 * Makes *self an allocator over `size` bytes at `start`, whatever it was before.
 *
 * Needs:  the memory is there to be written, is used by nobody else, and stays.
 * Gives:  an allocator; cairn_heap_statistics() says how many bytes can be handed out.
 * Errors: TOO_SMALL (not one granule beside the metadata), WRAPS; then *self has no memory.
 * Cost:   clears the metadata: size / 64.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_heap_init(struct cairn_heap *self, void *start,
                                                       size_t size);

/*
 * The same over memory that reads as zero, as a system's fresh pages do: its metadata is not written
 * before it is needed. So a heap over far more addresses than memory costs nothing, and never has
 * to grow, which would move the metadata.
 *
 * Cost: O(1), for up to 31 GiB.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_heap_init_zeroed(struct cairn_heap *self, void *start,
                                                              size_t size);

/*
 * The same with the metadata in other memory: a region all of whose bytes are for blocks, as fast or
 * precious memory deserves, or one whose every free page can be given away.
 *
 * Needs:  also of `metadata`, metadata_size bytes, that it is there, used by nobody else, and stays.
 *         CAIRN_HEAP_METADATA_SIZE() says how many bytes suffice. Give it as many as the region will
 *         need when it has grown.
 * Gives:  also of the region's part above 31 GiB, if there is one: its metadata lies inside.
 * Errors: TOO_SMALL (not one granule), WRAPS (one of the two), OVERLAPS (each other),
 *         METADATA_TOO_SMALL; then *self has no memory.
 * Cost:   clears the metadata: size / 64.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_heap_init_beside(struct cairn_heap *self, void *start,
                                                              size_t size, void *metadata,
                                                              size_t metadata_size);

/*
 * The bytes that cairn_heap_init_beside() needs for the metadata of a region of `size` bytes. A
 * constant expression, if `size` is one:
 *
 *     static CAIRN_ALIGNED(CAIRN_HEAP_METADATA_ALIGN)
 *     unsigned char metadata[CAIRN_HEAP_METADATA_SIZE(SIZE)];
 */
#define CAIRN_HEAP_METADATA_SIZE(size)                                    \
    ((size) < CAIRN_HEAP_SLABS_FROM                                       \
         ? CAIRN_HEAP_METADATA_FIXED + ((size_t)(size) / 1024 + 6) * 16   \
         : CAIRN_HEAP_METADATA_FIXED + ((size_t)(size) / 1024 + 6) * 22 + \
               sizeof(struct cairn_heap_owner) + 32 +                     \
               CAIRN_SIZE_CLASSES * CAIRN_HEAP_STACK_BYTES_MAX(size))
#define CAIRN_HEAP_METADATA_ALIGN 16 /* where it begins, or it loses up to that many bytes */

/* What that is made of, in bytes; 16 or 22 for each slice. */
#ifndef CAIRN_HEAP_SLABS_FROM
#define CAIRN_HEAP_SLABS_FROM ((size_t)2048 * 1024) /* a smaller heap has no slabs */
#endif
#define CAIRN_HEAP_METADATA_FIXED ((size_t)1536) /* at most, beside the slices' */
#define CAIRN_HEAP_STACK_BYTES_MAX(size)                             \
    ((size_t)(size) / 65536 < 80    ? (size_t)80 * 4                 \
     : (size_t)(size) / 65536 < 512 ? (size_t)(size) / 65536 * 4 + 4 \
                                    : (size_t)512 * 4)

/*
 * Tells a heap that it will be given more memory when it is short, up to `size` bytes: it cuts slabs
 * as generously as one of that size from now on. Without it, a heap that grows in steps, and so is
 * more than half full most of the time, would save memory at the price of speed.
 *
 * Needs: the first region is given. Below CAIRN_HEAP_SLABS_FROM this changes nothing.
 * Cost:  O(1).
 */
void cairn_heap_expect(struct cairn_heap *self, size_t size);

/*
 * Gives the heap more memory. Memory that begins where the first region ends extends that region:
 * its metadata moves to the new memory or into free memory, or, if it lies beside the region, grows
 * there while it has room. Other memory becomes a region of its own, with its metadata inside, and
 * bins alone.
 *
 * Needs:  as for cairn_heap_init(), which must have succeeded.
 * Errors: TOO_SMALL (below CAIRN_HEAP_FURTHER_REGION, and it does not extend the first region),
 *         WRAPS, OVERLAPS (a region, or metadata); then *self is as it was.
 * Cost:   an extension copies the metadata: size of the region / 64.
 * Context: under <cairn/shared_heap.h>, only between cairn_shared_heap_stop() and _go_on():
 *         processors look into the metadata without the lock.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_heap_add_region(struct cairn_heap *self, void *start,
                                                             size_t size);

/* The least that is worth a region of its own. */
#ifndef CAIRN_HEAP_FURTHER_REGION
#define CAIRN_HEAP_FURTHER_REGION ((size_t)16 * 1024)
#endif

/*
 * Merges all blocks that wait, and gives empty slabs back.
 *
 * Gives: the number of bytes that are free now and were not before.
 * Cost:  O(blocks that wait).
 */
size_t cairn_heap_flush(struct cairn_heap *self);

/*
 * Calls `discard` for every run of whole pages that no block and no bookkeeping needs, so that the
 * host may take their contents, and the memory behind them, away until they are written again.
 *
 * Needs:  page_size is a power of two, at least 64. Reading a discarded page must not fault; its
 *         contents may be anything.
 * Gives:  the number of bytes discarded.
 * Cost:   flushes; then one step for each block and free block.
 */
size_t cairn_heap_trim(struct cairn_heap *self, size_t page_size,
                       void (*discard)(void *context, void *start, size_t size), void *context);

/* ---- looking at it ---- */

/* All in bytes but the count. used + cached + free == size, exactly, always. */
struct cairn_heap_statistics {
    size_t size;         /* what can be handed out: the regions without their metadata */
    size_t used;         /* in live blocks, as rounded up */
    size_t cached;       /* waiting to be used again, and free in slabs */
    size_t free;         /* in the bins */
    size_t peak;         /* the most that used + cached ever was */
    size_t largest_free; /* the largest free block */
    size_t regions;
};

/* Cost: O(1) for each region, some hundred steps, and a walk over the bin of the largest blocks. */
struct cairn_heap_statistics cairn_heap_statistics(const struct cairn_heap *self);

/* The bytes of the first region that are used or cached. Cost: O(1). */
size_t cairn_heap_taken(const struct cairn_heap *self);

enum cairn_heap_block_kind {
    CAIRN_HEAP_BLOCK_FREE,
    CAIRN_HEAP_BLOCK_CACHED,
    CAIRN_HEAP_BLOCK_LIVE,
};

/* Called for each block; false ends the walk. */
typedef bool cairn_heap_visitor(void *context, enum cairn_heap_block_kind kind, void *start,
                                size_t size);

/* Visits every block in order of addresses, region after region. Cost: O(heap / 1 KiB + blocks). */
void cairn_heap_walk(const struct cairn_heap *self, cairn_heap_visitor *visit, void *context);

/* Adds to counts[k] the number of live blocks of 16 << k bytes or more, but below twice that. A walk. */
void cairn_heap_count_live(const struct cairn_heap *self, size_t counts[40]);

/*
 * Checks every invariant of the whole heap: records, bins, lists, slabs and statistics against a walk.
 *
 * Panics: one does not hold; the message says which and where.
 * Cost:   O(heap / 1 KiB + blocks).
 */
void cairn_heap_check(const struct cairn_heap *self);

/*
 * Writes a letter for each granule to the host: 'A' begins a live block and 'a' goes on with it,
 * 'C' and 'c' a cached one, '.' is free. 64 to a line, each with its address.
 */
void cairn_heap_dump(const struct cairn_heap *self);

/* The live block's actual size in bytes, at least what was requested. Panics if no live block is there. */
size_t cairn_heap_usable_size(const struct cairn_heap *self, const void *block);

CAIRN_C_END

#endif
