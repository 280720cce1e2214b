/* SPDX-License-Identifier: MIT */
/* Vec: each function by itself, and all of them at random against a simple model. */
#include "test.h"

#include <string.h>

#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/global.h>

#include "expect_error.h"
#include "strict_heap.h"
#include "tracked.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

/* What a vec is given where it is given an allocator. */
static struct cairn_counted other = CAIRN_COUNTED(&failing.allocator);

#define T          vec_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include <cairn/vec.t.h>

#define T    vec_int
#define ITEM int32_t
#include <cairn/vec.t.h>

#define T    vec_byte
#define ITEM uint8_t
#include <cairn/vec.t.h>

struct kibibyte {
    unsigned char bytes[1024];
};
#define T    vec_kibibyte
#define ITEM struct kibibyte
#include <cairn/vec.t.h>

struct page {
    unsigned char bytes[1025];
};
#define T    vec_page
#define ITEM struct page
#include <cairn/vec.t.h>

struct line {
    _Alignas(64) char bytes[64];
};
#define T    vec_line
#define ITEM struct line
#include <cairn/vec.t.h>

#define T          vec_vec
#define ITEM       vec_tracked
#define ITEM_DROP  vec_tracked_drop
#define ITEM_CLONE vec_tracked_try_clone
#include <cairn/vec.t.h>

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

#define T    vec_empty
#define ITEM struct empty
struct empty {
};
#include <cairn/vec.t.h>

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

static void fail_next_alloc(void)
{
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONCE);
}

/* 1, 2, 3, ... */
static vec_tracked count_to(int last)
{
    vec_tracked made = {0};
    for (int i = 1; i <= last; i++)
        vec_tracked_push(&made, tracked_make(i));
    return made;
}

static void expect_values(const vec_tracked *vec, size_t length, const int *values)
{
    assert_int_equal(vec->length, length);
    assert_true(vec->length <= vec->capacity);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(tracked_value(&vec->items[i]), values[i]);
}

#define EXPECT(vec, ...) \
    expect_values(vec, sizeof((int[]){__VA_ARGS__}) / sizeof(int), (int[]){__VA_ARGS__})

static void expect_empty(const vec_tracked *vec)
{
    assert_null(vec->items);
    assert_null(vec->allocator);
    assert_true(vec->length == 0 && vec->capacity == 0);
}

/* ---- Making, growing and dropping ---- */

static void zero_is_empty_and_costs_nothing(void **state)
{
    (void)state;
    size_t allocs = strict_heap.allocs;
    owned(vec_tracked) vec = {0};
    expect_empty(&vec);
    vec_tracked_drop(&vec);
    vec_tracked_drop(&vec);
    expect_empty(&vec);
    assert_int_equal(strict_heap.allocs, allocs);
}

static void it_drops_its_items_from_first_to_last_and_its_memory(void **state)
{
    (void)state;
    vec_tracked vec = count_to(5);
    assert_int_equal(tracked_live, 5);
    vec_tracked_drop(&vec);
    expect_empty(&vec);
    assert_int_equal(tracked_live, 0);
    assert_int_equal(strict_heap.live, 0);
}

static void capacities_grow_as_those_of_rust(void **state)
{
    (void)state;
    const size_t of_ints[] = {4, 4, 4, 4, 8, 8, 8, 8, 16};
    owned(vec_int) ints = {0};
    owned(vec_byte) bytes = {0};
    const size_t of_pages[] = {1, 2, 4};
    owned(vec_page) pages = {0};
    owned(vec_kibibyte) kibibytes = {0};
    for (int32_t i = 0; i < 9; i++) {
        vec_int_push(&ints, i);
        assert_int_equal(ints.capacity, of_ints[i]);
        vec_byte_push(&bytes, (uint8_t)i);
        assert_int_equal(bytes.capacity, i < 8 ? 8 : 16);
    }
    vec_kibibyte_push(&kibibytes, (struct kibibyte){{0}});
    assert_int_equal(kibibytes.capacity, 4);
    for (size_t i = 0; i < 3; i++) {
        vec_page_push(&pages, (struct page){{0}});
        assert_int_equal(pages.capacity, of_pages[i]);
    }
}

static void what_is_reserved_needs_no_more(void **state)
{
    (void)state;
    owned(vec_int) vec = {0};
    vec_int_reserve(&vec, 3);
    assert_int_equal(vec.capacity, 4); /* no less than a push would take */
    vec_int_reserve(&vec, 5);
    assert_int_equal(vec.capacity, 8); /* doubled: more than asked for */
    vec_int_reserve(&vec, 100);
    assert_int_equal(vec.capacity, 100); /* asked for: more than doubled */
    size_t allocs = strict_heap.allocs;
    vec_int_reserve(&vec, 100);
    for (int32_t i = 0; i < 100; i++)
        vec_int_push(&vec, i);
    assert_int_equal(strict_heap.allocs, allocs);
    vec_int_reserve_exact(&vec, 1);
    assert_int_equal(vec.capacity, 101);
    expect_ok(vec_int_try_reserve_exact(&vec, 1));
    assert_int_equal(vec.capacity, 101);
}

static void with_capacity_has_just_that(void **state)
{
    (void)state;
    owned(vec_int) vec = vec_int_with_capacity(3), try_vec, try_vec_in;
    owned(vec_int) vec_in = vec_int_with_capacity_in(&other.allocator, 5);
    expect_ok(vec_int_try_with_capacity(&try_vec, 7));
    expect_ok(vec_int_try_with_capacity_in(&try_vec_in, &other.allocator, 9));
    assert_true(vec.capacity == 3 && vec.length == 0 && !vec.allocator);
    assert_true(try_vec.capacity == 7 && try_vec.length == 0 && !try_vec.allocator);
    assert_true(vec_in.capacity == 5 && vec_in.allocator == &other.allocator);
    assert_true(try_vec_in.capacity == 9 && try_vec_in.allocator == &other.allocator);
    assert_int_equal(other.live_bytes, (5 + 9) * sizeof(int32_t));
}

static void shrinking_gives_back_what_is_not_used(void **state)
{
    (void)state;
    vec_tracked vec = count_to(5);
    vec_tracked_reserve(&vec, 100);
    vec_tracked_shrink_to_fit(&vec);
    assert_int_equal(vec.capacity, 5);
    assert_int_equal(strict_heap.live_bytes, 5 * sizeof(struct tracked));
    EXPECT(&vec, 1, 2, 3, 4, 5);
    size_t allocs = strict_heap.allocs;
    expect_ok(vec_tracked_try_shrink_to_fit(&vec)); /* nothing to do */
    assert_int_equal(strict_heap.allocs, allocs);
    vec_tracked_clear(&vec);
    assert_int_equal(vec.capacity, 5);
    vec_tracked_shrink_to_fit(&vec);
    expect_empty(&vec);
    assert_int_equal(strict_heap.live, 0);
}

static void it_stays_with_its_allocator(void **state)
{
    (void)state;
    vec_tracked vec = vec_tracked_new_in(&other.allocator), tail, clone;
    for (int i = 1; i <= 5; i++)
        vec_tracked_push(&vec, tracked_make(i));
    assert_int_equal(other.live_bytes, 8 * sizeof(struct tracked));
    clone = vec_tracked_clone(&vec);
    tail = vec_tracked_split_off(&vec, 2);
    assert_int_equal(other.live_blocks, 3);
    assert_int_equal(strict_heap.live, 3);
    vec_tracked_shrink_to_fit(&vec);
    vec_tracked_drop(&clone);
    vec_tracked_drop(&tail);
    assert_int_equal(other.live_bytes, 2 * sizeof(struct tracked));
    vec_tracked_drop(&vec);
    assert_int_equal(other.live_bytes, 0);
    expect_empty(&vec);
}

/* ---- Looking at items ---- */

static void at_and_get_find_items(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(3);
    for (size_t i = 0; i < 3; i++) {
        assert_ptr_equal(vec_tracked_at(&vec, i), &vec.items[i]);
        assert_ptr_equal(vec_tracked_get(&vec, i), &vec.items[i]);
    }
    assert_ptr_equal(vec_tracked_first(&vec), &vec.items[0]);
    assert_ptr_equal(vec_tracked_last(&vec), &vec.items[2]);
    vec_tracked_at(&vec, 1)->value = 20;
    EXPECT(&vec, 1, 20, 3);
}

static void outside_get_is_null_and_at_panics(void **state)
{
    (void)state;
    struct tracked *volatile item;
    owned(vec_tracked) vec = count_to(3), none = {0};
    assert_null(vec_tracked_get(&vec, 3));
    assert_null(vec_tracked_get(&vec, SIZE_MAX));
    assert_null(vec_tracked_get(&none, 0));
    assert_null(vec_tracked_first(&none));
    assert_null(vec_tracked_last(&none));
    expect_panic(item = vec_tracked_at(&vec, 3),
                 "vec_tracked_at: index out of bounds: the length is 3 but the index is 3");
    expect_panic(item = vec_tracked_at(&vec, SIZE_MAX),
                 "the length is 3 but the index is 18446744073709551615");
    expect_panic(item = vec_tracked_at(&none, 0), "the length is 0 but the index is 0");
    (void)item;
}

/* ---- Putting in and taking out ---- */

static void pop_takes_from_the_end(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(2);
    struct tracked item;
    assert_true(vec_tracked_pop(&vec, &item));
    assert_int_equal(tracked_value(&item), 2);
    tracked_drop(&item);
    assert_true(vec_tracked_pop(&vec, &item));
    assert_int_equal(tracked_value(&item), 1);
    tracked_drop(&item);
    assert_false(vec_tracked_pop(&vec, &item));
}

static void insert_makes_room_anywhere(void **state)
{
    (void)state;
    owned(vec_tracked) vec = {0};
    vec_tracked_insert(&vec, 0, tracked_make(3)); /* the first one */
    vec_tracked_insert(&vec, 0, tracked_make(1)); /* in front */
    vec_tracked_insert(&vec, 1, tracked_make(2)); /* between */
    vec_tracked_insert(&vec, 3, tracked_make(5)); /* at the end */
    vec_tracked_insert(&vec, 3, tracked_make(4)); /* while growing */
    EXPECT(&vec, 1, 2, 3, 4, 5);
    assert_int_equal(vec.capacity, 8);
}

static void remove_keeps_the_order_and_swap_remove_does_not(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(6);
    struct tracked item = vec_tracked_remove(&vec, 1);
    assert_int_equal(tracked_value(&item), 2);
    tracked_drop(&item);
    EXPECT(&vec, 1, 3, 4, 5, 6);
    item = vec_tracked_remove(&vec, 4);
    tracked_drop(&item);
    EXPECT(&vec, 1, 3, 4, 5);
    item = vec_tracked_swap_remove(&vec, 0);
    assert_int_equal(tracked_value(&item), 1);
    tracked_drop(&item);
    EXPECT(&vec, 5, 3, 4);
    item = vec_tracked_swap_remove(&vec, 2); /* the last one itself */
    assert_int_equal(tracked_value(&item), 4);
    tracked_drop(&item);
    EXPECT(&vec, 5, 3);
}

static void indices_outside_panic(void **state)
{
    (void)state;
    owned(vec_int) vec = {0}, tail;
    volatile int32_t item;
    for (int32_t i = 0; i < 3; i++)
        vec_int_push(&vec, i);
    expect_panic(vec_int_insert(&vec, 4, 9), "the length is 3 but the index is 4");
    expect_panic(item = vec_int_remove(&vec, 3), "the length is 3 but the index is 3");
    expect_panic(item = vec_int_swap_remove(&vec, 3), "the length is 3 but the index is 3");
    expect_panic(vec_int_swap(&vec, 0, 3), "the length is 3 but the index is 3");
    expect_panic(vec_int_swap(&vec, 4, 0), "the length is 3 but the index is 4");
    expect_panic(tail = vec_int_split_off(&vec, 4), "the length is 3 but the index is 4");
    (void)item;
    tail = (vec_int){0};
    for (int32_t i = 0; i < 3; i++)
        assert_int_equal(*vec_int_at(&vec, (size_t)i), i);
}

static void truncate_and_clear_drop_what_is_behind(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(6);
    vec_tracked_truncate(&vec, 7);
    vec_tracked_truncate(&vec, 6);
    assert_int_equal(tracked_live, 6);
    vec_tracked_truncate(&vec, 2);
    EXPECT(&vec, 1, 2);
    assert_int_equal(tracked_live, 2);
    vec_tracked_clear(&vec);
    assert_int_equal(vec.length, 0);
    assert_int_equal(vec.capacity, 8);
    assert_int_equal(tracked_live, 0);
}

static void resize_clones_or_truncates(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(2);
    vec_tracked_resize(&vec, 5, tracked_make(9));
    EXPECT(&vec, 1, 2, 9, 9, 9);
    assert_int_equal(tracked_live, 5);
    vec_tracked_resize(&vec, 6, tracked_make(8)); /* the item itself, no clone */
    EXPECT(&vec, 1, 2, 9, 9, 9, 8);
    vec_tracked_resize(&vec, 6, tracked_make(7));
    EXPECT(&vec, 1, 2, 9, 9, 9, 8);
    expect_ok(vec_tracked_try_resize(&vec, 1, tracked_make(7)));
    EXPECT(&vec, 1);
    assert_int_equal(tracked_live, 1);
}

static void swap_and_reverse(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(5), pair = count_to(2), none = {0};
    vec_tracked_reverse(&vec);
    EXPECT(&vec, 5, 4, 3, 2, 1);
    vec_tracked_swap(&vec, 0, 3);
    EXPECT(&vec, 2, 4, 3, 5, 1);
    vec_tracked_swap(&vec, 2, 2);
    EXPECT(&vec, 2, 4, 3, 5, 1);
    vec_tracked_reverse(&pair);
    EXPECT(&pair, 2, 1);
    vec_tracked_reverse(&none);
    expect_empty(&none);
}

static bool is_divisible(const struct tracked *item, void *by)
{
    return tracked_value(item) % *(const int *)by == 0;
}

static bool have_equal_quotients(const struct tracked *before, const struct tracked *item, void *by)
{
    return tracked_value(before) / *(const int *)by == tracked_value(item) / *(const int *)by;
}

static void retain_drops_the_others(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(10), none = {0};
    vec_tracked_retain(&vec, is_divisible, &(int){3});
    EXPECT(&vec, 3, 6, 9);
    assert_int_equal(tracked_live, 3);
    vec_tracked_retain(&vec, is_divisible, &(int){3});
    EXPECT(&vec, 3, 6, 9);
    vec_tracked_retain(&vec, is_divisible, &(int){5});
    assert_true(vec.length == 0 && tracked_live == 0);
    vec_tracked_retain(&none, is_divisible, &(int){1});
    expect_empty(&none);
}

static void dedup_keeps_the_first_of_each_run(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(9), none = {0};
    vec_tracked_dedup_by(&vec, have_equal_quotients, &(int){4}); /* 0 0 0 1 1 1 1 2 2 */
    EXPECT(&vec, 1, 4, 8);
    assert_int_equal(tracked_live, 3);
    vec_tracked_dedup_by(&none, have_equal_quotients, &(int){4});
    expect_empty(&none);
}

/* ---- From vec to vec ---- */

static void append_moves_all_over(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(2), more = count_to(5), none = {0};
    size_t capacity = more.capacity;
    vec_tracked_append(&vec, &more);
    EXPECT(&vec, 1, 2, 1, 2, 3, 4, 5);
    assert_int_equal(more.length, 0);
    assert_int_equal(more.capacity, capacity);
    vec_tracked_append(&vec, &none);
    assert_int_equal(vec.length, 7);
    vec_tracked_append(&none, &vec);
    EXPECT(&none, 1, 2, 1, 2, 3, 4, 5);
    vec_tracked_append(&vec, &more); /* nothing to nothing */
    expect_panic(vec_tracked_append(&none, &none), "a vec cannot be appended to itself");
    assert_int_equal(tracked_live, 7);
}

static void split_off_gives_the_tail(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(5);
    owned(vec_tracked) tail = vec_tracked_split_off(&vec, 3);
    EXPECT(&vec, 1, 2, 3);
    EXPECT(&tail, 4, 5);
    assert_int_equal(tail.capacity, 2);
    owned(vec_tracked) nothing = vec_tracked_split_off(&vec, 3);
    expect_empty(&nothing);
    owned(vec_tracked) all = vec_tracked_split_off(&vec, 0);
    EXPECT(&all, 1, 2, 3);
    assert_int_equal(vec.length, 0);
    assert_int_equal(vec.capacity, 8);
}

static void extend_from_clones(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(3), more = count_to(2), none = {0};
    vec_tracked_extend_from(&vec, more.items, more.length);
    EXPECT(&vec, 1, 2, 3, 1, 2);
    EXPECT(&more, 1, 2);
    assert_int_equal(tracked_live, 7);
    vec_tracked_extend_from(&none, none.items, 0);
    vec_tracked_extend_from(&none, more.items, 0);
    expect_empty(&none);
    vec_tracked_extend_from(&none, &more.items[1], 1);
    EXPECT(&none, 2);
}

static void plain_items_are_copied(void **state)
{
    (void)state;
    const int32_t expected[] = {1, 7, 7, 7, 1, 7, 1};
    owned(vec_int) vec = {0};
    vec_int_push(&vec, 1);
    vec_int_resize(&vec, 4, 7);
    vec_int_extend_from(&vec, vec.items, 2);
    vec_int_extend_from(&vec, (const int32_t[]){1}, 1);
    owned(vec_int) clone = vec_int_clone(&vec);
    assert_int_equal(vec.length, 7);
    assert_memory_equal(vec.items, expected, sizeof(expected));
    assert_int_equal(clone.length, 7);
    assert_memory_equal(clone.items, expected, sizeof(expected));
}

/* The strict heap moves the items when the vec grows: their old address is poison then. */
static void a_vec_may_be_extended_from_itself(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(4);
    vec_tracked_extend_from(&vec, vec.items, 4);
    EXPECT(&vec, 1, 2, 3, 4, 1, 2, 3, 4);
    vec_tracked_extend_from(&vec, &vec.items[7], 1);
    EXPECT(&vec, 1, 2, 3, 4, 1, 2, 3, 4, 4);
    vec_tracked_extend_from(&vec, &vec.items[1], 2); /* with room for them */
    EXPECT(&vec, 1, 2, 3, 4, 1, 2, 3, 4, 4, 2, 3);
}

static void a_clone_has_items_of_its_own(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(5);
    owned(vec_tracked) clone = vec_tracked_clone(&vec);
    clone.items[0].value = 9;
    EXPECT(&vec, 1, 2, 3, 4, 5);
    EXPECT(&clone, 9, 2, 3, 4, 5);
    owned(vec_int) ints = {0};
    vec_int_push(&ints, 41);
    owned(vec_int) copies = vec_int_clone(&ints);
    assert_int_equal(copies.capacity, 1); /* just what it needs */
    ints.items[0]++;
    assert_int_equal(copies.items[0], 41);
}

static void a_clone_of_nothing_keeps_the_allocator(void **state)
{
    (void)state;
    owned(vec_tracked) vec = vec_tracked_new_in(&other.allocator);
    owned(vec_tracked) clone = vec_tracked_clone(&vec);
    assert_null(clone.items);
    assert_ptr_equal(clone.allocator, &other.allocator);
    assert_int_equal(other.allocs, 0);
}

/* ---- Running out of memory ---- */

static void a_failure_leaves_the_items_and_drops_the_one_passed(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(4), more = count_to(1), result;
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_push(&vec, tracked_make(9)));
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_insert(&vec, 1, tracked_make(9)));
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_resize(&vec, 6, tracked_make(9)));
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_extend_from(&vec, more.items, 1));
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_append(&vec, &more));
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_reserve(&vec, 1));
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_reserve_exact(&vec, 1));
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_split_off(&vec, 1, &result));
    expect_empty(&result);
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_clone(&result, &vec));
    expect_empty(&result);
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_with_capacity_in(&result, &other.allocator, 3));
    expect_empty(&result);
    EXPECT(&vec, 1, 2, 3, 4);
    EXPECT(&more, 1);
    assert_int_equal(vec.capacity, 4);
    assert_int_equal(tracked_live, 5);
    vec_tracked_truncate(&vec, 2);
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_shrink_to_fit(&vec));
    assert_int_equal(vec.capacity, 4);
    EXPECT(&vec, 1, 2);
}

static void what_a_failure_gives_is_empty_without_an_allocator(void **state)
{
    (void)state;
    owned(vec_tracked) vec = vec_tracked_new_in(&other.allocator), result;
    vec_tracked_push(&vec, tracked_make(1));
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_split_off(&vec, 0, &result));
    expect_empty(&result);
    fail_next_alloc();
    expect_no_memory(vec_tracked_try_clone(&result, &vec));
    expect_empty(&result);
    EXPECT(&vec, 1);
}

static void a_failed_clone_of_an_item_drops_those_before(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(4), result = {0};
    for (size_t clones = 0; clones < 4; clones++) {
        tracked_clones_left = clones;
        expect_no_memory(vec_tracked_try_extend_from(&vec, vec.items, 4));
        tracked_clones_left = clones;
        expect_no_memory(vec_tracked_try_resize(&vec, 9, tracked_make(9)));
        tracked_clones_left = clones;
        expect_no_memory(vec_tracked_try_clone(&result, &vec));
        expect_empty(&result);
        EXPECT(&vec, 1, 2, 3, 4);
        assert_int_equal(tracked_live, 4);
        assert_int_equal(strict_heap.live, 1);
    }
}

static void the_aborting_forms_call_the_handler_with_the_layout(void **state)
{
    (void)state;
    owned(vec_int) vec = {0}, more = {0}, result = {0};
    vec_int_resize(&more, 4, 7);
    fail_next_alloc();
    expect_panic(vec_int_push(&vec, 1), "allocation error: Layout { size: 16, align: 4 }");
    fail_next_alloc();
    expect_panic(vec_int_insert(&vec, 0, 1), "allocation error: Layout { size: 16, align: 4 }");
    fail_next_alloc();
    expect_panic(vec_int_reserve(&vec, 100), "allocation error: Layout { size: 400, align: 4 }");
    fail_next_alloc();
    expect_panic(vec_int_reserve_exact(&vec, 1), "allocation error: Layout { size: 4, align: 4 }");
    fail_next_alloc();
    expect_panic(vec_int_resize(&vec, 9, 1), "allocation error: Layout { size: 36, align: 4 }");
    fail_next_alloc();
    expect_panic(vec_int_extend_from(&vec, more.items, 4), "Layout { size: 16, align: 4 }");
    fail_next_alloc();
    expect_panic(vec_int_append(&vec, &more), "allocation error: Layout { size: 16, align: 4 }");
    fail_next_alloc();
    expect_panic(result = vec_int_split_off(&more, 1), "Layout { size: 12, align: 4 }");
    fail_next_alloc();
    expect_panic(result = vec_int_clone(&more), "allocation error: Layout { size: 16, align: 4 }");
    fail_next_alloc();
    expect_panic(result = vec_int_with_capacity(5), "Layout { size: 20, align: 4 }");
    more.length = 3;
    fail_next_alloc();
    expect_panic(vec_int_shrink_to_fit(&more), "allocation error: Layout { size: 12, align: 4 }");
    assert_int_equal(vec.capacity, 0);
}

static void an_aborting_clone_reports_the_items_layout(void **state)
{
    (void)state;
    owned(vec_tracked) vec = count_to(1);
    vec_tracked_reserve(&vec, 3);
    tracked_clones_left = 0;
    expect_panic(vec_tracked_extend_from(&vec, vec.items, 1),
                 "allocation error: Layout { size: 24, align: 8 }");
}

static void a_capacity_too_large_to_exist_is_an_allocation_error(void **state)
{
    (void)state;
    owned(vec_int) vec = {0}, result;
    vec_int_push(&vec, 41);
    const size_t impossible[] = {SIZE_MAX, SIZE_MAX / 4, SIZE_MAX / 4 + 1, PTRDIFF_MAX / 4 + 1};
    for (size_t i = 0; i < 4; i++) {
        expect_too_large(vec_int_try_reserve(&vec, impossible[i]));
        expect_too_large(vec_int_try_reserve_exact(&vec, impossible[i]));
        expect_too_large(vec_int_try_with_capacity(&result, impossible[i]));
        expect_too_large(vec_int_try_resize(&vec, impossible[i], 9));
    }
    expect_panic(vec_int_reserve(&vec, SIZE_MAX),
                 "allocation error: Layout { size: 18446744073709551615, align: 4 }");
    expect_panic(vec_int_reserve_exact(&vec, SIZE_MAX),
                 "allocation error: Layout { size: 18446744073709551615, align: 4 }");
    assert_int_equal(vec.length, 1);
    assert_int_equal(vec.items[0], 41);
}

/* ---- Other items ---- */

static void the_alignment_of_the_item_is_kept(void **state)
{
    (void)state;
    owned(vec_line) vec = {0};
    for (char i = 0; i < 9; i++) {
        vec_line_push(&vec, (struct line){{i}});
        assert_int_equal((uintptr_t)vec.items % 64, 0);
        assert_int_equal(vec_line_at(&vec, (size_t)i)->bytes[0], i);
    }
}

static void vecs_nest(void **state)
{
    (void)state;
    owned(vec_vec) outer = {0};
    for (int i = 1; i <= 3; i++)
        vec_vec_push(&outer, count_to(i));
    owned(vec_vec) clone = vec_vec_clone(&outer);
    assert_int_equal(tracked_live, 12);
    EXPECT(&clone.items[2], 1, 2, 3);
    vec_vec_truncate(&outer, 1);
    assert_int_equal(tracked_live, 7);
    vec_vec failed;
    cairn_failing_at(&failing, 3, CAIRN_FAILING_ONCE);
    expect_no_memory(vec_vec_try_clone(&failed, &clone));
    assert_int_equal(tracked_live, 7);
}

static void items_without_size_need_no_memory(void **state)
{
    (void)state;
    size_t allocs = strict_heap.allocs;
    struct nothing nothing = {};
    nothings_dropped = 0;
    vec_nothing vec = {0};
    for (size_t i = 0; i < 100; i++)
        vec_nothing_push(&vec, nothing);
    vec_nothing_insert(&vec, 50, nothing);
    assert_int_equal(vec.length, 101);
    assert_non_null(vec_nothing_at(&vec, 100));
    assert_null(vec_nothing_get(&vec, 101));
    assert_true(vec_nothing_pop(&vec, &nothing));
    vec_nothing tail = vec_nothing_split_off(&vec, 60);
    assert_int_equal(tail.length, 40);
    vec_nothing_append(&tail, &vec);
    assert_int_equal(tail.length, 100);
    vec_nothing_shrink_to_fit(&tail);
    vec_nothing_truncate(&tail, 10);
    assert_int_equal(nothings_dropped, 90);
    vec_nothing_drop(&tail);
    vec_nothing_drop(&vec);
    assert_int_equal(nothings_dropped, 100);
    assert_int_equal(strict_heap.allocs, allocs);
}

static void items_without_size_are_counted_up_to_the_last_number(void **state)
{
    (void)state;
    vec_empty vec = {0}, clone;
    vec_empty_resize(&vec, 1000, (struct empty){});
    vec_empty_extend_from(&vec, vec.items, 1000);
    assert_int_equal(vec.length, 2000);
    clone = vec_empty_clone(&vec);
    assert_int_equal(clone.length, 2000);
    expect_too_large(vec_empty_try_reserve(&vec, SIZE_MAX - 1999));
    expect_ok(vec_empty_try_reserve(&vec, SIZE_MAX - 2000));
    vec.length = SIZE_MAX;
    expect_too_large(vec_empty_try_push(&vec, (struct empty){}));
    expect_panic(vec_empty_push(&vec, (struct empty){}),
                 "allocation error: Layout { size: 18446744073709551615, align: 1 }");
    vec_empty_drop(&vec);
    vec_empty_drop(&clone);
}

/* ---- At random, against a model ---- */

enum { MODEL_MAX = 40, ACTIONS = 60000 };

struct model {
    int values[MODEL_MAX];
    size_t length;
};

/* A game: the vec, its model, and what decides the next action. */
struct game {
    struct random_source random;
    vec_tracked vec;
    struct model model;
    int next_value;
};

static size_t below(struct game *game, size_t bound)
{
    return random_below(&game->random, bound);
}

static void model_insert(struct model *model, size_t index, const int *values, size_t count)
{
    size_t behind = model->length - index;
    memmove(&model->values[index + count], &model->values[index], behind * sizeof(int));
    memcpy(&model->values[index], values, count * sizeof(int));
    model->length += count;
}

static int model_remove(struct model *model, size_t index)
{
    int value = model->values[index];
    model->length--;
    memmove(&model->values[index], &model->values[index + 1],
            (model->length - index) * sizeof(int));
    return value;
}

static bool has_room_for(const struct game *game, size_t count)
{
    return game->model.length + count <= MODEL_MAX;
}

/* Lets an allocation or a clone fail, now and then. */
static void arm_failures(struct game *game)
{
    cairn_failing_at(&failing, random_one_in(&game->random, 3), CAIRN_FAILING_ONCE);
    tracked_clones_left = random_one_in(&game->random, 3) ? below(game, 5) : SIZE_MAX;
}

static void play_push(struct game *game)
{
    int value = game->next_value++;
    if (has_room_for(game, 1) && !vec_tracked_try_push(&game->vec, tracked_make(value)))
        model_insert(&game->model, game->model.length, &value, 1);
}

static void play_insert(struct game *game)
{
    int value = game->next_value++;
    size_t index = below(game, game->model.length + 1);
    if (has_room_for(game, 1) && !vec_tracked_try_insert(&game->vec, index, tracked_make(value)))
        model_insert(&game->model, index, &value, 1);
}

static void expect_given(struct tracked item, int value)
{
    assert_int_equal(tracked_value(&item), value);
    tracked_drop(&item);
}

static void play_pop(struct game *game)
{
    struct tracked item;
    bool popped = vec_tracked_pop(&game->vec, &item);
    assert_int_equal(popped, game->model.length > 0);
    if (popped)
        expect_given(item, model_remove(&game->model, game->model.length - 1));
}

static void play_remove(struct game *game)
{
    if (game->model.length == 0)
        return;
    size_t index = below(game, game->model.length);
    expect_given(vec_tracked_remove(&game->vec, index), model_remove(&game->model, index));
}

static void play_swap_remove(struct game *game)
{
    if (game->model.length == 0)
        return;
    size_t index = below(game, game->model.length);
    int last = game->model.values[game->model.length - 1], value = game->model.values[index];
    game->model.values[index] = last;
    game->model.length--;
    expect_given(vec_tracked_swap_remove(&game->vec, index), value);
}

static void play_truncate(struct game *game)
{
    size_t length = below(game, MODEL_MAX);
    vec_tracked_truncate(&game->vec, length);
    if (length < game->model.length)
        game->model.length = length;
}

static void play_resize(struct game *game)
{
    int value = game->next_value++;
    size_t length = below(game, MODEL_MAX);
    if (vec_tracked_try_resize(&game->vec, length, tracked_make(value)))
        return;
    while (game->model.length < length)
        model_insert(&game->model, game->model.length, &value, 1);
    game->model.length = length;
}

static void play_extend_from_itself(struct game *game)
{
    size_t first = below(game, game->model.length + 1);
    size_t count = below(game, game->model.length - first + 1);
    struct model copy = game->model;
    if (!has_room_for(game, count) || count == 0)
        return;
    if (!vec_tracked_try_extend_from(&game->vec, &game->vec.items[first], count))
        model_insert(&game->model, game->model.length, &copy.values[first], count);
}

/* Splits off a tail, and puts it back in front or at the end, if that can be had. */
static void play_split_and_append(struct game *game)
{
    size_t index = below(game, game->model.length + 1);
    owned(vec_tracked) tail;
    if (vec_tracked_try_split_off(&game->vec, index, &tail))
        return;
    struct model copy = game->model;
    game->model.length = index;
    expect_values(&tail, copy.length - index, &copy.values[index]);
    if (random_one_in(&game->random, 2)) {
        vec_tracked head = game->vec;
        game->vec = tail;
        tail = head;
        game->model.length = 0;
        model_insert(&game->model, 0, &copy.values[index], copy.length - index);
        copy.length = index;
        index = 0;
    }
    cairn_failing_at(&failing, random_one_in(&game->random, 3), CAIRN_FAILING_ONCE);
    if (!vec_tracked_try_append(&game->vec, &tail))
        model_insert(&game->model, game->model.length, &copy.values[index], copy.length - index);
}

static void play_clone(struct game *game)
{
    vec_tracked clone;
    if (vec_tracked_try_clone(&clone, &game->vec)) {
        expect_empty(&clone);
        return;
    }
    expect_values(&clone, game->model.length, game->model.values);
    vec_tracked_drop(&game->vec);
    game->vec = clone;
}

static void play_retain(struct game *game)
{
    int by = 1 + (int)below(game, 3);
    vec_tracked_retain(&game->vec, is_divisible, &by);
    for (size_t i = game->model.length; i-- > 0;)
        if (game->model.values[i] % by != 0)
            model_remove(&game->model, i);
}

static void play_dedup(struct game *game)
{
    int by = 1 + (int)below(game, 3);
    vec_tracked_dedup_by(&game->vec, have_equal_quotients, &by);
    for (size_t i = game->model.length; i-- > 1;)
        if (game->model.values[i] / by == game->model.values[i - 1] / by)
            model_remove(&game->model, i);
}

static void play_swap(struct game *game)
{
    if (game->model.length == 0)
        return;
    size_t one = below(game, game->model.length), two = below(game, game->model.length);
    int value = game->model.values[one];
    game->model.values[one] = game->model.values[two];
    game->model.values[two] = value;
    vec_tracked_swap(&game->vec, one, two);
}

static void play_reverse(struct game *game)
{
    struct model copy = game->model;
    for (size_t i = 0; i < copy.length; i++)
        game->model.values[i] = copy.values[copy.length - 1 - i];
    vec_tracked_reverse(&game->vec);
}

static void play_reserve(struct game *game)
{
    size_t more = below(game, 20);
    enum cairn_collection_error error = random_one_in(&game->random, 2)
                                            ? vec_tracked_try_reserve(&game->vec, more)
                                            : vec_tracked_try_reserve_exact(&game->vec, more);
    if (!error)
        assert_true(game->vec.capacity >= game->model.length + more);
}

static void play_shrink(struct game *game)
{
    if (!vec_tracked_try_shrink_to_fit(&game->vec))
        assert_int_equal(game->vec.capacity, game->model.length);
}

static void play_take(struct game *game)
{
    vec_tracked moved = take(game->vec);
    expect_empty(&game->vec);
    game->vec = take(moved);
}

static void (*const plays[])(struct game *) = {
    play_push,     play_push,   play_push,  play_insert,  play_insert,
    play_pop,      play_remove, play_clone, play_retain,  play_swap_remove,
    play_truncate, play_resize, play_dedup, play_swap,    play_extend_from_itself,
    play_reverse,  play_shrink, play_take,  play_reserve, play_split_and_append,
};

static void random_actions_agree_with_a_model(void **state)
{
    (void)state;
    struct game game = {.random = test_random_start()};
    size_t longest = 0;
    for (size_t i = 0; i < ACTIONS; i++) {
        arm_failures(&game);
        plays[below(&game, sizeof(plays) / sizeof(plays[0]))](&game);
        tracked_clones_left = SIZE_MAX;
        expect_values(&game.vec, game.model.length, game.model.values);
        assert_int_equal(tracked_live, game.model.length);
        assert_int_equal(strict_heap.live, game.vec.capacity > 0);
        longest = game.model.length > longest ? game.model.length : longest;
    }
    vec_tracked_drop(&game.vec);
    assert_true(longest > MODEL_MAX / 2);
}

#define test_on_a_heap(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(zero_is_empty_and_costs_nothing),
        test_on_a_heap(it_drops_its_items_from_first_to_last_and_its_memory),
        test_on_a_heap(capacities_grow_as_those_of_rust),
        test_on_a_heap(what_is_reserved_needs_no_more),
        test_on_a_heap(with_capacity_has_just_that),
        test_on_a_heap(shrinking_gives_back_what_is_not_used),
        test_on_a_heap(it_stays_with_its_allocator),
        test_on_a_heap(at_and_get_find_items),
        test_on_a_heap(outside_get_is_null_and_at_panics),
        test_on_a_heap(pop_takes_from_the_end),
        test_on_a_heap(insert_makes_room_anywhere),
        test_on_a_heap(remove_keeps_the_order_and_swap_remove_does_not),
        test_on_a_heap(indices_outside_panic),
        test_on_a_heap(truncate_and_clear_drop_what_is_behind),
        test_on_a_heap(resize_clones_or_truncates),
        test_on_a_heap(swap_and_reverse),
        test_on_a_heap(retain_drops_the_others),
        test_on_a_heap(dedup_keeps_the_first_of_each_run),
        test_on_a_heap(append_moves_all_over),
        test_on_a_heap(split_off_gives_the_tail),
        test_on_a_heap(extend_from_clones),
        test_on_a_heap(plain_items_are_copied),
        test_on_a_heap(a_vec_may_be_extended_from_itself),
        test_on_a_heap(a_clone_has_items_of_its_own),
        test_on_a_heap(a_clone_of_nothing_keeps_the_allocator),
        test_on_a_heap(a_failure_leaves_the_items_and_drops_the_one_passed),
        test_on_a_heap(what_a_failure_gives_is_empty_without_an_allocator),
        test_on_a_heap(a_failed_clone_of_an_item_drops_those_before),
        test_on_a_heap(the_aborting_forms_call_the_handler_with_the_layout),
        test_on_a_heap(an_aborting_clone_reports_the_items_layout),
        test_on_a_heap(a_capacity_too_large_to_exist_is_an_allocation_error),
        test_on_a_heap(the_alignment_of_the_item_is_kept),
        test_on_a_heap(vecs_nest),
        test_on_a_heap(items_without_size_need_no_memory),
        test_on_a_heap(items_without_size_are_counted_up_to_the_last_number),
        test_on_a_heap(random_actions_agree_with_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
