/* SPDX-License-Identifier: MIT */
/* Alignment and overflow at their edges. */
#include "test.h"

#include <cairn/base/bits.h>

static void powers_of_two(void **state)
{
    (void)state;
    assert_false(cairn_is_power_of_two(0));
    for (unsigned bit = 0; bit < 64; bit++) {
        size_t power = (size_t)1 << bit;
        assert_true(cairn_is_power_of_two(power));
        if (bit > 0)
            assert_false(cairn_is_power_of_two(power + 1));
        if (bit > 1)
            assert_false(cairn_is_power_of_two(power - 1));
    }
    assert_false(cairn_is_power_of_two(SIZE_MAX));
}

/* Every alignment, around every multiple near 0 and near the end of the address space. */
static void rounding_down(void **state)
{
    (void)state;
    assert_int_equal(cairn_align_down(0, 16), 0);
    assert_int_equal(cairn_align_down(15, 16), 0);
    assert_int_equal(cairn_align_down(16, 16), 16);
    assert_int_equal(cairn_align_down(17, 16), 16);
    assert_int_equal(cairn_align_down(UINTPTR_MAX, 1), UINTPTR_MAX);
    for (unsigned bit = 0; bit < 64; bit++) {
        size_t align = (size_t)1 << bit;
        assert_int_equal(cairn_align_down(align - 1, align), 0);
        assert_int_equal(cairn_align_down(align, align), align);
        assert_int_equal(cairn_align_down(UINTPTR_MAX, align), UINTPTR_MAX - align + 1);
    }
}

static void rounding_up(void **state)
{
    (void)state;
    assert_int_equal(cairn_align_up(0, 16), 0);
    assert_int_equal(cairn_align_up(1, 16), 16);
    assert_int_equal(cairn_align_up(16, 16), 16);
    assert_int_equal(cairn_align_up(17, 16), 32);
    for (unsigned bit = 0; bit < 64; bit++) {
        size_t align = (size_t)1 << bit, last = UINTPTR_MAX - align + 1;
        assert_int_equal(cairn_align_up(align, align), align);
        assert_int_equal(cairn_align_up(last, align), last);
        if (bit > 0) {
            assert_int_equal(cairn_align_up(1, align), align);
            assert_int_equal(cairn_align_up(last - 1, align), last);
        }
    }
}

static void rounding_up_says_when_it_overflows(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        size_t align = (size_t)1 << bit, last = SIZE_MAX - align + 1, result = 42;
        if (bit > 0)
            assert_false(cairn_try_align_up(last + 1, align, &result));
        if (bit > 0)
            assert_false(cairn_try_align_up(SIZE_MAX, align, &result));
        assert_int_equal(result, 42);
        assert_true(cairn_try_align_up(last, align, &result));
        assert_int_equal(result, last);
        assert_true(cairn_try_align_up(0, align, &result));
        assert_int_equal(result, 0);
    }
}

static void random_rounding_agrees_with_division(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    for (int i = 0; i < 100000; i++) {
        size_t align = (size_t)1 << random_below(&random, 40);
        size_t value = random_next(&random) >> random_below(&random, 64) >> 1, up;
        assert_int_equal(cairn_align_down(value, align), value / align * align);
        assert_int_equal(cairn_align_up(value, align), (value + align - 1) / align * align);
        assert_true(cairn_try_align_up(value, align, &up));
        assert_int_equal(up, cairn_align_up(value, align));
        assert_int_equal(cairn_is_aligned(value, align), value % align == 0);
    }
}

static void alignment(void **state)
{
    (void)state;
    assert_true(cairn_is_aligned(0, (size_t)1 << 63));
    assert_true(cairn_is_aligned(UINTPTR_MAX, 1));
    assert_false(cairn_is_aligned(UINTPTR_MAX, 2));
    assert_true(cairn_is_aligned(0x1000, 0x1000));
    assert_false(cairn_is_aligned(0x1800, 0x1000));
}

static void bit_numbers(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t power = UINT64_C(1) << bit;
        assert_int_equal(cairn_log2_floor(power), bit);
        assert_int_equal(cairn_log2_floor(power | (power - 1)), bit);
        assert_int_equal(cairn_lowest_bit(power), bit);
        assert_int_equal(cairn_lowest_bit(UINT64_MAX << bit), bit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(powers_of_two),
        cmocka_unit_test(rounding_down),
        cmocka_unit_test(rounding_up),
        cmocka_unit_test(rounding_up_says_when_it_overflows),
        cmocka_unit_test(random_rounding_agrees_with_division),
        cmocka_unit_test(alignment),
        cmocka_unit_test(bit_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
