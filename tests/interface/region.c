/* SPDX-License-Identifier: MIT */
/* Regions: trimming, merging, refusing. Addresses here are numbers; nothing is touched. */
#include "test.h"

#include <cairn/region.h>

static enum cairn_region_error trim(uintptr_t start, size_t size, struct cairn_region *region)
{
    return cairn_region_trim((const void *)start, size, 16, region);
}

static void expect_trimmed(uintptr_t start, size_t size, uintptr_t from, uintptr_t to)
{
    struct cairn_region region = {0};
    assert_int_equal(trim(start, size, &region), CAIRN_REGION_OK);
    assert_int_equal(region.start, from);
    assert_int_equal(region.end, to);
    assert_int_equal(cairn_region_size(region), to - from);
}

static void expect_not_trimmed(uintptr_t start, size_t size, enum cairn_region_error error)
{
    struct cairn_region region = {1, 2};
    assert_int_equal(trim(start, size, &region), error);
    assert_true(region.start == 1 && region.end == 2);
}

static void whole_granules_inside_are_kept(void **state)
{
    (void)state;
    expect_trimmed(0x1000, 0x100, 0x1000, 0x1100);
    expect_trimmed(0x1001, 0x100, 0x1010, 0x1100);
    expect_trimmed(0x100f, 0x12, 0x1010, 0x1020);
    expect_trimmed(0x1000, 0x1f, 0x1000, 0x1010);
    expect_trimmed(0x1000, 16, 0x1000, 0x1010);
}

static void less_than_a_granule_is_too_small(void **state)
{
    (void)state;
    expect_not_trimmed(0x1000, 0, CAIRN_REGION_TOO_SMALL);
    expect_not_trimmed(0x1000, 15, CAIRN_REGION_TOO_SMALL);
    expect_not_trimmed(0x1001, 30, CAIRN_REGION_TOO_SMALL);
    expect_not_trimmed(0x1001, 5, CAIRN_REGION_TOO_SMALL);
}

static void the_granule_at_address_zero_is_left_out(void **state)
{
    (void)state;
    expect_trimmed(0, 0x100, 0x10, 0x100);
    expect_not_trimmed(0, 0x1f, CAIRN_REGION_TOO_SMALL);
    expect_not_trimmed(0, 0, CAIRN_REGION_TOO_SMALL);
}

static void the_end_of_the_address_space_is_respected(void **state)
{
    (void)state;
    expect_trimmed(UINTPTR_MAX - 0x10f, 0x10f, UINTPTR_MAX - 0x10f, UINTPTR_MAX - 0xf);
    expect_not_trimmed(UINTPTR_MAX - 0xff, 0x101, CAIRN_REGION_WRAPS);
    expect_not_trimmed(16, SIZE_MAX, CAIRN_REGION_WRAPS);
    expect_not_trimmed(UINTPTR_MAX - 3, 2, CAIRN_REGION_TOO_SMALL);
}

/* Adds [start, end) and says what came of it. */
static enum cairn_region_error add(struct cairn_region_set *set, uintptr_t start, uintptr_t end)
{
    return cairn_region_set_add(set, (struct cairn_region){start, end});
}

static void expect_region(const struct cairn_region_set *set, size_t at, uintptr_t start,
                          uintptr_t end)
{
    assert_int_equal(set->regions[at].start, start);
    assert_int_equal(set->regions[at].end, end);
}

static void touching_regions_become_one(void **state)
{
    (void)state;
    struct cairn_region_set set = {0};
    assert_int_equal(add(&set, 0x3000, 0x4000), CAIRN_REGION_OK);
    assert_int_equal(add(&set, 0x4000, 0x5000), CAIRN_REGION_OK); /* after */
    assert_int_equal(set.count, 1);
    expect_region(&set, 0, 0x3000, 0x5000);
    assert_int_equal(add(&set, 0x2000, 0x3000), CAIRN_REGION_OK); /* before */
    assert_int_equal(set.count, 1);
    expect_region(&set, 0, 0x2000, 0x5000);
    assert_int_equal(add(&set, 0x6000, 0x7000), CAIRN_REGION_OK); /* apart */
    assert_int_equal(set.count, 2);
    assert_int_equal(add(&set, 0x5000, 0x6000), CAIRN_REGION_OK); /* between the two */
    assert_int_equal(set.count, 1);
    expect_region(&set, 0, 0x2000, 0x7000);
}

static void overlapping_regions_are_refused(void **state)
{
    (void)state;
    struct cairn_region_set set = {0};
    assert_int_equal(add(&set, 0x1000, 0x2000), CAIRN_REGION_OK);
    assert_int_equal(add(&set, 0x3000, 0x4000), CAIRN_REGION_OK);
    const uintptr_t overlapping[][2] = {
        {0x3000, 0x4000}, {0x3100, 0x3200}, {0x2f00, 0x4100}, {0x2f00, 0x3010},
        {0x3ff0, 0x4100}, {0x1ff0, 0x2000}, {0x0100, 0x9000},
    };
    for (size_t i = 0; i < sizeof(overlapping) / sizeof(overlapping[0]); i++)
        assert_int_equal(add(&set, overlapping[i][0], overlapping[i][1]), CAIRN_REGION_OVERLAPS);
    assert_int_equal(set.count, 2);
    expect_region(&set, 0, 0x1000, 0x2000);
    expect_region(&set, 1, 0x3000, 0x4000);
}

static void a_full_set_takes_only_what_touches(void **state)
{
    (void)state;
    struct cairn_region_set set = {0};
    for (uintptr_t i = 1; i <= CAIRN_REGIONS_MAX; i++)
        assert_int_equal(add(&set, i * 0x1000, i * 0x1000 + 0x800), CAIRN_REGION_OK);
    assert_int_equal(add(&set, 0x100000, 0x101000), CAIRN_REGION_SET_FULL);
    assert_int_equal(set.count, CAIRN_REGIONS_MAX);
    assert_int_equal(add(&set, 0x1800, 0x2000), CAIRN_REGION_OK); /* fills a gap: one fewer */
    assert_int_equal(set.count, CAIRN_REGIONS_MAX - 1);
    assert_int_equal(add(&set, 0x100000, 0x101000), CAIRN_REGION_OK);
}

static void it_contains_what_lies_inside_one_region(void **state)
{
    (void)state;
    struct cairn_region_set set = {0};
    assert_false(cairn_region_set_contains(&set, 0, 0));
    assert_int_equal(add(&set, 0x1000, 0x2000), CAIRN_REGION_OK);
    assert_int_equal(add(&set, 0x3000, 0x4000), CAIRN_REGION_OK);
    assert_true(cairn_region_set_contains(&set, 0x1000, 0x1000));
    assert_true(cairn_region_set_contains(&set, 0x3ff0, 0x10));
    assert_false(cairn_region_set_contains(&set, 0x3ff0, 0x11));
    assert_false(cairn_region_set_contains(&set, 0xfff, 0x10));
    assert_false(cairn_region_set_contains(&set, 0x2000, 0));
    assert_false(cairn_region_set_contains(&set, 0x2800, 1));
    assert_false(cairn_region_set_contains(&set, 0x1000, 0x3000));
    assert_false(cairn_region_set_contains(&set, 0x1010, SIZE_MAX));
}

static void every_error_has_its_own_words(void **state)
{
    (void)state;
    const char *texts[] = {
        cairn_region_error_text(CAIRN_REGION_OK),
        cairn_region_error_text(CAIRN_REGION_TOO_SMALL),
        cairn_region_error_text(CAIRN_REGION_WRAPS),
        cairn_region_error_text(CAIRN_REGION_OVERLAPS),
        cairn_region_error_text(CAIRN_REGION_SET_FULL),
        cairn_region_error_text((enum cairn_region_error)99),
    };
    for (size_t i = 0; i < 6; i++)
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(texts[i], texts[other]);
    assert_string_equal(texts[1], "the region is too small to hold a block");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_granules_inside_are_kept),
        cmocka_unit_test(less_than_a_granule_is_too_small),
        cmocka_unit_test(the_granule_at_address_zero_is_left_out),
        cmocka_unit_test(the_end_of_the_address_space_is_respected),
        cmocka_unit_test(touching_regions_become_one),
        cmocka_unit_test(overlapping_regions_are_refused),
        cmocka_unit_test(a_full_set_takes_only_what_touches),
        cmocka_unit_test(it_contains_what_lies_inside_one_region),
        cmocka_unit_test(every_error_has_its_own_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
