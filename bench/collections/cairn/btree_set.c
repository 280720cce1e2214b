/* SPDX-License-Identifier: MIT */
#include "items.h"
#include "memory.h"

#include <cairn/collection.h>

static inline int compare_items(const struct item *one, const struct item *other)
{
    return CAIRN_COMPARE_NUMBERS(&one->key, &other->key);
}

#define T       set_item
#define ITEM    struct item
#define COMPARE compare_items
#include <cairn/btree_set.t.h>

static void *make_empty(size_t count)
{
    (void)count;
    return allocate_zeroed(sizeof(set_item));
}

static void *make_full(size_t count)
{
    set_item *set = make_empty(count);
    for (size_t i = 0; i < count; i++)
        set_item_insert(set, item_of(key_at(i)));
    return set;
}

/* The set, and one that has every second item of it and as many others. */
struct two {
    set_item one;
    set_item other;
};

static void *make_two(size_t count)
{
    struct two *two = allocate_zeroed(sizeof(struct two));
    for (size_t i = 0; i < count; i++) {
        set_item_insert(&two->one, item_of(key_at(i)));
        set_item_insert(&two->other, item_of(i % 2 ? key_at(i) : missing_key_at(i)));
    }
    return two;
}

static void drop(void *set)
{
    set_item_drop(set);
    free_zeroed(set, sizeof(set_item));
}

static void drop_two(void *made)
{
    struct two *two = made;
    set_item_drop(&two->one);
    set_item_drop(&two->other);
    free_zeroed(two, sizeof(struct two));
}

static void insert(void *set, size_t place)
{
    set_item_insert(set, item_of(key_at(place)));
}
EACH(insert)

static void contains(void *set, size_t place)
{
    struct item item = item_of(key_at(place));
    keep(set_item_contains(set, &item));
}

static size_t contains_any(void *set, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct item item = item_of(ordered_key_at(any_place(count)));
        keep(set_item_contains(set, &item));
    }
    return count;
}

static void remove_one(void *set, size_t place)
{
    struct item item = item_of(key_at(place));
    keep(set_item_remove(set, &item));
}
EACH(remove_one)

static size_t iterate(void *set, size_t count)
{
    uint64_t sum = 0;
    for (set_item_iterator i = set_item_begin(set); set_item_next(&i);)
        sum += i.item->key;
    keep(sum);
    return count;
}

static size_t intersection(void *made, size_t count)
{
    struct two *two = made;
    uint64_t sum = 0;
    set_item_operation i = set_item_intersection(&two->one, &two->other);
    while (set_item_operation_next(&i))
        sum += i.item->key;
    keep(sum);
    return count;
}

static size_t clone(void *set, size_t count)
{
    set_item copy = set_item_clone(set);
    keep(copy.length);
    set_item_drop(&copy);
    return count;
}

const struct row rows[] = {
    {"insert", make_empty, insert_each, drop, insert},
    {"contains", make_full, contains_any, drop, contains},
    {"remove", make_full, remove_one_each, drop, remove_one},
    {"iterate", make_full, iterate, drop, NULL},
    {"intersection", make_two, intersection, drop_two, NULL},
    {"clone_drop", make_full, clone, drop, NULL},
    {"memory", make_full, NULL, drop, NULL},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);
