/* SPDX-License-Identifier: MIT */
/*
 * The rows of our shared items, which are made, cloned, upgraded and dropped. A program makes the type
 * shared_item of struct item, counted by one thread or by many, and then includes this.
 */
#ifndef SHARED_ROWS_H
#define SHARED_ROWS_H

#include "items.h"
#include "memory.h"

/* One handle for each place, of items of their own; and a weak one of each. */
struct handles {
    size_t count;
    shared_item *strong;
    shared_item_weak *weak;
};

static void *make_empty(size_t count)
{
    struct handles *made = allocate_zeroed(sizeof(struct handles));
    made->count = count;
    made->strong = allocate_zeroed(count * sizeof(shared_item));
    made->weak = allocate_zeroed(count * sizeof(shared_item_weak));
    return made;
}

static void create(void *made, size_t place)
{
    struct handles *handles = made;
    handles->strong[place] = shared_item_new(item_of((item_key)place));
}
EACH(create)

static void *make_full(size_t count)
{
    struct handles *made = make_empty(count);
    create_each(made, count);
    for (size_t i = 0; i < count; i++)
        made->weak[i] = shared_item_downgrade(&made->strong[i]);
    return made;
}

static void drop(void *made)
{
    struct handles *handles = made;
    for (size_t i = 0; i < handles->count; i++) {
        shared_item_drop(&handles->strong[i]);
        shared_item_weak_drop(&handles->weak[i]);
    }
    free_zeroed(handles->strong, handles->count * sizeof(shared_item));
    free_zeroed(handles->weak, handles->count * sizeof(shared_item_weak));
    free_zeroed(handles, sizeof(struct handles));
}

static void clone_drop(void *made, size_t place)
{
    const struct handles *handles = made;
    shared_item clone = shared_item_clone(&handles->strong[random_place(place)]);
    keep(shared_item_value(&clone)->key);
    shared_item_drop(&clone);
}
EACH(clone_drop)

static void upgrade_drop(void *made, size_t place)
{
    const struct handles *handles = made;
    shared_item strong;
    if (shared_item_weak_upgrade(&handles->weak[random_place(place)], &strong))
        keep(shared_item_value(&strong)->key);
    shared_item_drop(&strong);
}
EACH(upgrade_drop)

const struct row rows[] = {
    {"create", make_empty, create_each, drop, create},
    {"clone_drop", make_full, clone_drop_each, drop, NULL},
    {"upgrade_drop", make_full, upgrade_drop_each, drop, NULL},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

#endif
