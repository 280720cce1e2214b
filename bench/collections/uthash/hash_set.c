/* SPDX-License-Identifier: MIT */
/* uthash links items that have a handle in them: the items are blocks of their own. */
#include "items.h"

#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"
#include <stdlib.h>
#include <uthash.h>

struct node {
    struct item item;
    UT_hash_handle hh;
};

struct set {
    struct node *nodes;
};

static void *make_empty(size_t count)
{
    (void)count;
    return calloc(1, sizeof(struct set));
}

/* There is no reserving. */
static void *make_reserved(size_t count)
{
    return make_empty(count);
}

static void drop(void *made)
{
    struct set *set = made;
    struct node *node, *next;
    HASH_ITER(hh, set->nodes, node, next)
    {
        HASH_DEL(set->nodes, node);
        free(node);
    }
    free(set);
}

static struct node *find_node(struct set *set, item_key key)
{
    struct node *found;
    HASH_FIND(hh, set->nodes, &key, sizeof(key), found);
    return found;
}

static void add(struct set *set, struct item item)
{
    struct node *node = malloc(sizeof(struct node));
    if (!node)
        abort();
    node->item = item;
    HASH_ADD(hh, set->nodes, item.key, sizeof(item_key), node);
}

static void insert(void *set, size_t place)
{
    if (!find_node(set, key_at(place)))
        add(set, item_of(key_at(place)));
}

static void find(void *set, item_key key)
{
    struct node *found = find_node(set, key);
    keep(found ? found->item.key : 0);
}

static void hit(void *set, size_t place)
{
    find(set, key_at(place));
}

static void miss(void *set, size_t place)
{
    find(set, missing_key_at(place));
}

static void erase(void *made, size_t place)
{
    struct set *set = made;
    struct node *found = find_node(set, key_at(place));
    if (!found)
        return;
    HASH_DEL(set->nodes, found);
    free(found);
}

static size_t iterate(void *made, size_t count)
{
    struct set *set = made;
    uint64_t sum = 0;
    for (struct node *node = set->nodes; node; node = node->hh.next)
        sum += node->item.key;
    keep(sum);
    return count;
}

static size_t clone_drop(void *made, size_t count)
{
    struct set *copy = make_empty(count);
    for (struct node *node = ((struct set *)made)->nodes; node; node = node->hh.next)
        add(copy, node->item);
    keep((uint64_t)(uintptr_t)copy->nodes);
    drop(copy);
    return count;
}

#include "hash_rows.h"
