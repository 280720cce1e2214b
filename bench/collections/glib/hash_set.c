/* SPDX-License-Identifier: MIT */
/* GLib has tables of pointers: the items are blocks of their own. */
#include <glib.h>

#include "items.h"

static guint hash_item(gconstpointer item)
{
#if ITEM_SIZE == 4
    return g_int_hash(item);
#else
    return g_int64_hash(item);
#endif
}

static gboolean equal_items(gconstpointer one, gconstpointer other)
{
    return ((const struct item *)one)->key == ((const struct item *)other)->key;
}

static void *make_empty(size_t count)
{
    (void)count;
    return g_hash_table_new_full(hash_item, equal_items, g_free, NULL);
}

/* There is no reserving. */
static void *make_reserved(size_t count)
{
    return make_empty(count);
}

static void drop(void *set)
{
    g_hash_table_destroy(set);
}

static void add(GHashTable *set, struct item item)
{
    struct item *block = g_new(struct item, 1);
    *block = item;
    g_hash_table_add(set, block);
}

static void insert(void *set, size_t place)
{
    add(set, item_of(key_at(place)));
}

static void find(void *set, item_key key)
{
    struct item wanted = item_of(key);
    const struct item *found = g_hash_table_lookup(set, &wanted);
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
    struct item item = item_of(key_at(place));
    keep((uint64_t)g_hash_table_remove(set, &item));
}

static size_t iterate(void *set, size_t count)
{
    uint64_t sum = 0;
    GHashTableIter iterator;
    gpointer item;
    g_hash_table_iter_init(&iterator, set);
    while (g_hash_table_iter_next(&iterator, &item, NULL))
        sum += ((const struct item *)item)->key;
    keep(sum);
    return count;
}

static size_t clone_drop(void *set, size_t count)
{
    GHashTable *copy = make_empty(count);
    GHashTableIter iterator;
    gpointer item;
    g_hash_table_iter_init(&iterator, set);
    while (g_hash_table_iter_next(&iterator, &item, NULL))
        add(copy, *(const struct item *)item);
    keep(g_hash_table_size(copy));
    drop(copy);
    return count;
}

#include "hash_rows.h"
