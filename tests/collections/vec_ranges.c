/* SPDX-License-Identifier: MIT */
/* Vec: what is done to many of its items at once, and while walking through them. */
#define CAIRN_CHECKED_ITERATION
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

static int compare(const struct tracked *one, const struct tracked *other_one)
{
    int a = tracked_value(one), b = tracked_value(other_one);
    return CAIRN_COMPARE_NUMBERS(&a, &b);
}

#define T       slice_tracked
#define ITEM    struct tracked
#define COMPARE compare
#include <cairn/slice.t.h>

#define T          vec_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#define COMPARE    compare
#define SLICE      slice_tracked
#include <cairn/vec.t.h>

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

struct nothing {
};
#define T    vec_nothing
#define ITEM struct nothing
#include <cairn/vec.t.h>

struct page {
    _Alignas(4096) int value;
};
#define T    vec_page
#define ITEM struct page
#include <cairn/vec.t.h>

#define T         vec_vec
#define ITEM      vec_tracked
#define ITEM_DROP vec_tracked_drop
#include <cairn/vec.t.h>

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

/* first, first + 1, ..., last */
static vec_tracked count_from(int first, int last)
{
    vec_tracked made = {0};
    for (int i = first; i <= last; i++)
        vec_tracked_push(&made, tracked_make(i));
    return made;
}

static void expect_values(const vec_tracked *vec, size_t length, const int *values)
{
    assert_int_equal(vec->length, length);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(tracked_value(&vec->items[i]), values[i]);
}

#define EXPECT(vec, ...) \
    expect_values(vec, sizeof((int[]){__VA_ARGS__}) / sizeof(int), (int[]){__VA_ARGS__})

static bool is_divisible(const struct tracked *item, void *by)
{
    return tracked_value(item) % *(const int *)by == 0;
}

/* ---- Making ---- */

static void a_vec_is_made_of_items(void **state)
{
    (void)state;
    owned(vec_tracked) vec = vec_of(vec_tracked, tracked_make(1), tracked_make(2), tracked_make(3));
    EXPECT(&vec, 1, 2, 3);
    assert_int_equal(vec.capacity, 3);
    struct tracked items[] = {tracked_make(4), tracked_make(5)};
    owned(vec_tracked) in = vec_tracked_from_items_in(&other.allocator, items, 2), none;
    EXPECT(&in, 4, 5);
    assert_int_equal(other.live_blocks, 1);
    expect_ok(vec_tracked_try_from_items(&none, NULL, 0));
    assert_true(none.length == 0 && !none.items);
    owned(vec_int) numbers;
    expect_ok(try_vec_of(vec_int, &numbers, 7, 8));
    assert_true(numbers.length == 2 && numbers.items[1] == 8);
}

static void items_that_find_no_memory_are_dropped(void **state)
{
    (void)state;
    vec_tracked vec;
    fail_next_alloc();
    expect_no_memory(try_vec_of(vec_tracked, &vec, tracked_make(1), tracked_make(2)));
    assert_true(!vec.items && vec.length == 0 && tracked_live == 0);
    struct tracked items[] = {tracked_make(4), tracked_make(5)};
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_from_items_in(&vec, &other.allocator, items, 2));
    assert_true(!vec.allocator && tracked_live == 0);
}

static void leak_and_from_raw_parts_are_opposites(void **state)
{
    (void)state;
    vec_tracked vec = vec_tracked_with_capacity_in(&other.allocator, 5);
    vec_tracked_push(&vec, tracked_make(1));
    struct tracked *items = vec_tracked_leak(&vec);
    assert_true(!vec.items && !vec.allocator && vec.length == 0 && vec.capacity == 0);
    owned(vec_tracked) again = vec_tracked_from_raw_parts_in(&other.allocator, items, 1, 5);
    vec_tracked_push(&again, tracked_make(2));
    EXPECT(&again, 1, 2);
}

static void push_within_capacity_never_allocates(void **state)
{
    (void)state;
    owned(vec_tracked) vec = vec_tracked_with_capacity(2);
    size_t allocs = strict_heap.allocs;
    expect_ok(vec_tracked_push_within_capacity(&vec, tracked_make(1)));
    expect_ok(vec_tracked_push_within_capacity(&vec, tracked_make(2)));
    expect_no_memory(vec_tracked_push_within_capacity(&vec, tracked_make(3)));
    EXPECT(&vec, 1, 2);
    assert_int_equal(tracked_live, 2);
    assert_int_equal(strict_heap.allocs, allocs);
}

static void shrink_to_keeps_some_room(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_from(1, 5);
    vec_tracked_shrink_to(&vec, 100);
    assert_int_equal(vec.capacity, 8);
    expect_ok(vec_tracked_try_shrink_to(&vec, 6));
    assert_int_equal(vec.capacity, 6);
    vec_tracked_shrink_to(&vec, 2);
    assert_int_equal(vec.capacity, 5);
    vec_tracked_clear(&vec);
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_shrink_to(&vec, 1));
    assert_int_equal(vec.capacity, 5);
}

/* ---- Ranges ---- */

static void remove_range_drops(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_from(1, 6), none = {0};
    vec_tracked_remove_range(&vec, 1, 2);
    EXPECT(&vec, 1, 4, 5, 6);
    vec_tracked_remove_range(&vec, 2, 2);
    EXPECT(&vec, 1, 4);
    vec_tracked_remove_range(&vec, 2, 0);
    vec_tracked_remove_range(&none, 0, 0);
    assert_int_equal(tracked_live, 2);
    expect_panic(vec_tracked_remove_range(&vec, 1, 2), "vec_tracked_remove_range: range out of");
    expect_panic(vec_tracked_remove_range(&vec, SIZE_MAX, 1), "out of bounds");
    expect_panic(vec_tracked_remove_range(&vec, 1, SIZE_MAX), "out of bounds");
}

static void splice_replaces_a_range(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_from(1, 4), three = count_from(11, 13), one = count_from(21, 21);
    owned(vec_tracked) none = {0}, nothing = {0};
    vec_tracked_splice(&vec, 1, 2, &three); /* by more */
    EXPECT(&vec, 1, 11, 12, 13, 4);
    assert_int_equal(three.length, 0);
    vec_tracked_splice(&vec, 1, 3, &one); /* by fewer */
    EXPECT(&vec, 1, 21, 4);
    vec_tracked_splice(&vec, 3, 0, &none); /* nothing by nothing */
    vec_tracked_splice(&vec, 2, 1, &none); /* by none */
    EXPECT(&vec, 1, 21);
    vec_tracked_splice(&nothing, 0, 0, &none);
    vec_tracked_splice(&nothing, 0, 0, &vec); /* all over */
    EXPECT(&nothing, 1, 21);
    assert_int_equal(vec.length, 0);
    expect_panic(vec_tracked_splice(&nothing, 1, 2, &vec), "vec_tracked_splice_: range out of");
    expect_panic(vec_tracked_splice(&vec, 0, 0, &vec), "cannot be spliced into itself");
}

static void a_failed_splice_changes_nothing(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_from(1, 4), more = count_from(11, 13);
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_splice(&vec, 1, 1, &more));
    EXPECT(&vec, 1, 2, 3, 4);
    EXPECT(&more, 11, 12, 13);
    expect_ok(vec_tracked_try_splice(&vec, 0, 3, &more)); /* needs no more room */
    EXPECT(&vec, 11, 12, 13, 4);
}

static void insert_from_clones(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_from(1, 3), more = count_from(11, 12), none = {0};
    vec_tracked_insert_from(&vec, 1, more.items, 2);
    EXPECT(&vec, 1, 11, 12, 2, 3);
    vec_tracked_insert_from(&vec, 2, vec.items, 3); /* its own, while it grows */
    EXPECT(&vec, 1, 11, 1, 11, 12, 12, 2, 3);
    vec_tracked_insert_from(&vec, 8, NULL, 0);
    vec_tracked_insert_from(&none, 0, NULL, 0);
    vec_tracked_truncate(&vec, 2);
    tracked_clones_left = 1;
    expect_no_memory(vec_tracked_try_insert_from(&vec, 0, more.items, 2));
    tracked_clones_left = SIZE_MAX;
    vec_tracked_shrink_to_fit(&vec);
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_insert_from(&vec, 0, more.items, 2));
    EXPECT(&vec, 1, 11);
    expect_panic(vec_tracked_insert_from(&vec, 3, more.items, 1), "out of bounds");
    expect_too_large(vec_tracked_try_insert_from(&vec, 0, more.items, SIZE_MAX));
}

static uint64_t tens(const struct tracked *item, void *context)
{
    (void)context;
    return (uint64_t)tracked_value(item) / 10;
}

static void dedup_keeps_the_first_of_each_run(void **state)
{
    (void)state;
    owned(vec_tracked) vec = {0};
    const int values[] = {10, 10, 11, 20, 20, 20, 10};
    for (size_t i = 0; i < 7; i++)
        vec_tracked_push(&vec, tracked_make(values[i]));
    vec_tracked_dedup(&vec);
    EXPECT(&vec, 10, 11, 20, 10);
    vec_tracked_dedup_by_key(&vec, tens, NULL);
    EXPECT(&vec, 10, 20, 10);
    assert_int_equal(tracked_live, 3);
}

static void its_slices_have_functions_of_their_own(void **state)
{
    (void)state;
    owned(vec_tracked) vec =
        vec_of(vec_tracked, tracked_make(4), tracked_make(3), tracked_make(2), tracked_make(1));
    slice_tracked some = vec_tracked_range(&vec, 1, 3);
    slice_tracked_sort(&some);
    EXPECT(&vec, 4, 1, 2, 3);
    vec_tracked_sort(&vec);
    EXPECT(&vec, 1, 2, 3, 4);
    size_t index;
    assert_true(vec_tracked_binary_search(&vec, &vec.items[2], &index) && index == 2);
}

/* ---- Walking ---- */

static void a_walk_goes_both_ways(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_from(1, 3), none = {0};
    int next = 1;
    for (vec_tracked_iterator i = vec_tracked_begin(&vec); vec_tracked_next(&i);)
        assert_int_equal(tracked_value(i.item), next++);
    assert_int_equal(next, 4);
    for (vec_tracked_iterator i = vec_tracked_end(&vec); vec_tracked_previous(&i);)
        assert_int_equal(tracked_value(i.item), --next);
    assert_int_equal(next, 1);
    for (vec_tracked_iterator i = vec_tracked_begin(&none); vec_tracked_next(&i);)
        fail();
}

/* Each subset of five items is erased, forwards and backwards. */
static void a_walk_may_erase(void **state)
{
    (void)state;
    for (unsigned erased = 0; erased < 64; erased++) {
        bool backwards = erased & 32;
        owned(vec_tracked) vec = count_from(0, 4);
        int seen = 0, values[5];
        size_t kept = 0;
        vec_tracked_iterator i = backwards ? vec_tracked_end(&vec) : vec_tracked_begin(&vec);
        while (backwards ? vec_tracked_previous(&i) : vec_tracked_next(&i)) {
            int value = tracked_value(i.item);
            assert_int_equal(value, backwards ? 4 - seen : seen);
            seen++;
            if (erased >> value & 1)
                vec_tracked_erase(&i);
        }
        assert_int_equal(seen, 5);
        for (int value = 0; value < 5; value++)
            if (!(erased >> value & 1))
                values[kept++] = value;
        expect_values(&vec, kept, values);
    }
}

static void a_change_on_the_way_is_found(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_from(1, 3);
    vec_tracked_iterator i = vec_tracked_begin(&vec);
    expect_panic(vec_tracked_erase(&i), "vec_tracked_erase: there is no item to erase");
    assert_true(vec_tracked_next(&i));
    vec_tracked_push(&vec, tracked_make(4));
    bool found = false;
    expect_panic(found = vec_tracked_next(&i), "vec_tracked_next: the collection was changed");
    expect_panic(found = vec_tracked_previous(&i), "vec_tracked_previous: the collection was");
    expect_panic(vec_tracked_erase(&i), "vec_tracked_erase: the collection was changed");
    (void)found;
}

/* ---- Taking out ---- */

static void drain_takes_a_range(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_from(1, 6), none = {0};
    struct tracked item;
    int next = 3;
    vec_tracked_drain_iterator i = vec_tracked_drain(&vec, 2, 3);
    EXPECT(&vec, 1, 2); /* meanwhile */
    while (vec_tracked_drain_next(&i, &item)) {
        assert_int_equal(tracked_value(&item), next++);
        tracked_drop(&item);
    }
    EXPECT(&vec, 1, 2, 6);
    assert_false(vec_tracked_drain_next(&i, &item));
    vec_tracked_drain_iterator_drop(&i);
    i = vec_tracked_drain(&none, 0, 0);
    vec_tracked_drain_iterator_drop(&i);
    EXPECT(&vec, 1, 2, 6);
    expect_panic(i = vec_tracked_drain(&vec, 2, 2), "vec_tracked_drain: range out of bounds");
}

static void a_drain_that_is_left_drops_the_rest(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_from(1, 6);
    {
        owned(vec_tracked_drain_iterator) i = vec_tracked_drain(&vec, 0, 5);
        struct tracked item;
        assert_true(vec_tracked_drain_next(&i, &item));
        tracked_drop(&item);
    }
    EXPECT(&vec, 6);
    assert_int_equal(tracked_live, 1);
}

static void extract_if_takes_what_matches(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_from(1, 12);
    struct tracked item;
    int next = 3;
    vec_tracked_drain_iterator i = vec_tracked_extract_if(&vec, 1, 9, is_divisible, &(int){3});
    while (vec_tracked_drain_next(&i, &item)) {
        assert_int_equal(tracked_value(&item), next);
        next += 3;
        tracked_drop(&item);
    }
    assert_int_equal(next, 12);
    EXPECT(&vec, 1, 2, 4, 5, 7, 8, 10, 11, 12);
}

static void an_extract_if_that_is_left_keeps_the_rest(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_from(1, 6);
    {
        owned(vec_tracked_drain_iterator) i =
            vec_tracked_extract_if(&vec, 0, 6, is_divisible, &(int){2});
        struct tracked item;
        assert_true(vec_tracked_drain_next(&i, &item));
        tracked_drop(&item);
    }
    EXPECT(&vec, 1, 3, 4, 5, 6);
}

/* ---- Other items ---- */

static void items_without_size_are_only_counted(void **state)
{
    (void)state;
    owned(vec_nothing) vec = {0}, more = {0};
    struct nothing item = {};
    for (int i = 0; i < 10; i++)
        vec_nothing_push(&vec, item);
    vec_nothing_insert_from(&vec, 3, &item, 2);
    assert_int_equal(vec.length, 12);
    vec_nothing_append(&more, &vec);
    vec_nothing_splice(&vec, 0, 0, &more);
    vec_nothing_remove_range(&vec, 1, 3);
    size_t erased = 0;
    for (vec_nothing_iterator i = vec_nothing_begin(&vec); vec_nothing_next(&i); erased++)
        vec_nothing_erase(&i);
    assert_true(erased == 9 && vec.length == 0);
    vec_nothing_push(&vec, item);
    vec_nothing_drain_iterator i = vec_nothing_drain(&vec, 0, 1);
    assert_true(vec_nothing_drain_next(&i, &item));
    assert_false(vec_nothing_drain_next(&i, &item));
    assert_int_equal(vec.length, 0);
}

static void the_alignment_of_a_page_is_kept(void **state)
{
    (void)state;
    owned(vec_page) vec = {0}, more = {0};
    for (int i = 0; i < 5; i++)
        vec_page_insert(&vec, 0, (struct page){i});
    vec_page_insert_from(&more, 0, vec.items, 2);
    vec_page_splice(&vec, 1, 1, &more);
    assert_int_equal((uintptr_t)vec.items % 4096, 0);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(vec.items[i].value, ("443210")[i] - '0');
}

/* What is moved into the collection that holds it: take() reads it before the collection grows. */
static void an_item_may_be_moved_within_its_own_collection(void **state)
{
    (void)state;
    owned(vec_vec) rows = {0};
    for (int i = 0; i < 4; i++)
        vec_vec_push(&rows, count_from(i, i));
    vec_vec_push(&rows, take(rows.items[1]));
    vec_vec_insert(&rows, 0, take(rows.items[2]));
    assert_int_equal(rows.length, 6);
    EXPECT(&rows.items[0], 2);
    EXPECT(&rows.items[5], 1);
    assert_int_equal(rows.items[2].length + rows.items[3].length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_vec_is_made_of_items, after),
        cmocka_unit_test_teardown(items_that_find_no_memory_are_dropped, after),
        cmocka_unit_test_teardown(leak_and_from_raw_parts_are_opposites, after),
        cmocka_unit_test_teardown(push_within_capacity_never_allocates, after),
        cmocka_unit_test_teardown(shrink_to_keeps_some_room, after),
        cmocka_unit_test_teardown(remove_range_drops, after),
        cmocka_unit_test_teardown(splice_replaces_a_range, after),
        cmocka_unit_test_teardown(a_failed_splice_changes_nothing, after),
        cmocka_unit_test_teardown(insert_from_clones, after),
        cmocka_unit_test_teardown(dedup_keeps_the_first_of_each_run, after),
        cmocka_unit_test_teardown(its_slices_have_functions_of_their_own, after),
        cmocka_unit_test_teardown(a_walk_goes_both_ways, after),
        cmocka_unit_test_teardown(a_walk_may_erase, after),
        cmocka_unit_test_teardown(a_change_on_the_way_is_found, after),
        cmocka_unit_test_teardown(drain_takes_a_range, after),
        cmocka_unit_test_teardown(a_drain_that_is_left_drops_the_rest, after),
        cmocka_unit_test_teardown(extract_if_takes_what_matches, after),
        cmocka_unit_test_teardown(an_extract_if_that_is_left_keeps_the_rest, after),
        cmocka_unit_test_teardown(items_without_size_are_only_counted, after),
        cmocka_unit_test_teardown(the_alignment_of_a_page_is_kept, after),
        cmocka_unit_test_teardown(an_item_may_be_moved_within_its_own_collection, after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
