/* SPDX-License-Identifier: MIT */
/* The counted wrapper: every count, after every operation. */
#include "test.h"

#include <cairn/counted.h>

#include "spy.h"
#include "strict_heap.h"

static struct spy spy;
static struct cairn_counted counted = CAIRN_COUNTED(&spy.allocator);

static int before(void **state)
{
    (void)state;
    spy = (struct spy){.allocator = {&spy_operations}};
    counted = (struct cairn_counted)CAIRN_COUNTED(&spy.allocator);
    return 0;
}

static int after(void **state)
{
    (void)state;
    strict_heap_expect_empty();
    return 0;
}

static struct cairn_layout bytes(size_t size)
{
    return (struct cairn_layout){size, 8};
}

static void expect_live(size_t live_blocks, size_t live_bytes, size_t peak_blocks,
                        size_t peak_bytes)
{
    assert_int_equal(counted.live_blocks, live_blocks);
    assert_int_equal(counted.live_bytes, live_bytes);
    assert_int_equal(counted.peak_blocks, peak_blocks);
    assert_int_equal(counted.peak_bytes, peak_bytes);
}

static void expect_calls(size_t allocs, size_t deallocs, size_t reallocs, size_t failures)
{
    assert_int_equal(counted.allocs, allocs);
    assert_int_equal(counted.deallocs, deallocs);
    assert_int_equal(counted.reallocs, reallocs);
    assert_int_equal(counted.failures, failures);
}

static void live_and_peak_follow_every_operation(void **state)
{
    (void)state;
    struct cairn_allocator *allocator = &counted.allocator;
    void *one = cairn_allocator_alloc(allocator, bytes(100));
    expect_live(1, 100, 1, 100);
    void *two = cairn_allocator_alloc_zeroed(allocator, bytes(50));
    expect_live(2, 150, 2, 150);
    one = cairn_allocator_realloc(allocator, one, bytes(100), 300);
    expect_live(2, 350, 2, 350);
    one = cairn_allocator_realloc(allocator, one, bytes(300), 20);
    expect_live(2, 70, 2, 350);
    cairn_allocator_dealloc(allocator, two, bytes(50));
    expect_live(1, 20, 2, 350);
    cairn_allocator_dealloc(allocator, one, bytes(20));
    expect_live(0, 0, 2, 350);
    one = cairn_allocator_alloc(allocator, bytes(5)); /* the peaks stay */
    expect_live(1, 5, 2, 350);
    cairn_allocator_dealloc(allocator, one, bytes(5));
    expect_calls(3, 3, 2, 0);
    spy_expect(&spy, 2, 3, 1, 2);
}

static void failures_change_nothing_else(void **state)
{
    (void)state;
    struct cairn_allocator *allocator = &counted.allocator;
    struct cairn_layout huge = bytes((size_t)1 << 40);
    void *block = cairn_allocator_alloc(allocator, bytes(8));
    assert_null(cairn_allocator_alloc(allocator, huge));
    assert_null(cairn_allocator_alloc_zeroed(allocator, huge));
    assert_null(cairn_allocator_realloc(allocator, block, bytes(8), huge.size));
    expect_live(1, 8, 1, 8);
    expect_calls(1, 0, 0, 3);
    cairn_allocator_dealloc(allocator, block, bytes(8));
    expect_live(0, 0, 1, 8);
}

static void giving_back_more_than_there_is_panics(void **state)
{
    (void)state;
    struct cairn_allocator *allocator = &counted.allocator;
    void *block = cairn_allocator_alloc(allocator, bytes(8));
    expect_panic(
        cairn_allocator_dealloc(allocator, block, bytes(9)),
        "counted: a block of 9 bytes is given back, but only 1 blocks of 8 bytes are live");
    cairn_allocator_dealloc(allocator, block, bytes(8));
    expect_panic(cairn_allocator_dealloc(allocator, block, bytes(8)), "only 0 blocks of 0 bytes");
    expect_panic(cairn_allocator_dealloc(allocator, block, bytes(0)), "only 0 blocks of 0 bytes");
    spy_expect(&spy, 1, 1, 0, 0);
}

#define test_with_a_spy(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_a_spy(live_and_peak_follow_every_operation),
        test_with_a_spy(failures_change_nothing_else),
        test_with_a_spy(giving_back_more_than_there_is_panics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
