/* SPDX-License-Identifier: MIT */
/*
 * What the collections hold: items of ITEM_SIZE bytes, which begin with their key.
 */
#ifndef ITEMS_H
#define ITEMS_H

#include "harness.h"

#if ITEM_SIZE == 4
typedef uint32_t item_key;
#else
typedef uint64_t item_key;
#endif

struct item {
    item_key key;
    unsigned char rest[ITEM_SIZE - sizeof(item_key)];
};

static inline struct item item_of(item_key key)
{
    struct item item;
    __builtin_memset(&item, 0, sizeof(item));
    item.key = key;
    return item;
}

/* ---- What comes in which order: the same for every subject ---- */

static inline size_t random_place(size_t place)
{
    return harness_order[place];
}

/* Keys that are all different and lie far apart; ordered as the places are. */
static inline item_key ordered_key_at(size_t place)
{
    return (item_key)(place * 16 + 7);
}

static inline item_key key_at(size_t place)
{
    return ordered_key_at(random_place(place));
}

/* A place at random, another one each time: not in the order in which what is there was allocated. */
static inline size_t any_place(size_t count)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
    return (size_t)((state >> 32) * count >> 32);
}

/* Like a key that is there, and is not. */
static inline item_key missing_key_at(size_t place)
{
    return key_at(place) + 1;
}

#endif
