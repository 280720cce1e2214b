/* SPDX-License-Identifier: MIT */
/*
 * The ledger: what stands where in a region.
 *
 * Three bits for each granule:
 *     live     a live block begins here
 *     classed  a block of a class begins here: carved by the front, live or in its magazine
 *     edge     a free block begins or ends here
 * So at the beginning of a block exactly these stand:
 *     live, exact size      live
 *     live, of a class      live, classed
 *     in a magazine               classed
 *     free                                 edge    (and edge again on its last granule)
 * and no bit anywhere else. A block ends where the next one begins; behind the last stands a wall,
 * a live bit at `end`.
 *
 * And a tag for each KiB, a page of 64 granules:
 *     0                nothing is known
 *     1 .. CLASSES-1   a certificate: only blocks of this class begin in this page
 *     LARGE | n        the live block that begins in this page and reaches out of it has n granules
 * With a certificate, a live bit is all that a dealloc must see. Without, the size is compared with
 * the distance to the next beginning, in the 64 granules behind, or with the tag of a larger one.
 *
 * All accesses tear no bit and no tag, for a reader without the lock (<cairn/live_map.h>). It sees
 * its own block's bits as they are; but not where the block ends: while a neighbour changes, there
 * are moments in which nothing begins there. A certificate makes it sure nevertheless.
 */
#ifndef CAIRN_LEDGER_H
#define CAIRN_LEDGER_H

#include <cairn/base/bitmap_word.h>
#include <cairn/heap.h>
#include <cairn/size_classes.h>

#define GRANULES_PER_PAGE  64
#define TAG_LARGE          ((uint32_t)1 << 31)
#define NONE               UINT32_MAX /* no block: as a position */

#define CLASS_GRANULES_MAX CAIRN_SIZE_CLASS_MAX_GRANULES
CAIRN_STATIC_ASSERT(CAIRN_HEAP_CLASSES == CAIRN_SIZE_CLASSES &&
                        CAIRN_HEAP_GRANULE == CAIRN_SIZE_CLASS_GRANULE,
                    "the front's classes are those that all share");

/* What a free block holds in its first granule. */
struct free_block {
    uint32_t next, previous; /* in its bin; NONE at the ends */
    uint32_t granules;
    uint32_t last; /* of the last granule's copy: the granules again, for the block behind */
};
CAIRN_STATIC_ASSERT(sizeof(struct free_block) == CAIRN_HEAP_GRANULE,
                    "a granule can be a free block");

/* Whether a block can begin there. */
static inline bool is_position(const struct cairn_heap_part *part, size_t position)
{
    return position - part->first < part->end - part->first;
}

static inline struct free_block *block_at(const struct cairn_heap_part *part, size_t position)
{
    return (struct free_block *)(part->base + position * CAIRN_HEAP_GRANULE);
}

static inline size_t position_of(const struct cairn_heap_part *part, const void *block)
{
    return ((uintptr_t)block - part->base) / CAIRN_HEAP_GRANULE;
}

static inline uint64_t word_load(const uint64_t *word)
{
    return cairn_bitmap_word_load(word);
}

static inline void word_store(uint64_t *word, uint64_t value)
{
    cairn_bitmap_word_store(word, value);
}

static inline uint64_t bit_of(size_t position)
{
    return (uint64_t)1 << (position & 63);
}

static inline bool has_bit(const uint64_t *table, size_t position)
{
    return word_load(&table[position / 64]) >> (position & 63) & 1;
}

static inline void set_bit(uint64_t *table, size_t position)
{
    word_store(&table[position / 64], word_load(&table[position / 64]) | bit_of(position));
}

static inline void clear_bit(uint64_t *table, size_t position)
{
    word_store(&table[position / 64], word_load(&table[position / 64]) & ~bit_of(position));
}

static inline uint32_t tag_at(const struct cairn_heap_part *part, size_t position)
{
    return __atomic_load_n(&part->tags[position / GRANULES_PER_PAGE], __ATOMIC_RELAXED);
}

static inline void set_tag(struct cairn_heap_part *part, size_t position, uint32_t tag)
{
    __atomic_store_n(&part->tags[position / GRANULES_PER_PAGE], tag, __ATOMIC_RELAXED);
}

/* Nothing else is looked up in the table of classes: a damaged tag certifies nothing. */
static inline bool is_certificate(uint32_t tag)
{
    return tag - 1 < CAIRN_HEAP_CLASSES - 1;
}

/* A block of the class lives there: the page's certificate and the live bit say so. */
static inline bool is_certified(const struct cairn_heap_part *part, size_t position,
                                uint32_t size_class)
{
    return position < part->end && tag_at(part, position) == size_class &&
           has_bit(part->live, position);
}

/* The bits of one page in which anything begins, or a free block ends. */
static inline uint64_t beginnings(const struct cairn_heap_part *part, size_t page)
{
    return word_load(&part->live[page]) | word_load(&part->edge[page]) |
           word_load(&part->classed[page]);
}

static inline bool is_beginning(const struct cairn_heap_part *part, size_t position)
{
    return beginnings(part, position / 64) >> (position & 63) & 1;
}

/* The beginnings behind `position`: bit 0 stands for position + 1, bit 63 for position + 64. */
static inline uint64_t beginnings_behind(const struct cairn_heap_part *part, size_t position)
{
    size_t page = position / 64;
    unsigned offset = (unsigned)(position & 63);
    return beginnings(part, page) >> offset >> 1 | beginnings(part, page + 1) << (63 - offset);
}

/*
 * The granules of the live or cached block at `position`: told by the next beginning, where that is
 * near, else by the page's tag, which is a large block's size or its class; 0 if that is damaged.
 */
static inline size_t block_granules(const struct cairn_heap_part *part, size_t position)
{
    uint64_t behind = beginnings_behind(part, position);
    uint32_t tag = tag_at(part, position);
    if (behind & ~((uint64_t)1 << 63))
        return cairn_lowest_bit(behind) + 1;
    if (tag & TAG_LARGE)
        return tag & ~TAG_LARGE;
    return is_certificate(tag) ? cairn_class_granules[tag] : 0;
}

/* A live block of exact size begins at `position`. */
static inline void enter_general(struct cairn_heap_part *part, size_t position, size_t granules)
{
    uint32_t tag = tag_at(part, position);
    if (granules >= GRANULES_PER_PAGE) {
        set_tag(part, position, TAG_LARGE | (uint32_t)granules);
    } else if (is_certificate(tag)) {
        /* The certificate is lost; a large block of the class further on keeps its size. */
        uint32_t size = cairn_class_granules[tag];
        bool large = size >= GRANULES_PER_PAGE && word_load(&part->classed[position / 64]);
        set_tag(part, position, large ? TAG_LARGE | size : 0);
    }
    set_bit(part->live, position);
}

/* The block that begins at `position` is no more; nothing is said of what comes instead. */
static inline void strike_out(struct cairn_heap_part *part, size_t position, size_t granules)
{
    clear_bit(part->live, position);
    clear_bit(part->classed, position);
    if (granules >= GRANULES_PER_PAGE && (tag_at(part, position) & TAG_LARGE))
        set_tag(part, position, 0);
}

#endif
