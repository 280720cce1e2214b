/* SPDX-License-Identifier: MIT */
/*
 * LinkedList: what it promises beyond what tests/collections_beside/list.cpp compares, and under every
 * failure.
 */
#define CAIRN_CHECKED_ITERATION
#include "test.h"

#include <cairn/global.h>

#include "expect_error.h"
#include "fail_nth.h"
#include "spy.h"
#include "strict_heap.h"
#include "tracked.h"

static struct spy spy = {.allocator = {&spy_operations}};
CAIRN_GLOBAL_ALLOCATOR(&spy.allocator);

#define T          list_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include <cairn/list.t.h>

#define T          box_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include <cairn/box.t.h>

#define T          list_box
#define ITEM       box_tracked
#define ITEM_DROP  box_tracked_drop
#define ITEM_CLONE box_tracked_try_clone
#include <cairn/list.t.h>

#define T         list_list
#define ITEM      list_box
#define ITEM_DROP list_box_drop
#include <cairn/list.t.h>

struct page {
    _Alignas(4096) int value;
};
#define T    list_page
#define ITEM struct page
#include <cairn/list.t.h>

struct nothing {
};
#define T    list_nothing
#define ITEM struct nothing
#include <cairn/list.t.h>

_Static_assert(sizeof(list_tracked) <= 4 * sizeof(void *), "an empty list is four words");

static int before(void **state)
{
    (void)state;
    spy = (struct spy){.allocator = {&spy_operations}};
    return 0;
}

static int after(void **state)
{
    (void)state;
    tracked_expect_none();
    strict_heap_expect_empty();
    return 0;
}

/* 1, 2, ..., last */
static list_tracked count_to(int last)
{
    list_tracked made = {0};
    for (int i = 1; i <= last; i++)
        list_tracked_push_back(&made, tracked_make(i));
    return made;
}

static void zero_is_empty_and_costs_nothing(void **state)
{
    (void)state;
    owned(list_tracked) list = {0}, clone = list_tracked_clone(&list);
    struct tracked item;
    assert_null(list_tracked_front(&list));
    assert_null(list_tracked_back(&list));
    assert_false(list_tracked_pop_front(&list, &item));
    assert_false(list_tracked_pop_back(&list, &item));
    list_tracked_append(&list, &clone);
    owned(list_tracked) tail = list_tracked_split_off(&list, 0);
    list_tracked_iterator i = list_tracked_begin(&list);
    assert_false(list_tracked_next(&i));
    assert_false(list_tracked_previous(&i));
    list_tracked_clear(&list);
    list_tracked_drop(&list);
    list_tracked_drop(&list);
    spy_expect(&spy, 0, 0, 0, 0);
}

static void items_stay_where_they_are(void **state)
{
    (void)state;
    owned(list_tracked) list = count_to(3), more = count_to(2);
    const struct tracked *item = list_tracked_back(&list);
    list_tracked_append(&list, &more);
    owned(list_tracked) tail = list_tracked_split_off(&list, 2);
    assert_ptr_equal(list_tracked_front(&tail), item);
    assert_int_equal(tracked_value(item), 3);
}

static void each_item_is_one_block(void **state)
{
    (void)state;
    list_tracked list = count_to(3);
    spy_expect(&spy, 3, 0, 0, 0);
    list_tracked_iterator i = list_tracked_begin(&list);
    assert_true(list_tracked_next(&i));
    list_tracked_erase(&i);
    spy_expect(&spy, 3, 1, 0, 0);
    list_tracked_drop(&list);
    spy_expect(&spy, 3, 3, 0, 0);
}

static void what_must_not_be_panics(void **state)
{
    (void)state;
    owned(list_tracked) list = count_to(2), other = list_tracked_new_in(fail_nth_allocator);
    list_tracked_iterator i = list_tracked_begin(&list);
    expect_panic(list_tracked_erase(&i), "there is no item at the iterator");
    expect_panic(list_tracked_append(&list, &list), "a list cannot be put into itself");
    expect_panic(list_tracked_append(&list, &other), "the lists have different allocators");
    expect_panic(list_tracked_splice_after(&i, &other), "the lists have different allocators");
    expect_panic(other = list_tracked_split_off(&list, 3), "index out of bounds");
    assert_true(list_tracked_next(&i));
    list_tracked_erase(&i);
    expect_panic(list_tracked_erase(&i), "there is no item at the iterator");
    list_tracked_iterator next = list_tracked_begin(&list);
    list_tracked_push_back(&list, tracked_make(3));
    expect_panic(assert_true(list_tracked_next(&next)), "changed");
    expect_panic(assert_true(list_tracked_previous(&next)), "changed");
    expect_panic(list_tracked_insert_after(&next, tracked_make(4)), "changed");
    tracked_live--; /* of the last: it went where the panic left it */
    assert_int_equal(tracked_value(list_tracked_front(&list)), 2);
}

static void special_items(void **state)
{
    (void)state;
    owned(list_page) pages = {0};
    owned(list_nothing) nothings = {0};
    for (int i = 0; i < 5; i++) {
        list_page_push_front(&pages, (struct page){i});
        list_nothing_push_back(&nothings, (struct nothing){});
    }
    assert_int_equal((uintptr_t)list_page_front(&pages) % 4096, 0);
    assert_int_equal(list_page_front(&pages)->value, 4);
    size_t seen = 0;
    for (list_nothing_iterator i = list_nothing_begin(&nothings); list_nothing_next(&i); seen++)
        list_nothing_erase(&i);
    assert_int_equal(seen, 5);
}

static box_tracked boxed(int value)
{
    return box_tracked_new_in(fail_nth_allocator, tracked_make(value));
}

static void an_item_moves_within_its_own_collection(void **state)
{
    (void)state;
    owned(list_list) lists = {0};
    list_box one = {0};
    list_box_push_back(&one, boxed(1));
    list_list_push_back(&lists, one);
    for (int i = 0; i < 4; i++)
        list_list_push_front(&lists, take(*list_list_front(&lists)));
    assert_int_equal(lists.length, 5);
    assert_int_equal(tracked_value(list_box_front(list_list_front(&lists))->value), 1);
    assert_int_equal(tracked_live, 1);
}

/* ---- Failures ---- */

static list_box boxes(int last)
{
    list_box made = list_box_new_in(fail_nth_allocator);
    for (int i = 1; i <= last; i++)
        list_box_push_back(&made, boxed(i));
    return made;
}

/* Both ways: 1, 2, ..., last, where `value` is inserted at `index` unless that is SIZE_MAX. */
static void expect_boxes(list_box *list, int last, size_t index, int value)
{
    size_t place = 0;
    int number = 1;
    assert_int_equal(list->length, (size_t)last + (index != SIZE_MAX));
    for (list_box_iterator i = list_box_begin(list); list_box_next(&i); place++)
        assert_int_equal(tracked_value(i.item->value), place == index ? value : number++);
    for (list_box_iterator i = list_box_end(list); list_box_previous(&i);)
        place--;
    assert_int_equal(place, 0);
}

static int kind; /* of what is tried */

static enum cairn_collection_error insert_by(list_box *list, list_box_iterator *at,
                                             box_tracked item)
{
    switch (kind) {
    case 0:
        return list_box_try_push_front(list, item);
    case 1:
        return list_box_try_push_back(list, item);
    case 2:
        return list_box_try_insert_before(at, item);
    default:
        return list_box_try_insert_after(at, item);
    }
}

static void insert_one(void)
{
    static const size_t places[] = {0, 4, 1, 2};
    fail_nth_pause();
    owned(list_box) list = boxes(4);
    list_box_iterator at = list_box_begin(&list);
    assert_true(list_box_next(&at) && list_box_next(&at));
    box_tracked item = boxed(50);
    fail_nth_resume();
    enum cairn_collection_error error = insert_by(&list, &at, item);
    if (error)
        expect_no_memory(error);
    expect_boxes(&list, 4, error ? SIZE_MAX : places[kind], 50);
    if (kind >= 2)
        assert_int_equal(tracked_value(at.item->value), 2);
}

static void clone_one(void)
{
    fail_nth_pause();
    owned(list_box) list = boxes(4);
    fail_nth_resume();
    owned(list_box) clone;
    enum cairn_collection_error error = list_box_try_clone(&clone, &list);
    expect_boxes(&list, 4, SIZE_MAX, 0);
    expect_boxes(&clone, error ? 0 : 4, SIZE_MAX, 0);
    assert_true(!error || !clone.allocator);
}

static void it_is_whole_after_every_failure(void **state)
{
    (void)state;
    for (kind = 0; kind < 4; kind++)
        fail_nth(insert_one, 1);
    fail_nth(clone_one, 8);
}

#define test_on_a_heap(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(zero_is_empty_and_costs_nothing),
        test_on_a_heap(items_stay_where_they_are),
        test_on_a_heap(each_item_is_one_block),
        test_on_a_heap(what_must_not_be_panics),
        test_on_a_heap(special_items),
        test_on_a_heap(an_item_moves_within_its_own_collection),
        test_on_a_heap(it_is_whole_after_every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
