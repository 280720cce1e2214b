/* SPDX-License-Identifier: MIT */
/* Layouts: what is valid, up to the last byte of what can be. */
#include "test.h"

#include <cairn/layout.h>

#define LARGEST ((size_t)PTRDIFF_MAX)
#define HALF    (LARGEST + 1) /* the largest power of two */

static void expect_layout(struct cairn_layout layout, size_t size, size_t align)
{
    assert_int_equal(layout.size, size);
    assert_int_equal(layout.align, align);
}

static void expect_made(size_t size, size_t align)
{
    struct cairn_layout layout = {7, 7};
    assert_true(cairn_layout_make(size, align, &layout));
    expect_layout(layout, size, align);
    assert_true(cairn_layout_is_valid(layout));
}

static void expect_refused(size_t size, size_t align)
{
    struct cairn_layout layout = {7, 7};
    assert_false(cairn_layout_make(size, align, &layout));
    expect_layout(layout, 7, 7);
    assert_false(cairn_layout_is_valid((struct cairn_layout){size, align}));
}

static void alignments_are_powers_of_two(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 63; bit++)
        expect_made(1, (size_t)1 << bit);
    expect_made(0, HALF);
    expect_refused(1, HALF);
    expect_refused(0, 0);
    expect_refused(8, 3);
    expect_refused(8, 24);
    expect_refused(8, HALF + 1);
    expect_refused(8, SIZE_MAX);
}

static void the_size_rounded_up_stays_addressable(void **state)
{
    (void)state;
    expect_made(0, 1);
    expect_made(LARGEST, 1);
    expect_refused(LARGEST + 1, 1);
    expect_made(LARGEST - 15, 16);
    expect_refused(LARGEST - 14, 16);
    expect_refused(SIZE_MAX, 1);
    expect_refused(SIZE_MAX, 4096);
}

static void a_type_has_the_layout_of_the_compiler(void **state)
{
    (void)state;
    struct odd {
        char first;
        uint64_t second;
        char third;
    };
    expect_layout(CAIRN_LAYOUT_OF(struct odd), sizeof(struct odd), _Alignof(struct odd));
    expect_layout(CAIRN_LAYOUT_OF(char[3]), 3, 1);
    expect_layout(CAIRN_LAYOUT_OF(int32_t), 4, 4);
}

static void the_stride_is_the_size_rounded_up(void **state)
{
    (void)state;
    assert_int_equal(cairn_layout_stride((struct cairn_layout){0, 8}), 0);
    assert_int_equal(cairn_layout_stride((struct cairn_layout){1, 8}), 8);
    assert_int_equal(cairn_layout_stride((struct cairn_layout){8, 8}), 8);
    assert_int_equal(cairn_layout_stride((struct cairn_layout){9, 8}), 16);
    assert_int_equal(cairn_layout_stride((struct cairn_layout){LARGEST - 15, 16}), LARGEST - 15);
}

static void an_array_is_so_many_strides(void **state)
{
    (void)state;
    struct cairn_layout layout = {7, 7};
    assert_true(cairn_layout_array((struct cairn_layout){9, 8}, 3, &layout));
    expect_layout(layout, 48, 8);
    assert_true(cairn_layout_array((struct cairn_layout){9, 8}, 0, &layout));
    expect_layout(layout, 0, 8);
    assert_true(cairn_layout_array((struct cairn_layout){0, 4}, SIZE_MAX, &layout));
    expect_layout(layout, 0, 4);
    assert_true(cairn_layout_array((struct cairn_layout){1, 1}, LARGEST, &layout));
    expect_layout(layout, LARGEST, 1);
}

static void an_array_that_is_too_large_is_refused(void **state)
{
    (void)state;
    struct cairn_layout layout = {7, 7};
    assert_false(cairn_layout_array((struct cairn_layout){1, 1}, LARGEST + 1, &layout));
    assert_false(cairn_layout_array((struct cairn_layout){4, 4}, HALF / 4, &layout));
    assert_false(cairn_layout_array((struct cairn_layout){4, 4}, SIZE_MAX / 4 + 1, &layout));
    assert_false(cairn_layout_array((struct cairn_layout){4, 4}, SIZE_MAX / 4 + 2, &layout));
    expect_layout(layout, 7, 7);
}

static void extending_pads_as_the_compiler_does(void **state)
{
    (void)state;
    struct made {
        char a;
        uint32_t b;
        uint16_t c;
        uint64_t d;
        char e;
    };
    const size_t expected[] = {offsetof(struct made, b), offsetof(struct made, c),
                               offsetof(struct made, d), offsetof(struct made, e)};
    const struct cairn_layout members[] = {CAIRN_LAYOUT_OF(uint32_t), CAIRN_LAYOUT_OF(uint16_t),
                                           CAIRN_LAYOUT_OF(uint64_t), CAIRN_LAYOUT_OF(char)};
    struct cairn_layout layout = CAIRN_LAYOUT_OF(char);
    for (size_t i = 0; i < 4; i++) {
        size_t offset;
        assert_true(cairn_layout_extend(&layout, members[i], &offset));
        assert_int_equal(offset, expected[i]);
    }
    expect_layout(layout, offsetof(struct made, e) + 1, _Alignof(struct made));
    assert_int_equal(cairn_layout_stride(layout), sizeof(struct made));
}

static void expect_not_extended(struct cairn_layout layout, struct cairn_layout next)
{
    struct cairn_layout before = layout;
    size_t offset = 7;
    assert_false(cairn_layout_extend(&layout, next, &offset));
    expect_layout(layout, before.size, before.align);
    assert_int_equal(offset, 7);
}

static void extending_too_far_is_refused(void **state)
{
    (void)state;
    expect_not_extended((struct cairn_layout){LARGEST, 1}, (struct cairn_layout){1, 1});
    expect_not_extended((struct cairn_layout){LARGEST - 7, 8}, (struct cairn_layout){1, 1});
    expect_not_extended((struct cairn_layout){LARGEST, 1}, (struct cairn_layout){LARGEST - 7, 8});
    expect_not_extended((struct cairn_layout){SIZE_MAX - 3, 1}, (struct cairn_layout){0, 8});
    expect_not_extended((struct cairn_layout){1, 1}, (struct cairn_layout){SIZE_MAX, 1});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alignments_are_powers_of_two),
        cmocka_unit_test(the_size_rounded_up_stays_addressable),
        cmocka_unit_test(a_type_has_the_layout_of_the_compiler),
        cmocka_unit_test(the_stride_is_the_size_rounded_up),
        cmocka_unit_test(an_array_is_so_many_strides),
        cmocka_unit_test(an_array_that_is_too_large_is_refused),
        cmocka_unit_test(extending_pads_as_the_compiler_does),
        cmocka_unit_test(extending_too_far_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
