/* SPDX-License-Identifier: MIT */
/*
 * The front: blocks of a few classes, carved from runs, kept in magazines.
 *
 * A run is a piece of the general heap, whole pages, cut into blocks of one class; each of its
 * pages gets a certificate. Its blocks wait in the class's magazine, a stack of pointers. While
 * certificate and live bit agree, alloc and dealloc are a few instructions and touch no block.
 *
 * A magazine is a chain of chunks of 63 pointers from a pool that all classes share. `top` points
 * to where the next pointer goes. Chunks are aligned to their size, so the lowest bits of `top`
 * tell that one is full or empty, without a counter:
 *
 *     chunk: [class, older chunk's number][pointer][pointer][ ... ]     number 0 is no chunk
 *                                                    ^ top
 *
 * A chunk's class, 0 in the pool, is looked at whenever its number is followed. The pointers are
 * looked at when they go back to the general heap; alloc believes them: it is that fast.
 *
 * When a magazine is full and the pool is used up, one chunk's worth of blocks goes back to the
 * general heap, neighbours together; when the heap is half full, no more runs are cut, and what is
 * freed goes back at once; before an allocation fails, all magazines are emptied.
 */
#ifndef CAIRN_FRONT_H
#define CAIRN_FRONT_H

#include "bins.h"

#define CHUNK_SLOTS  64 /* slot 0 is the link to the older chunk */
#define CHUNK_BLOCKS (CHUNK_SLOTS - 1)
#define CHUNKS_MAX   64
#define CHUNK_BYTES  (CHUNK_SLOTS * sizeof(void *))

/* A class is carved from the fifth request on: what is rare is not worth a run. */
#define WARM 4

/* A run has at most this many granules, where it can choose. */
#define RUN_GRANULES 512

/* The request as the front sees it: the larger of size and alignment, less one. */
static inline size_t front_key(size_t size, size_t align)
{
    return (size - 1) | (align - 1);
}

static inline unsigned class_of_key(size_t key)
{
    return cairn_class_of_granules[key / CAIRN_HEAP_GRANULE];
}

/* Whether the slot is the first of a chunk: as `top`, the chunk before it is full. */
static inline bool is_chunk_boundary(void *const *slot)
{
    return ((uintptr_t)slot & (CHUNK_BYTES - 1)) == 0;
}

static inline bool magazine_is_full(const struct cairn_heap_part *part, unsigned size_class)
{
    return is_chunk_boundary(part->top[size_class]);
}

static inline bool magazine_is_empty(const struct cairn_heap_part *part, unsigned size_class)
{
    return is_chunk_boundary(part->top[size_class] - 1);
}

/* The number of the chunk that `top` stands in, or behind. */
static inline uint32_t chunk_below(const struct cairn_heap_part *part, void *const *top)
{
    return (uint32_t)(((uintptr_t)(top - 1) - (uintptr_t)part->chunks) / CHUNK_BYTES);
}

static inline uint32_t older_chunk(const struct cairn_heap_part *part, uint32_t chunk)
{
    return (uint32_t)(uintptr_t)part->chunks[chunk][0];
}

/* The class says whose chunk it is; 0 is the pool's. */
static inline void link_chunk(struct cairn_heap_part *part, uint32_t chunk, unsigned size_class,
                              uint32_t older)
{
    part->chunks[chunk][0] = (void *)((uintptr_t)size_class << 32 | older);
}

static inline bool is_chunk_of(const struct cairn_heap_part *part, uint32_t chunk,
                               unsigned size_class)
{
    return chunk - 1 < part->chunk_count &&
           (uintptr_t)part->chunks[chunk][0] >> 32 == (uintptr_t)size_class;
}

static inline void check_chunk(const struct cairn_heap_part *part, uint32_t chunk,
                               unsigned size_class)
{
    cairn_check(is_chunk_of(part, chunk, size_class),
                "cairn: the heap is damaged: chunk %u does not belong to class %u; look for who "
                "writes behind the last block",
                chunk, size_class);
}

/* The pointer, from the class's magazine, leads to a block that was carved and is not live. */
static inline uint64_t check_cached(const struct cairn_heap_part *part, unsigned size_class,
                                    const void *block)
{
    uint64_t position = position_of(part, block);
    bool is_block = cairn_is_aligned((uintptr_t)block, CAIRN_HEAP_GRANULE) &&
                    is_position(part, position) && has_bit(part->classed, position) &&
                    !has_bit(part->live, position);
    uint32_t tag = is_block ? tag_at(part, position) : 0;
    cairn_check(is_block && (!is_certificate(tag) || tag == size_class),
                "cairn: the heap is damaged: the magazine of %u-byte blocks holds %p, which is "
                "none of them; look for who writes behind the last block",
                cairn_class_granules[size_class] * CAIRN_HEAP_GRANULE, block);
    return position;
}

/* Puts an empty chunk on the magazine's top; false if the pool or the class's share is used up. */
static inline bool add_chunk(struct cairn_heap_part *part, unsigned size_class)
{
    uint32_t chunk = part->free_chunk;
    if (chunk == 0 || part->class_chunks[size_class] >= part->class_chunk_limit[size_class])
        return false;
    check_chunk(part, chunk, 0);
    part->free_chunk = older_chunk(part, chunk);
    link_chunk(part, chunk, size_class,
               part->class_chunks[size_class] ? chunk_below(part, part->top[size_class]) : 0);
    part->top[size_class] = &part->chunks[chunk][1];
    part->class_chunks[size_class]++;
    return true;
}

/*
 * The top chunk is empty: gives it back and goes to the older, full one. False if there is none: a
 * class keeps its last chunk, so that a dealloc always finds one below `top`.
 */
static inline bool drop_chunk(struct cairn_heap_part *part, unsigned size_class)
{
    uint32_t chunk = chunk_below(part, part->top[size_class]);
    if (chunk == 0)
        return false;
    check_chunk(part, chunk, size_class);
    uint32_t older = older_chunk(part, chunk);
    cairn_check((older == 0) == (part->class_chunks[size_class] == 1),
                "cairn: the heap is damaged: class %u has %u chunks, and chunk %u leads to %u",
                size_class, part->class_chunks[size_class], chunk, older);
    if (older == 0)
        return false;
    link_chunk(part, chunk, 0, part->free_chunk);
    check_chunk(part, older, size_class);
    part->free_chunk = chunk;
    part->class_chunks[size_class]--;
    part->top[size_class] = &part->chunks[older][0] + CHUNK_SLOTS;
    return true;
}

/* Blocks in the class's magazine. */
static inline uint64_t cached_blocks(const struct cairn_heap_part *part, unsigned size_class)
{
    if (part->class_chunks[size_class] == 0)
        return 0;
    const void *const *first =
        (const void *const *)&part->chunks[chunk_below(part, part->top[size_class])][1];
    return (uint64_t)(part->class_chunks[size_class] - 1) * CHUNK_BLOCKS +
           (uint64_t)((const void *const *)part->top[size_class] - first);
}

/* Gives up to `blocks` of the class back to the general heap; returns how many granules. */
static inline uint64_t flush_class(struct cairn_heap_part *part, unsigned size_class,
                                   uint64_t blocks)
{
    uint64_t granules = cairn_class_granules[size_class], total = 0;
    uint64_t start = 0, length = 0; /* neighbours that were struck out and not yet given */
    for (; blocks > 0 && (!magazine_is_empty(part, size_class) || drop_chunk(part, size_class));
         blocks--) {
        uint64_t position = check_cached(part, size_class, *--part->top[size_class]);
        strike_out(part, position, granules);
        part->carved[size_class]--;
        total += granules;
        if (length && position == start + length) {
            length += granules;
        } else if (length && position + granules == start) {
            start = position;
            length += granules;
        } else {
            if (length)
                cairn_bins_give_granules(part, start, length);
            start = position;
            length = granules;
        }
    }
    if (length)
        cairn_bins_give_granules(part, start, length);
    return total;
}

static inline uint64_t flush_front(struct cairn_heap_part *part)
{
    uint64_t granules = 0;
    for (unsigned size_class = 1; size_class < CAIRN_HEAP_CLASSES; size_class++)
        if (part->class_chunks[size_class] > 0)
            granules += flush_class(part, size_class, UINT64_MAX);
    return granules;
}

/* The largest power of two that divides the number. */
static inline uint64_t lowest_power(uint64_t number)
{
    return number & -number;
}

/*
 * A run's length: whole pages, whole blocks, and several of them if they are small. Its blocks are
 * as aligned as their size allows.
 */
static inline uint64_t run_granules(uint64_t granules)
{
    uint64_t power = lowest_power(granules);
    uint64_t run = power >= GRANULES_PER_PAGE ? granules : granules * (GRANULES_PER_PAGE / power);
    while (run * 2 <= RUN_GRANULES && run * 2 / granules <= CHUNK_BLOCKS)
        run *= 2;
    return run;
}

/* Cuts a run into blocks, the lowest on top of the magazine. What finds no room goes back. */
static inline void carve(struct cairn_heap_part *part, unsigned size_class, uint64_t run,
                         uint64_t length)
{
    uint64_t granules = cairn_class_granules[size_class];
    for (uint64_t page = run; page < run + length; page += GRANULES_PER_PAGE)
        set_tag(part, page, size_class);
    for (uint64_t position = run + length; position > run;) {
        position -= granules;
        if (magazine_is_full(part, size_class) && !add_chunk(part, size_class)) {
            cairn_bins_give_granules(part, position, granules);
            continue;
        }
        set_bit(part->classed, position);
        part->carved[size_class]++;
        *part->top[size_class]++ = block_at(part, position);
    }
}

/* Sees to it that the class's magazine has a block; false if the general heap must serve. */
static inline bool refill(struct cairn_heap_part *part, unsigned size_class)
{
    if (drop_chunk(part, size_class))
        return true;
    if (part->taken >= part->half || part->small_cache)
        return false;
    if (part->class_misses[size_class] < WARM) {
        part->class_misses[size_class]++;
        return false;
    }
    if (part->class_chunks[size_class] == 0 && !add_chunk(part, size_class))
        return false;
    uint64_t granules = cairn_class_granules[size_class], length = run_granules(granules);
    uint64_t power = lowest_power(granules);
    uint64_t run = cairn_bins_take_granules(part, length,
                                            power < GRANULES_PER_PAGE ? GRANULES_PER_PAGE : power);
    if (run == NONE)
        return false;
    carve(part, size_class, run, length);
    return true;
}

#endif
