/* SPDX-License-Identifier: MIT */
/* The allocator interface: what its defaults do, and that an allocator's own are preferred. */
#include "test.h"

#include <string.h>

#include <cairn/allocator.h>
#include <cairn/dummy.h>
#include <cairn/failing.h>

#include "spy.h"
#include "strict_heap.h"

static const struct cairn_layout eight = {8, 4};

static int after(void **state)
{
    (void)state;
    strict_heap_expect_empty();
    return 0;
}

static void an_operation_of_its_own_is_called(void **state)
{
    (void)state;
    struct spy spy = {.allocator = {&spy_operations}};
    void *block = cairn_allocator_alloc_zeroed(&spy.allocator, eight);
    spy_expect(&spy, 0, 0, 1, 0);
    block = cairn_allocator_realloc(&spy.allocator, block, eight, 16);
    spy_expect(&spy, 0, 0, 1, 1);
    cairn_allocator_dealloc(&spy.allocator, block, (struct cairn_layout){16, 4});
    spy_expect(&spy, 0, 1, 1, 1);
    block = cairn_allocator_alloc(&spy.allocator, eight);
    spy_expect(&spy, 1, 1, 1, 1);
    cairn_allocator_dealloc(&spy.allocator, block, eight);
}

static void default_alloc_zeroed_sets_all_bytes_to_zero(void **state)
{
    (void)state;
    struct spy spy = {.allocator = {&spy_least_operations}};
    unsigned char *block = cairn_allocator_alloc_zeroed(&spy.allocator, eight);
    spy_expect(&spy, 1, 0, 0, 0);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(block[i], 0);
    cairn_allocator_dealloc(&spy.allocator, block, eight);
}

/* Reallocates a block of bytes 1, 2, 3... and looks at what is left of them. */
static void reallocate(size_t size, size_t new_size)
{
    struct spy spy = {.allocator = {&spy_least_operations}};
    struct cairn_layout layout = {size, 1}, new_layout = {new_size, 1};
    unsigned char *block = cairn_allocator_alloc(&spy.allocator, layout);
    for (size_t i = 0; i < size; i++)
        block[i] = (unsigned char)(i + 1);
    block = cairn_allocator_realloc(&spy.allocator, block, layout, new_size);
    spy_expect(&spy, 2, 1, 0, 0);
    for (size_t i = 0; i < size && i < new_size; i++)
        assert_int_equal(block[i], i + 1);
    cairn_allocator_dealloc(&spy.allocator, block, new_layout);
}

static void default_realloc_keeps_what_both_sizes_have(void **state)
{
    (void)state;
    reallocate(10, 40);
    reallocate(40, 10);
    reallocate(7, 7);
}

static void default_realloc_keeps_the_alignment(void **state)
{
    (void)state;
    struct cairn_layout layout = {10, 256};
    void *block = cairn_allocator_alloc(&strict_heap.allocator, layout);
    block = cairn_allocator_realloc(&strict_heap.allocator, block, layout, 50);
    assert_int_equal((uintptr_t)block % 256, 0);
    cairn_allocator_dealloc(&strict_heap.allocator, block, (struct cairn_layout){50, 256});
}

static void a_failed_default_realloc_leaves_the_block(void **state)
{
    (void)state;
    struct cairn_layout layout = {4, 4};
    int32_t *block = cairn_allocator_alloc(&strict_heap.allocator, layout);
    *block = 41;
    assert_null(cairn_allocator_realloc(&strict_heap.allocator, block, layout, PTRDIFF_MAX - 3));
    assert_int_equal(*block, 41);
    cairn_allocator_dealloc(&strict_heap.allocator, block, layout);
}

static void a_failed_default_alloc_zeroed_gives_null(void **state)
{
    (void)state;
    struct cairn_dummy dummy = CAIRN_DUMMY;
    assert_null(cairn_allocator_alloc_zeroed(&dummy.allocator, eight));
}

#define test_on_a_heap(name) cmocka_unit_test_teardown(name, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(an_operation_of_its_own_is_called),
        test_on_a_heap(default_alloc_zeroed_sets_all_bytes_to_zero),
        test_on_a_heap(default_realloc_keeps_what_both_sizes_have),
        test_on_a_heap(default_realloc_keeps_the_alignment),
        test_on_a_heap(a_failed_default_realloc_leaves_the_block),
        test_on_a_heap(a_failed_default_alloc_zeroed_gives_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
