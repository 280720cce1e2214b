/* SPDX-License-Identifier: MIT */
/* Boxed slices: making, cloning, turning into vecs and back. Their slices' functions: slice.c. */
#include "test.h"

#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/global.h>

#include "expect_error.h"
#include "strict_heap.h"
#include "tracked.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

static struct cairn_counted other = CAIRN_COUNTED(&failing.allocator);

#define T          vec_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include <cairn/vec.t.h>

#define T          row_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#define VEC        vec_tracked
#include <cairn/box_slice.t.h>

struct page {
    _Alignas(4096) int value;
};
#define T    row_page
#define ITEM struct page
#include <cairn/box_slice.t.h>

struct nothing {
};
#define T    row_nothing
#define ITEM struct nothing
#include <cairn/box_slice.t.h>

static int after(void **state)
{
    (void)state;
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
    tracked_expect_none();
    strict_heap_expect_empty();
    return 0;
}

static void fail_next_alloc(void)
{
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONCE);
}

static void expect_values(const row_tracked *row, size_t length, const int *values)
{
    assert_int_equal(row->length, length);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(tracked_value(&row->items[i]), values[i]);
}

#define EXPECT(row, ...) \
    expect_values(row, sizeof((int[]){__VA_ARGS__}) / sizeof(int), (int[]){__VA_ARGS__})

static void expect_empty(const row_tracked *row)
{
    assert_true(!row->items && !row->allocator && row->length == 0);
}

static void it_is_made_of_items(void **state)
{
    (void)state;
    owned(row_tracked) row = vec_of(row_tracked, tracked_make(1), tracked_make(2)), in, none;
    EXPECT(&row, 1, 2);
    assert_int_equal(strict_heap.live_bytes, 2 * sizeof(struct tracked));
    struct tracked items[] = {tracked_make(3)};
    in = row_tracked_from_items_in(&other.allocator, items, 1);
    EXPECT(&in, 3);
    assert_ptr_equal(in.allocator, &other.allocator);
    expect_ok(row_tracked_try_from_items(&none, NULL, 0));
    expect_empty(&none);
    row_tracked_drop(&row);
    row_tracked_drop(&row);
    expect_empty(&row);
}

static void it_is_filled_with_clones(void **state)
{
    (void)state;
    owned(row_tracked) row = row_tracked_filled(3, tracked_make(7));
    owned(row_tracked) in = row_tracked_filled_in(&other.allocator, 1, tracked_make(8)), none;
    EXPECT(&row, 7, 7, 7);
    EXPECT(&in, 8);
    expect_ok(row_tracked_try_filled(&none, 0, tracked_make(9)));
    expect_empty(&none);
    assert_int_equal(tracked_live, 4);
}

static void a_clone_is_another(void **state)
{
    (void)state;
    owned(row_tracked) row = vec_of(row_tracked, tracked_make(1), tracked_make(2));
    owned(row_tracked) clone = row_tracked_clone(&row), none = {0}, of_none;
    row_tracked_at(&row, 0)->value = 9;
    EXPECT(&clone, 1, 2);
    expect_ok(row_tracked_try_clone(&of_none, &none));
    expect_empty(&of_none);
}

static void vecs_turn_into_it_and_back(void **state)
{
    (void)state;
    vec_tracked vec = vec_tracked_new_in(&other.allocator);
    for (int i = 1; i <= 3; i++)
        vec_tracked_push(&vec, tracked_make(i));
    row_tracked row = row_tracked_from_vec(&vec);
    assert_true(!vec.items && !vec.allocator && row.allocator == &other.allocator);
    assert_int_equal(other.live_bytes, 3 * sizeof(struct tracked));
    EXPECT(&row, 1, 2, 3);
    vec = row_tracked_into_vec(&row);
    expect_empty(&row);
    assert_true(vec.length == 3 && vec.capacity == 3);
    expect_ok(row_tracked_try_from_vec(&row, &vec)); /* nothing to give back */
    struct tracked *items = row_tracked_leak(&row);
    expect_empty(&row);
    row = row_tracked_from_raw_in(&other.allocator, items, 3);
    row_tracked_drop(&row);
}

static void a_failure_leaves_nothing_behind(void **state)
{
    (void)state;
    owned(row_tracked) row = vec_of(row_tracked, tracked_make(1), tracked_make(2)), result = {0};
    fail_next_alloc();
    expect_no_memory(try_vec_of(row_tracked, &result, tracked_make(3)));
    expect_empty(&result);
    fail_next_alloc();
    expect_no_memory(row_tracked_try_filled_in(&result, &other.allocator, 2, tracked_make(3)));
    expect_empty(&result);
    fail_next_alloc();
    expect_no_memory(row_tracked_try_clone(&result, &row));
    expect_empty(&result);
    for (size_t clones = 0; clones < 2; clones++) {
        tracked_clones_left = clones;
        expect_no_memory(row_tracked_try_clone(&result, &row));
        tracked_clones_left = clones;
        expect_no_memory(row_tracked_try_filled(&result, 3, tracked_make(3)));
        expect_empty(&result);
    }
    tracked_clones_left = SIZE_MAX;
    expect_too_large(row_tracked_try_filled(&result, SIZE_MAX, tracked_make(3)));
    EXPECT(&row, 1, 2);
    assert_true(tracked_live == 2 && strict_heap.live == 1);

    owned(vec_tracked) vec = {0};
    vec_tracked_push(&vec, tracked_make(5));
    fail_next_alloc();
    expect_no_memory(row_tracked_try_from_vec(&result, &vec));
    expect_empty(&result);
    assert_true(vec.length == 1 && vec.capacity == 4 && tracked_value(&vec.items[0]) == 5);
}

static void other_items_are_kept_too(void **state)
{
    (void)state;
    owned(row_page) pages = row_page_filled(3, (struct page){7});
    assert_true((uintptr_t)pages.items % 4096 == 0 && pages.items[2].value == 7);
    owned(row_nothing) nothings = row_nothing_filled(1000, (struct nothing){});
    owned(row_nothing) clone = row_nothing_clone(&nothings);
    assert_true(clone.length == 1000 && strict_heap.live == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(it_is_made_of_items, after),
        cmocka_unit_test_teardown(it_is_filled_with_clones, after),
        cmocka_unit_test_teardown(a_clone_is_another, after),
        cmocka_unit_test_teardown(vecs_turn_into_it_and_back, after),
        cmocka_unit_test_teardown(a_failure_leaves_nothing_behind, after),
        cmocka_unit_test_teardown(other_items_are_kept_too, after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
