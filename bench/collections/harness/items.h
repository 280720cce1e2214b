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

/* Like a key that is there, and is not. */
static inline item_key missing_key_at(size_t place)
{
    return key_at(place) + 1;
}

#endif
