/* SPDX-License-Identifier: MIT */
/* The dummy allocator: it has nothing to give, and wants nothing back. */
#include "test.h"

#include <cairn/dummy.h>

static struct cairn_dummy dummy = CAIRN_DUMMY;
static const struct cairn_layout four = {4, 4};

static void alloc_gives_null(void **state)
{
    (void)state;
    assert_null(cairn_allocator_alloc(&dummy.allocator, four));
    assert_null(cairn_allocator_alloc_zeroed(&dummy.allocator, four));
}

static void dealloc_panics(void **state)
{
    (void)state;
    int local;
    expect_panic(cairn_allocator_dealloc(&dummy.allocator, &local, four),
                 ": dealloc should be never called");
}

/* A block that the dummy never gave: realloc fails, and leaves it alone. */
static void realloc_gives_null(void **state)
{
    (void)state;
    int local = 41;
    assert_null(cairn_allocator_realloc(&dummy.allocator, &local, four, 8));
    assert_int_equal(local, 41);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alloc_gives_null),
        cmocka_unit_test(dealloc_panics),
        cmocka_unit_test(realloc_gives_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
