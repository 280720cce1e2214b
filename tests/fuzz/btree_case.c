/* SPDX-License-Identifier: MIT */
#include "btree_case.h"

#include <stdlib.h>

#include <cairn/dummy.h>

#include "btree_check.h"

/* What is not taken from the case's own allocator fails. */
static struct cairn_dummy dummy = CAIRN_DUMMY;
CAIRN_GLOBAL_ALLOCATOR(&dummy.allocator);

/* So large that a node has five, and that 256 keys make a tree of four levels. */
struct value {
    unsigned char bytes[600];
};

#define T       map_case
#define KEY     uint8_t
#define VALUE   struct value
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>

enum { KEYS = 256, NONE = -1 };

struct play {
    struct cairn_allocator allocator;
    size_t live;       /* blocks */
    size_t until_fail; /* allocations that succeed before one fails; 0: none fails */
    const uint8_t *bytes;
    size_t left;
    map_case map;
    int values[KEYS]; /* NONE: the key is not there */
    size_t length;
};

static void *alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct play *play = (struct play *)allocator;
    if (play->until_fail > 0 && --play->until_fail == 0)
        return NULL;
    play->live++;
    return malloc(layout.size);
}

static void dealloc(struct cairn_allocator *allocator, void *block, struct cairn_layout layout)
{
    (void)layout;
    ((struct play *)allocator)->live--;
    free(block);
}

static const struct cairn_allocator_operations operations = {
    .name = "case",
    .alloc = alloc,
    .dealloc = dealloc,
};

/* The next byte of the case; 0 after the last. */
static uint8_t next_byte(struct play *play)
{
    if (play->left == 0)
        return 0;
    play->left--;
    return *play->bytes++;
}

static void set(struct play *play, uint8_t key, int value)
{
    play->length += (size_t)(value != NONE) - (size_t)(play->values[key] != NONE);
    play->values[key] = value;
}

static void expect_same(struct play *play)
{
    cairn_check(play->map.length == play->length, "the length is %zu, not %zu", play->map.length,
                play->length);
    size_t nodes = btree_check(play->map.root, &map_case_shape_, play->length);
    cairn_check(nodes == play->live, "%zu blocks for %zu nodes", play->live, nodes);
    map_case_iterator i = map_case_begin(&play->map);
    for (int key = 0; key < KEYS; key++) {
        if (play->values[key] == NONE)
            continue;
        cairn_check(map_case_next(&i) && *i.key == key, "key %d is missing", key);
        cairn_check(i.value->bytes[0] == play->values[key], "key %d has %d, not %d", key,
                    i.value->bytes[0], play->values[key]);
    }
    cairn_check(!map_case_next(&i), "there are more keys");
}

static void insert_row(struct play *play)
{
    uint8_t key = next_byte(play), count = next_byte(play) % 64, step = next_byte(play);
    for (; count > 0; count--, key = (uint8_t)(key + step)) {
        struct value value = {{count}};
        if (map_case_try_insert(&play->map, key, value) == CAIRN_COLLECTION_OK)
            set(play, key, count);
    }
}

static void remove_row(struct play *play)
{
    uint8_t key = next_byte(play), count = next_byte(play) % 64, step = next_byte(play);
    for (; count > 0; count--, key = (uint8_t)(key + step)) {
        bool found = map_case_remove(&play->map, &key, NULL);
        cairn_check(found == (play->values[key] != NONE), "key %d was found or not", key);
        set(play, key, NONE);
    }
}

/* Erases what a byte of the case says, from a bound to a bound, forward or backward. */
static void erase_range(struct play *play)
{
    uint8_t low = next_byte(play), high = next_byte(play), which = next_byte(play);
    map_case_iterator i = map_case_range(&play->map, &low, which & 1 ? NULL : &high);
    bool backward = which & 2;
    if (backward)
        map_case_to_end(&i);
    for (uint8_t n = 0; backward ? map_case_previous(&i) : map_case_next(&i); n++) {
        uint8_t key = *i.key;
        cairn_check(key >= low && (which & 1 || key < high), "key %d is outside", key);
        if (which >> (2 + n % 6) & 1)
            continue;
        map_case_erase(&i);
        set(play, key, NONE);
    }
}

static void pop(struct play *play)
{
    uint8_t key;
    if (next_byte(play) & 1 ? map_case_pop_first(&play->map, &key, NULL)
                            : map_case_pop_last(&play->map, &key, NULL))
        set(play, key, NONE);
}

/* Both parts must be sound; then the one comes to the other again, or is lost. */
static void split(struct play *play)
{
    uint8_t key = next_byte(play), which = next_byte(play);
    map_case tail;
    if (map_case_try_split_off(&play->map, &key, &tail) != CAIRN_COLLECTION_OK)
        return;
    btree_check(play->map.root, &map_case_shape_, play->map.length);
    btree_check(tail.root, &map_case_shape_, tail.length);
    if (which & 1 || map_case_try_append(&play->map, &tail) != CAIRN_COLLECTION_OK)
        for (int i = key; i < KEYS; i++)
            set(play, (uint8_t)i, NONE);
    map_case_drop(&tail);
}

static void clone(struct play *play)
{
    map_case copy;
    if (map_case_try_clone(&copy, &play->map) != CAIRN_COLLECTION_OK)
        return;
    map_case_drop(&play->map);
    play->map = copy;
}

static void fail_later(struct play *play)
{
    play->until_fail = next_byte(play);
}

void btree_case_play(const uint8_t *bytes, size_t count)
{
    static void (*const actions[])(struct play *) = {
        insert_row, remove_row, insert_row, erase_range, pop, split, clone, fail_later,
    };
    struct play play = {.allocator = {&operations}, .bytes = bytes, .left = count};
    play.map = map_case_new_in(&play.allocator);
    for (int key = 0; key < KEYS; key++)
        play.values[key] = NONE;
    while (play.left > 0) {
        actions[next_byte(&play) % (sizeof(actions) / sizeof(actions[0]))](&play);
        expect_same(&play);
    }
    map_case_drop(&play.map);
    cairn_check(play.live == 0, "%zu blocks are left", play.live);
}
