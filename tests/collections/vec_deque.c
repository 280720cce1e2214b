/* SPDX-License-Identifier: MIT */
/*
 * VecDeque: what it promises, at every place of the ring and under every failure. Random operations
 * are tests/collections_beside/vec_deque.cpp.
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

#define T          box_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include <cairn/box.t.h>

#define T          vec_box
#define ITEM       box_tracked
#define ITEM_DROP  box_tracked_drop
#define ITEM_CLONE box_tracked_try_clone
#include <cairn/vec.t.h>

#define T          deque_box
#define ITEM       box_tracked
#define ITEM_DROP  box_tracked_drop
#define ITEM_CLONE box_tracked_try_clone
#define VEC        vec_box
#include <cairn/vec_deque.t.h>

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

#define T    deque_int
#define ITEM int
#define VEC  vec_int
#include <cairn/vec_deque.t.h>

#define T         deque_deque
#define ITEM      deque_box
#define ITEM_DROP deque_box_drop
#include <cairn/vec_deque.t.h>

struct line {
    _Alignas(64) int value;
};
#define T    deque_line
#define ITEM struct line
#include <cairn/vec_deque.t.h>

struct page {
    _Alignas(4096) int value;
};
#define T    deque_page
#define ITEM struct page
#include <cairn/vec_deque.t.h>

struct nothing {
};
static size_t nothings_dropped;
static void nothing_drop(struct nothing *item)
{
    assert_non_null(item);
    nothings_dropped++;
}
#define T         vec_nothing
#define ITEM      struct nothing
#define ITEM_DROP nothing_drop
#include <cairn/vec.t.h>

#define T         deque_nothing
#define ITEM      struct nothing
#define ITEM_DROP nothing_drop
#define VEC       vec_nothing
#include <cairn/vec_deque.t.h>

_Static_assert(sizeof(deque_int) <= 4 * sizeof(void *), "an empty deque is four words");

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

/* first, first + 1, ..., last; the first of them lies at place `head` of the memory. */
static deque_int count_at(size_t head, int first, int last)
{
    deque_int made = {0};
    int rubbish;
    for (size_t i = 0; i < head; i++) {
        deque_int_push_back(&made, -1);
        assert_true(deque_int_pop_front(&made, &rubbish));
    }
    for (int i = first; i <= last; i++)
        deque_int_push_back(&made, i);
    return made;
}

static box_tracked boxed(int value)
{
    return box_tracked_new_in(fail_nth_allocator, tracked_make(value));
}

/* 1, 2, ..., last in a ring that goes on at its beginning. */
static deque_box boxes(int last)
{
    deque_box made = deque_box_new_in(fail_nth_allocator);
    for (int i = last / 2 + 1; i <= last; i++)
        deque_box_push_back(&made, boxed(i));
    for (int i = last / 2; i >= 1; i--)
        deque_box_push_front(&made, boxed(i));
    return made;
}

static void expect_ints(const deque_int *deque, size_t length, const int *values)
{
    assert_int_equal(deque->length, length);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(*deque_int_at(deque, i), values[i]);
}

#define EXPECT_INTS(deque, ...) \
    expect_ints(deque, sizeof((int[]){__VA_ARGS__}) / sizeof(int), (int[]){__VA_ARGS__})

/* ---- Room ---- */

static void zero_is_empty_and_costs_nothing(void **state)
{
    (void)state;
    owned(deque_int) deque = {0}, clone = deque_int_clone(&deque);
    int item;
    assert_null(deque_int_front(&deque));
    assert_null(deque_int_back(&deque));
    assert_false(deque_int_pop_front(&deque, &item));
    assert_false(deque_int_pop_back(&deque, &item));
    assert_int_equal(deque_int_capacity(&deque), 0);
    assert_int_equal(deque_int_as_slices(&deque).first.length, 0);
    deque_int_rotate_left(&deque, 0);
    deque_int_append(&deque, &clone);
    deque_int_make_contiguous(&deque);
    deque_int_shrink_to_fit(&deque);
    deque_int_remove_range(&deque, 0, 0);
    deque_int_clear(&deque);
    owned(deque_int) tail = deque_int_split_off(&deque, 0);
    vec_int vec = deque_int_into_vec(&tail);
    tail = deque_int_from_vec(vec);
    deque_int_drop(&deque);
    deque_int_drop(&deque);
    spy_expect(&spy, 0, 0, 0, 0);
}

static void capacities_are_powers_of_two(void **state)
{
    (void)state;
    owned(deque_int) deque = {0};
    for (int i = 1; i <= 100; i++) {
        deque_int_push_front(&deque, i);
        size_t capacity = deque_int_capacity(&deque);
        assert_true(cairn_is_power_of_two(capacity) && capacity >= 4);
        assert_true(capacity == 4 || capacity < 2 * (size_t)i);
    }
    owned(deque_int) other = deque_int_with_capacity(33);
    assert_int_equal(deque_int_capacity(&other), 64);
    deque_int_shrink_to(&deque, 128);
    assert_int_equal(deque_int_capacity(&deque), 128);
    deque_int_truncate(&deque, 3);
    deque_int_shrink_to(&deque, 20);
    assert_int_equal(deque_int_capacity(&deque), 32);
    deque_int_shrink_to_fit(&deque);
    assert_int_equal(deque_int_capacity(&deque), 4);
    EXPECT_INTS(&deque, 100, 99, 98);
    deque_int_clear(&deque);
    deque_int_shrink_to_fit(&deque);
    assert_null(deque.items);
    deque_int_shrink_to(&deque, SIZE_MAX);
}

static void what_is_within_the_capacity_allocates_nothing(void **state)
{
    (void)state;
    owned(deque_int) deque = {0};
    expect_no_memory(deque_int_push_back_within_capacity(&deque, 1));
    expect_no_memory(deque_int_push_front_within_capacity(&deque, 1));
    deque_int_reserve(&deque, 3);
    spy_expect(&spy, 1, 0, 0, 0);
    for (int i = 0; i < 2; i++) {
        expect_ok(deque_int_push_back_within_capacity(&deque, i));
        expect_ok(deque_int_push_front_within_capacity(&deque, -i));
    }
    expect_no_memory(deque_int_push_back_within_capacity(&deque, 2));
    EXPECT_INTS(&deque, -1, 0, 0, 1);
    spy_expect(&spy, 1, 0, 0, 0);
}

static void an_item_that_has_no_room_is_dropped(void **state)
{
    (void)state;
    owned(deque_box) deque = {0};
    expect_no_memory(deque_box_push_back_within_capacity(&deque, box_tracked_new(tracked_make(1))));
    expect_no_memory(
        deque_box_push_front_within_capacity(&deque, box_tracked_new(tracked_make(1))));
    assert_int_equal(tracked_live, 0);
}

/* Growing at every place where the ring may begin, by every number of items. */
static void it_grows_wherever_it_begins(void **state)
{
    (void)state;
    for (size_t head = 0; head < 8; head++)
        for (int length = 0; length <= 8; length++) {
            owned(deque_int) deque = deque_int_with_capacity(8);
            deque_int_extend_from(&deque, (int[8]){0}, head);
            deque_int_remove_range(&deque, 0, head);
            for (int i = 0; i < length; i++)
                deque_int_push_back(&deque, i);
            deque_int_reserve(&deque, 20);
            assert_int_equal(deque_int_capacity(&deque), 32);
            for (int i = 0; i < length; i++)
                assert_int_equal(*deque_int_at(&deque, (size_t)i), i);
            deque_int_push_front(&deque, -1);
            deque_int_push_back(&deque, length);
            for (int i = 0; i < length + 2; i++)
                assert_int_equal(*deque_int_at(&deque, (size_t)i), i - 1);
        }
}

/* ---- Every place ---- */

/* Opening and closing gaps, rotating and straightening, at every place of the ring. */
static void it_moves_items_wherever_they_are(void **state)
{
    (void)state;
    for (size_t head = 0; head < 16; head++)
        for (int length = 1; length <= 15; length++)
            for (size_t index = 0; index < (size_t)length; index++) {
                owned(deque_int) deque = count_at(head, 0, length - 1);
                deque_int_insert(&deque, index, 99);
                assert_int_equal(deque_int_remove(&deque, index), 99);
                deque_int_rotate_left(&deque, index);
                for (size_t i = 0; i < (size_t)length; i++)
                    assert_int_equal(*deque_int_at(&deque, i), (index + i) % (size_t)length);
                deque_int_rotate_right(&deque, index);
                const int *items = deque_int_make_contiguous(&deque).items;
                for (int i = 0; i < length; i++)
                    assert_int_equal(items[i], i);
            }
}

static void slices_are_all_items(void **state)
{
    (void)state;
    owned(deque_int) deque = count_at(2, 1, 4);
    deque_int_slices slices = deque_int_as_slices(&deque);
    assert_int_equal(slices.first.length, 2);
    assert_int_equal(slices.second.length, 2);
    assert_true(slices.first.items[0] == 1 && slices.first.items[1] == 2);
    assert_true(slices.second.items[0] == 3 && slices.second.items[1] == 4);
}

static void long_ones_are_straightened(void **state)
{
    (void)state;
    for (size_t head = 1; head < 1024; head += 93) {
        owned(deque_int) deque = deque_int_with_capacity(1024);
        for (int i = 0; i < 1024; i++)
            deque_int_push_back(&deque, i);
        deque_int_rotate_left(&deque, head); /* it is full: only the head moves */
        const int *items = deque_int_make_contiguous(&deque).items;
        for (int i = 0; i < 1024; i++)
            assert_int_equal(items[i], (i + (int)head) % 1024);
    }
}

static void ranges_are_removed(void **state)
{
    (void)state;
    owned(deque_int) deque = count_at(3, 1, 7);
    deque_int_remove_range(&deque, 1, 3);
    EXPECT_INTS(&deque, 1, 5, 6, 7);
    deque_int_remove_range(&deque, 2, 2);
    EXPECT_INTS(&deque, 1, 5);
    deque_int_remove_range(&deque, 0, 2);
    assert_int_equal(deque.length, 0);
}

static bool is_odd(const int *item, void *context)
{
    ++*(int *)context;
    return *item % 2 != 0;
}

static void retain_asks_for_each_once(void **state)
{
    (void)state;
    owned(deque_int) deque = count_at(5, 1, 6);
    int asked = 0;
    deque_int_retain(&deque, is_odd, &asked);
    assert_int_equal(asked, 6);
    EXPECT_INTS(&deque, 1, 3, 5);
}

static void swaps_and_removals(void **state)
{
    (void)state;
    owned(deque_int) deque = count_at(3, 1, 5);
    deque_int_swap(&deque, 0, 4);
    EXPECT_INTS(&deque, 5, 2, 3, 4, 1);
    assert_int_equal(deque_int_swap_remove_front(&deque, 2), 3);
    EXPECT_INTS(&deque, 2, 5, 4, 1);
    assert_int_equal(deque_int_swap_remove_back(&deque, 1), 5);
    EXPECT_INTS(&deque, 2, 1, 4);
    assert_int_equal(*deque_int_front(&deque), 2);
    assert_int_equal(*deque_int_back(&deque), 4);
}

/* ---- Iteration ---- */

static void it_is_iterated_both_ways(void **state)
{
    (void)state;
    owned(deque_int) deque = count_at(3, 1, 4);
    int seen = 0;
    for (deque_int_iterator i = deque_int_begin(&deque); deque_int_next(&i);)
        seen = 10 * seen + *i.item;
    for (deque_int_iterator i = deque_int_end(&deque); deque_int_previous(&i);)
        seen = 10 * seen + *i.item;
    assert_int_equal(seen, 12344321);
}

static void items_are_erased_on_the_way(void **state)
{
    (void)state;
    for (size_t head = 0; head < 8; head++) {
        owned(deque_int) deque = count_at(head, 1, 7);
        for (deque_int_iterator i = deque_int_begin(&deque); deque_int_next(&i);)
            if (*i.item % 3 == 0)
                deque_int_erase(&i);
        EXPECT_INTS(&deque, 1, 2, 4, 5, 7);
        for (deque_int_iterator i = deque_int_end(&deque); deque_int_previous(&i);)
            if (*i.item % 2 != 0)
                deque_int_erase(&i);
        EXPECT_INTS(&deque, 2, 4);
        deque_int_iterator i = deque_int_begin(&deque);
        expect_panic(deque_int_erase(&i), "there is no item to erase");
        assert_true(deque_int_next(&i));
        deque_int_erase(&i);
        expect_panic(deque_int_erase(&i), "there is no item to erase");
        assert_true(deque_int_next(&i) && *i.item == 4);
        assert_false(deque_int_next(&i));
    }
}

static bool is_even(const box_tracked *item, void *context)
{
    (void)context;
    return tracked_value(item->value) % 2 == 0;
}

/* What is left: 1, 2, ..., last without those in between. */
static void expect_without(const deque_box *deque, int first, int end, int last)
{
    size_t index = 0;
    for (int i = 1; i <= last; i++)
        if (i < first || i >= end)
            assert_int_equal(tracked_value(deque_box_at(deque, index++)->value), i);
    assert_int_equal(deque->length, index);
}

/* Takes `taken` of a range's items out, at every place, and then leaves. */
static void a_drain_gives_what_is_asked_and_drops_the_rest(void **state)
{
    (void)state;
    for (int first = 1; first <= 7; first++)
        for (int end = first; end <= 7; end++)
            for (int taken = 0; taken <= end - first + 1; taken++) {
                owned(deque_box) deque = boxes(6);
                {
                    owned(deque_box_drain_iterator) drained =
                        deque_box_drain(&deque, (size_t)first - 1, (size_t)(end - first));
                    box_tracked item;
                    for (int i = 0; i < taken && deque_box_drain_next(&drained, &item); i++) {
                        assert_int_equal(tracked_value(item.value), first + i);
                        box_tracked_drop(&item);
                    }
                }
                expect_without(&deque, first, end, 6);
            }
}

static void extract_if_leaves_what_it_was_not_asked_for(void **state)
{
    (void)state;
    for (size_t taken = 0; taken <= 4; taken++) {
        owned(deque_box) deque = boxes(6);
        {
            owned(deque_box_drain_iterator) even =
                deque_box_extract_if(&deque, 0, 6, is_even, NULL);
            box_tracked item;
            for (size_t i = 0; i < taken && deque_box_drain_next(&even, &item); i++) {
                assert_int_equal(tracked_value(item.value), 2 * i + 2);
                box_tracked_drop(&item);
            }
        }
        assert_int_equal(deque.length, taken < 3 ? 6 - taken : 3);
        size_t last = deque.length - 1;
        assert_int_equal(tracked_value(deque_box_at(&deque, last)->value), taken < 3 ? 6 : 5);
    }
}

static void a_change_while_iterating_is_found(void **state)
{
    (void)state;
    owned(deque_int) deque = count_at(0, 1, 3);
    deque_int_iterator i = deque_int_begin(&deque);
    assert_true(deque_int_next(&i));
    deque_int_push_back(&deque, 4);
    expect_panic(assert_true(deque_int_next(&i)), "changed");
    expect_panic(assert_true(deque_int_previous(&i)), "changed");
    expect_panic(deque_int_erase(&i), "changed");
}

/* ---- Vec ---- */

static void it_becomes_a_vec_and_again_a_deque_in_place(void **state)
{
    (void)state;
    vec_int vec = {0};
    for (int i = 1; i <= 6; i++)
        vec_int_push(&vec, i);
    const int *items = vec.items;
    struct spy calls = spy;
    owned(deque_int) deque = deque_int_from_vec(vec);
    EXPECT_INTS(&deque, 1, 2, 3, 4, 5, 6);
    vec = deque_int_into_vec(&deque);
    assert_ptr_equal(vec.items, items);
    assert_int_equal(vec.capacity, 8);
    deque = deque_int_from_vec(vec);
    deque_int_rotate_left(&deque, 2);
    owned(vec_int) rotated = deque_int_into_vec(&deque);
    assert_null(deque.items);
    assert_true(rotated.items == items && rotated.items[0] == 3 && rotated.items[5] == 2);
    assert_int_equal(spy.reallocs + spy.allocs + spy.deallocs,
                     calls.reallocs + calls.allocs + calls.deallocs);
}

static void a_vec_of_another_capacity_is_reallocated(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity < 40; capacity++)
        for (size_t length = 0; length <= capacity; length++) {
            vec_int vec = vec_int_with_capacity(capacity);
            for (size_t i = 0; i < length; i++)
                vec_int_push(&vec, (int)i);
            owned(deque_int) deque = deque_int_from_vec(vec);
            size_t made = deque_int_capacity(&deque);
            assert_true(cairn_is_power_of_two(made) && made >= length && made < 2 * capacity);
            for (size_t i = 0; i < length; i++)
                assert_int_equal(*deque_int_at(&deque, i), i);
        }
}

/* ---- What must not be ---- */

static void outside_panics(void **state)
{
    (void)state;
    owned(deque_int) deque = count_at(2, 1, 3);
    deque_int tail;
    assert_null(deque_int_get(&deque, 3));
    expect_panic(deque_int_at(&deque, 3),
                 "at: index out of bounds: the length is 3 but the index is 3");
    expect_panic(deque_int_at(&deque, SIZE_MAX), "index out of bounds");
    expect_panic(deque_int_insert(&deque, 4, 0), "index out of bounds");
    expect_panic(deque_int_remove(&deque, 3), "index out of bounds");
    expect_panic(deque_int_swap_remove_front(&deque, 3), "index out of bounds");
    expect_panic(deque_int_swap_remove_back(&deque, 3), "index out of bounds");
    expect_panic(deque_int_swap(&deque, 0, 3), "index out of bounds");
    expect_panic(deque_int_rotate_left(&deque, 4), "range out of bounds");
    expect_panic(deque_int_rotate_right(&deque, 4), "range out of bounds");
    expect_panic(deque_int_remove_range(&deque, 2, 2), "range out of bounds");
    expect_panic(deque_int_remove_range(&deque, 1, SIZE_MAX), "range out of bounds");
    expect_panic(deque_int_remove_range(&deque, 4, 0), "range out of bounds");
    expect_panic(tail = deque_int_split_off(&deque, 4), "index out of bounds");
    expect_panic(expect_ok(deque_int_try_split_off(&deque, 4, &tail)), "index out of bounds");
    expect_panic(deque_int_append(&deque, &deque), "a deque cannot be appended to itself");
    EXPECT_INTS(&deque, 1, 2, 3);
}

static void what_is_too_large_is_told(void **state)
{
    (void)state;
    owned(deque_int) deque = count_at(2, 1, 3);
    expect_too_large(deque_int_try_reserve(&deque, SIZE_MAX));
    expect_too_large(deque_int_try_reserve(&deque, SIZE_MAX / 2));
    expect_too_large(deque_int_try_reserve(&deque, SIZE_MAX / sizeof(int)));
    expect_too_large(deque_int_try_resize(&deque, SIZE_MAX, 7));
    expect_too_large(deque_int_try_extend_from(&deque, &(int){1}, SIZE_MAX));
    deque_int made;
    expect_too_large(deque_int_try_with_capacity(&made, SIZE_MAX));
    assert_true(!made.items && !made.ends);
    EXPECT_INTS(&deque, 1, 2, 3);
    expect_panic(deque_int_reserve(&deque, SIZE_MAX), "allocation");
}

/* ---- Special items ---- */

static void items_without_size(void **state)
{
    (void)state;
    struct nothing nothing = {};
    nothings_dropped = 0;
    deque_nothing deque = {0};
    for (int i = 0; i < 100; i++) {
        deque_nothing_push_back(&deque, nothing);
        deque_nothing_push_front(&deque, nothing);
    }
    deque_nothing_insert(&deque, 77, nothing);
    deque_nothing_rotate_left(&deque, 99);
    deque_nothing_make_contiguous(&deque);
    deque_nothing_shrink_to_fit(&deque);
    assert_int_equal(deque.length, 201);
    assert_true(deque_nothing_pop_front(&deque, &nothing));
    assert_true(deque_nothing_pop_back(&deque, &nothing));
    vec_nothing vec = deque_nothing_into_vec(&deque);
    vec_nothing_push(&vec, nothing);
    deque = deque_nothing_from_vec(vec);
    expect_too_large(deque_nothing_try_reserve(&deque, SIZE_MAX / 2));
    deque_nothing_remove_range(&deque, 10, 20);
    assert_int_equal(nothings_dropped, 20);
    for (deque_nothing_iterator i = deque_nothing_begin(&deque); deque_nothing_next(&i);)
        deque_nothing_erase(&i);
    assert_int_equal(nothings_dropped, 200);
    deque_nothing_push_front(&deque, nothing);
    deque_nothing_drop(&deque);
    assert_int_equal(nothings_dropped, 201);
    spy_expect(&spy, 0, 0, 0, 0);
}

static void items_of_large_alignment(void **state)
{
    (void)state;
    owned(deque_line) lines = {0};
    owned(deque_page) pages = {0};
    for (int i = 0; i < 9; i++) {
        deque_line_push_front(&lines, (struct line){i});
        deque_page_push_front(&pages, (struct page){i});
    }
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal((uintptr_t)deque_line_at(&lines, i) % 64, 0);
        assert_int_equal((uintptr_t)deque_page_at(&pages, i) % 4096, 0);
        assert_int_equal(deque_line_at(&lines, i)->value, 8 - (int)i);
        assert_int_equal(deque_page_at(&pages, i)->value, 8 - (int)i);
    }
}

static void an_item_moves_within_its_own_collection(void **state)
{
    (void)state;
    owned(deque_deque) deques = {0};
    deque_box one = {0};
    deque_box_push_back(&one, boxed(1));
    deque_deque_push_back(&deques, one);
    for (int i = 0; i < 10; i++) { /* while it grows, too */
        deque_deque_push_front(&deques, take(*deque_deque_back(&deques)));
        deque_deque_push_back(&deques, take(*deque_deque_front(&deques)));
    }
    assert_int_equal(deques.length, 21);
    assert_int_equal(tracked_value(deque_box_at(deque_deque_back(&deques), 0)->value), 1);
    assert_int_equal(tracked_live, 1);
}

static void it_extends_from_itself_while_it_grows(void **state)
{
    (void)state;
    for (size_t head = 0; head < 4; head++) {
        owned(deque_int) deque = count_at(head, 1, 4);
        deque_int_slices slices = deque_int_as_slices(&deque);
        const int *source = slices.second.length ? slices.second.items : slices.first.items;
        int first = *source;
        deque_int_extend_from(&deque, source, 1);
        assert_int_equal(*deque_int_back(&deque), first);
        assert_int_equal(deque.length, 5);
    }
}

/* ---- Failures: the n-th allocation, for each n. The items are boxes, so that cloning fails too. ---- */

static int total(const deque_box *deque)
{
    int sum = 0;
    for (size_t i = 0; i < deque->length; i++)
        sum += tracked_value(deque_box_at(deque, i)->value);
    return sum;
}

static void expect_boxes(const deque_box *deque, size_t length, int sum)
{
    assert_int_equal(deque->length, length);
    assert_int_equal(total(deque), sum);
}

/* What each fallible function does to boxes(4), in a ring that is full. It must give NO_MEMORY or do
 * all of it; `done` says which. */
typedef enum cairn_collection_error operation(deque_box *deque, box_tracked item);

static enum cairn_collection_error push_front(deque_box *deque, box_tracked item)
{
    return deque_box_try_push_front(deque, item);
}

static enum cairn_collection_error push_back(deque_box *deque, box_tracked item)
{
    return deque_box_try_push_back(deque, item);
}

static enum cairn_collection_error insert(deque_box *deque, box_tracked item)
{
    return deque_box_try_insert(deque, 2, item);
}

static enum cairn_collection_error resize(deque_box *deque, box_tracked item)
{
    return deque_box_try_resize(deque, 9, item);
}

static enum cairn_collection_error extend_from_itself(deque_box *deque, box_tracked item)
{
    box_tracked_drop(&item);
    return deque_box_try_extend_from(deque, deque_box_make_contiguous(deque).items, 4);
}

static enum cairn_collection_error reserve(deque_box *deque, box_tracked item)
{
    box_tracked_drop(&item);
    return deque_box_try_reserve(deque, 30);
}

static enum cairn_collection_error clone(deque_box *deque, box_tracked item)
{
    box_tracked_drop(&item);
    owned(deque_box) made;
    enum cairn_collection_error error = deque_box_try_clone(&made, deque);
    expect_boxes(&made, error ? 0 : 4, error ? 0 : 10);
    assert_true(!error || (!made.items && !made.allocator));
    return error;
}

static enum cairn_collection_error split_off(deque_box *deque, box_tracked item)
{
    box_tracked_drop(&item);
    owned(deque_box) tail;
    enum cairn_collection_error error = deque_box_try_split_off(deque, 1, &tail);
    assert_true(!error || (!tail.items && !tail.allocator));
    assert_int_equal(tail.length, error ? 0 : 3);
    return error;
}

static enum cairn_collection_error append(deque_box *deque, box_tracked item)
{
    fail_nth_pause();
    owned(deque_box) other = boxes(3);
    fail_nth_resume();
    box_tracked_drop(&item);
    enum cairn_collection_error error = deque_box_try_append(deque, &other);
    expect_boxes(&other, error ? 3 : 0, error ? 6 : 0);
    return error;
}

/* One that has too much room. */
static enum cairn_collection_error shrink(deque_box *deque, box_tracked item)
{
    fail_nth_pause();
    deque_box_reserve(deque, 20);
    fail_nth_resume();
    box_tracked_drop(&item);
    return deque_box_try_shrink_to_fit(deque);
}

/* A vec whose capacity must become another; it is consumed also on failure. */
static enum cairn_collection_error from_vec(deque_box *deque, box_tracked item)
{
    fail_nth_pause();
    vec_box vec = vec_box_new_in(fail_nth_allocator);
    vec_box_reserve_exact(&vec, 3);
    vec_box_push(&vec, item);
    fail_nth_resume();
    owned(deque_box) made;
    enum cairn_collection_error error = deque_box_try_from_vec(&made, vec);
    expect_boxes(&made, !error, error ? 0 : 50);
    expect_boxes(deque, 4, 10);
    return error;
}

static const struct {
    operation *perform;
    size_t length; /* afterwards, and the sum of all */
    int sum;
} operations[] = {
    {push_front, 5, 60}, {push_back, 5, 60}, {insert, 5, 60},
    {resize, 9, 260},    {reserve, 4, 10},   {extend_from_itself, 8, 20},
    {clone, 4, 10},      {split_off, 1, 0},  {append, 7, 16},
    {shrink, 4, 10},     {from_vec, 4, 10},
};

static size_t tested; /* of these */

static void perform_one(void)
{
    fail_nth_pause();
    owned(deque_box) deque = boxes(4);
    int first = tracked_value(deque_box_front(&deque)->value);
    box_tracked item = boxed(50);
    fail_nth_resume();
    enum cairn_collection_error error = operations[tested].perform(&deque, item);
    if (error) {
        expect_no_memory(error);
        expect_boxes(&deque, 4, 10);
        return;
    }
    int sum = operations[tested].sum ? operations[tested].sum : first;
    expect_boxes(&deque, operations[tested].length, sum);
}

static void it_is_whole_after_every_failure(void **state)
{
    (void)state;
    for (tested = 0; tested < sizeof(operations) / sizeof(operations[0]); tested++)
        fail_nth(perform_one, 1);
}

static void with_capacity(void)
{
    owned(deque_box) deque;
    if (deque_box_try_with_capacity_in(&deque, fail_nth_allocator, 5))
        assert_null(deque.allocator);
    else
        assert_int_equal(deque_box_capacity(&deque), 8);
}

static void with_capacity_fails_whole(void **state)
{
    (void)state;
    fail_nth(with_capacity, 1);
}

#define test_on_a_heap(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(zero_is_empty_and_costs_nothing),
        test_on_a_heap(capacities_are_powers_of_two),
        test_on_a_heap(what_is_within_the_capacity_allocates_nothing),
        test_on_a_heap(an_item_that_has_no_room_is_dropped),
        test_on_a_heap(it_grows_wherever_it_begins),
        test_on_a_heap(it_moves_items_wherever_they_are),
        test_on_a_heap(slices_are_all_items),
        test_on_a_heap(long_ones_are_straightened),
        test_on_a_heap(ranges_are_removed),
        test_on_a_heap(retain_asks_for_each_once),
        test_on_a_heap(swaps_and_removals),
        test_on_a_heap(it_is_iterated_both_ways),
        test_on_a_heap(items_are_erased_on_the_way),
        test_on_a_heap(a_drain_gives_what_is_asked_and_drops_the_rest),
        test_on_a_heap(extract_if_leaves_what_it_was_not_asked_for),
        test_on_a_heap(a_change_while_iterating_is_found),
        test_on_a_heap(it_becomes_a_vec_and_again_a_deque_in_place),
        test_on_a_heap(a_vec_of_another_capacity_is_reallocated),
        test_on_a_heap(outside_panics),
        test_on_a_heap(what_is_too_large_is_told),
        test_on_a_heap(items_without_size),
        test_on_a_heap(items_of_large_alignment),
        test_on_a_heap(an_item_moves_within_its_own_collection),
        test_on_a_heap(it_extends_from_itself_while_it_grows),
        test_on_a_heap(it_is_whole_after_every_failure),
        test_on_a_heap(with_capacity_fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
