/* SPDX-License-Identifier: MIT */
/* BinaryHeap: each function by itself, and all of them at random against a sorted array. */
#include "test.h"

#include <stdlib.h>

#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/global.h>

#include "expect_error.h"
#include "strict_heap.h"
#include "tracked.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

static struct cairn_counted other = CAIRN_COUNTED(&failing.allocator);

static int compare(const struct tracked *one, const struct tracked *another)
{
    int a = tracked_value(one), b = tracked_value(another);
    return CAIRN_COMPARE_NUMBERS(&a, &b);
}

#define T          vec_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include <cairn/vec.t.h>

#define T          heap_tracked
#define VEC        vec_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#define COMPARE    compare
#include <cairn/binary_heap.t.h>

struct nothing {
};
static int compare_nothing(const struct nothing *one, const struct nothing *another)
{
    (void)one, (void)another;
    return 0;
}
#define T    vec_nothing
#define ITEM struct nothing
#include <cairn/vec.t.h>

#define T       heap_nothing
#define VEC     vec_nothing
#define ITEM    struct nothing
#define COMPARE compare_nothing
#include <cairn/binary_heap.t.h>

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

static heap_tracked heap_of(const int *values, size_t count)
{
    heap_tracked made = {0};
    for (size_t i = 0; i < count; i++)
        heap_tracked_push(&made, tracked_make(values[i]));
    return made;
}

#define HEAP_OF(...) heap_of((int[]){__VA_ARGS__}, sizeof((int[]){__VA_ARGS__}) / sizeof(int))

static void expect_order(const heap_tracked *heap)
{
    for (size_t i = 1; i < heap->vec.length; i++)
        assert_true(compare(&heap->vec.items[(i - 1) / 2], &heap->vec.items[i]) >= 0);
}

/* Pops all: these, from the greatest to the least. */
static void expect_pops(heap_tracked *heap, size_t count, const int *values)
{
    struct tracked item;
    assert_int_equal(heap->vec.length, count);
    for (size_t i = 0; i < count; i++) {
        expect_order(heap);
        assert_true(heap_tracked_pop(heap, &item));
        assert_int_equal(tracked_value(&item), values[i]);
        tracked_drop(&item);
    }
    assert_false(heap_tracked_pop(heap, &item));
}

#define EXPECT_POPS(heap, ...) \
    expect_pops(heap, sizeof((int[]){__VA_ARGS__}) / sizeof(int), (int[]){__VA_ARGS__})

/* ---- Each function ---- */

static void the_greatest_comes_first(void **state)
{
    (void)state;
    owned(heap_tracked) heap = HEAP_OF(3, 9, 1, 9, 5, 7);
    assert_int_equal(tracked_value(heap_tracked_peek(&heap)), 9);
    EXPECT_POPS(&heap, 9, 9, 7, 5, 3, 1);
    assert_null(heap_tracked_peek(&heap));
}

static void zero_is_empty_and_costs_nothing(void **state)
{
    (void)state;
    size_t allocs = strict_heap.allocs;
    heap_tracked heap = {0};
    heap_tracked_changed(&heap);
    heap_tracked_retain(&heap, NULL, NULL);
    vec_tracked vec = heap_tracked_into_sorted_vec(&heap);
    assert_true(!vec.items && vec.length == 0);
    heap_tracked_drop(&heap);
    assert_int_equal(strict_heap.allocs, allocs);
}

/* Every permutation of up to seven. */
static void every_order_of_pushes_is_sorted(void **state)
{
    (void)state;
    for (int n = 1; n <= 7; n++) {
        int permutations = 1;
        for (int i = 2; i <= n; i++)
            permutations *= i;
        for (int number = 0; number < permutations; number++) {
            int values[7], left = number;
            for (int i = 0; i < n; i++) { /* from the factorial number system */
                values[i] = i;
                int at = left % (i + 1);
                left /= i + 1;
                int swapped = values[at];
                values[at] = values[i];
                values[i] = swapped;
            }
            heap_tracked heap = heap_of(values, (size_t)n);
            expect_order(&heap);
            owned(vec_tracked) sorted = heap_tracked_into_sorted_vec(&heap);
            for (int i = 0; i < n; i++)
                assert_int_equal(tracked_value(&sorted.items[i]), i);
        }
    }
}

static void a_vec_becomes_a_heap_and_one_again(void **state)
{
    (void)state;
    vec_tracked vec = vec_tracked_new_in(&other.allocator);
    for (int i = 0; i < 20; i++)
        vec_tracked_push(&vec, tracked_make(i * 7 % 20));
    heap_tracked heap = heap_tracked_from_vec(take(vec));
    expect_order(&heap);
    vec = heap_tracked_into_vec(&heap);
    assert_true(vec.length == 20 && vec.allocator == &other.allocator && !heap.vec.items);
    heap = heap_tracked_from_vec(take(vec));
    vec = heap_tracked_into_sorted_vec(&heap);
    for (int i = 0; i < 20; i++)
        assert_int_equal(tracked_value(&vec.items[i]), i);
    vec_tracked_drop(&vec);
}

static void what_is_changed_finds_its_place(void **state)
{
    (void)state;
    owned(heap_tracked) heap = HEAP_OF(1, 5, 3, 4);
    heap_tracked_peek_mut(&heap)->value = 2;
    heap_tracked_changed(&heap);
    EXPECT_POPS(&heap, 4, 3, 2, 1);
}

static void append_takes_few_or_many(void **state)
{
    (void)state;
    owned(heap_tracked) heap = {0}, few = HEAP_OF(50), many = {0};
    for (int i = 0; i < 40; i++)
        heap_tracked_push(&heap, tracked_make(i));
    for (int i = 100; i < 180; i++)
        heap_tracked_push(&many, tracked_make(i));
    heap_tracked_append(&heap, &few);
    expect_order(&heap);
    assert_int_equal(tracked_value(heap_tracked_peek(&heap)), 50);
    heap_tracked_append(&heap, &many);
    expect_order(&heap);
    assert_true(heap.vec.length == 121 && few.vec.length == 0 && many.vec.length == 0);
    heap_tracked_append(&many, &heap); /* to none */
    expect_order(&many);
    assert_int_equal(many.vec.length, 121);
}

static void extend_and_clone_clone(void **state)
{
    (void)state;
    owned(heap_tracked) heap = HEAP_OF(1, 2), clone, more = HEAP_OF(7, 5, 6);
    heap_tracked_extend_from(&heap, more.vec.items, 3);
    clone = heap_tracked_clone(&heap);
    heap_tracked_drop(&heap);
    EXPECT_POPS(&clone, 7, 6, 5, 2, 1);
    assert_int_equal(tracked_live, 3);
}

static bool is_odd(const struct tracked *item, void *context)
{
    (void)context;
    return tracked_value(item) % 2 != 0;
}

static void retain_keeps_the_order(void **state)
{
    (void)state;
    owned(heap_tracked) heap = HEAP_OF(1, 2, 3, 4, 5, 6, 7, 8, 9);
    heap_tracked_retain(&heap, is_odd, NULL);
    EXPECT_POPS(&heap, 9, 7, 5, 3, 1);
}

static void drain_takes_all(void **state)
{
    (void)state;
    owned(heap_tracked) heap = HEAP_OF(1, 2, 3, 4, 5);
    struct tracked item;
    int sum = 0;
    for (vec_tracked_drain_iterator i = heap_tracked_drain(&heap);
         vec_tracked_drain_next(&i, &item); tracked_drop(&item))
        sum += tracked_value(&item);
    assert_true(sum == 15 && heap.vec.length == 0 && heap.vec.capacity != 0);
}

static void items_without_size_are_counted(void **state)
{
    (void)state;
    owned(heap_nothing) heap = {0};
    struct nothing item = {};
    for (int i = 0; i < 10; i++)
        heap_nothing_push(&heap, item);
    assert_true(heap_nothing_pop(&heap, &item) && heap.vec.length == 9);
}

/* ---- Running out of memory ---- */

static void a_failure_changes_nothing_and_drops_the_item(void **state)
{
    (void)state;
    owned(heap_tracked) heap = HEAP_OF(4, 3, 2, 1), more = HEAP_OF(9), result;
    fail_next_alloc();
    expect_no_memory(heap_tracked_try_push(&heap, tracked_make(5)));
    expect_no_memory(heap_tracked_push_within_capacity(&heap, tracked_make(5)));
    fail_next_alloc();
    expect_no_memory(heap_tracked_try_append(&heap, &more));
    fail_next_alloc();
    expect_no_memory(heap_tracked_try_extend_from(&heap, more.vec.items, 1));
    fail_next_alloc();
    expect_no_memory(heap_tracked_try_clone(&result, &heap));
    assert_true(!result.vec.items);
    assert_int_equal(tracked_live, 5);
    expect_ok(heap_tracked_try_clone(&result, &heap));
    expect_ok(heap_tracked_try_append(&result, &more));
    expect_ok(heap_tracked_push_within_capacity(&result, tracked_make(6)));
    expect_ok(heap_tracked_try_push(&result, tracked_make(7)));
    expect_ok(heap_tracked_try_extend_from(&result, result.vec.items, 1));
    EXPECT_POPS(&result, 9, 9, 7, 6, 4, 3, 2, 1);
    EXPECT_POPS(&heap, 4, 3, 2, 1);
    fail_next_alloc();
    heap_tracked_drop(&heap);
    expect_panic(heap_tracked_push(&heap, (struct tracked){0}), "allocation error");
}

/* ---- At random, against a sorted array ---- */

enum { MODEL_MAX = 300 };

static void random_actions_agree_with_a_sorted_array(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    owned(heap_tracked) heap = {0};
    int model[MODEL_MAX];
    size_t count = 0;
    for (int action = 0; action < 20000; action++) {
        int value = (int)random_below(&random, 100);
        bool push = count == 0 || (count < MODEL_MAX && random_below(&random, 100) < 52);
        size_t at = 0;
        if (push) {
            cairn_failing_at(&failing, random_one_in(&random, 3), CAIRN_FAILING_ONCE);
            bool failed = heap_tracked_try_push(&heap, tracked_make(value));
            cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
            if (failed)
                continue;
            for (at = count++; at > 0 && model[at - 1] > value; at--)
                model[at] = model[at - 1];
            model[at] = value;
        } else {
            struct tracked item;
            assert_true(heap_tracked_pop(&heap, &item));
            assert_int_equal(tracked_value(&item), model[--count]);
            tracked_drop(&item);
        }
        assert_int_equal(heap.vec.length, count);
        if (action % 64 == 0)
            expect_order(&heap);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_greatest_comes_first, after),
        cmocka_unit_test_teardown(zero_is_empty_and_costs_nothing, after),
        cmocka_unit_test_teardown(every_order_of_pushes_is_sorted, after),
        cmocka_unit_test_teardown(a_vec_becomes_a_heap_and_one_again, after),
        cmocka_unit_test_teardown(what_is_changed_finds_its_place, after),
        cmocka_unit_test_teardown(append_takes_few_or_many, after),
        cmocka_unit_test_teardown(extend_and_clone_clone, after),
        cmocka_unit_test_teardown(retain_keeps_the_order, after),
        cmocka_unit_test_teardown(drain_takes_all, after),
        cmocka_unit_test_teardown(items_without_size_are_counted, after),
        cmocka_unit_test_teardown(a_failure_changes_nothing_and_drops_the_item, after),
        cmocka_unit_test_teardown(random_actions_agree_with_a_sorted_array, after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
