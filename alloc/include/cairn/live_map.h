/* SPDX-License-Identifier: MIT */
/*
 * A look at live blocks without a lock: which size class the block at an address surely has.
 *
 * The idea: an allocator that keeps its books in tables beside the blocks shows two of them, for
 * reading alone. Whoever caches its blocks can then tell a live block from anything else in a few
 * instructions, while other processors are at work in the allocator.
 *
 * That is sound for a block that the caller owns: nobody else changes its bit, and its class is
 * certain for as long as the class can be read at all. For any other address the answer is "not
 * sure", unless a live block of somebody else begins there, which no allocator can know.
 *
 * What it is bad at: it is sure of blocks that lie among others of their class alone. Of the rest
 * the allocator itself must be asked.
 */
#ifndef CAIRN_LIVE_MAP_H
#define CAIRN_LIVE_MAP_H

#include <stdbool.h>

#include <cairn/base/bitmap_word.h>
#include <cairn/size_classes.h>

CAIRN_C_BEGIN

/* Positions are in granules of CAIRN_SIZE_CLASS_GRANULE bytes, counted from `base`. */
struct cairn_live_map {
    uintptr_t base;          /* address of granule 0 */
    size_t end;              /* granules that the tables speak of; 0: there is no memory yet */
    const uint64_t *records; /* two words for each slice of 64 granules, the first with a bit for
                                each granule: where a tag is a class, a live block begins there */
    const uint8_t *tags; /* of each slice: the class of all blocks that begin there, which are as
                            aligned as its size allows; or no class */
};

#define CAIRN_LIVE_MAP_EMPTY \
    {                        \
        0, 0, NULL, NULL     \
    }

/* Where an address would be; beyond every end if it is none of a granule. */
static inline size_t cairn_live_map_position(uintptr_t base, const void *block)
{
    uintptr_t offset = (uintptr_t)block - base;
    /* Rotated, so that an address between two granules becomes a very large number. */
    return offset >> 4 | offset << (sizeof(offset) * __CHAR_BIT__ - 4);
}

/* Whether a live block begins at this address; then *tag is what may be its class. */
static inline bool cairn_live_map_find(const struct cairn_live_map *map, const void *block,
                                       uint32_t *tag)
{
    size_t position = cairn_live_map_position(map->base, block);
    if (__builtin_expect(position >= map->end, 0))
        return false;
    uint64_t live = cairn_bitmap_word_load(&map->records[position / 64 * 2]);
    if (__builtin_expect(!(live >> (position & 63) & 1), 0))
        return false;
    *tag = __atomic_load_n(&map->tags[position / 64], __ATOMIC_RELAXED);
    return true;
}

/* Whether a live block of this class surely begins there. */
static inline bool cairn_live_map_is(const struct cairn_live_map *map, const void *block,
                                     size_t size_class)
{
    uint32_t tag;
    return cairn_live_map_find(map, block, &tag) && tag == size_class;
}

/* The class of the live block that begins there; 0 if there is none to be sure of. */
static inline size_t cairn_live_map_class(const struct cairn_live_map *map, const void *block)
{
    uint32_t tag;
    bool is_sure = cairn_live_map_find(map, block, &tag) && tag - 1 < CAIRN_SIZE_CLASSES - 1;
    return is_sure ? tag : 0;
}

CAIRN_C_END

#endif
