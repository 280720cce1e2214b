/* SPDX-License-Identifier: MIT */
/* BTreeMap: each function by itself, and all of them at random against a sorted array. */
#define CAIRN_CHECKED_ITERATION
#include "test.h"

#include <string.h>

#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/global.h>

#include "btree_check.h"
#include "expect_error.h"
#include "fail_nth.h"
#include "strict_heap.h"
#include "tracked.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

static struct cairn_counted other = CAIRN_COUNTED(&failing.allocator);

static int compare_tracked(const struct tracked *one, const struct tracked *two)
{
    return tracked_value(one) - tracked_value(two);
}

#define T           map_tracked
#define KEY         struct tracked
#define VALUE       struct tracked
#define COMPARE     compare_tracked
#define KEY_DROP    tracked_drop
#define VALUE_DROP  tracked_drop
#define KEY_CLONE   tracked_try_clone
#define VALUE_CLONE tracked_try_clone
#include <cairn/btree_map.t.h>

#define T       map_int
#define KEY     int
#define VALUE   int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>

#define T          box_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include <cairn/box.t.h>

/* Cloning a value allocates. */
#define T           map_box
#define KEY         struct tracked
#define VALUE       box_tracked
#define COMPARE     compare_tracked
#define KEY_DROP    tracked_drop
#define VALUE_DROP  box_tracked_drop
#define KEY_CLONE   tracked_try_clone
#define VALUE_CLONE box_tracked_try_clone
#include <cairn/btree_map.t.h>

struct nothing {
};

#define T       map_to_nothing
#define KEY     int
#define VALUE   struct nothing
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>

static int compare_nothing(const struct nothing *one, const struct nothing *two)
{
    (void)one, (void)two;
    return 0;
}

#define T       map_of_nothing
#define KEY     struct nothing
#define VALUE   int
#define COMPARE compare_nothing
#include <cairn/btree_map.t.h>

struct line {
    _Alignas(64) char bytes[64];
};

struct page {
    _Alignas(4096) char bytes[4096];
};

#define T       map_line
#define KEY     int
#define VALUE   struct line
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>

#define T       map_page
#define KEY     int
#define VALUE   struct page
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>

/* A directory holds directories. */
#define T     map_directory
#define KEY   int
#define VALUE struct directory
#define ONLY_TYPES
#include <cairn/btree_map.t.h>
struct directory {
    map_directory children;
};
static void directory_drop(struct directory *directory);
#define T          map_directory
#define KEY        int
#define VALUE      struct directory
#define COMPARE    CAIRN_COMPARE_NUMBERS
#define VALUE_DROP directory_drop
#define ONLY_FUNCTIONS
#include <cairn/btree_map.t.h>
static void directory_drop(struct directory *directory)
{
    map_directory_drop(&directory->children);
}

static int before(void **state)
{
    (void)state;
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
    other = (struct cairn_counted)CAIRN_COUNTED(&failing.allocator);
    return 0;
}

static int after(void **state)
{
    (void)state;
    tracked_expect_none();
    strict_heap_expect_empty();
    return 0;
}

static void fail_next_alloc(void)
{
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONCE);
}

/* ---- Maps of ints: from each key to its tenfold, unless a test says otherwise ---- */

static void expect_sound(const map_int *map)
{
    btree_check(map->root, &map_int_shape_, map->length);
    int last = 0;
    bool is_first = true;
    size_t count = 0;
    for (map_int_iterator i = map_int_begin(map); map_int_next(&i); count++) {
        assert_true(is_first || *i.key > last);
        last = *i.key;
        is_first = false;
    }
    assert_int_equal(count, map->length);
}

/* The keys first, first + step, ... */
static map_int stepped(int first, int step, int count)
{
    map_int made = {0};
    for (int i = 0; i < count; i++)
        assert_true(map_int_insert(&made, first + i * step, (first + i * step) * 10));
    return made;
}

static void expect_stepped(const map_int *map, int first, int step, int count)
{
    expect_sound(map);
    assert_int_equal(map->length, count);
    map_int_iterator i = map_int_begin(map);
    for (int n = 0; n < count; n++) {
        assert_true(map_int_next(&i));
        assert_int_equal(*i.key, first + n * step);
        assert_int_equal(*i.value, *i.key * 10);
    }
}

static void zero_is_empty_and_costs_nothing(void **state)
{
    (void)state;
    size_t allocs = strict_heap.allocs;
    owned(map_int) map = {0};
    int key, value;
    assert_int_equal(sizeof(map.root) + sizeof(map.length) + sizeof(map.allocator),
                     3 * sizeof(void *));
    assert_null(map_int_get(&map, &(int){1}));
    assert_null(map_int_first(&map).key);
    assert_null(map_int_last(&map).value);
    assert_false(map_int_pop_first(&map, &key, &value));
    assert_false(map_int_pop_last(&map, &key, &value));
    assert_false(map_int_remove(&map, &(int){1}, NULL));
    map_int_iterator i = map_int_begin(&map);
    assert_false(map_int_next(&i) || map_int_previous(&i));
    i = map_int_range(&map, &(int){1}, NULL);
    assert_false(map_int_next(&i));
    map_int_drop(&map);
    assert_int_equal(strict_heap.allocs, allocs);
}

static void insert_replaces_values_and_keeps_keys(void **state)
{
    (void)state;
    owned(map_tracked) map = {0};
    struct tracked old;
    bool found;
    assert_true(map_tracked_insert(&map, tracked_make(1), tracked_make(10)));
    const struct tracked *key = map_tracked_first(&map).key;
    size_t token = key->token;
    assert_false(map_tracked_insert(&map, tracked_make(1), tracked_make(11)));
    assert_true(map_tracked_replace(&map, tracked_make(1), tracked_make(12), &old));
    assert_int_equal(tracked_value(&old), 11);
    tracked_drop(&old);
    assert_false(map_tracked_replace(&map, tracked_make(2), tracked_make(20), &old));
    expect_ok(map_tracked_try_replace(&map, tracked_make(2), tracked_make(21), &old, &found));
    assert_true(found);
    tracked_drop(&old);
    assert_int_equal(map_tracked_first(&map).key->token, token);
    assert_int_equal(tracked_value(map_tracked_get(&map, key)), 12);
    assert_int_equal(map.length, 2);
    assert_int_equal(tracked_live, 4);
}

static void or_insert_gives_what_is_there(void **state)
{
    (void)state;
    owned(map_tracked) map = {0};
    for (int round = 0; round < 3; round++)
        for (int key = 0; key < 20; key++)
            map_tracked_or_insert(&map, tracked_make(key), tracked_make(0))->value++;
    for (map_tracked_iterator i = map_tracked_begin(&map); map_tracked_next(&i);)
        assert_int_equal(tracked_value(i.value), 3);
    struct tracked *value;
    fail_next_alloc();
    expect_ok(map_tracked_try_or_insert(&map, tracked_make(7), tracked_make(0), &value));
    assert_int_equal(tracked_value(value), 3);
}

static void an_entry_is_found_once(void **state)
{
    (void)state;
    owned(map_int) map = {0};
    const int words[] = {3, 1, 3, 3, 2, 1};
    for (size_t i = 0; i < 6; i++) {
        map_int_entry entry = map_int_entry_of(&map, &words[i]);
        if (entry.value)
            ++*entry.value;
        else
            assert_int_equal(*map_int_entry_or_insert(&entry, words[i], 1), 1);
        assert_int_equal(*entry.key, words[i]);
    }
    assert_int_equal(*map_int_get(&map, &(int){3}), 3);
    map_int_entry entry = map_int_entry_of(&map, &(int){3});
    int key, value;
    assert_true(map_int_entry_remove(&entry, &key, &value));
    assert_true(key == 3 && value == 3 && !entry.value);
    assert_false(map_int_entry_remove(&entry, &key, &value));
    assert_int_equal(*map_int_entry_or_insert(&entry, 3, 30), 30);
    assert_int_equal(map.length, 3);
    expect_sound(&map);
    map_int_insert(&map, 100, 1);
    expect_panic(map_int_entry_remove(&entry, NULL, NULL), "changed while an iterator");
}

static void remove_gives_key_and_value_or_drops_them(void **state)
{
    (void)state;
    owned(map_tracked) map = {0};
    for (int i = 0; i < 10; i++)
        map_tracked_insert(&map, tracked_make(i), tracked_make(i * 10));
    struct tracked wanted = tracked_make(4), key, value;
    assert_true(map_tracked_remove_entry(&map, &wanted, &key, &value));
    assert_true(tracked_value(&key) == 4 && tracked_value(&value) == 40);
    tracked_drop(&key);
    tracked_drop(&value);
    assert_false(map_tracked_remove(&map, &wanted, &value));
    wanted.value = 5;
    assert_true(map_tracked_remove(&map, &wanted, &value));
    tracked_drop(&value);
    wanted.value = 6;
    assert_true(map_tracked_remove(&map, &wanted, NULL));
    assert_false(map_tracked_contains_key(&map, &wanted));
    tracked_drop(&wanted);
    assert_true(map_tracked_pop_first(&map, &key, NULL));
    assert_int_equal(tracked_value(&key), 0);
    tracked_drop(&key);
    assert_true(map_tracked_pop_last(&map, NULL, &value));
    assert_int_equal(tracked_value(&value), 90);
    tracked_drop(&value);
    assert_int_equal(tracked_live, 2 * map.length);
}

static void it_is_in_order_however_it_was_filled(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    struct random_source random = test_random_start();
    map_int ascending = stepped(0, 1, COUNT), descending = stepped(COUNT - 1, -1, COUNT);
    expect_stepped(&ascending, 0, 1, COUNT);
    expect_stepped(&descending, 0, 1, COUNT);
    owned(map_int) mixed = {0};
    while (mixed.length < COUNT) {
        int key = (int)random_below(&random, COUNT);
        map_int_insert(&mixed, key, key * 10);
    }
    expect_stepped(&mixed, 0, 1, COUNT);
    for (int key = 0; key < COUNT; key++)
        assert_true(map_int_remove(&ascending, &key, NULL) &&
                    map_int_remove(&descending, &(int){COUNT - 1 - key}, NULL));
    assert_true(!ascending.root && !descending.root);
}

static void what_comes_in_order_fills_whole_nodes(void **state)
{
    (void)state;
    enum { COUNT = 10000 };
    map_int maps[] = {stepped(0, 1, COUNT), stepped(COUNT, -1, COUNT)};
    for (size_t i = 0; i < 2; i++) {
        size_t nodes = btree_check(maps[i].root, &map_int_shape_, COUNT);
        assert_true(nodes * map_int_capacity_ < COUNT * 11 / 10);
        map_int_drop(&maps[i]);
    }
}

/* ---- Iterating ---- */

static void it_goes_both_ways_from_anywhere(void **state)
{
    (void)state;
    owned(map_int) map = stepped(0, 2, 500);
    map_int_iterator i = map_int_end(&map);
    for (int key = 998; key >= 0; key -= 2) {
        assert_true(map_int_previous(&i));
        assert_int_equal(*i.key, key);
        assert_int_equal(*i.value, key * 10);
    }
    assert_false(map_int_previous(&i));
    assert_null(i.key);
    assert_true(map_int_next(&i));
    assert_int_equal(*i.key, 0);
    for (int key = -1; key <= 1000; key++) {
        int from = key <= 0 ? 0 : (key + 1) / 2 * 2, to = key >= 998 ? 998 : key - (key & 1);
        i = map_int_lower_bound(&map, &key);
        assert_int_equal(map_int_next(&i), key <= 998);
        assert_true(!i.key || *i.key == from);
        i = map_int_upper_bound(&map, &key);
        assert_int_equal(map_int_previous(&i), key >= 0);
        assert_true(!i.key || *i.key == to);
    }
}

static void expect_range(const map_int *map, enum cairn_bound from, const int *low,
                         enum cairn_bound to, const int *high)
{
    int first = low ? *low + (from == CAIRN_EXCLUDED) : 0;
    int last = high ? *high - (to == CAIRN_EXCLUDED) : 998;
    first = first < 0 ? 0 : first + (first & 1);
    last = last > 998 ? 998 : last & ~1;
    map_int_iterator i = map_int_range_with(map, from, low, to, high);
    for (int key = first; key <= last; key += 2)
        assert_true(map_int_next(&i) && *i.key == key);
    assert_false(map_int_next(&i) || i.key || i.value);
    map_int_to_end(&i);
    for (int key = last; key >= first; key -= 2)
        assert_true(map_int_previous(&i) && *i.key == key);
    assert_false(map_int_previous(&i));
}

static void a_range_ends_at_its_bounds(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    owned(map_int) map = stepped(0, 2, 500);
    const enum cairn_bound bounds[] = {CAIRN_INCLUDED, CAIRN_EXCLUDED};
    for (size_t n = 0; n < 400; n++) {
        int low = (int)random_below(&random, 1010) - 5;
        int high = (int)random_below(&random, 1010) - 5;
        expect_range(&map, bounds[n & 1], random_one_in(&random, 5) ? NULL : &low,
                     bounds[(n >> 1) & 1], random_one_in(&random, 5) ? NULL : &high);
    }
    size_t count = 0;
    for (map_int_iterator i = map_int_range(&map, &(int){10}, &(int){20}); map_int_next(&i);)
        count++;
    assert_int_equal(count, 5);
}

/* Whichever entries are erased on the way, either way, the others are met. */
static void it_can_erase_on_the_way(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    for (size_t round = 0; round < 200; round++) {
        int count = (int)random_below(&random, 700);
        uint64_t one_in = 1 + random_below(&random, 4);
        bool backwards = random_one_in(&random, 2);
        bool stays[700] = {false};
        int met = 0, stay = 0;
        owned(map_int) map = stepped(0, 1, count);
        map_int_iterator i = backwards ? map_int_end(&map) : map_int_begin(&map);
        while (backwards ? map_int_previous(&i) : map_int_next(&i)) {
            int key = *i.key, value;
            assert_int_equal(key, backwards ? count - 1 - met : met);
            met++;
            stays[key] = !random_one_in(&random, one_in);
            stay += stays[key];
            if (stays[key])
                continue;
            map_int_extract(&i, &key, &value);
            assert_true(!i.key && !i.value && value == key * 10);
        }
        assert_int_equal(met, count);
        assert_int_equal(map.length, stay);
        expect_sound(&map);
        for (i = map_int_begin(&map); map_int_next(&i);)
            assert_true(stays[*i.key]);
    }
}

static void it_can_erase_in_a_range(void **state)
{
    (void)state;
    owned(map_int) map = stepped(0, 1, 1000);
    for (map_int_iterator i = map_int_range(&map, &(int){100}, &(int){900}); map_int_next(&i);)
        map_int_erase(&i);
    expect_sound(&map);
    assert_int_equal(map.length, 200);
    assert_true(map_int_contains_key(&map, &(int){99}) && map_int_contains_key(&map, &(int){900}));
}

static void other_changes_are_found(void **state)
{
    (void)state;
    owned(map_int) map = stepped(0, 1, 10);
    map_int_iterator i = map_int_begin(&map), again = map_int_begin(&map);
    expect_panic(map_int_erase(&i), "map_int_take_current_: the iterator stands on no entry");
    assert_true(map_int_next(&again) && map_int_next(&i));
    map_int_erase(&again);
    expect_panic(map_int_erase(&i), "changed while an iterator");
    expect_panic(map_int_next(&i), "changed while an iterator");
    expect_panic(map_int_previous(&i), "changed while an iterator");
    assert_true(map_int_next(&again));
}

static bool is_kept(const struct tracked *key, struct tracked *value, void *context)
{
    assert_int_equal(tracked_value(value), tracked_value(key) * 10);
    return tracked_value(key) % *(int *)context != 0;
}

static map_tracked count_to(int last)
{
    map_tracked made = {0};
    for (int i = 1; i <= last; i++)
        map_tracked_insert(&made, tracked_make(i), tracked_make(i * 10));
    return made;
}

static void retain_drops_the_others(void **state)
{
    (void)state;
    owned(map_tracked) map = count_to(100);
    map_tracked_retain(&map, is_kept, &(int){3});
    assert_int_equal(map.length, 67);
    assert_int_equal(tracked_live, 134);
    map_tracked_retain(&map, is_kept, &(int){1});
    assert_true(map.length == 0 && !map.root);
    map_tracked_clear(&map);
}

/* ---- Whole maps ---- */

static void it_is_built_from_sorted_arrays_and_back(void **state)
{
    (void)state;
    enum { MOST = 2000 };
    static int keys[MOST], values[MOST];
    for (int count = 0; count < MOST; count += 1 + count / 20) {
        for (int i = 0; i < count; i++) {
            keys[i] = i * 3;
            values[i] = i * 30;
        }
        owned(map_int) map = map_int_from_sorted(keys, values, (size_t)count);
        expect_stepped(&map, 0, 3, count);
        memset(keys, 0, sizeof(keys));
        map_int_into_sorted(&map, keys, values);
        for (int i = 0; i < count; i++)
            assert_true(keys[i] == i * 3 && values[i] == i * 30);
        assert_true(map.length == 0 && !map.root);
    }
    map_int map;
    expect_panic(map = map_int_from_sorted((int[]){1, 3, 3}, values, 3),
                 "key 2 is not greater than the one before it");
    (void)map;
}

static void it_splits_anywhere(void **state)
{
    (void)state;
    for (int count = 0; count < 2500; count += 1 + count / 6) {
        for (int at = -1; at <= count; at += 1 + count / 40) {
            map_int map = stepped(0, 1, count), tail = map_int_split_off(&map, &at);
            int first = at < 0 ? 0 : at;
            expect_stepped(&map, 0, 1, first);
            expect_stepped(&tail, first, 1, count - first);
            map_int_append(&map, &tail);
            expect_stepped(&map, 0, 1, count);
            assert_null(tail.root);
            map_int_drop(&map);
        }
    }
}

static void append_lets_the_other_win(void **state)
{
    (void)state;
    for (int step = 1; step <= 7; step++) {
        for (int count = 1; count < 4000; count *= 5) {
            map_int map = stepped(0, 1, 1000), more = {0};
            for (int i = 0; i < count; i++)
                map_int_insert(&more, i * step, -1);
            map_int_append(&map, &more);
            assert_true(more.length == 0 && !more.root);
            expect_sound(&map);
            int last = (count - 1) * step, beyond = last >= 1000 ? (last - 1000) / step + 1 : 0;
            assert_int_equal(map.length, 1000 + beyond);
            for (map_int_iterator i = map_int_begin(&map); map_int_next(&i);)
                assert_int_equal(*i.value, *i.key % step == 0 && *i.key <= last ? -1 : *i.key * 10);
            map_int_drop(&map);
        }
    }
    owned(map_int) map = {0};
    expect_panic(map_int_append(&map, &map), "a tree cannot be appended to itself");
}

static void the_same_key_twice_is_dropped_once(void **state)
{
    (void)state;
    owned(map_tracked) map = count_to(50), more = count_to(80), few = count_to(1);
    map_tracked_append(&map, &more);
    assert_int_equal(tracked_live, 162);
    map_tracked_append(&map, &few);
    assert_int_equal(tracked_live, 160);
    owned(map_tracked) clone = map_tracked_clone(&map);
    assert_int_equal(tracked_live, 320);
    btree_check(clone.root, &map_tracked_shape_, 80);
}

static void extend_from_is_all_or_nothing(void **state)
{
    (void)state;
    owned(map_tracked) map = count_to(300);
    struct tracked keys[] = {tracked_make(5), tracked_make(400), tracked_make(5), tracked_make(0)};
    for (size_t clones = 0; clones < 8; clones++) {
        tracked_clones_left = clones;
        expect_no_memory(map_tracked_try_extend_from(&map, keys, keys, 4));
        assert_true(map.length == 300 && tracked_live == 604);
    }
    tracked_clones_left = SIZE_MAX;
    map_tracked_extend_from(&map, keys, keys, 4);
    assert_int_equal(map.length, 302);
    assert_int_equal(tracked_value(map_tracked_get(&map, &keys[0])), 5);
    map_tracked_extend_from(&map, NULL, NULL, 0);
    for (size_t i = 0; i < 4; i++)
        tracked_drop(&keys[i]);
}

static void it_stays_with_its_allocator(void **state)
{
    (void)state;
    map_int map = map_int_new_in(&other.allocator);
    for (int i = 0; i < 500; i++)
        map_int_insert(&map, i, i * 10);
    size_t nodes = btree_check(map.root, &map_int_shape_, 500);
    assert_int_equal(other.live_blocks, nodes);
    map_int clone = map_int_clone(&map), tail = map_int_split_off(&map, &(int){250});
    assert_int_equal(other.live_blocks, strict_heap.live);
    assert_true(clone.allocator == &other.allocator && tail.allocator == &other.allocator);
    owned(map_int) more = stepped(0, 2, 400);
    map_int_append(&map, &more);
    assert_int_equal(other.live_blocks, strict_heap.live);
    map_int_drop(&map);
    map_int_drop(&tail);
    map_int_drop(&clone);
    assert_int_equal(other.live_bytes, 0);
}

static void sizes_and_alignments_of_any_kind(void **state)
{
    (void)state;
    owned(map_to_nothing) set = {0};
    owned(map_of_nothing) one = {0};
    owned(map_line) lines = {0};
    owned(map_page) pages = {0};
    for (int i = 0; i < 200; i++) {
        assert_true(map_to_nothing_insert(&set, i * 7 % 200, (struct nothing){}));
        assert_int_equal(map_of_nothing_insert(&one, (struct nothing){}, i), i == 0);
        *map_line_or_insert(&lines, i * 7 % 200, (struct line){{0}}) = (struct line){{(char)i}};
    }
    for (int i = 0; i < 40; i++)
        map_page_insert(&pages, i, (struct page){{(char)i}});
    btree_check(set.root, &map_to_nothing_shape_, 200);
    btree_check(lines.root, &map_line_shape_, 200);
    btree_check(pages.root, &map_page_shape_, 40);
    assert_int_equal(*map_of_nothing_get(&one, &(struct nothing){}), 199);
    map_of_nothing_iterator only = map_of_nothing_begin(&one);
    assert_true(map_of_nothing_next(&only));
    map_of_nothing_erase(&only);
    assert_int_equal(one.length, 0);
    for (map_line_iterator i = map_line_begin(&lines); map_line_next(&i);)
        assert_int_equal((uintptr_t)i.value % 64, 0);
    for (map_page_iterator i = map_page_begin(&pages); map_page_next(&i);)
        assert_true((uintptr_t)i.value % 4096 == 0 && i.value->bytes[0] == (char)*i.key);
    for (int i = 0; i < 200; i++)
        assert_true(map_to_nothing_remove(&set, &i, NULL));
}

static void maps_hold_themselves(void **state)
{
    (void)state;
    owned(map_directory) root = {0};
    for (int i = 0; i < 20; i++) {
        struct directory inner = {{0}};
        map_directory_insert(&inner.children, i, (struct directory){{0}});
        map_directory_insert(&root, i, inner);
    }
    assert_int_equal(map_directory_get(&root, &(int){7})->children.length, 1);
}

static void the_aborting_forms_call_the_handler(void **state)
{
    (void)state;
    static map_int map;
    fail_next_alloc();
    expect_panic(map_int_insert(&map, 1, 10), "allocation error: Layout");
    assert_true(!map.root && map.length == 0);
}

/* ---- When memory runs out ---- */

static map_box boxes(int first, int step, int count)
{
    map_box made = map_box_new_in(fail_nth_allocator);
    fail_nth_pause();
    for (int i = 0; i < count; i++) {
        int key = first + i * step;
        map_box_insert(&made, tracked_make(key),
                       box_tracked_new_in(fail_nth_allocator, tracked_make(key * 10)));
    }
    fail_nth_resume();
    return made;
}

static void expect_boxes(const map_box *map, int first, int step, int count)
{
    btree_check(map->root, &map_box_shape_, map->length);
    assert_int_equal(map->length, count);
    map_box_iterator i = map_box_begin(map);
    for (int n = 0; n < count; n++) {
        assert_true(map_box_next(&i));
        assert_int_equal(tracked_value(i.key), first + n * step);
        assert_int_equal(tracked_value(i.value->value), (first + n * step) * 10);
    }
}

static void insert_in_turn(void)
{
    owned(map_box) map = map_box_new_in(fail_nth_allocator);
    int count = 0;
    for (int i = 0; i < 100; i++) {
        fail_nth_pause();
        box_tracked value = box_tracked_new_in(fail_nth_allocator, tracked_make(count * 10));
        fail_nth_resume();
        box_tracked *place, old;
        bool found;
        struct tracked key = tracked_make(count);
        map_box_entry entry = map_box_entry_of(&map, &key);
        enum cairn_collection_error error =
            i % 4 == 0   ? map_box_try_insert(&map, key, value)
            : i % 4 == 1 ? map_box_try_or_insert(&map, key, value, &place)
            : i % 4 == 2 ? map_box_try_replace(&map, key, value, &old, &found)
                         : map_box_try_entry_or_insert(&entry, key, value, &place);
        count += !error;
        expect_boxes(&map, 0, 1, count);
    }
}

static void clone_one(void)
{
    owned(map_box) map = boxes(0, 1, 30), clone;
    if (map_box_try_clone(&clone, &map))
        assert_true(!clone.root && !clone.allocator);
    else
        expect_boxes(&clone, 0, 1, 30);
    expect_boxes(&map, 0, 1, 30);
}

static void split_one(void)
{
    owned(map_box) map = boxes(0, 1, 90), tail;
    struct tracked key = tracked_make(37);
    if (map_box_try_split_off(&map, &key, &tail)) {
        assert_true(!tail.root && !tail.allocator);
        expect_boxes(&map, 0, 1, 90);
    } else {
        expect_boxes(&map, 0, 1, 37);
        expect_boxes(&tail, 37, 1, 53);
    }
    tracked_drop(&key);
}

static void append_one(int count)
{
    owned(map_box) map = boxes(0, 2, 200), more = boxes(1, 2, count);
    if (map_box_try_append(&map, &more)) {
        expect_boxes(&map, 0, 2, 200);
        expect_boxes(&more, 1, 2, count);
    } else {
        btree_check(map.root, &map_box_shape_, 200 + (size_t)count);
        assert_int_equal(more.length, 0);
    }
}

static void append_few(void)
{
    append_one(4);
}

static void append_many(void)
{
    append_one(200);
}

static void extend_one(void)
{
    owned(map_box) map = boxes(0, 1, 200), more = boxes(200, 1, 5);
    struct tracked keys[5];
    box_tracked values[5];
    map_box_into_sorted(&more, keys, values);
    bool failed = map_box_try_extend_from(&map, keys, values, 5);
    expect_boxes(&map, 0, 1, failed ? 200 : 205);
    if (map_box_try_from_sorted_in(&more, fail_nth_allocator, keys, values, 5))
        assert_null(more.root);
    else
        expect_boxes(&more, 200, 1, 5);
}

static void every_failure_leaves_the_map_as_it_was(void **state)
{
    (void)state;
    fail_nth(insert_in_turn, 10);
    fail_nth(clone_one, 30);
    fail_nth(split_one, 2);
    fail_nth(append_few, 10);
    fail_nth(append_many, 10);
    fail_nth(extend_one, 10);
}

/* ---- At random, beside a sorted array ---- */

enum { MODEL_MAX = 400, ACTIONS = 12000 };

struct model {
    int keys[MODEL_MAX];
    int values[MODEL_MAX];
    size_t length;
};

struct game {
    struct random_source random;
    map_tracked map;
    struct model model;
};

static int below(struct game *game, int bound)
{
    return (int)random_below(&game->random, (uint64_t)bound);
}

/* Where the key is in the model, or would be. */
static size_t model_at(const struct model *model, int key)
{
    size_t at = 0;
    while (at < model->length && model->keys[at] < key)
        at++;
    return at;
}

static bool model_has(const struct model *model, int key)
{
    size_t at = model_at(model, key);
    return at < model->length && model->keys[at] == key;
}

static void model_move(struct model *model, size_t to, size_t from)
{
    size_t bytes = (model->length - from) * sizeof(int);
    memmove(&model->keys[to], &model->keys[from], bytes);
    memmove(&model->values[to], &model->values[from], bytes);
    model->length = model->length + to - from;
}

static void model_set(struct model *model, int key, int value)
{
    size_t at = model_at(model, key);
    if (!model_has(model, key)) {
        model_move(model, at + 1, at);
        model->keys[at] = key;
    }
    model->values[at] = value;
}

static void expect_model(const map_tracked *map, const struct model *model)
{
    btree_check(map->root, &map_tracked_shape_, model->length);
    map_tracked_iterator i = map_tracked_begin(map);
    for (size_t n = 0; n < model->length; n++) {
        assert_true(map_tracked_next(&i));
        assert_int_equal(tracked_value(i.key), model->keys[n]);
        assert_int_equal(tracked_value(i.value), model->values[n]);
    }
    assert_int_equal(tracked_live, 2 * model->length);
}

/* Mostly few keys in a row, so that the tree grows in one place and shrinks in another. */
static int some_key(struct game *game)
{
    return below(game, MODEL_MAX - 1);
}

static void play_insert(struct game *game)
{
    int key = some_key(game), value = below(game, 1000);
    if (!map_tracked_try_insert(&game->map, tracked_make(key), tracked_make(value)))
        model_set(&game->model, key, value);
}

static void play_insert_many(struct game *game)
{
    int key = some_key(game), count = below(game, 40);
    for (; count > 0 && key < MODEL_MAX - 1; count--, key++)
        if (!map_tracked_try_insert(&game->map, tracked_make(key), tracked_make(key)))
            model_set(&game->model, key, key);
}

static void play_or_insert(struct game *game)
{
    int key = some_key(game);
    struct tracked *value;
    bool had = model_has(&game->model, key);
    if (map_tracked_try_or_insert(&game->map, tracked_make(key), tracked_make(7), &value))
        return;
    if (!had)
        model_set(&game->model, key, 7);
    assert_int_equal(tracked_value(value), game->model.values[model_at(&game->model, key)]);
}

static void play_remove(struct game *game)
{
    struct tracked key = tracked_make(some_key(game)), value;
    size_t at = model_at(&game->model, key.value);
    bool had = model_has(&game->model, key.value);
    assert_int_equal(map_tracked_remove(&game->map, &key, &value), had);
    tracked_drop(&key);
    if (!had)
        return;
    assert_int_equal(tracked_value(&value), game->model.values[at]);
    tracked_drop(&value);
    model_move(&game->model, at, at + 1);
}

static void play_erase_range(struct game *game)
{
    struct tracked low = tracked_make(some_key(game)), high = tracked_make(some_key(game));
    if (low.value > high.value || !random_one_in(&game->random, 4))
        high.value = low.value + 10;
    map_tracked_iterator i = map_tracked_range(&game->map, &low, &high);
    while (map_tracked_next(&i)) {
        size_t at = model_at(&game->model, tracked_value(i.key));
        if (random_one_in(&game->random, 5))
            continue;
        map_tracked_erase(&i);
        model_move(&game->model, at, at + 1);
    }
    tracked_drop(&low);
    tracked_drop(&high);
}

static void play_pop(struct game *game)
{
    bool last = random_one_in(&game->random, 2);
    size_t at = last ? game->model.length - 1 : 0;
    struct tracked key, value;
    if (last ? map_tracked_pop_last(&game->map, &key, &value)
             : map_tracked_pop_first(&game->map, &key, &value)) {
        assert_int_equal(tracked_value(&key), game->model.keys[at]);
        tracked_drop(&key);
        tracked_drop(&value);
        model_move(&game->model, at, at + 1);
    } else {
        assert_int_equal(game->model.length, 0);
    }
}

static void play_split_and_append(struct game *game)
{
    struct tracked key = tracked_make(some_key(game));
    map_tracked tail;
    bool back = random_one_in(&game->random, 4);
    if (!map_tracked_try_split_off(&game->map, &key, &tail)) {
        size_t at = model_at(&game->model, key.value);
        btree_check(game->map.root, &map_tracked_shape_, at);
        btree_check(tail.root, &map_tracked_shape_, game->model.length - at);
        if (back || map_tracked_try_append(&game->map, &tail))
            game->model.length = at;
        map_tracked_drop(&tail);
    }
    tracked_drop(&key);
}

static void play_clone(struct game *game)
{
    map_tracked clone;
    if (map_tracked_try_clone(&clone, &game->map))
        return;
    map_tracked_drop(&game->map);
    game->map = take(clone);
}

static void play_extend(struct game *game)
{
    struct tracked keys[5];
    size_t count = (size_t)below(game, 6);
    for (size_t i = 0; i < count; i++)
        keys[i] = tracked_make(some_key(game));
    if (!map_tracked_try_extend_from(&game->map, keys, keys, count))
        for (size_t i = 0; i < count; i++)
            model_set(&game->model, keys[i].value, keys[i].value);
    for (size_t i = 0; i < count; i++)
        tracked_drop(&keys[i]);
}

static void (*const plays[])(struct game *) = {
    play_insert,    play_insert, play_insert,           play_insert_many, play_insert_many,
    play_or_insert, play_remove, play_remove,           play_pop,         play_erase_range,
    play_clone,     play_extend, play_split_and_append,
};

static void random_actions_agree_with_a_sorted_array(void **state)
{
    (void)state;
    struct game game = {.random = test_random_start()};
    size_t longest = 0;
    for (size_t i = 0; i < ACTIONS; i++) {
        cairn_failing_at(&failing, (size_t)below(&game, 8), CAIRN_FAILING_ONCE);
        plays[below(&game, sizeof(plays) / sizeof(plays[0]))](&game);
        if (tracked_live != 2 * game.model.length || i % 8 == 0)
            expect_model(&game.map, &game.model);
        longest = game.model.length > longest ? game.model.length : longest;
    }
    expect_model(&game.map, &game.model);
    map_tracked_drop(&game.map);
    assert_true(longest > 150);
}

#define test_on_a_heap(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(zero_is_empty_and_costs_nothing),
        test_on_a_heap(insert_replaces_values_and_keeps_keys),
        test_on_a_heap(or_insert_gives_what_is_there),
        test_on_a_heap(an_entry_is_found_once),
        test_on_a_heap(remove_gives_key_and_value_or_drops_them),
        test_on_a_heap(it_is_in_order_however_it_was_filled),
        test_on_a_heap(what_comes_in_order_fills_whole_nodes),
        test_on_a_heap(it_goes_both_ways_from_anywhere),
        test_on_a_heap(a_range_ends_at_its_bounds),
        test_on_a_heap(it_can_erase_on_the_way),
        test_on_a_heap(it_can_erase_in_a_range),
        test_on_a_heap(other_changes_are_found),
        test_on_a_heap(retain_drops_the_others),
        test_on_a_heap(it_is_built_from_sorted_arrays_and_back),
        test_on_a_heap(it_splits_anywhere),
        test_on_a_heap(append_lets_the_other_win),
        test_on_a_heap(the_same_key_twice_is_dropped_once),
        test_on_a_heap(extend_from_is_all_or_nothing),
        test_on_a_heap(it_stays_with_its_allocator),
        test_on_a_heap(sizes_and_alignments_of_any_kind),
        test_on_a_heap(maps_hold_themselves),
        test_on_a_heap(the_aborting_forms_call_the_handler),
        test_on_a_heap(every_failure_leaves_the_map_as_it_was),
        test_on_a_heap(random_actions_agree_with_a_sorted_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
