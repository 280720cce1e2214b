/* SPDX-License-Identifier: MIT */
/* Slices: views, comparing and reordering. Sorting and searching are in sort.c. */
#include "test.h"

#include <string.h>

#include <cairn/dummy.h>
#include <cairn/global.h>

static struct cairn_dummy dummy = CAIRN_DUMMY;
CAIRN_GLOBAL_ALLOCATOR(&dummy.allocator);

#include <cairn/collection.h>

#define T       slice_int
#define ITEM    int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/slice.t.h>

struct page {
    _Alignas(4096) int value;
};
static bool pages_are_equal(const struct page *one, const struct page *other)
{
    return one->value == other->value;
}
#define T     slice_page
#define ITEM  struct page
#define EQUAL pages_are_equal
#include <cairn/slice.t.h>

#define ALL(numbers) ((slice_int){(numbers), sizeof(numbers) / sizeof((numbers)[0])})

static void expect_values(const slice_int *slice, size_t length, const int *values)
{
    assert_int_equal(slice->length, length);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(slice->items[i], values[i]);
}

#define EXPECT(slice, ...) \
    expect_values(slice, sizeof((int[]){__VA_ARGS__}) / sizeof(int), (int[]){__VA_ARGS__})

/* ---- Looking ---- */

static bool is_more_than(const int *item, void *than)
{
    return *item > *(const int *)than;
}

static void items_are_found(void **state)
{
    (void)state;
    int numbers[] = {3, 1, 4, 1, 5};
    slice_int all = ALL(numbers), none = {0};
    assert_ptr_equal(slice_int_at(&all, 4), &numbers[4]);
    assert_ptr_equal(slice_int_first(&all), &numbers[0]);
    assert_ptr_equal(slice_int_last(&all), &numbers[4]);
    assert_null(slice_int_get(&all, 5));
    assert_null(slice_int_first(&none));
    assert_ptr_equal(slice_int_find(&all, is_more_than, &(int){3}), &numbers[2]);
    assert_null(slice_int_find(&all, is_more_than, &(int){5}));
    assert_true(slice_int_contains(&all, &(int){5}));
    assert_false(slice_int_contains(&all, &(int){2}));
    assert_false(slice_int_contains(&none, &(int){2}));
}

static void rows_are_compared(void **state)
{
    (void)state;
    int numbers[] = {3, 1, 4};
    slice_int all = ALL(numbers), none = {0};
    assert_true(slice_int_equals(&all, (int[]){3, 1, 4}, 3));
    assert_false(slice_int_equals(&all, (int[]){3, 1, 5}, 3));
    assert_false(slice_int_equals(&all, numbers, 2));
    assert_true(slice_int_starts_with(&all, (int[]){3, 1}, 2));
    assert_false(slice_int_starts_with(&all, (int[]){1}, 1));
    assert_false(slice_int_starts_with(&all, (int[]){3, 1, 4, 1}, 4));
    assert_true(slice_int_ends_with(&all, (int[]){1, 4}, 2));
    assert_false(slice_int_ends_with(&all, (int[]){1}, 1));
    assert_true(slice_int_starts_with(&none, NULL, 0) && slice_int_ends_with(&none, NULL, 0));
    assert_true(slice_int_equals(&none, NULL, 0));
    assert_false(slice_int_ends_with(&none, numbers, 1));
}

/* ---- Views ---- */

static void ranges_are_views(void **state)
{
    (void)state;
    int numbers[] = {0, 1, 2, 3, 4};
    slice_int all = ALL(numbers), none = {0}, left, right;
    slice_int some = slice_int_range(&all, 1, 3);
    some.items[0] = 10;
    EXPECT(&some, 10, 2, 3);
    assert_int_equal(numbers[1], 10);
    assert_int_equal(slice_int_range(&all, 5, 0).length, 0);
    assert_int_equal(slice_int_range(&none, 0, 0).length, 0);
    slice_int_split_at(&all, 2, &left, &right);
    EXPECT(&left, 0, 10);
    EXPECT(&right, 2, 3, 4);
    expect_panic(some = slice_int_range(&all, 3, 3),
                 "slice_int_range: range out of bounds: the length is 5 but the range is 3 items "
                 "from index 3 on");
    expect_panic(some = slice_int_range(&all, 6, 0), "out of bounds");
    expect_panic(some = slice_int_range(&all, 1, SIZE_MAX), "out of bounds");
    expect_panic(slice_int_split_at(&all, 6, &left, &right), "slice_int_split_at: range out of");
}

static void pieces_come_in_turn(void **state)
{
    (void)state;
    int numbers[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    for (size_t n = 0; n <= 10; n++)
        for (size_t length = 1; length <= 11; length++) {
            slice_int all = {numbers, n};
            size_t at = 0;
            for (slice_int_pieces i = slice_int_chunks(&all, length); slice_int_next_piece(&i);) {
                assert_int_equal(i.slice.items[0], (int)at);
                assert_int_equal(i.slice.length, n - at < length ? n - at : length);
                at += i.slice.length;
            }
            assert_int_equal(at, n);

            slice_int_pieces exact = slice_int_chunks_exact(&all, length);
            for (at = 0; slice_int_next_piece(&exact); at += length) {
                assert_int_equal(exact.slice.items[0], (int)at);
                assert_int_equal(exact.slice.length, length);
            }
            assert_int_equal(at, n / length * length);
            assert_int_equal(exact.rest.length, n % length);

            at = 0;
            for (slice_int_pieces i = slice_int_windows(&all, length); slice_int_next_piece(&i);) {
                assert_int_equal(i.slice.items[0], (int)at++);
                assert_int_equal(i.slice.length, length);
            }
            assert_int_equal(at, n < length ? 0 : n - length + 1);
        }
    slice_int all = ALL(numbers);
    slice_int_pieces pieces;
    expect_panic(pieces = slice_int_windows(&all, 0),
                 "slice_int_windows: pieces of 0 items never come to an end");
    (void)pieces;
}

/* ---- Reordering and writing ---- */

static void items_change_places(void **state)
{
    (void)state;
    int numbers[] = {1, 2, 3}, others[] = {7, 8, 9};
    slice_int all = ALL(numbers);
    slice_int_swap(&all, 0, 2);
    EXPECT(&all, 3, 2, 1);
    slice_int_reverse(&all);
    EXPECT(&all, 1, 2, 3);
    slice_int_swap_with(&all, others, 3);
    EXPECT(&all, 7, 8, 9);
    assert_int_equal(others[2], 3);
    expect_panic(slice_int_swap_with(&all, others, 2), "3 items cannot be swapped with 2");
}

static void plain_items_are_written(void **state)
{
    (void)state;
    int numbers[] = {1, 2, 3, 4, 5};
    slice_int all = ALL(numbers), some = slice_int_range(&all, 1, 3), none = {0};
    slice_int_copy_within(&all, 0, 4, 1);
    EXPECT(&all, 1, 1, 2, 3, 4);
    slice_int_fill(&some, 9);
    EXPECT(&all, 1, 9, 9, 9, 4);
    slice_int_copy_from(&some, (int[]){5, 6, 7}, 3);
    EXPECT(&all, 1, 5, 6, 7, 4);
    slice_int_copy_from(&none, NULL, 0);
    slice_int_copy_within(&none, 0, 0, 0);
    expect_panic(slice_int_copy_from(&some, numbers, 2), "2 items cannot be copied to 3");
    expect_panic(slice_int_copy_within(&all, 0, 3, 3), "slice_int_copy_within: range out of");
}

/* All rotations of rows up to several times what goes over the stack at once, 512 bytes. */
static void rows_are_rotated(void **state)
{
    (void)state;
    enum { MOST = 700 };
    int numbers[MOST];
    for (size_t n = 0; n <= MOST; n += n < 20 ? 1 : 97)
        for (size_t count = 0; count <= n; count += n < 20 ? 1 : 7) {
            slice_int all = {numbers, n};
            for (size_t i = 0; i < n; i++)
                numbers[i] = (int)i;
            slice_int_rotate_left(&all, count);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(numbers[i], (i + count) % n);
            slice_int_rotate_right(&all, count);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(numbers[i], i);
        }
    slice_int all = {numbers, 3}, none = {0};
    slice_int_rotate_left(&none, 0);
    expect_panic(slice_int_rotate_left(&all, 4), "slice_int_rotate_left: range out of bounds");
    expect_panic(slice_int_rotate_right(&all, 4), "slice_int_rotate_right: range out of bounds");
}

static void items_keep_their_alignment(void **state)
{
    (void)state;
    static struct page pages[5] = {{1}, {2}, {3}, {4}, {5}};
    slice_page all = {pages, 5};
    slice_page_rotate_left(&all, 2);
    slice_page_reverse(&all);
    for (int i = 0; i < 5; i++)
        assert_int_equal(pages[i].value, ("21543")[i] - '0');
    assert_true(slice_page_contains(&all, &pages[2]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_found),     cmocka_unit_test(rows_are_compared),
        cmocka_unit_test(ranges_are_views),    cmocka_unit_test(pieces_come_in_turn),
        cmocka_unit_test(items_change_places), cmocka_unit_test(plain_items_are_written),
        cmocka_unit_test(rows_are_rotated),    cmocka_unit_test(items_keep_their_alignment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
