/* SPDX-License-Identifier: MIT */
/*
 * The rows of hash sets, whose items are looked for by their keys. A program defines
 *
 *     make_empty, make_reserved, drop     as <harness.h> has them
 *     insert, hit, miss, erase            an operation on the item at a place
 *     iterate, clone_drop                   an operation on all
 *
 * and then includes this. Where items are looked for, they were inserted in another order. Some rows
 * are of sets that fill a table of a power of two slots up to so many sixteenths: most libraries grow
 * at 14.
 */
#ifndef HASH_ROWS_H
#define HASH_ROWS_H

#include "items.h"

static void *make_full(size_t count)
{
    enum { STRIDE = 7919 }; /* a prime that divides no count */
    void *made = make_empty(count);
    for (size_t i = 0; i < count; i++)
        insert(made, i * STRIDE % count);
    return made;
}

EACH(insert)
EACH(hit)
EACH(miss)
EACH(erase)

/* The largest power of two up to `count`, times the load. */
static size_t loaded_count(size_t count, size_t sixteenths)
{
    size_t slots = 1;
    while (slots * 2 <= count)
        slots *= 2;
    return slots * sixteenths / 16;
}

#define AT_LOAD(sixteenths)                                        \
    static void *make_load_##sixteenths(size_t count)              \
    {                                                              \
        return make_full(loaded_count(count, sixteenths));         \
    }                                                              \
    static size_t hit_load_##sixteenths(void *made, size_t count)  \
    {                                                              \
        return hit_each(made, loaded_count(count, sixteenths));    \
    }                                                              \
    static size_t miss_load_##sixteenths(void *made, size_t count) \
    {                                                              \
        return miss_each(made, loaded_count(count, sixteenths));   \
    }
AT_LOAD(8)
AT_LOAD(10)
AT_LOAD(12)
AT_LOAD(14)

#define ROWS_AT_LOAD(sixteenths)                                                             \
    {"hit_load_" #sixteenths, make_load_##sixteenths, hit_load_##sixteenths, drop, NULL},    \
    {                                                                                        \
        "miss_load_" #sixteenths, make_load_##sixteenths, miss_load_##sixteenths, drop, NULL \
    }

const struct row rows[] = {
    {"insert", make_empty, insert_each, drop, insert},
    {"insert_reserved", make_reserved, insert_each, drop, NULL},
    {"hit", make_full, hit_each, drop, hit},
    {"miss", make_full, miss_each, drop, miss},
    {"erase", make_full, erase_each, drop, erase},
    {"iterate", make_full, iterate, drop, NULL},
    {"clone_drop", make_full, clone_drop, drop, NULL},
    ROWS_AT_LOAD(8),
    ROWS_AT_LOAD(10),
    ROWS_AT_LOAD(12),
    ROWS_AT_LOAD(14),
    {"memory", make_full, NULL, drop, NULL},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

#endif
