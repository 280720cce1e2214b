/* SPDX-License-Identifier: MIT */
/*
 * The front: blocks of a few classes, carved from runs, kept in magazines.
 *
 * A run is a piece of the general heap, whole pages, cut into blocks of one class; each of its
 * pages gets a certificate. Its blocks wait in the class's magazine, a stack of slots. While
 * certificate and live bit agree, alloc and dealloc are a few instructions and touch no block: they
 * are in <cairn/heap_inline.h>, with what a slot looks like. Here is what they leave undone.
 *
 * A magazine is a chain of chunks of 31 blocks, from a pool that all classes share. The pool lies
 * below the ledger. `top` is where the next block goes:
 *
 *     chunk: [link][block][block][empty][empty] ...        blocks | chunk 2 | chunk 1 | end | live
 *                                 ^ top
 *
 * The link names the older chunk, and how many blocks are there; it proves itself as a slot does: by
 * its class, 0 in the pool. It is neither an empty slot nor one with a block, and so are the two slots
 * behind chunk 1, where the top of a class without a chunk is: so the inline functions see by the
 * slot alone that there is no block, or no room.
 *
 * When the top chunk is empty, half of a full older one's blocks are moved up: so many blocks may then
 * come, or go, until a chunk is full, or empty, again.
 *
 * When a magazine is full and the pool is used up, a few of its blocks go back to the general heap,
 * neighbours together. When the heap is half full, no more runs are cut, what is freed goes back at
 * once, and each operation on the general heap drains a few blocks. Before an allocation fails, the
 * magazines are emptied.
 */
#ifndef CAIRN_FRONT_H
#define CAIRN_FRONT_H

#include <cairn/heap_inline.h>

#include "bins.h"

#define SLOT_BYTES   sizeof(struct cairn_heap_slot)
#define CHUNK_SLOTS  32 /* slot 0 is the link to the older chunk */
#define CHUNK_BLOCKS (CHUNK_SLOTS - 1)
#define HALF_CHUNK   (CHUNK_BLOCKS / 2)
#define CHUNKS_MAX   CAIRN_HEAP_CHUNKS_MAX
#define CHUNK_BYTES  (CHUNK_SLOTS * SLOT_BYTES)
#define END_BYTES    (2 * SLOT_BYTES) /* behind the last chunk */
CAIRN_STATIC_ASSERT(CHUNK_BYTES == CAIRN_HEAP_CHUNK_BYTES && END_BYTES == CAIRN_HEAP_POOL_END,
                    "CAIRN_HEAP_LEDGER_SIZE() counts so");

CAIRN_STATIC_ASSERT(CHUNKS_MAX *CHUNK_BLOCKS == CAIRN_HEAP_CACHED_BLOCKS,
                    "the stated bound is the pool's");

/* The top of a class without a chunk: the last slot of the pool. */
#define NO_CHUNK CAIRN_HEAP_NO_CHUNK
CAIRN_STATIC_ASSERT(NO_CHUNK == CAIRN_HEAP_POOL_REACH - SLOT_BYTES,
                    "a top without a chunk is at the end");

/* A class is carved from the fifth request on: what is rare is not worth a run. */
#define WARM 4

/* A run has at most this many granules, and a chunk's worth of blocks, where it can choose. */
#define RUN_GRANULES 512

static inline size_t front_key(size_t size, size_t align)
{
    return cairn_heap_key(CAIRN_LITERAL(struct cairn_layout){size, align});
}

static inline unsigned class_of_key(size_t key)
{
    return cairn_class_of_granules[key / CAIRN_HEAP_GRANULE];
}

/* The largest power of two that divides the number. */
static inline size_t lowest_power(size_t number)
{
    return number & -number;
}

/* ---- chunks ---- */

/* The slot's place in the pool, as a top has it. Chunks are numbered from 1, downwards. */
static inline uint32_t slot_place(uint32_t chunk, uint32_t slot)
{
    return (uint32_t)(CAIRN_HEAP_POOL_REACH - END_BYTES - chunk * CHUNK_BYTES + slot * SLOT_BYTES);
}

/* The number of the chunk in which, or behind which, the top is; 0 for NO_CHUNK. */
static inline uint32_t chunk_of_top(uint32_t top)
{
    return (uint32_t)((slot_place(0, 0) + CHUNK_BYTES - top) / CHUNK_BYTES);
}

/* The blocks in that chunk. */
static inline uint32_t blocks_below(uint32_t top)
{
    return (top - slot_place(chunk_of_top(top), 1)) / (uint32_t)SLOT_BYTES;
}

/* Whether the magazine has no room without another chunk. */
static inline bool is_full(uint32_t top)
{
    return top == NO_CHUNK || blocks_below(top) == CHUNK_BLOCKS;
}

static inline struct cairn_heap_slot *link_of(const struct cairn_heap_part *part, uint32_t chunk)
{
    return cairn_heap_slot_at(part, slot_place(chunk, 0));
}

/* What a link says: the older chunk's number, 0 for none, and how many blocks are there. */
#define LINK_SHIFT 8
CAIRN_STATIC_ASSERT(CHUNKS_MAX < 1 << LINK_SHIFT, "a link has room for a chunk's number");

static inline uint32_t older_chunk(const struct cairn_heap_part *part, uint32_t chunk)
{
    return link_of(part, chunk)->position & ((1 << LINK_SHIFT) - 1);
}

static inline uint32_t older_blocks(const struct cairn_heap_part *part, uint32_t chunk)
{
    return link_of(part, chunk)->position >> LINK_SHIFT;
}

/* Blocks in the class's top chunk. */
static inline uint32_t blocks_in(const struct cairn_heap_part *part, unsigned size_class)
{
    return part->class_chunks[size_class] ? blocks_below(part->top[size_class]) : 0;
}

/* Blocks in the class's magazine. */
static inline size_t cached_blocks(const struct cairn_heap_part *part, unsigned size_class)
{
    uint32_t chunk = chunk_of_top(part->top[size_class]);
    size_t blocks = blocks_in(part, size_class);
    for (uint32_t depth = 1; depth < part->class_chunks[size_class]; depth++) {
        blocks += older_blocks(part, chunk);
        chunk = older_chunk(part, chunk);
    }
    return blocks;
}

/* Panics: the chunk is not the class's. */
void cairn_front_check_chunk(const struct cairn_heap_part *part, uint32_t chunk,
                             unsigned size_class);

/*
 * The position in the slot of the class's magazine.
 *
 * Panics: it is none of a block that was carved for this class and is not live.
 */
size_t cairn_front_check_cached(const struct cairn_heap_part *part, unsigned size_class,
                                const struct cairn_heap_slot *slot);

/* ---- what the inline functions leave undone ---- */

/* Makes a pool of so many chunks, all free, below the ledger, and every magazine empty. */
void cairn_front_start(struct cairn_heap_part *part, uint32_t chunk_count);

/* Sees to it that the class's magazine has a block; false if the general heap must serve. */
CAIRN_MUST_USE bool cairn_front_refill(struct cairn_heap_part *part, unsigned size_class);

/* Sees to it that the class's magazine has room; false if the general heap must take the block. */
CAIRN_MUST_USE bool cairn_front_make_room(struct cairn_heap_part *part, unsigned size_class);

/* While memory is scarce: gives a few blocks back to the general heap. */
void cairn_front_drain(struct cairn_heap_part *part);

/* Gives all blocks of the class, of all classes, back; returns how many granules. */
size_t cairn_front_flush_class(struct cairn_heap_part *part, unsigned size_class);
size_t cairn_front_flush(struct cairn_heap_part *part);

#endif
