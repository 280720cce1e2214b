/* SPDX-License-Identifier: MIT */
/* The failing wrapper: it fails exactly the calls that it was told to. */
#include "test.h"

#include <cairn/failing.h>

#include "spy.h"
#include "strict_heap.h"

static const struct cairn_layout eight = {8, 8};
static struct spy spy;
static struct cairn_failing failing = CAIRN_FAILING(&spy.allocator);

static int before(void **state)
{
    (void)state;
    spy = (struct spy){.allocator = {&spy_operations}};
    failing = (struct cairn_failing)CAIRN_FAILING(&spy.allocator);
    return 0;
}

static int after(void **state)
{
    (void)state;
    strict_heap_expect_empty();
    return 0;
}

static bool alloc_succeeds(void)
{
    void *block = cairn_allocator_alloc(&failing.allocator, eight);
    if (block)
        cairn_allocator_dealloc(&failing.allocator, block, eight);
    return block != NULL;
}

/* Makes six calls and compares which succeed: "+" for success, "-" for failure. */
static void expect_calls(const char *pattern)
{
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(alloc_succeeds(), pattern[i] == '+');
}

static void it_fails_nothing_at_first(void **state)
{
    (void)state;
    expect_calls("++++++");
    assert_int_equal(failing.failures, 0);
}

static void once_fails_the_nth_alone(void **state)
{
    (void)state;
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONCE);
    expect_calls("-+++++");
    cairn_failing_at(&failing, 4, CAIRN_FAILING_ONCE);
    assert_true(failing.calls == 0 && failing.failures == 0);
    expect_calls("+++-++");
    assert_true(failing.calls == 6 && failing.failures == 1);
}

static void onwards_fails_the_nth_and_all_later_ones(void **state)
{
    (void)state;
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONWARDS);
    expect_calls("------");
    cairn_failing_at(&failing, 4, CAIRN_FAILING_ONWARDS);
    expect_calls("+++---");
    assert_true(failing.calls == 6 && failing.failures == 3);
}

static void zero_ends_it(void **state)
{
    (void)state;
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONWARDS);
    assert_false(alloc_succeeds());
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONWARDS);
    expect_calls("++++++");
}

static void all_that_allocate_count_and_a_failure_does_not_reach_the_inner_one(void **state)
{
    (void)state;
    struct cairn_layout sixteen = {16, 8};
    cairn_failing_at(&failing, 2, CAIRN_FAILING_ONCE);
    void *block = cairn_allocator_alloc_zeroed(&failing.allocator, eight); /* 1 */
    spy_expect(&spy, 0, 0, 1, 0);
    assert_null(cairn_allocator_realloc(&failing.allocator, block, eight, 16)); /* 2 */
    spy_expect(&spy, 0, 0, 1, 0);
    block = cairn_allocator_realloc(&failing.allocator, block, eight, 16); /* 3 */
    spy_expect(&spy, 0, 0, 1, 1);
    cairn_allocator_dealloc(&failing.allocator, block, sixteen); /* does not count */
    spy_expect(&spy, 0, 1, 1, 1);
    assert_int_equal(failing.calls, 3);

    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONCE);
    assert_null(cairn_allocator_alloc_zeroed(&failing.allocator, eight));
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONCE);
    assert_null(cairn_allocator_alloc(&failing.allocator, eight));
    spy_expect(&spy, 0, 1, 1, 1);
}

#define test_with_a_spy(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_a_spy(it_fails_nothing_at_first),
        test_with_a_spy(once_fails_the_nth_alone),
        test_with_a_spy(onwards_fails_the_nth_and_all_later_ones),
        test_with_a_spy(zero_ends_it),
        test_with_a_spy(all_that_allocate_count_and_a_failure_does_not_reach_the_inner_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
