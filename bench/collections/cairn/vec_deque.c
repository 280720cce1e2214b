/* SPDX-License-Identifier: MIT */
#include "items.h"
#include "memory.h"

#define T    deque_item
#define ITEM struct item
#include <cairn/vec_deque.t.h>

static void *make_empty(size_t count)
{
    (void)count;
    return allocate_zeroed(sizeof(deque_item));
}

/* Half of it pushed at each end, so that it goes on at its beginning. */
static void *make_full(size_t count)
{
    deque_item *deque = make_empty(count);
    for (size_t i = 0; i < count / 2; i++) {
        deque_item_push_back(deque, item_of(key_at(i)));
        deque_item_push_front(deque, item_of(key_at(count - 1 - i)));
    }
    return deque;
}

static void drop(void *deque)
{
    deque_item_drop(deque);
    free_zeroed(deque, sizeof(deque_item));
}

static void push_back(void *deque, size_t place)
{
    deque_item_push_back(deque, item_of((item_key)place));
}
EACH(push_back)

static void push_front(void *deque, size_t place)
{
    deque_item_push_front(deque, item_of((item_key)place));
}
EACH(push_front)

static void pop_front(void *deque, size_t place)
{
    struct item item;
    (void)place;
    if (deque_item_pop_front(deque, &item))
        keep(item.key);
}
EACH(pop_front)

/* A queue: one comes, one goes. */
static void turn(void *deque, size_t place)
{
    deque_item_push_back(deque, item_of((item_key)place));
    pop_front(deque, place);
}
EACH(turn)

static void index_at(void *deque, size_t place)
{
    keep(deque_item_at(deque, random_place(place) / 2)->key);
}
EACH(index_at)

static uint64_t sum_of(deque_item_slice slice)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < slice.length; i++)
        sum += slice.items[i].key;
    return sum;
}

static size_t iterate(void *made, size_t count)
{
    deque_item_slices slices = deque_item_as_slices(made);
    keep(sum_of(slices.first) + sum_of(slices.second));
    return count;
}

enum { MIDDLES = 64 };

static size_t insert_middle(void *deque, size_t count)
{
    for (size_t i = 0; i < MIDDLES; i++)
        deque_item_insert(deque, count / 2, item_of((item_key)i));
    return MIDDLES;
}

static size_t erase_middle(void *deque, size_t count)
{
    size_t erased = count < MIDDLES ? count / 2 : MIDDLES;
    for (size_t i = 0; i < erased; i++)
        keep(deque_item_remove(deque, count / 3).key);
    return erased;
}

static size_t clone(void *made, size_t count)
{
    deque_item copy = deque_item_clone(made);
    keep(deque_item_back(&copy)->key);
    deque_item_drop(&copy);
    return count;
}

const struct row rows[] = {
    {"push_back", make_empty, push_back_each, drop, push_back},
    {"push_front", make_empty, push_front_each, drop, push_front},
    {"pop_front", make_full, pop_front_each, drop, pop_front},
    {"push_back_pop_front", make_full, turn_each, drop, NULL},
    {"index", make_full, index_at_each, drop, NULL},
    {"iterate", make_full, iterate, drop, NULL},
    {"insert_middle", make_full, insert_middle, drop, NULL},
    {"erase_middle", make_full, erase_middle, drop, NULL},
    {"clone_drop", make_full, clone, drop, NULL},
    {"memory", make_full, NULL, drop, NULL},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);
