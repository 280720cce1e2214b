/* SPDX-License-Identifier: MIT */
#include "items.h"
#include "memory.h"

#define T    list_item
#define ITEM struct item
#include <cairn/list.t.h>

static void *make_empty(size_t count)
{
    (void)count;
    return allocate_zeroed(sizeof(list_item));
}

static void *make_full(size_t count)
{
    list_item *list = make_empty(count);
    for (size_t i = 0; i < count; i++)
        list_item_push_back(list, item_of(key_at(i)));
    return list;
}

static void drop(void *list)
{
    list_item_drop(list);
    free_zeroed(list, sizeof(list_item));
}

static void push_back(void *list, size_t place)
{
    list_item_push_back(list, item_of((item_key)place));
}
EACH(push_back)

static void pop_front(void *list, size_t place)
{
    struct item item;
    (void)place;
    if (list_item_pop_front(list, &item))
        keep(item.key);
}
EACH(pop_front)

static void turn(void *list, size_t place)
{
    list_item_push_back(list, item_of((item_key)place));
    pop_front(list, place);
}
EACH(turn)

static size_t iterate(void *list, size_t count)
{
    uint64_t sum = 0;
    for (list_item_iterator i = list_item_begin(list); list_item_next(&i);)
        sum += i.item->key;
    keep(sum);
    return count;
}

static size_t clone(void *made, size_t count)
{
    list_item copy = list_item_clone(made);
    keep(list_item_back(&copy)->key);
    list_item_drop(&copy);
    return count;
}

const struct row rows[] = {
    {"push_back", make_empty, push_back_each, drop, push_back},
    {"pop_front", make_full, pop_front_each, drop, pop_front},
    {"push_back_pop_front", make_full, turn_each, drop, NULL},
    {"iterate", make_full, iterate, drop, NULL},
    {"clone_drop", make_full, clone, drop, NULL},
    {"memory", make_full, NULL, drop, NULL},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);
