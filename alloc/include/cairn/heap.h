/* SPDX-License-Identifier: MIT */
/*
 * The allocator `cairn`: constant time, tight, and it knows every wrong free.
 *
 *     static struct cairn_heap heap = CAIRN_HEAP_EMPTY;
 *     ...
 *     enum cairn_region_error error = cairn_heap_init(&heap, start, size);
 *     void *block = cairn_allocator_alloc(&heap.allocator, layout);
 *
 * The idea: no headers. Memory is counted in granules of 16 bytes. What stands where is written in
 * a ledger, three bits for each granule and one word for each KiB, so that blocks lie side by side,
 * the first one at the region's first address, and every free is compared with what the ledger says
 * before anything is believed. The ledger lies at the region's end, or in other memory; a small
 * heap's, in bins that it is too small to need.
 *
 *     | block | block | free         | run of one class |        | ledger | magazines |
 *     0                                                                               size
 *
 * Two levels serve a request:
 *   - the front (front.h): sizes that are asked for often are carved from runs, areas that hold
 *     blocks of one class alone, and pass through a magazine per class: alloc takes a block off
 *     it, dealloc looks at two words of the ledger and puts it back. It serves only while memory is
 *     plentiful: blocks up to 1/4096 of the heap, until that is half full; below 256 KiB, blocks up
 *     to 64 bytes, up to 1/8; and is off below 64 KiB.
 *   - the general heap (bins.h): free blocks in 32 bins a doubling, found by two "lowest set bit";
 *     a block is cut to its exact size, the rest goes back, neighbours are merged at once.
 * realloc, when the heap is a quarter full, takes the tightest place anywhere, the block's own with
 * its free neighbours included: so each realloc heals a bit of the fragmentation.
 *
 * Sources: two-level bins: Masmano, Ripoll, Crespo, Real, TLSF, ECRTS 2004. Magazines: Bonwick,
 * Adams, USENIX 2001. Boundaries in a bitmap: Puaut, Real-Time Performance of Dynamic Memory
 * Allocation Algorithms, ECRTS 2002, discusses what bounds are worth.
 *
 * Cost: every operation is O(1), no scan anywhere; the bounds in instructions stand below. Only an
 * allocation that finds no memory flushes the magazines, one after the other, until it fits: at most
 * 1984 blocks. While the heap is more than half full, each operation outside the front has drained
 * some of them, so that few are left. realloc copies what moves.
 * Memory: this struct, about 5 KiB; nothing per block; and
 *     at the region's end     nothing for up to 64 KiB, 1/40 of it for up to 256 KiB, 1/32 and
 *                             less than 600 bytes of a larger one
 *     or in other memory      CAIRN_HEAP_LEDGER_SIZE(size): at most 1/32, from 160 KiB on
 *
 * What it is bad at: requests are rounded up to 16 bytes. Good fit is not best fit: a bin is looked
 * at three blocks deep. An aligned request that fits nowhere near its size looks for size + align,
 * so it can fail where a hole in just the right place exists. The ledger is a second cache line for
 * each operation.
 *
 * What dealloc finds, exactly and at once, always: a second free; a pointer that is not from here,
 * or into a block's middle; a size that belongs to another number of granules. It panics, and then
 * takes its time to say which, and what is really there.
 *
 * What is found of damage: nothing in freed memory, in the ledger, in the bins, and in the magazines
 * with their tops is believed before something else says the same. What only a new region changes in
 * this struct has a seal, which everything but the fast path looks at first. A bit that flips, or a
 * late write, is harmless or a panic, at the latest when the memory is used again. Not found:
 *   - damage to `base`, before alloc's fast path adds it to a position
 *   - damage to another address in this struct, where the fast path is first: it reads there, and may
 *     fault, but believes nothing. In a heap below 64 KiB the tops, which are not used there, are such
 *   - a top that leads out of the pool, in memory that another heap had, to what that one's magazines
 *     left there: clear such memory, if bits flip where you are
 *   - a lost live bit, where the block before it is given back without its layout: the ledger alone
 *     says how long that one is
 *
 * Context: one processor or thread at a time; <cairn/locked.h> and <cairn/magazines.h> for more.
 */
#ifndef CAIRN_HEAP_H
#define CAIRN_HEAP_H

#include <cairn/allocator.h>
#include <cairn/region.h>
#include <cairn/size_classes.h>

CAIRN_C_BEGIN

#define CAIRN_HEAP_GRANULE 16

/* The front's size classes: 8 of one granule's distance, then 4 a doubling, up to 32 KiB. */
#define CAIRN_HEAP_CLASSES     41 /* number 0 is none */

#define CAIRN_HEAP_BIN_ROWS    28 /* one a doubling; the last begins at 2^31 granules */
#define CAIRN_HEAP_BIN_COLUMNS 32 /* bins in a row */

/*
 * The bytes that cairn_heap_init_beside() needs for ledger and magazines of a region of `size` bytes;
 * up to 28 more than that where the region begins on a multiple of 1 KiB. A constant expression, if
 * `size` is one:
 *
 *     static CAIRN_ALIGNED(CAIRN_HEAP_LEDGER_ALIGN)
 *     unsigned char ledger[CAIRN_HEAP_LEDGER_SIZE(SIZE)];
 *
 * At most 1/32 of the size, from 160 KiB on; 1/27 from 64 KiB on.
 */
#define CAIRN_HEAP_LEDGER_SIZE(size)                        \
    (((size_t)(size) / 1024 + 3) * CAIRN_HEAP_LEDGER_PAGE + \
     CAIRN_HEAP_CHUNKS(size) * (size_t)CAIRN_HEAP_CHUNK_BYTES + CAIRN_HEAP_POOL_END)

/* Of what that is made: the tables' bytes for each KiB, and the magazines' pool, see front.h. */
#define CAIRN_HEAP_LEDGER_ALIGN     8  /* where it begins, or it loses up to so many bytes */
#define CAIRN_HEAP_LEDGER_PAGE      28 /* bytes */
#define CAIRN_HEAP_CHUNK_BYTES      256
#define CAIRN_HEAP_POOL_END         16                   /* bytes behind the last chunk */
#define CAIRN_HEAP_SMALL_FRONT_FROM ((size_t)64 * 1024)  /* bytes; below, there are no magazines */
#define CAIRN_HEAP_FRONT_FROM       ((size_t)256 * 1024) /* bytes; below, there are two chunks */
/* One for every 72 KiB: together with the tables that is below 1/32. */
#define CAIRN_HEAP_CHUNKS(size)                                        \
    ((size) < CAIRN_HEAP_SMALL_FRONT_FROM         ? 0                  \
     : (size) < CAIRN_HEAP_FRONT_FROM             ? 2                  \
     : (size) / 1024 / 72 < CAIRN_HEAP_CHUNKS_MAX ? (size) / 1024 / 72 \
                                                  : CAIRN_HEAP_CHUNKS_MAX)
#define CAIRN_HEAP_CHUNKS_MAX 64

/* A further region costs this much, for it brings a struct cairn_heap_part along. */
#define CAIRN_HEAP_FURTHER_REGION ((size_t)16 * 1024)

/*
 * One region with its ledger. All positions and lengths are in granules, counted from `base`.
 *
 * taken == granules of live blocks and of blocks in magazines
 * taken + granules of free blocks == end - first
 */
struct cairn_heap_part {
    uint32_t top[CAIRN_HEAP_CLASSES]; /* of each magazine; see <cairn/heap_inline.h> */

    /* Sealed: what only a new region changes, from here up to `seal`; see seal.h. */
    uintptr_t base;                  /* address of granule 0, a multiple of 1 KiB */
    uint64_t *live, *edge, *classed; /* the ledger: see ledger.h */
    uint32_t *tags;
    size_t first, end;           /* blocks lie from `first` up to `end` */
    size_t front_share, quarter; /* taken, from where the front cuts no more runs; a quarter */
    uint32_t front_limit;        /* bytes that the front serves, 0 for none */
    uint32_t chunk_count;        /* of the magazines' pool, which lies below `live` */
    uintptr_t region_start, region_end; /* addresses; with the ledger, if that is inside */
    struct cairn_region ledger;         /* beside the region; 0, 0: it is inside */
    struct cairn_heap_part *next;       /* the next region, or null */
    uintptr_t seal;

    size_t taken, peak;
    size_t expected;  /* granules, or 0: see cairn_heap_expect() */
    uint32_t row_map; /* bit f: row f has a bin that is not empty */
    uint32_t column_map[CAIRN_HEAP_BIN_ROWS];
    union {
        uint32_t bins[CAIRN_HEAP_BIN_ROWS][CAIRN_HEAP_BIN_COLUMNS]; /* first free block of each */
        uint64_t spare[CAIRN_HEAP_BIN_ROWS * CAIRN_HEAP_BIN_COLUMNS / 2]; /* see geometry.h */
    };

    uint8_t class_misses[CAIRN_HEAP_CLASSES]; /* this and what follows: see front.h */
    uint32_t class_chunks[CAIRN_HEAP_CLASSES];
    uint32_t class_chunk_limit[CAIRN_HEAP_CLASSES];
    uint32_t carved[CAIRN_HEAP_CLASSES]; /* blocks of the class, live and in its magazine */
    uint32_t free_chunk, free_chunks;    /* the first in the pool's list, and how many */
    uint8_t drained;                     /* the class that a drain begins with */
    uint64_t spilled;                    /* bit c: class c had no room, and gave blocks back */

    size_t general_blocks[40]; /* live blocks outside the front, by log2 of their granules */
};

struct cairn_heap {
    struct cairn_allocator allocator;
    struct cairn_heap_part part; /* the first region; the only one with a front */
};

extern const struct cairn_allocator_operations cairn_heap_operations;

/*
 * No operation executes more instructions: on x86-64, compiled with -O2, one region. The worst alloc
 * cuts a run, or drains magazines and takes from the general heap; the worst dealloc gives cached
 * blocks back in a few rows. For realloc the copying comes on top. What it takes to flush a magazine's
 * block is for each block that is cached, CAIRN_HEAP_CACHED_BLOCKS at most, when an alloc or realloc
 * finds no memory without. `make test` compares the largest counts with these, and so does a search
 * for the worst operation, `make bench-adversary`.
 */
#define CAIRN_HEAP_ALLOC_INSTRUCTIONS   5000
#define CAIRN_HEAP_DEALLOC_INSTRUCTIONS 5000
#define CAIRN_HEAP_REALLOC_INSTRUCTIONS 8000
#define CAIRN_HEAP_FLUSH_INSTRUCTIONS   500
#define CAIRN_HEAP_CACHED_BLOCKS        1984

/* For CAIRN_HEAP_EMPTY: magazines without a block, and without room. */
extern const uint64_t cairn_heap_empty_pool[2];
#define CAIRN_HEAP_NO_CHUNK ((uint32_t)0xfff8)

/*
 * An allocator without memory: alloc gives null until it is given a region. Member by member, in
 * the paragraphs of the struct: C++17 has no designated initializers.
 */
/* clang-format off */
#define CAIRN_HEAP_EMPTY {{&cairn_heap_operations}, CAIRN_HEAP_PART_EMPTY}
#define CAIRN_HEAP_PART_EMPTY {                                                          \
    {CAIRN_EACH_SIZE_CLASS(CAIRN_HEAP_NO_CHUNK)},                                        \
    0, CAIRN_HEAP_NO_BITS, CAIRN_HEAP_NO_BITS, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0,       \
        {0, 0}, NULL, 0,                                                                 \
    0, 0, 0, 0, {0}, {{{0}}},                                                            \
    {0}, {0}, {0}, {0}, 0, 0, 0, 0,                                                      \
    {0}}
/* clang-format on */
#define CAIRN_HEAP_NO_BITS ((uint64_t *)(uintptr_t)(cairn_heap_empty_pool + 2))

/*
 * Makes *self an allocator over `size` bytes at `start`, whatever it was before.
 *
 * Needs:  the memory is there to be written, is used by nobody else, and stays.
 * Gives:  an allocator; cairn_heap_statistics() says how many bytes are usable.
 * Errors: TOO_SMALL (not even one granule beside the ledger), WRAPS; then *self has no memory. One
 *         aligned granule is enough.
 * Cost:   clears the ledger: size / 32.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_heap_init(struct cairn_heap *self, void *start,
                                                       size_t size);

/*
 * The same over memory that reads as zero, as a system's fresh pages do: its ledger is not written
 * before it is needed. So a heap over far more addresses than memory costs nothing, and never has
 * to grow, which would move the ledger.
 *
 * Cost: O(1), for up to 32 GiB.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_heap_init_zeroed(struct cairn_heap *self, void *start,
                                                              size_t size);

/*
 * Tells a heap that it will be given more memory when it is short, up to `size` bytes: it is as
 * generous as one of that size from now on. Without it, a heap that grows in steps, and so is more
 * than half full most of the time, would save memory at the price of speed.
 *
 * Needs: the first region is given. Below 64 KiB this changes nothing.
 * Cost:  O(1).
 */
void cairn_heap_expect(struct cairn_heap *self, size_t size);

/*
 * The same with ledger and magazines in other memory: a region all of whose bytes are for blocks, as
 * fast or precious memory deserves, or one whose every free page can be given away.
 *
 * Needs:  also of `ledger`, ledger_size bytes, that it is there, used by nobody else, and stays.
 *         CAIRN_HEAP_LEDGER_SIZE() says how many bytes suffice. Give it as many as the region will
 *         need when it has grown.
 * Gives:  also of the region's part above 31 GiB, if there is one: its ledger lies inside.
 * Errors: TOO_SMALL (not one granule), WRAPS (one of the two), OVERLAPS (each other),
 *         LEDGER_TOO_SMALL; then *self has no memory.
 * Cost:   clears the ledger: size / 32.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_heap_init_beside(struct cairn_heap *self, void *start,
                                                              size_t size, void *ledger,
                                                              size_t ledger_size);

/*
 * Gives the heap more memory. Memory that begins where the first region ends extends that region:
 * its ledger moves to the new end, or, if it lies beside the region, grows there while it has room.
 * Other memory becomes a region of its own, with its ledger inside, which the front does not serve.
 *
 * Needs:  as for cairn_heap_init(), which must have succeeded.
 * Errors: TOO_SMALL (below CAIRN_HEAP_FURTHER_REGION, and it does not extend the first region by
 *         more than the ledger takes), WRAPS, OVERLAPS (a region, or a ledger); then *self is as it
 *         was.
 * Cost:   an extension moves the ledger: size of the region / 32, and empties the magazines.
 * Context: behind <cairn/magazines.h>, only between cairn_magazines_stop() and _go_on(): they look
 *         into the ledger without the lock.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_heap_add_region(struct cairn_heap *self, void *start,
                                                             size_t size);

/*
 * Gives back what the front has cached: then blocks that are free lie merged.
 *
 * Gives:  the number of bytes given back.
 * Cost:   at most CAIRN_HEAP_CACHED_BLOCKS blocks.
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

/* All in bytes but the counts. used + cached + free == size, exactly, always. */
struct cairn_heap_statistics {
    size_t size;   /* what can be handed out: the regions without their ledgers */
    size_t used;   /* in live blocks, as rounded up */
    size_t cached; /* in the magazines */
    size_t free;
    size_t peak;         /* the most that used + cached ever was */
    size_t largest_free; /* no free block is larger than this; one of nearly its size, 31/32, is
                            there; at most `free` */
    size_t regions;
    size_t
        live_blocks[40]; /* how many live blocks have 16 << k bytes or more, but below twice that */
};

/* Cost: O(1) for each region, some hundred steps. */
struct cairn_heap_statistics cairn_heap_statistics(const struct cairn_heap *self);

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

/*
 * Checks every invariant of the whole heap: ledger, bins, magazines and statistics against a walk.
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

/* The bytes that the live block really has, at least what was asked for. Panics if there is none.
 */
size_t cairn_heap_usable_size(const struct cairn_heap *self, const void *block);

CAIRN_C_END

#endif
