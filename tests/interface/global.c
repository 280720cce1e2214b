/* SPDX-License-Identifier: MIT */
/* The global allocator, and the handler for when it has nothing to give. */
#include "test.h"

#include <cairn/allocation_error.h>
#include <cairn/global.h>

#include "spy.h"
#include "strict_heap.h"

#define T    box_int
#define ITEM int32_t
#include <cairn/box.t.h>

static struct spy spy = {.allocator = {&spy_operations}};
CAIRN_GLOBAL_ALLOCATOR(&spy.allocator);

static int before(void **state)
{
    (void)state;
    spy = (struct spy){.allocator = {&spy_operations}};
    return 0;
}

static int after(void **state)
{
    (void)state;
    cairn_set_allocation_error_handler(NULL);
    strict_heap_expect_empty();
    return 0;
}

static void it_is_the_one_that_was_registered(void **state)
{
    (void)state;
    assert_ptr_equal(cairn_global_allocator(), &spy.allocator);
}

static void all_four_operations_reach_it(void **state)
{
    (void)state;
    struct cairn_layout four = {4, 4}, eight = {8, 4};
    void *block = cairn_global_alloc(four);
    spy_expect(&spy, 1, 0, 0, 0);
    block = cairn_global_realloc(block, four, 8);
    spy_expect(&spy, 1, 0, 0, 1);
    cairn_global_dealloc(block, eight);
    spy_expect(&spy, 1, 1, 0, 1);
    block = cairn_global_alloc_zeroed(eight);
    spy_expect(&spy, 1, 1, 1, 1);
    cairn_global_dealloc(block, eight);
}

static void collections_use_it_when_they_are_given_none(void **state)
{
    (void)state;
    owned(box_int) box = box_int_new(41);
    spy_expect(&spy, 1, 0, 0, 0);
    box_int_drop(&box);
    spy_expect(&spy, 1, 1, 0, 0);
}

/* ---- The handler ---- */

static void panic_in_place_of_a_handler(struct cairn_layout layout)
{
    cairn_panic("no memory for %zu on %zu", layout.size, layout.align);
}

static void panic_elsewhere(struct cairn_layout layout)
{
    (void)layout;
    cairn_panic("elsewhere");
}

static void give_up_without_stopping(struct cairn_layout layout)
{
    (void)layout;
}

static void the_default_panics_with_the_layout(void **state)
{
    (void)state;
    expect_panic(cairn_handle_allocation_error(CAIRN_LAYOUT_OF(int32_t)),
                 ": allocation error: Layout { size: 4, align: 4 }");
    expect_panic(cairn_handle_allocation_error((struct cairn_layout){SIZE_MAX, 4096}),
                 "Layout { size: 18446744073709551615, align: 4096 }");
}

static void it_may_be_replaced_and_put_back(void **state)
{
    (void)state;
    struct cairn_layout layout = {24, 8};
    assert_null(cairn_set_allocation_error_handler(panic_in_place_of_a_handler));
    expect_panic(cairn_handle_allocation_error(layout), ": no memory for 24 on 8");
    assert_ptr_equal(cairn_set_allocation_error_handler(panic_elsewhere),
                     panic_in_place_of_a_handler);
    expect_panic(cairn_handle_allocation_error(layout), ": elsewhere");
    assert_ptr_equal(cairn_set_allocation_error_handler(NULL), panic_elsewhere);
    expect_panic(cairn_handle_allocation_error(layout), "allocation error: Layout");
}

static void a_handler_that_returns_is_followed_by_the_default(void **state)
{
    (void)state;
    assert_null(cairn_set_allocation_error_handler(give_up_without_stopping));
    expect_panic(cairn_handle_allocation_error(CAIRN_LAYOUT_OF(int32_t)),
                 "allocation error: Layout { size: 4, align: 4 }");
}

#define test_with_a_spy(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_a_spy(it_is_the_one_that_was_registered),
        test_with_a_spy(all_four_operations_reach_it),
        test_with_a_spy(collections_use_it_when_they_are_given_none),
        test_with_a_spy(the_default_panics_with_the_layout),
        test_with_a_spy(it_may_be_replaced_and_put_back),
        test_with_a_spy(a_handler_that_returns_is_followed_by_the_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
