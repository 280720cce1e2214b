/* SPDX-License-Identifier: MIT */
#include "items.h"
#include "memory.h"

#define T                 set_item
#define ITEM              struct item
#define HASH(item, seed)  cairn_hash_integer((item)->key, seed)
#define EQUAL(one, other) ((one)->key == (other)->key)
#include <cairn/hash_set.t.h>

static void *make_empty(size_t count)
{
    (void)count;
    return allocate_zeroed(sizeof(set_item));
}

static void *make_reserved(size_t count)
{
    set_item *set = make_empty(count);
    set_item_reserve(set, count);
    return set;
}

static void drop(void *set)
{
    set_item_drop(set);
    free_zeroed(set, sizeof(set_item));
}

static void insert(void *set, size_t place)
{
    set_item_insert(set, item_of(key_at(place)));
}

/* What is looked for: only its key counts. */
static struct item wanted;

static void find(void *set, item_key key)
{
    wanted.key = key;
    const struct item *found = set_item_get(set, &wanted);
    keep(found ? found->key : 0);
}

static void hit(void *set, size_t place)
{
    find(set, key_at(place));
}

static void miss(void *set, size_t place)
{
    find(set, missing_key_at(place));
}

static void erase(void *set, size_t place)
{
    wanted.key = key_at(place);
    keep(set_item_remove(set, &wanted));
}

static size_t iterate(void *set, size_t count)
{
    uint64_t sum = 0;
    for (set_item_iterator i = set_item_begin(set); set_item_next(&i);)
        sum += i.item->key;
    keep(sum);
    return count;
}

static size_t clone_drop(void *set, size_t count)
{
    set_item copy = set_item_clone(set);
    keep(copy.length);
    set_item_drop(&copy);
    return count;
}

#include "hash_rows.h"
