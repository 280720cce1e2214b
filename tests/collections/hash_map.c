/* SPDX-License-Identifier: MIT */
/* HashMap: each function by itself. hash_map_fuzz.c has all of them at random, against a model. */
#define CAIRN_CHECKED_ITERATION
#include "test.h"

#include <string.h>

#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/global.h>
#include <cairn/hash.h>

#include "expect_error.h"
#include "fail_nth.h"
#include "strict_heap.h"
#include "tracked.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

static uint64_t hash_tracked(const struct tracked *key, const struct cairn_hash_seed *seed)
{
    return cairn_hash_integer((uint64_t)tracked_value(key), seed);
}

static bool equal_tracked(const struct tracked *one, const struct tracked *other)
{
    return tracked_value(one) == tracked_value(other);
}

#define T           map_tracked
#define KEY         struct tracked
#define VALUE       struct tracked
#define HASH        hash_tracked
#define EQUAL       equal_tracked
#define KEY_DROP    tracked_drop
#define VALUE_DROP  tracked_drop
#define KEY_CLONE   tracked_try_clone
#define VALUE_CLONE tracked_try_clone
#include <cairn/hash_map.t.h>

#define T     map_int
#define KEY   int
#define VALUE int
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>

struct nothing {
};
#define T     map_nothing
#define KEY   int
#define VALUE struct nothing
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>

struct line {
    _Alignas(64) unsigned char bytes[64];
};
#define T     map_line
#define KEY   char
#define VALUE struct line
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>

struct page {
    _Alignas(4096) unsigned char bytes[4096];
};
#define T     map_page
#define KEY   short
#define VALUE struct page
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>

static int before(void **state)
{
    (void)state;
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
    return 0;
}

static int after(void **state)
{
    (void)state;
    tracked_expect_none();
    strict_heap_expect_empty();
    return 0;
}

/* {0: 0, 1: 10, 2: 20, ...}; fewer if memory runs out. */
static map_tracked count_in(struct cairn_allocator *allocator, int count)
{
    map_tracked made = map_tracked_new_in(allocator);
    for (int i = 0; i < count; i++)
        if (map_tracked_try_insert(&made, tracked_make(i), tracked_make(10 * i)))
            break;
    return made;
}

static map_tracked count(int count)
{
    return count_in(NULL, count);
}

/* The value's number; -1 if the key is not there. */
static int find(const map_tracked *map, int number)
{
    struct tracked key = tracked_make(number);
    const struct tracked *value = map_tracked_get(map, &key);
    assert_int_equal(map_tracked_contains_key(map, &key), value != NULL);
    tracked_drop(&key);
    return value ? tracked_value(value) : -1;
}

static void expect_count(const map_tracked *map, int count)
{
    assert_int_equal(map->length, count);
    for (int i = 0; i < count; i++)
        assert_int_equal(find(map, i), 10 * i);
    assert_int_equal(find(map, count), -1);
}

static bool remove_number(map_tracked *map, int number, struct tracked *value)
{
    struct tracked key = tracked_make(number);
    bool found = map_tracked_remove(map, &key, value);
    tracked_drop(&key);
    return found;
}

/* ---- Making and dropping ---- */

static void zero_is_empty_and_costs_nothing(void **state)
{
    (void)state;
    size_t allocs = strict_heap.allocs;
    owned(map_tracked) map = {0};
    assert_int_equal(find(&map, 1), -1);
    assert_false(remove_number(&map, 1, NULL));
    map_tracked_clear(&map);
    map_tracked_shrink_to_fit(&map);
    map_tracked_iterator i = map_tracked_begin(&map);
    assert_false(map_tracked_next(&i));
    assert_null(i.key);
    owned(map_tracked) clone = map_tracked_clone(&map);
    map_tracked_append(&clone, &map);
    map_tracked_drop(&map);
    map_tracked_drop(&map);
    assert_int_equal(map_tracked_capacity(&map), 0);
    assert_int_equal(strict_heap.allocs, allocs);
    assert_true(sizeof(map) <= 4 * sizeof(void *)); /* 3, but for the count of changes */
}

static void grows_and_keeps_all(void **state)
{
    (void)state;
    owned(map_tracked) map = {0};
    for (int i = 0; i < 3000; i++) {
        assert_true(map_tracked_insert(&map, tracked_make(i), tracked_make(10 * i)));
        assert_int_equal(find(&map, i / 2), 10 * (i / 2));
    }
    expect_count(&map, 3000);
    assert_int_equal(tracked_live, 6000);
}

static void within_its_capacity_nothing_is_allocated(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity < 500; capacity += 7) {
        owned(map_int) map = map_int_with_capacity(capacity);
        size_t allocs = strict_heap.allocs, room = map_int_capacity(&map);
        assert_true(room >= capacity && room < 4 * capacity + 4);
        for (int i = 0; (size_t)i < room; i++)
            map_int_insert(&map, i, i);
        assert_int_equal(strict_heap.allocs, allocs);
        map_int_insert(&map, -1, -1);
        assert_int_equal(strict_heap.allocs, allocs + 1);
    }
}

static void clear_keeps_the_room(void **state)
{
    (void)state;
    for (int items = 1; items < 300; items += 3) {
        owned(map_tracked) map = count(items);
        size_t capacity = map_tracked_capacity(&map), allocs = strict_heap.allocs;
        map_tracked_clear(&map);
        assert_int_equal(tracked_live, 0);
        assert_int_equal(map_tracked_capacity(&map), capacity);
        for (int i = 0; i < items; i++)
            map_tracked_insert(&map, tracked_make(i), tracked_make(10 * i));
        expect_count(&map, items);
        assert_int_equal(strict_heap.allocs, allocs);
    }
}

static void shrinks(void **state)
{
    (void)state;
    owned(map_tracked) map = count(1000);
    for (int i = 20; i < 1000; i++)
        assert_true(remove_number(&map, i, NULL));
    map_tracked_shrink_to(&map, 100);
    expect_between(map_tracked_capacity(&map), 100, 200);
    expect_count(&map, 20);
    map_tracked_shrink_to_fit(&map);
    expect_between(map_tracked_capacity(&map), 20, 40);
    expect_count(&map, 20);
    map_tracked_clear(&map);
    map_tracked_shrink_to_fit(&map);
    assert_int_equal(strict_heap.live, 0);
}

static void clones_at_every_size(void **state)
{
    (void)state;
    for (int items = 0; items < 200; items++) {
        owned(map_tracked) map = count(items), clone = map_tracked_clone(&map);
        expect_count(&map, items);
        expect_count(&clone, items);
        for (int i = items; i < items + 20; i++)
            map_tracked_insert(&clone, tracked_make(i), tracked_make(10 * i));
        expect_count(&clone, items + 20);
    }
    owned(map_int) numbers = {0};
    for (int i = 0; i < 1000; i++) {
        map_int_insert(&numbers, i, -i);
        owned(map_int) clone = map_int_clone(&numbers);
        assert_int_equal(*map_int_get(&clone, &i), -i);
        assert_int_equal(clone.length, i + 1);
    }
}

/* ---- One entry ---- */

static void insert_replaces_the_value_and_keeps_the_key(void **state)
{
    (void)state;
    owned(map_tracked) map = count(5);
    struct tracked seven = tracked_make(7), four = tracked_make(4), old;
    assert_true(map_tracked_insert(&map, seven, tracked_make(70)));
    assert_false(map_tracked_insert(&map, tracked_make(7), tracked_make(77)));
    assert_int_equal(find(&map, 7), 77);
    assert_int_equal(map_tracked_get_key_value(&map, &four).key->value, 4);
    assert_true(map_tracked_replace(&map, four, tracked_make(44), &old));
    assert_int_equal(tracked_value(&old), 40);
    tracked_drop(&old);
    assert_false(map_tracked_replace(&map, tracked_make(8), tracked_make(80), &old));
    assert_int_equal(map.length, 7);
    assert_int_equal(tracked_live, 14);
}

static void or_insert_gives_the_value_that_is_there(void **state)
{
    (void)state;
    owned(map_int) counts = {0};
    for (int i = 0; i < 1000; i++)
        ++*map_int_or_insert(&counts, i % 10, 0);
    for (int key = 0; key < 10; key++)
        assert_int_equal(*map_int_get(&counts, &key), 100);
    owned(map_tracked) map = count(3);
    struct tracked *value = map_tracked_or_insert(&map, tracked_make(1), tracked_make(5));
    assert_int_equal(tracked_value(value), 10);
    value = map_tracked_or_insert(&map, tracked_make(3), tracked_make(30));
    assert_int_equal(tracked_value(value), 30);
    expect_count(&map, 4);
}

static void an_entry_is_found_once(void **state)
{
    (void)state;
    owned(map_tracked) map = {0};
    struct tracked key = tracked_make(1), its_key, value;
    map_tracked_entry entry = map_tracked_entry_of(&map, &key);
    assert_null(entry.value);
    assert_false(map_tracked_entry_remove(&entry, NULL, NULL));
    map_tracked_entry_or_insert(&entry, tracked_make(1), tracked_make(10));
    assert_int_equal(tracked_value(entry.value), 10);
    assert_int_equal(tracked_value(map_tracked_entry_or_insert(&entry, key, tracked_make(2))), 10);
    key = tracked_make(1);
    entry = map_tracked_entry_of(&map, &key);
    tracked_drop(&key);
    assert_int_equal(tracked_value(entry.key), 1);
    assert_true(map_tracked_entry_remove(&entry, &its_key, &value));
    assert_null(entry.value);
    assert_true(tracked_value(&its_key) == 1 && tracked_value(&value) == 10);
    tracked_drop(&its_key);
    tracked_drop(&value);
    assert_int_equal(map.length, 0);
}

static void removing_moves_out_or_drops(void **state)
{
    (void)state;
    owned(map_tracked) map = count(100);
    struct tracked key = tracked_make(5), its_key, value;
    assert_true(map_tracked_remove(&map, &key, &value));
    assert_int_equal(tracked_value(&value), 50);
    tracked_drop(&value);
    assert_false(map_tracked_remove(&map, &key, &value));
    assert_false(map_tracked_remove_entry(&map, &key, &its_key, &value));
    tracked_drop(&key);
    key = tracked_make(6);
    assert_true(map_tracked_remove_entry(&map, &key, &its_key, NULL));
    assert_int_equal(tracked_value(&its_key), 6);
    tracked_drop(&its_key);
    tracked_drop(&key);
    assert_int_equal(map.length, 98);
    assert_int_equal(tracked_live, 196);
}

/* Removing leaves no trace: a table that was full often is like a new one. */
static void nothing_piles_up(void **state)
{
    (void)state;
    owned(map_int) map = map_int_with_capacity(1000);
    size_t allocs = strict_heap.allocs, capacity = map_int_capacity(&map);
    for (int i = 0; i < 200000; i++) {
        map_int_insert(&map, i, i);
        if ((size_t)i >= capacity - 1)
            assert_true(map_int_remove(&map, &(int){i - (int)capacity + 1}, NULL));
    }
    for (map_int_iterator i = map_int_begin(&map); map_int_next(&i);)
        map_int_erase(&i);
    assert_int_equal(strict_heap.allocs, allocs);
    for (size_t group = 0; group <= map.table->mask; group++)
        assert_true(cairn_hash_group_is_last(cairn_hash_group_at(map.table, group)));
}

/* ---- All entries ---- */

static void iterates_over_each_entry_once(void **state)
{
    (void)state;
    for (int items = 0; items < 200; items++) {
        owned(map_tracked) map = count(items);
        bool seen[200] = {0};
        int left = items;
        map_tracked_iterator i = map_tracked_begin(&map);
        while (map_tracked_next(&i)) {
            int key = tracked_value(i.key);
            assert_int_equal(tracked_value(i.value), 10 * key);
            assert_false(seen[key]);
            seen[key] = true;
            left--;
        }
        assert_int_equal(left, 0);
        assert_false(map_tracked_next(&i));
        assert_true(!i.key && !i.value);
    }
}

static void erases_while_iterating(void **state)
{
    (void)state;
    for (int items = 0; items < 200; items++) {
        owned(map_tracked) map = count(items), moved = {0};
        for (map_tracked_iterator i = map_tracked_begin(&map); map_tracked_next(&i);) {
            struct tracked key, value;
            if (tracked_value(i.key) % 3 == 0) {
                map_tracked_erase(&i);
            } else if (tracked_value(i.key) % 3 == 1) {
                map_tracked_extract(&i, &key, &value);
                map_tracked_insert(&moved, key, value);
            }
        }
        for (int key = 0; key < items; key++) {
            assert_int_equal(find(&map, key), key % 3 == 2 ? 10 * key : -1);
            assert_int_equal(find(&moved, key), key % 3 == 1 ? 10 * key : -1);
        }
    }
    owned(map_tracked) map = count(2);
    map_tracked_iterator i = map_tracked_begin(&map);
    assert_true(map_tracked_next(&i));
    map_tracked_erase(&i);
    expect_panic(map_tracked_erase(&i),
                 "map_tracked_take_current_: the iterator stands on nothing");
}

static void changes_while_iterating_are_found(void **state)
{
    (void)state;
    owned(map_int) map = {0};
    map_int_insert(&map, 1, 10);
    map_int_iterator i = map_int_begin(&map);
    assert_true(map_int_next(&i));
    map_int_entry entry = map_int_entry_of(&map, &(int){2});
    map_int_insert(&map, 2, 20);
    expect_panic(map_int_next(&i), "map_int_next");
    expect_panic(map_int_erase(&i), "map_int_take_current_");
    expect_panic(map_int_entry_or_insert(&entry, 2, 3), "map_int_entry_or_insert_");
    i = map_int_begin(&map);
    assert_true(map_int_next(&i));
    assert_true(map_int_remove(&map, &(int){1}, NULL));
    expect_panic(map_int_next(&i), "map_int_next");
    map_int unchanged = map_int_clone(&map);
    i = map_int_begin(&unchanged);
    assert_true(map_int_next(&i));
    map_int_erase(&i);
    assert_false(map_int_next(&i));
    map_int_drop(&unchanged);
}

static bool is_below(const struct tracked *key, struct tracked *value, void *context)
{
    return tracked_value(key) < *(const int *)context && tracked_value(value) >= 0;
}

static void retain_drops_the_others(void **state)
{
    (void)state;
    owned(map_tracked) map = count(500);
    map_tracked_retain(&map, is_below, &(int){40});
    expect_count(&map, 40);
}

static void append_and_extend(void **state)
{
    (void)state;
    owned(map_tracked) map = count(60), other = {0};
    for (int i = 50; i < 90; i++)
        map_tracked_insert(&other, tracked_make(i), tracked_make(10 * i));
    map_tracked_append(&map, &other);
    assert_int_equal(other.length, 0);
    expect_count(&map, 90);
    expect_panic(map_tracked_append(&map, &map), "cannot be appended to itself");
    struct tracked keys[40], values[40];
    for (int i = 0; i < 40; i++) {
        keys[i] = tracked_make(80 + i);
        values[i] = tracked_make(10 * (80 + i));
    }
    map_tracked_extend_from(&map, keys, values, 40);
    expect_count(&map, 120);
    for (int i = 0; i < 40; i++)
        tracked_drop(&keys[i]), tracked_drop(&values[i]);
}

/* ---- Odd items ---- */

static void values_without_size(void **state)
{
    (void)state;
    owned(map_nothing) map = {0};
    for (int i = 0; i < 1000; i++)
        map_nothing_insert(&map, i, (struct nothing){});
    for (int i = 0; i < 1000; i += 2)
        assert_true(map_nothing_remove(&map, &i, NULL));
    for (int i = 0; i < 1000; i++)
        assert_int_equal(map_nothing_contains_key(&map, &i), i % 2);
}

static void values_with_an_alignment(void **state)
{
    (void)state;
    owned(map_line) lines = {0};
    owned(map_page) pages = {0};
    for (short i = 0; i < 60; i++) {
        map_line_insert(&lines, (char)i, (struct line){{(unsigned char)i}});
        struct page *page = map_page_or_insert(&pages, i, (struct page){0});
        assert_int_equal((uintptr_t)page % 4096, 0);
        page->bytes[4095] = (unsigned char)i;
    }
    for (map_line_iterator i = map_line_begin(&lines); map_line_next(&i);) {
        assert_int_equal((uintptr_t)i.value % 64, 0);
        assert_int_equal(i.value->bytes[0], *i.key);
    }
    for (short i = 0; i < 60; i++)
        assert_int_equal(map_page_get(&pages, &i)->bytes[4095], i);
}

static void too_large(void **state)
{
    (void)state;
    map_page pages = {0};
    owned(map_int) map = {0};
    map_int_insert(&map, 1, 2);
    for (size_t much = SIZE_MAX; much > SIZE_MAX / 32; much -= SIZE_MAX / 37)
        expect_too_large(map_int_try_reserve(&map, much));
    expect_too_large(map_page_try_with_capacity(&pages, SIZE_MAX / 4096));
    assert_int_equal(pages.length, 0);
    assert_true(map.length == 1 && *map_int_get(&map, &(int){1}) == 2);
}

static void uses_its_allocator(void **state)
{
    (void)state;
    struct cairn_counted counted = CAIRN_COUNTED(&strict_heap.allocator);
    size_t live = strict_heap.live;
    owned(map_tracked) map = count_in(&counted.allocator, 100);
    owned(map_tracked) clone = map_tracked_clone(&map);
    assert_int_equal(strict_heap.live - live, counted.live_blocks);
    assert_ptr_equal(clone.allocator, &counted.allocator);
}

/* ---- Memory that runs out ---- */

enum { FEW = 60 }; /* items with which a table of every size grows */

static void insert_scenario(void)
{
    owned(map_tracked) map = map_tracked_new_in(fail_nth_allocator);
    int length = 0;
    for (int i = 0; i < 2 * FEW; i++) {
        enum cairn_collection_error error =
            map_tracked_try_insert(&map, tracked_make(length), tracked_make(10 * length));
        length += !error;
        if (error)
            assert_int_equal(error, CAIRN_COLLECTION_NO_MEMORY);
        assert_int_equal(tracked_live, 2 * length);
        if (i % 16 == 0)
            expect_count(&map, length);
    }
}

static void replace_scenario(void)
{
    owned(map_tracked) map = map_tracked_new_in(fail_nth_allocator);
    int length = 0;
    for (int i = 0; i < FEW; i++) {
        struct tracked old, *place, key = tracked_make(length + 1);
        bool found = true;
        if (!map_tracked_try_replace(&map, tracked_make(length), tracked_make(10 * length), &old,
                                     &found))
            length++;
        assert_false(found);
        map_tracked_entry entry = map_tracked_entry_of(&map, &key);
        if (!map_tracked_try_entry_or_insert(&entry, key, tracked_make(1), &place))
            assert_true(map_tracked_entry_remove(&entry, NULL, NULL));
        else
            assert_null(place);
        expect_count(&map, length);
        if (!map_tracked_try_or_insert(&map, tracked_make(length), tracked_make(10 * length),
                                       &place))
            length++;
        expect_count(&map, length);
    }
}

static void room_scenario(void)
{
    map_tracked map;
    if (map_tracked_try_with_capacity_in(&map, fail_nth_allocator, 30)) {
        assert_true(!map.table && !map.allocator);
        map = map_tracked_new_in(fail_nth_allocator);
    }
    fail_nth_pause();
    map_tracked_drop(&map);
    map = count_in(fail_nth_allocator, FEW);
    fail_nth_resume();
    (void)!map_tracked_try_reserve(&map, 500);
    expect_count(&map, FEW);
    (void)!map_tracked_try_shrink_to(&map, 100);
    (void)!map_tracked_try_shrink_to_fit(&map);
    expect_count(&map, FEW);
    map_tracked_drop(&map);
}

static void clone_scenario(void)
{
    for (int items = FEW - 5; items < FEW; items++) {
        fail_nth_pause();
        owned(map_tracked) map = count_in(fail_nth_allocator, items);
        fail_nth_resume();
        map_tracked clone;
        if (map_tracked_try_clone(&clone, &map))
            assert_true(!clone.table && clone.length == 0);
        else
            expect_count(&clone, items);
        expect_count(&map, items);
        map_tracked_drop(&clone);
    }
}

static void append_scenario(void)
{
    fail_nth_pause();
    owned(map_tracked) map = count_in(fail_nth_allocator, 20);
    owned(map_tracked) other = count_in(fail_nth_allocator, FEW);
    struct tracked keys[FEW], values[FEW];
    for (int i = 0; i < FEW; i++)
        keys[i] = tracked_make(i), values[i] = tracked_make(10 * i);
    fail_nth_resume();
    bool extended = !map_tracked_try_extend_from(&map, keys, values, FEW / 2);
    expect_count(&map, extended ? FEW / 2 : 20);
    bool appended = !map_tracked_try_append(&map, &other);
    expect_count(&other, appended ? 0 : FEW);
    expect_count(&map, appended ? FEW : extended ? FEW / 2 : 20);
    for (int i = 0; i < FEW; i++)
        tracked_drop(&keys[i]), tracked_drop(&values[i]);
}

static void every_failure(void **state)
{
    (void)state;
    fail_nth(insert_scenario, 6);
    fail_nth(replace_scenario, 5);
    fail_nth(room_scenario, 3);
    fail_nth(clone_scenario, 5);
    fail_nth(append_scenario, 3);
}

static void every_failure_to_clone_an_item(void **state)
{
    (void)state;
    owned(map_tracked) map = count(FEW);
    struct tracked keys[3] = {tracked_make(1), tracked_make(100), tracked_make(101)};
    for (size_t clones = 0; clones < 2 * FEW; clones++) {
        map_tracked clone;
        tracked_clones_left = clones;
        expect_no_memory(map_tracked_try_clone(&clone, &map));
        assert_int_equal(tracked_live, 2 * FEW + 3);
        tracked_clones_left = clones % 6;
        expect_no_memory(map_tracked_try_extend_from(&map, keys, keys, 3));
        assert_int_equal(tracked_live, 2 * FEW + 3);
        tracked_clones_left = SIZE_MAX;
    }
    expect_count(&map, FEW);
    for (int i = 0; i < 3; i++)
        tracked_drop(&keys[i]);
}

static void infallible_forms_call_the_handler(void **state)
{
    (void)state;
    map_int map = {0};
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONWARDS);
    expect_panic(map_int_insert(&map, 1, 2), "allocation error");
    expect_panic(map_int_reserve(&map, 100), "allocation error");
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
    assert_int_equal(map.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(zero_is_empty_and_costs_nothing, before, after),
        cmocka_unit_test_setup_teardown(grows_and_keeps_all, before, after),
        cmocka_unit_test_setup_teardown(within_its_capacity_nothing_is_allocated, before, after),
        cmocka_unit_test_setup_teardown(clear_keeps_the_room, before, after),
        cmocka_unit_test_setup_teardown(shrinks, before, after),
        cmocka_unit_test_setup_teardown(clones_at_every_size, before, after),
        cmocka_unit_test_setup_teardown(insert_replaces_the_value_and_keeps_the_key, before, after),
        cmocka_unit_test_setup_teardown(or_insert_gives_the_value_that_is_there, before, after),
        cmocka_unit_test_setup_teardown(an_entry_is_found_once, before, after),
        cmocka_unit_test_setup_teardown(removing_moves_out_or_drops, before, after),
        cmocka_unit_test_setup_teardown(nothing_piles_up, before, after),
        cmocka_unit_test_setup_teardown(iterates_over_each_entry_once, before, after),
        cmocka_unit_test_setup_teardown(erases_while_iterating, before, after),
        cmocka_unit_test_setup_teardown(changes_while_iterating_are_found, before, after),
        cmocka_unit_test_setup_teardown(retain_drops_the_others, before, after),
        cmocka_unit_test_setup_teardown(append_and_extend, before, after),
        cmocka_unit_test_setup_teardown(values_without_size, before, after),
        cmocka_unit_test_setup_teardown(values_with_an_alignment, before, after),
        cmocka_unit_test_setup_teardown(too_large, before, after),
        cmocka_unit_test_setup_teardown(uses_its_allocator, before, after),
        cmocka_unit_test_setup_teardown(every_failure, before, after),
        cmocka_unit_test_setup_teardown(every_failure_to_clone_an_item, before, after),
        cmocka_unit_test_setup_teardown(infallible_forms_call_the_handler, before, after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
