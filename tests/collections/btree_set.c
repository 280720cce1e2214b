/* SPDX-License-Identifier: MIT */
/* BTreeSet: what it does not share with BTreeMap, whose test is the other's too. */
#define CAIRN_CHECKED_ITERATION
#include "test.h"

#include <string.h>

#include <cairn/failing.h>
#include <cairn/global.h>

#include "btree_check.h"
#include "expect_error.h"
#include "fail_nth.h"
#include "strict_heap.h"
#include "tracked.h"

CAIRN_GLOBAL_ALLOCATOR(&strict_heap.allocator);

static int compare_tracked(const struct tracked *one, const struct tracked *two)
{
    return tracked_value(one) - tracked_value(two);
}

#define T          set_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#define COMPARE    compare_tracked
#include <cairn/btree_set.t.h>

#define T       set_int
#define ITEM    int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_set.t.h>

#define T       set_char
#define ITEM    unsigned char
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_set.t.h>

static int compare_texts(const char *const *one, const char *const *two)
{
    return strcmp(*one, *two);
}

#define T       set_text
#define ITEM    const char *
#define COMPARE compare_texts
#include <cairn/btree_set.t.h>

struct nothing {
};

static int compare_nothing(const struct nothing *one, const struct nothing *two)
{
    (void)one, (void)two;
    return 0;
}

#define T       set_nothing
#define ITEM    struct nothing
#define COMPARE compare_nothing
#include <cairn/btree_set.t.h>

static int after(void **state)
{
    (void)state;
    tracked_expect_none();
    strict_heap_expect_empty();
    return 0;
}

static set_tracked tracked_set(struct cairn_allocator *allocator, int first, int step, int count)
{
    set_tracked made = set_tracked_new_in(allocator);
    for (int i = 0; i < count; i++)
        assert_true(set_tracked_insert(&made, tracked_make(first + i * step)));
    return made;
}

static void expect_stepped(const set_tracked *set, int first, int step, int count)
{
    btree_check(set->root, &set_tracked_shape_, (size_t)count);
    set_tracked_iterator i = set_tracked_begin(set);
    for (int n = 0; n < count; n++) {
        assert_true(set_tracked_next(&i));
        assert_int_equal(tracked_value(i.item), first + n * step);
    }
    assert_false(set_tracked_next(&i));
}

static void an_item_is_there_once(void **state)
{
    (void)state;
    owned(set_tracked) set = {0};
    struct tracked wanted = tracked_make(5), item;
    assert_true(set_tracked_insert(&set, tracked_make(5)));
    size_t token = set_tracked_get(&set, &wanted)->token;
    assert_false(set_tracked_insert(&set, tracked_make(5)));
    assert_int_equal(set_tracked_first(&set)->token, token);
    assert_true(set_tracked_replace(&set, tracked_make(5), &item));
    assert_int_equal(item.token, token);
    tracked_drop(&item);
    assert_ptr_equal(set_tracked_last(&set), set_tracked_first(&set));
    assert_true(set_tracked_take(&set, &wanted, &item));
    tracked_drop(&item);
    assert_false(set_tracked_contains(&set, &wanted) || set_tracked_remove(&set, &wanted));
    assert_false(set_tracked_replace(&set, tracked_make(5), &item));
    assert_true(set_tracked_remove(&set, &wanted));
    assert_null(set_tracked_first(&set));
    assert_null(set_tracked_last(&set));
    tracked_drop(&wanted);
}

static bool is_odd(const struct tracked *item, void *context)
{
    assert_null(context);
    return tracked_value(item) % 2 != 0;
}

static void it_gives_its_items_away(void **state)
{
    (void)state;
    owned(set_tracked) set = tracked_set(NULL, 0, 1, 100);
    struct tracked item, items[50];
    assert_true(set_tracked_pop_last(&set, &item));
    tracked_drop(&item);
    assert_true(set_tracked_pop_first(&set, &item));
    tracked_drop(&item);
    set_tracked_retain(&set, is_odd, NULL);
    expect_stepped(&set, 1, 2, 49);
    set_tracked_iterator i = set_tracked_end(&set);
    assert_true(set_tracked_previous(&i));
    item = set_tracked_extract(&i);
    assert_int_equal(tracked_value(&item), 97);
    tracked_drop(&item);
    set_tracked_into_sorted(&set, items);
    assert_int_equal(set.length, 0);
    set = set_tracked_from_sorted(items, 48);
    expect_stepped(&set, 1, 2, 48);
}

static void it_splits_and_comes_together(void **state)
{
    (void)state;
    for (int at = 0; at < 200; at += 7) {
        owned(set_tracked) set = tracked_set(NULL, 0, 1, 200);
        struct tracked item = tracked_make(at);
        owned(set_tracked) tail = set_tracked_split_off(&set, &item);
        expect_stepped(&set, 0, 1, at);
        expect_stepped(&tail, at, 1, 200 - at);
        set_tracked_insert(&set, tracked_make(199));
        set_tracked_append(&set, &tail);
        expect_stepped(&set, 0, 1, 200);
        owned(set_tracked) clone = set_tracked_clone(&set);
        set_tracked_extend_from(&clone, &item, 1);
        expect_stepped(&clone, 0, 1, 200);
        tracked_drop(&item);
    }
}

static void bytes_and_texts_are_in_order(void **state)
{
    (void)state;
    owned(set_char) chars = {0};
    owned(set_text) texts = {0};
    static const char *const words[] = {"the", "heap", "is", "a", "heap", "of", "stones"};
    for (int i = 0; i < 256; i++)
        assert_true(set_char_insert(&chars, (unsigned char)(i * 5)));
    btree_check(chars.root, &set_char_shape_, 256);
    for (int i = 0; i < 256; i++)
        assert_true(set_char_remove(&chars, &(unsigned char){(unsigned char)(i * 3)}));
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(set_text_insert(&texts, words[i]), i != 4);
    set_text_iterator i = set_text_range(&texts, &(const char *){"b"}, &(const char *){"p"});
    assert_true(set_text_next(&i) && strcmp(*i.item, "heap") == 0);
    assert_true(set_text_next(&i) && set_text_next(&i) && strcmp(*i.item, "of") == 0);
    assert_false(set_text_next(&i));
    owned(set_nothing) nothing = {0};
    assert_true(set_nothing_insert(&nothing, (struct nothing){}));
    assert_false(set_nothing_insert(&nothing, (struct nothing){}));
    set_nothing_iterator end = set_nothing_end(&nothing);
    assert_true(set_nothing_previous(&end));
    set_nothing_erase(&end);
    assert_null(nothing.root);
}

/* ---- Set operations, beside sets that are rows of flags ---- */

enum { RANGE = 300 };

static set_int random_set(struct random_source *random, bool *flags)
{
    set_int made = {0};
    uint64_t one_in = 1 + random_below(random, 20);
    for (int i = 0; i < RANGE; i++) {
        flags[i] = random_one_in(random, one_in);
        if (flags[i])
            set_int_insert(&made, i);
    }
    return made;
}

/* The operation gives just the items for which the flag of left is `left`, or so on. */
static void expect_operation(set_int_operation operation, const bool *wanted)
{
    owned(set_int) collected = set_int_collect(&operation);
    set_int_iterator item = set_int_begin(&collected);
    for (int i = 0; i < RANGE; i++) {
        if (!wanted[i])
            continue;
        assert_true(set_int_operation_next(&operation) && *operation.item == i);
        assert_true(set_int_next(&item) && *item.item == i);
    }
    assert_false(set_int_operation_next(&operation) || operation.item || set_int_next(&item));
    btree_check(collected.root, &set_int_shape_, collected.length);
}

static void set_operations_agree_with_flags(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    for (size_t round = 0; round < 100; round++) {
        bool one[RANGE], two[RANGE], either[RANGE], both[RANGE], first[RANGE], alone[RANGE];
        bool subset = true, superset = true, disjoint = true;
        owned(set_int) left = random_set(&random, one), right = random_set(&random, two);
        for (int i = 0; i < RANGE; i++) {
            either[i] = one[i] || two[i];
            both[i] = one[i] && two[i];
            first[i] = one[i] && !two[i];
            alone[i] = one[i] != two[i];
            subset = subset && !first[i];
            superset = superset && (one[i] || !two[i]);
            disjoint = disjoint && !both[i];
        }
        expect_operation(set_int_union(&left, &right), either);
        expect_operation(set_int_intersection(&left, &right), both);
        expect_operation(set_int_difference(&left, &right), first);
        expect_operation(set_int_symmetric_difference(&left, &right), alone);
        assert_int_equal(set_int_is_subset(&left, &right), subset);
        assert_int_equal(set_int_is_superset(&left, &right), superset);
        assert_int_equal(set_int_is_disjoint(&left, &right), disjoint);
    }
    owned(set_int) some = set_int_from_sorted((int[]){1, 2}, 2), none = {0};
    assert_true(set_int_is_subset(&none, &some) && set_int_is_disjoint(&none, &some));
    assert_true(set_int_is_superset(&some, &some) && !set_int_is_subset(&some, &none));
}

/* ---- When memory runs out ---- */

static void fill_in_turn(void)
{
    owned(set_tracked) set = set_tracked_new_in(fail_nth_allocator);
    int count = 0;
    for (int i = 0; i < 60; i++) {
        struct tracked old;
        bool found;
        count += !(i % 2 == 0 ? set_tracked_try_insert(&set, tracked_make(count))
                              : set_tracked_try_replace(&set, tracked_make(count), &old, &found));
        expect_stepped(&set, 0, 1, count);
    }
}

static void use_whole_sets(void)
{
    fail_nth_pause();
    owned(set_tracked) set = tracked_set(fail_nth_allocator, 0, 1, 100);
    owned(set_tracked) other = tracked_set(fail_nth_allocator, 50, 1, 100);
    fail_nth_resume();
    owned(set_tracked) made, tail;
    set_tracked_operation both = set_tracked_union(&set, &other);
    if (set_tracked_try_collect(&made, &both))
        assert_true(!made.root && !made.allocator);
    else
        expect_stepped(&made, 0, 1, 150);
    struct tracked items[] = {tracked_make(100), tracked_make(101)};
    bool failed = set_tracked_try_extend_from(&set, items, 2);
    expect_stepped(&set, 0, 1, failed ? 100 : 102);
    if (set_tracked_try_split_off(&set, &items[0], &tail))
        assert_null(tail.root);
    else
        expect_stepped(&set, 0, 1, 100);
    set_tracked_drop(&made);
    if (set_tracked_try_from_sorted_in(&made, fail_nth_allocator, items, 2))
        assert_null(made.root);
    expect_stepped(&other, 50, 1, 100);
}

static void every_failure_leaves_the_set_as_it_was(void **state)
{
    (void)state;
    fail_nth(fill_in_turn, 7);
    fail_nth(use_whole_sets, 20);
}

#define test_on_a_heap(name) cmocka_unit_test_teardown(name, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(an_item_is_there_once),
        test_on_a_heap(it_gives_its_items_away),
        test_on_a_heap(it_splits_and_comes_together),
        test_on_a_heap(bytes_and_texts_are_in_order),
        test_on_a_heap(set_operations_agree_with_flags),
        test_on_a_heap(every_failure_leaves_the_set_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
