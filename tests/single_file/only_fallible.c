/* SPDX-License-Identifier: MIT */
/*
 * A program that uses try_ forms alone. Built with CAIRN_ONLY_FALLIBLE, the program and cairn.c, it has
 * no allocation-error handler in it: nothing could call one. It ends with 0 if memory that runs out
 * is an error that comes back.
 */
#include "cairn.h"

static unsigned char memory[64 * 1024];
static struct cairn_linked_list heap = CAIRN_LINKED_LIST_EMPTY;
CAIRN_GLOBAL_ALLOCATOR(&heap.allocator);

#define CAIRN_VEC
#define T    vec_int
#define ITEM int
#include "cairn.h"

#define CAIRN_BOX
#define T          box_vec
#define ITEM       vec_int
#define ITEM_DROP  vec_int_drop
#define ITEM_CLONE vec_int_try_clone
#include "cairn.h"

#define CAIRN_RC
#define T         rc_box
#define ITEM      box_vec
#define ITEM_DROP box_vec_drop
#include "cairn.h"

#define CAIRN_BTREE_MAP
#define T       map_int
#define KEY     int
#define VALUE   int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include "cairn.h"

static enum cairn_collection_error fill(vec_int *numbers)
{
    for (int i = 0;; i++) {
        enum cairn_collection_error error = vec_int_try_push(numbers, i);
        if (error)
            return error;
    }
}

static enum cairn_collection_error share(box_vec *box, rc_box *shared)
{
    box_vec clone;
    enum cairn_collection_error error = box_vec_try_clone(&clone, box);
    return error ? error : rc_box_try_new(shared, clone);
}

/* Until memory runs out; then all of it can be removed. */
static bool fill_and_empty(map_int *map)
{
    int count = 0;
    while (!map_int_try_insert(map, count, -count))
        count++;
    for (int i = 0; i < count; i++)
        if (!map_int_remove(map, &i, NULL))
            return false;
    return count > 1000 && map->length == 0;
}

int program(void);

int program(void)
{
    vec_int numbers = {0};
    box_vec box;
    rc_box shared;
    map_int map = {0};
    if (cairn_linked_list_init(&heap, memory, sizeof(memory)) != CAIRN_REGION_OK ||
        fill(&numbers) != CAIRN_COLLECTION_NO_MEMORY || numbers.length < 1000)
        return 1;
    vec_int_truncate(&numbers, 10);
    if (vec_int_try_shrink_to_fit(&numbers) || box_vec_try_new(&box, take(numbers)) ||
        share(&box, &shared))
        return 2;
    bool same = rc_box_value(&shared)->value->length == box.value->length;
    rc_box_drop(&shared);
    box_vec_drop(&box);
    return same && fill_and_empty(&map) ? 0 : 3;
}
