/* SPDX-License-Identifier: MIT */
#include "items.h"
#include "memory.h"

#include <cairn/collection.h>

static int compare(const struct item *one, const struct item *other)
{
    return CAIRN_COMPARE_NUMBERS(&one->key, &other->key);
}

#define T       vec_item
#define ITEM    struct item
#define COMPARE compare
#include <cairn/vec.t.h>

static void *make_empty(size_t count)
{
    (void)count;
    return allocate_zeroed(sizeof(vec_item));
}

static void *make_reserved(size_t count)
{
    vec_item *vec = make_empty(count);
    vec_item_reserve(vec, count);
    return vec;
}

static void *make_full(size_t count)
{
    vec_item *vec = make_empty(count);
    for (size_t i = 0; i < count; i++)
        vec_item_push(vec, item_of(key_at(i)));
    return vec;
}

static void drop(void *vec)
{
    vec_item_drop(vec);
    free_zeroed(vec, sizeof(vec_item));
}

static void push(void *vec, size_t place)
{
    vec_item_push(vec, item_of((item_key)place));
}
EACH(push)

static void pop(void *vec, size_t place)
{
    struct item item;
    (void)place;
    if (vec_item_pop(vec, &item))
        keep(item.key);
}
EACH(pop)

static void index_at(void *vec, size_t place)
{
    keep(vec_item_at(vec, random_place(place))->key);
}
EACH(index_at)

static size_t iterate(void *made, size_t count)
{
    const vec_item *vec = made;
    uint64_t sum = 0;
    for (size_t i = 0; i < vec->length; i++)
        sum += vec->items[i].key;
    keep(sum);
    return count;
}

enum { MIDDLES = 64 };

static size_t insert_middle(void *made, size_t count)
{
    vec_item *vec = made;
    for (size_t i = 0; i < MIDDLES; i++)
        vec_item_insert(vec, count / 2, item_of((item_key)i));
    return MIDDLES;
}

static size_t erase_middle(void *made, size_t count)
{
    vec_item *vec = made;
    for (size_t i = 0; i < MIDDLES; i++)
        keep(vec_item_remove(vec, count / 3).key);
    (void)count;
    return MIDDLES;
}

static size_t clone(void *made, size_t count)
{
    vec_item copy = vec_item_clone(made);
    keep(copy.items[count - 1].key);
    vec_item_drop(&copy);
    return count;
}

static size_t sort(void *made, size_t count)
{
    vec_item_sort(made);
    return count;
}

static size_t sort_unstable(void *made, size_t count)
{
    vec_item_sort_unstable(made);
    return count;
}

static void *make_sorted(size_t count)
{
    vec_item *vec = make_full(count);
    vec_item_sort(vec);
    return vec;
}

static size_t binary_search(void *made, size_t count)
{
    for (size_t place = 0; place < count; place++) {
        struct item wanted = item_of(key_at(place));
        size_t index;
        if (vec_item_binary_search(made, &wanted, &index))
            keep(index);
    }
    return count;
}

const struct row rows[] = {
    {"push", make_empty, push_each, drop, push},
    {"push_reserved", make_reserved, push_each, drop, NULL},
    {"pop", make_full, pop_each, drop, NULL},
    {"index", make_full, index_at_each, drop, NULL},
    {"iterate", make_full, iterate, drop, NULL},
    {"insert_middle", make_full, insert_middle, drop, NULL},
    {"erase_middle", make_full, erase_middle, drop, NULL},
    {"clone_drop", make_full, clone, drop, NULL},
    {"sort", make_full, sort, drop, NULL},
    {"sort_unstable", make_full, sort_unstable, drop, NULL},
    {"sort_sorted", make_sorted, sort, drop, NULL},
    {"binary_search", make_sorted, binary_search, drop, NULL},
    {"memory", make_full, NULL, drop, NULL},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);
