/* SPDX-License-Identifier: MIT */
/* HashSet: each function by itself. What it has in common with HashMap is tested there. */
#include "test.h"

#include <cairn/failing.h>
#include <cairn/global.h>
#include <cairn/hash.h>

#include "expect_error.h"
#include "fail_nth.h"
#include "strict_heap.h"
#include "tracked.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

static uint64_t hash_tracked(const struct tracked *item, const struct cairn_hash_seed *seed)
{
    return cairn_hash_integer((uint64_t)tracked_value(item), seed);
}

static bool equal_tracked(const struct tracked *one, const struct tracked *other)
{
    return tracked_value(one) == tracked_value(other);
}

#define T          set_tracked
#define ITEM       struct tracked
#define HASH       hash_tracked
#define EQUAL      equal_tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include <cairn/hash_set.t.h>

#define T     set_int
#define ITEM  int
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_set.t.h>

struct nothing {
};
#define T                 set_nothing
#define ITEM              struct nothing
#define HASH(item, seed)  cairn_hash_integer((uint64_t)((item) != NULL), seed)
#define EQUAL(one, other) ((one) != NULL && (other) != NULL)
#include <cairn/hash_set.t.h>

static int after(void **state)
{
    (void)state;
    tracked_expect_none();
    strict_heap_expect_empty();
    return 0;
}

/* From `first` to `last`; fewer if memory runs out. */
static set_tracked range_in(struct cairn_allocator *allocator, int first, int last)
{
    set_tracked made = set_tracked_new_in(allocator);
    for (int i = first; i <= last; i++)
        if (set_tracked_try_insert(&made, tracked_make(i)))
            break;
    return made;
}

static set_tracked range(int first, int last)
{
    return range_in(NULL, first, last);
}

static bool has(const set_tracked *set, int number)
{
    struct tracked item = tracked_make(number);
    bool found = set_tracked_contains(set, &item);
    assert_int_equal(set_tracked_get(set, &item) != NULL, found);
    tracked_drop(&item);
    return found;
}

/* Fails the test unless the set is exactly this range; empty if last < first. */
static void expect_range(const set_tracked *set, int first, int last)
{
    assert_int_equal(set->length, last - first + 1);
    for (int i = first; i <= last; i++)
        assert_true(has(set, i));
}

static void inserts_each_item_once(void **state)
{
    (void)state;
    owned(set_tracked) set = {0};
    assert_true(sizeof(set) <= 3 * sizeof(void *));
    for (int i = 0; i < 500; i++)
        assert_true(set_tracked_insert(&set, tracked_make(i)));
    for (int i = 0; i < 500; i++)
        assert_false(set_tracked_insert(&set, tracked_make(i)));
    expect_range(&set, 0, 499);
    assert_int_equal(tracked_live, 500);
}

static void replaces_an_equal_one(void **state)
{
    (void)state;
    owned(set_tracked) set = range(1, 3);
    struct tracked old, two = tracked_make(2);
    size_t token = two.token;
    assert_true(set_tracked_replace(&set, two, &old));
    assert_true(old.token != token);
    tracked_drop(&old);
    assert_int_equal(set_tracked_get(&set, &two)->token, token);
    assert_false(set_tracked_replace(&set, tracked_make(4), &old));
    expect_range(&set, 1, 4);
}

static void removes_and_takes(void **state)
{
    (void)state;
    owned(set_tracked) set = range(1, 100);
    for (int i = 1; i <= 100; i++) {
        struct tracked item = tracked_make(i), taken;
        if (i % 2 == 0) {
            assert_true(set_tracked_remove(&set, &item));
            assert_false(set_tracked_remove(&set, &item));
        } else {
            assert_true(set_tracked_take(&set, &item, &taken));
            assert_int_equal(tracked_value(&taken), i);
            tracked_drop(&taken);
            assert_false(set_tracked_take(&set, &item, &taken));
        }
        tracked_drop(&item);
        assert_int_equal(set.length, 100 - i);
    }
}

static bool is_even(const struct tracked *item, void *context)
{
    (void)context;
    return tracked_value(item) % 2 == 0;
}

static void iterates_and_retains(void **state)
{
    (void)state;
    owned(set_tracked) set = range(1, 300);
    set_tracked_retain(&set, is_even, NULL);
    int sum = 0;
    for (set_tracked_iterator i = set_tracked_begin(&set); set_tracked_next(&i);) {
        sum += tracked_value(i.item);
        if (tracked_value(i.item) > 150) {
            set_tracked_erase(&i);
        } else {
            struct tracked item = set_tracked_extract(&i);
            tracked_drop(&item);
        }
    }
    assert_int_equal(sum, 150 * 151);
    assert_int_equal(set.length, 0);
}

static void two_sets(void **state)
{
    (void)state;
    owned(set_tracked) low = range(1, 60), high = range(41, 100), inner = range(41, 60);
    set_tracked_operation in_any = set_tracked_union(&low, &high);
    set_tracked_operation in_both = set_tracked_intersection(&low, &high);
    set_tracked_operation in_low = set_tracked_difference(&low, &high);
    set_tracked_operation in_one = set_tracked_symmetric_difference(&low, &high);
    owned(set_tracked) all = set_tracked_collect(&in_any), both = set_tracked_collect(&in_both);
    owned(set_tracked) first = set_tracked_collect(&in_low), one = set_tracked_collect(&in_one);
    assert_false(set_tracked_operation_next(&in_one));
    assert_null(in_one.item);
    expect_range(&all, 1, 100);
    expect_range(&both, 41, 60);
    expect_range(&first, 1, 40);
    assert_true(one.length == 80 && has(&one, 40) && !has(&one, 41) && has(&one, 61));
    assert_true(set_tracked_is_subset(&inner, &low) && !set_tracked_is_subset(&low, &inner));
    assert_true(set_tracked_is_superset(&low, &inner) && !set_tracked_is_superset(&inner, &low));
    assert_true(set_tracked_is_disjoint(&first, &high) && !set_tracked_is_disjoint(&low, &high));
    set_tracked_append(&low, &high);
    expect_range(&low, 1, 100);
    expect_range(&high, 1, 0);
}

static void extends(void **state)
{
    (void)state;
    owned(set_int) set = {0};
    int numbers[] = {1, 2, 3, 2, 1};
    set_int_extend_from(&set, numbers, 5);
    set_int_extend_from(&set, numbers, 5);
    assert_int_equal(set.length, 3);
    owned(set_int) clone = set_int_clone(&set), none = {0};
    set_int_operation nothing = set_int_intersection(&clone, &none);
    assert_true(clone.length == 3 && !set_int_operation_next(&nothing));
}

static void items_without_size(void **state)
{
    (void)state;
    owned(set_nothing) set = {0};
    struct nothing nothing = {};
    assert_true(set_nothing_insert(&set, nothing));
    assert_false(set_nothing_insert(&set, nothing));
    owned(set_nothing) clone = set_nothing_clone(&set);
    assert_true(set_nothing_remove(&set, &nothing));
    assert_false(set_nothing_remove(&set, &nothing));
    assert_true(set.length == 0 && set_nothing_contains(&clone, &nothing));
}

/* ---- Memory that runs out ---- */

static void collect_scenario(void)
{
    fail_nth_pause();
    owned(set_tracked) one = range_in(fail_nth_allocator, 1, 30);
    owned(set_tracked) other = range_in(fail_nth_allocator, 21, 50);
    fail_nth_resume();
    set_tracked_operation all = set_tracked_union(&one, &other);
    owned(set_tracked) made;
    if (set_tracked_try_collect(&made, &all))
        assert_true(!made.table && made.length == 0);
    else
        expect_range(&made, 1, 50);
    expect_range(&one, 1, 30);
    expect_range(&other, 21, 50);
}

static void other_scenario(void)
{
    fail_nth_pause();
    owned(set_tracked) set = range_in(fail_nth_allocator, 1, 14), clone;
    struct tracked items[3] = {tracked_make(15), tracked_make(16), tracked_make(15)}, old;
    fail_nth_resume();
    bool found, cloned = !set_tracked_try_clone(&clone, &set);
    bool extended = !set_tracked_try_extend_from(&set, items, 3);
    expect_range(&set, 1, extended ? 16 : 14);
    bool inserted = !set_tracked_try_insert(&set, tracked_make(17));
    bool replaced = !set_tracked_try_replace(&clone, tracked_make(15), &old, &found);
    assert_false(found);
    expect_range(&clone,
                 cloned     ? 1
                 : replaced ? 15
                            : 1,
                 cloned     ? 14 + replaced
                 : replaced ? 15
                            : 0);
    assert_int_equal(set.length, 14 + 2 * extended + inserted);
    for (int i = 0; i < 3; i++)
        tracked_drop(&items[i]);
}

static void every_failure(void **state)
{
    (void)state;
    fail_nth(collect_scenario, 4);
    fail_nth(other_scenario, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(inserts_each_item_once, after),
        cmocka_unit_test_teardown(replaces_an_equal_one, after),
        cmocka_unit_test_teardown(removes_and_takes, after),
        cmocka_unit_test_teardown(iterates_and_retains, after),
        cmocka_unit_test_teardown(two_sets, after),
        cmocka_unit_test_teardown(extends, after),
        cmocka_unit_test_teardown(items_without_size, after),
        cmocka_unit_test_teardown(every_failure, after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
