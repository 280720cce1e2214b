/* SPDX-License-Identifier: MIT */
/*
 * Shared slices: items and counts in one block. arc_slice.c has the same tests of arc_slice, by
 * defining SHARED_SLICE.
 */
#ifndef SHARED_SLICE
#define SHARED_SLICE <cairn/rc_slice.t.h>
#endif

#include "test.h"

#include <string.h>

#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/global.h>
#include <cairn/shared_str.h>

#include "expect_error.h"
#include "fail_nth.h"
#include "strict_heap.h"
#include "tracked.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

static struct cairn_counted other = CAIRN_COUNTED(&failing.allocator);

#define T          slice_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include SHARED_SLICE

#define T    slice_int
#define ITEM int
#include SHARED_SLICE

struct page {
    _Alignas(4096) char bytes[4096];
};
#define T    slice_page
#define ITEM struct page
#include SHARED_SLICE

struct line {
    _Alignas(64) char bytes[64];
};
#define T    slice_line
#define ITEM struct line
#include SHARED_SLICE

struct nothing {
};
#define T    slice_nothing
#define ITEM struct nothing
#include SHARED_SLICE

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

static slice_tracked three(struct cairn_allocator *allocator)
{
    struct tracked items[] = {tracked_make(1), tracked_make(2), tracked_make(3)};
    return slice_tracked_from_moved_in(allocator, items, 3);
}

static void expect_three(const slice_tracked *slice, int first)
{
    assert_int_equal(slice->length, 3);
    assert_int_equal(tracked_value(&slice->items[0]), first);
    assert_int_equal(tracked_value(slice_tracked_at(slice, 1)), 2);
    assert_int_equal(tracked_value(slice_tracked_get(slice, 2)), 3);
}

static void items_are_moved_in_and_dropped_with_the_last_owner(void **state)
{
    (void)state;
    assert_int_equal(sizeof(slice_tracked), 2 * sizeof(void *));
    slice_tracked one = three(&other.allocator), two = slice_tracked_clone(&one);
    assert_true(slice_tracked_ptr_eq(&one, &two));
    assert_int_equal(other.live_blocks, 1);
    assert_int_equal(slice_tracked_strong_count(&one), 2);
    slice_tracked_drop(&one);
    assert_null(one.items);
    expect_three(&two, 1);
    slice_tracked_drop(&two);
    assert_int_equal(tracked_live, 0);
    assert_int_equal(other.live_blocks, 0);
}

static void items_are_cloned(void **state)
{
    (void)state;
    const int numbers[] = {4, 5};
    owned(slice_int) plain = slice_int_from_items(numbers, 2);
    assert_int_equal(plain.items[1], 5);
    owned(slice_tracked) one = three(NULL);
    owned(slice_tracked) two = slice_tracked_from_items(one.items, one.length);
    assert_false(slice_tracked_ptr_eq(&one, &two));
    assert_int_equal(tracked_live, 6);
    expect_three(&two, 1);
}

static void outside_is_nothing_or_a_panic(void **state)
{
    (void)state;
    owned(slice_tracked) slice = three(NULL), none = {0};
    assert_null(slice_tracked_get(&slice, 3));
    assert_null(slice_tracked_get(&none, 0));
    assert_null(slice_tracked_get_mut(&none));
    expect_panic(slice_tracked_at(&slice, 3), "the length is 3 but the index is 3");
    assert_int_equal(slice_tracked_strong_count(&none), 0);
    struct tracked *items;
    expect_panic((void)!slice_tracked_try_make_mut(&none, &items), "the handle is empty");
}

static void no_items_are_shared_too(void **state)
{
    (void)state;
    slice_int slice = slice_int_from_items(NULL, 0), also = slice_int_clone(&slice);
    assert_non_null(slice.items);
    assert_int_equal(slice.length, 0);
    slice_int_drop(&slice);
    assert_int_equal(slice_int_strong_count(&also), 1);
    slice_int_drop(&also);
}

static void weak_handles_keep_the_block_but_not_the_items(void **state)
{
    (void)state;
    slice_tracked slice = three(NULL), again;
    slice_tracked_weak weak = slice_tracked_downgrade(&slice);
    slice_tracked_weak also = slice_tracked_weak_clone(&weak);
    assert_true(slice_tracked_weak_ptr_eq(&weak, &also));
    assert_int_equal(slice_tracked_weak_count(&slice), 2);
    slice_tracked_weak_drop(&also);
    assert_true(slice_tracked_weak_upgrade(&weak, &again));
    slice_tracked_drop(&slice);
    expect_three(&again, 1);
    slice_tracked_drop(&again);
    assert_int_equal(tracked_live, 0);
    assert_int_equal(strict_heap.live, 1);
    assert_false(slice_tracked_weak_upgrade(&weak, &again));
    slice_tracked_weak_drop(&weak);
}

static void who_writes_has_the_items_alone(void **state)
{
    (void)state;
    owned(slice_tracked) one = three(NULL), two = {0};
    slice_tracked_get_mut(&one)[0].value = 7;
    two = slice_tracked_clone(&one);
    assert_null(slice_tracked_get_mut(&one));
    slice_tracked_make_mut(&one)[0].value = 8;
    expect_three(&one, 8);
    expect_three(&two, 7);
    owned(slice_tracked_weak) weak = slice_tracked_downgrade(&two);
    tracked_clones_left = 0; /* moved, not cloned */
    slice_tracked_make_mut(&two)[0].value = 9;
    expect_three(&two, 9);
    assert_int_equal(slice_tracked_weak_strong_count(&weak), 0);
}

static void every_alignment_is_kept(void **state)
{
    (void)state;
    static const struct line lines[2] = {{"one"}, {"two"}};
    static const struct page pages[2] = {{"three"}, {"four"}};
    owned(slice_line) line = slice_line_from_items(lines, 2);
    owned(slice_page) page = slice_page_from_moved(pages, 2), also = slice_page_clone(&page);
    assert_int_equal((uintptr_t)line.items % 64, 0);
    assert_int_equal((uintptr_t)page.items % 4096, 0);
    assert_string_equal(line.items[1].bytes, "two");
    assert_string_equal(also.items[1].bytes, "four");
}

/* What the compiler does not know to be too much. */
static const volatile size_t too_many = SIZE_MAX;

static void more_than_can_be_is_refused(void **state)
{
    (void)state;
    slice_int slice;
    slice_nothing nothing;
    int number = 1;
    expect_too_large(slice_int_try_from_moved(&slice, &number, too_many));
    expect_too_large(slice_int_try_from_items(&slice, &number, too_many / sizeof(int)));
    expect_too_large(slice_int_try_from_items(&slice, &number, too_many / 2 / sizeof(int)));
    assert_null(slice.items);
    expect_ok(slice_nothing_try_from_moved(&nothing, NULL, too_many));
    assert_int_equal(nothing.length, SIZE_MAX);
    slice_nothing_drop(&nothing);
}

/* ---- Running out ---- */

static void clone_and_write(void)
{
    struct tracked items[] = {tracked_make(1), tracked_make(2), tracked_make(3)};
    owned(slice_tracked) one = {0}, two = {0}, three = {0};
    struct tracked *writable;
    if (slice_tracked_try_from_moved_in(&one, fail_nth_allocator, items, 3)) {
        for (size_t i = 0; i < 3; i++)
            tracked_drop(&items[i]); /* they stayed */
        assert_null(one.items);
        return;
    }
    if (slice_tracked_try_from_items_in(&two, fail_nth_allocator, one.items, 3))
        assert_null(two.items);
    else
        expect_three(&two, 1);
    three = slice_tracked_clone(&one);
    if (slice_tracked_try_make_mut(&one, &writable))
        assert_null(writable);
    else
        writable[0].value = 7;
    expect_three(&one, writable ? 7 : 1);
    expect_three(&three, 1);
}

static void every_failure_leaves_all_as_it_was(void **state)
{
    (void)state;
    fail_nth(clone_and_write, 3);
}

static void a_clone_that_fails_leaves_nothing(void **state)
{
    (void)state;
    struct tracked *items;
    owned(slice_tracked) one = three(NULL), also = slice_tracked_clone(&one), made;
    for (size_t clones = 0; clones < 3; clones++) {
        tracked_clones_left = clones;
        expect_no_memory(slice_tracked_try_from_items(&made, one.items, 3));
        assert_null(made.items);
        tracked_clones_left = clones;
        expect_no_memory(slice_tracked_try_make_mut(&one, &items));
        assert_true(slice_tracked_ptr_eq(&one, &also));
        assert_int_equal(tracked_live, 3);
        assert_int_equal(strict_heap.live, 1);
    }
    tracked_clones_left = SIZE_MAX;
}

static void the_aborting_forms_call_the_handler(void **state)
{
    (void)state;
    const int numbers[] = {1, 2, 3};
    slice_int slice;
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONWARDS);
    expect_panic(slice = slice_int_from_items(numbers, 3), "Layout { size: 36, align: 8 }");
    expect_panic(slice = slice_int_from_moved(numbers, too_many),
                 "allocation error: Layout { size: 18446744073709551615, align: 8 }");
    (void)slice;
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
}

/* ---- Text ---- */

static void text_is_shared(void **state)
{
    (void)state;
    owned(cairn_rc_str) rc = cairn_rc_str_from(CAIRN_STR("stone")), more = cairn_rc_str_clone(&rc);
    owned(cairn_arc_str) arc = cairn_arc_str_from_in(&other.allocator, CAIRN_STR("cairn"));
    owned(cairn_arc_str_weak) weak = cairn_arc_str_downgrade(&arc);
    assert_true(cairn_str_equal(cairn_rc_str_as_str(&more), CAIRN_STR("stone")));
    assert_true(cairn_str_equal(cairn_arc_str_as_str(&arc), CAIRN_STR("cairn")));
    assert_int_equal(other.live_blocks, 1);
    cairn_rc_str_make_mut(&rc)[0] = 'S';
    assert_true(cairn_str_equal(cairn_rc_str_as_str(&rc), CAIRN_STR("Stone")));
    assert_true(cairn_str_equal(cairn_rc_str_as_str(&more), CAIRN_STR("stone")));
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONWARDS);
    cairn_rc_str none;
    cairn_arc_str no_arc;
    expect_no_memory(cairn_rc_str_try_from(&none, CAIRN_STR("a")));
    expect_no_memory(cairn_arc_str_try_from_in(&no_arc, &other.allocator, CAIRN_STR("a")));
    assert_null(none.items);
    assert_null(no_arc.items);
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
    assert_true(cairn_str_equal(cairn_rc_str_as_str(&none), (cairn_str){0}));
}

#define test_on_a_heap(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(items_are_moved_in_and_dropped_with_the_last_owner),
        test_on_a_heap(items_are_cloned),
        test_on_a_heap(outside_is_nothing_or_a_panic),
        test_on_a_heap(no_items_are_shared_too),
        test_on_a_heap(weak_handles_keep_the_block_but_not_the_items),
        test_on_a_heap(who_writes_has_the_items_alone),
        test_on_a_heap(every_alignment_is_kept),
        test_on_a_heap(more_than_can_be_is_refused),
        test_on_a_heap(every_failure_leaves_all_as_it_was),
        test_on_a_heap(a_clone_that_fails_leaves_nothing),
        test_on_a_heap(the_aborting_forms_call_the_handler),
        test_on_a_heap(text_is_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
