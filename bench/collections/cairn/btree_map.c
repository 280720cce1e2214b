/* SPDX-License-Identifier: MIT */
#include "items.h"
#include "memory.h"

#define T       map_item
#define KEY     item_key
#define VALUE   struct item
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>

enum { RANGE = 16 }; /* entries */

static void *make_empty(size_t count)
{
    (void)count;
    return allocate_zeroed(sizeof(map_item));
}

static void *make_full(size_t count)
{
    map_item *map = make_empty(count);
    for (size_t i = 0; i < count; i++)
        map_item_insert(map, key_at(i), item_of(key_at(i)));
    return map;
}

static void drop(void *map)
{
    map_item_drop(map);
    free_zeroed(map, sizeof(map_item));
}

static void insert(void *map, size_t place)
{
    map_item_insert(map, key_at(place), item_of(key_at(place)));
}
EACH(insert)

static void insert_ordered(void *map, size_t place)
{
    map_item_insert(map, ordered_key_at(place), item_of(ordered_key_at(place)));
}
EACH(insert_ordered)

static void get_key(void *map, item_key key)
{
    const struct item *item = map_item_get(map, &key);
    keep(item ? item->key : 0);
}

static void get(void *map, size_t place)
{
    get_key(map, key_at(place));
}

static size_t get_any(void *map, size_t count)
{
    for (size_t i = 0; i < count; i++)
        get_key(map, ordered_key_at(any_place(count)));
    return count;
}

static size_t get_missing(void *map, size_t count)
{
    for (size_t i = 0; i < count; i++)
        get_key(map, ordered_key_at(any_place(count)) + 1);
    return count;
}

static void remove_one(void *map, size_t place)
{
    item_key key = key_at(place);
    struct item item;
    if (map_item_remove(map, &key, &item))
        keep(item.key);
}
EACH(remove_one)

static size_t iterate(void *map, size_t count)
{
    uint64_t sum = 0;
    for (map_item_iterator i = map_item_begin(map); map_item_next(&i);)
        sum += i.value->key;
    keep(sum);
    return count;
}

static void range(void *map, size_t place)
{
    item_key low = key_at(place), high = ordered_key_at(random_place(place) + RANGE);
    uint64_t sum = 0;
    for (map_item_iterator i = map_item_range(map, &low, &high); map_item_next(&i);)
        sum += i.value->key;
    keep(sum);
}
EACH(range)

static size_t clone(void *map, size_t count)
{
    map_item copy = map_item_clone(map);
    keep(copy.length);
    map_item_drop(&copy);
    return count;
}

const struct row rows[] = {
    {"insert", make_empty, insert_each, drop, insert},
    {"insert_ordered", make_empty, insert_ordered_each, drop, insert_ordered},
    {"get", make_full, get_any, drop, get},
    {"get_missing", make_full, get_missing, drop, NULL},
    {"remove", make_full, remove_one_each, drop, remove_one},
    {"iterate", make_full, iterate, drop, NULL},
    {"range_16", make_full, range_each, drop, NULL},
    {"clone_drop", make_full, clone, drop, NULL},
    {"memory", make_full, NULL, drop, NULL},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);
