/* SPDX-License-Identifier: MIT */
#include "items.h"
#include "memory.h"

#include <cairn/collection.h>

static int compare(const struct item *one, const struct item *other)
{
    return CAIRN_COMPARE_NUMBERS(&one->key, &other->key);
}

#define T    vec_item
#define ITEM struct item
#include <cairn/vec.t.h>

#define T       heap_item
#define VEC     vec_item
#define ITEM    struct item
#define COMPARE compare
#include <cairn/binary_heap.t.h>

static void *make_empty(size_t count)
{
    (void)count;
    return allocate_zeroed(sizeof(heap_item));
}

static void *make_full(size_t count)
{
    heap_item *heap = make_empty(count);
    for (size_t i = 0; i < count; i++)
        heap_item_push(heap, item_of(key_at(i)));
    return heap;
}

static void *make_unordered(size_t count)
{
    heap_item *heap = make_empty(count);
    for (size_t i = 0; i < count; i++)
        vec_item_push(&heap->vec, item_of(key_at(i)));
    return heap;
}

static void drop(void *heap)
{
    heap_item_drop(heap);
    free_zeroed(heap, sizeof(heap_item));
}

static void push(void *heap, size_t place)
{
    heap_item_push(heap, item_of(key_at(place)));
}
EACH(push)

static void push_ordered(void *heap, size_t place)
{
    heap_item_push(heap, item_of(ordered_key_at(place)));
}
EACH(push_ordered)

static void pop(void *heap, size_t place)
{
    struct item item;
    (void)place;
    if (heap_item_pop(heap, &item))
        keep(item.key);
}
EACH(pop)

static size_t from_vec(void *made, size_t count)
{
    heap_item *heap = made;
    *heap = heap_item_from_vec(heap->vec);
    keep(heap_item_peek(heap)->key);
    return count;
}

static size_t into_sorted_vec(void *made, size_t count)
{
    heap_item *heap = made;
    heap->vec = heap_item_into_sorted_vec(heap);
    keep(heap->vec.items[0].key);
    return count;
}

const struct row rows[] = {
    {"push", make_empty, push_each, drop, push},
    {"push_ordered", make_empty, push_ordered_each, drop, NULL},
    {"pop", make_full, pop_each, drop, pop},
    {"from_vec", make_unordered, from_vec, drop, NULL},
    {"into_sorted_vec", make_full, into_sorted_vec, drop, NULL},
    {"memory", make_full, NULL, drop, NULL},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);
