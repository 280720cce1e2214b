/* SPDX-License-Identifier: MIT */
/* The memory map: nasty maps by hand, and random ones against a model of one byte per page. */
#include "test.h"

#include "memory_map.h"

static struct memory_map map;

static void start(void)
{
    map.count = 0;
}

static void add(uint64_t begin, uint64_t length, enum memory_kind kind)
{
    assert_true(memory_map_add(&map, begin, length, kind));
}

static void expect_regions(const struct memory_region *expected, size_t count)
{
    assert_true(memory_map_normalise(&map));
    assert_int_equal(map.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(map.regions[i].begin, expected[i].begin);
        assert_int_equal(map.regions[i].end, expected[i].end);
        assert_int_equal(map.regions[i].kind, expected[i].kind);
    }
}
#define EXPECT(...)                                                       \
    do {                                                                  \
        const struct memory_region expected[] = {__VA_ARGS__};            \
        expect_regions(expected, sizeof(expected) / sizeof(expected[0])); \
    } while (0)

static void empty_map(void **state)
{
    (void)state;
    start();
    expect_regions(NULL, 0);
    assert_int_equal(memory_map_bytes(&map, MEMORY_USABLE), 0);
    assert_int_equal(memory_map_end(&map, MEMORY_USABLE), 0);
}

static void empty_regions_are_left_out(void **state)
{
    (void)state;
    start();
    add(0x5000, 0, MEMORY_USABLE);
    add(0x1000, 0x1000, MEMORY_USABLE);
    add(UINT64_MAX, 0, MEMORY_RESERVED);
    EXPECT({0x1000, 0x2000, MEMORY_USABLE});
}

static void unsorted_regions_are_sorted_and_merged(void **state)
{
    (void)state;
    start();
    add(0x4000, 0x1000, MEMORY_USABLE);
    add(0x2000, 0x1000, MEMORY_USABLE);
    add(0x3000, 0x1000, MEMORY_USABLE);
    add(0x8000, 0x1000, MEMORY_USABLE);
    EXPECT({0x2000, 0x5000, MEMORY_USABLE}, {0x8000, 0x9000, MEMORY_USABLE});
}

static void what_forbids_more_wins(void **state)
{
    (void)state;
    start();
    add(0x1000, 0x9000, MEMORY_USABLE);
    add(0x3000, 0x2000, MEMORY_KERNEL);
    add(0x4000, 0x3000, MEMORY_RESERVED);
    EXPECT({0x1000, 0x3000, MEMORY_USABLE}, {0x3000, 0x5000, MEMORY_KERNEL},
           {0x5000, 0x7000, MEMORY_RESERVED}, {0x7000, 0xa000, MEMORY_USABLE});
}

static void a_region_inside_another_of_its_kind_disappears(void **state)
{
    (void)state;
    start();
    add(0x1000, 0x9000, MEMORY_USABLE);
    add(0x3000, 0x2000, MEMORY_USABLE);
    add(0x1000, 0x9000, MEMORY_USABLE);
    EXPECT({0x1000, 0xa000, MEMORY_USABLE});
}

static void usable_memory_is_trimmed_to_frames_and_reserved_is_not(void **state)
{
    (void)state;
    start();
    add(0x0, 0x9fc00, MEMORY_USABLE);
    add(0x9fc00, 0x400, MEMORY_RESERVED);
    add(0x100001, 0xffe, MEMORY_USABLE);
    add(0x200800, 0x1800, MEMORY_USABLE);
    EXPECT({0x0, 0x9f000, MEMORY_USABLE}, {0x9fc00, 0xa0000, MEMORY_RESERVED},
           {0x201000, 0x202000, MEMORY_USABLE});
}

static void an_end_beyond_the_last_address_is_cut(void **state)
{
    (void)state;
    start();
    add(UINT64_MAX - 0x2fff, 0x10000, MEMORY_USABLE);
    EXPECT({UINT64_MAX - 0x2fff, UINT64_MAX - 0xfff, MEMORY_USABLE});
    start();
    add(UINT64_MAX - 10, 11, MEMORY_USABLE);
    expect_regions(NULL, 0);
    start();
    add(0, UINT64_MAX, MEMORY_RESERVED);
    EXPECT({0, UINT64_MAX, MEMORY_RESERVED});
}

static void a_full_map_says_so_and_keeps_what_it_has(void **state)
{
    (void)state;
    start();
    for (uint64_t i = 0; i < MEMORY_MAP_CAPACITY; i++)
        add(i * 0x2000, 0x1000, MEMORY_USABLE);
    assert_false(memory_map_add(&map, 0x1000, 0x1000, MEMORY_USABLE));
    assert_true(memory_map_add(&map, 0x1000, 0, MEMORY_USABLE));
    assert_true(memory_map_normalise(&map));
    assert_int_equal(map.count, MEMORY_MAP_CAPACITY);
    /* The hole in the middle of a region splits it: one region more than there is room for. */
    map.regions[0].end = 0x1000;
    map.regions[1] = (struct memory_region){0x400, 0x800, MEMORY_RESERVED};
    struct memory_map before = map;
    assert_false(memory_map_normalise(&map));
    assert_memory_equal(&before, &map, sizeof(map));
}

static void memory_beyond_a_limit_is_cut_off(void **state)
{
    (void)state;
    start();
    add(0x1000, 0x4000, MEMORY_USABLE);
    add(0x8000, 0x1000, MEMORY_USABLE);
    add(0x9000, 0x1000, MEMORY_RESERVED);
    assert_true(memory_map_normalise(&map));
    assert_true(memory_map_cut_off(&map, 0x2800, MEMORY_CUT_OFF));
    EXPECT({0x1000, 0x2000, MEMORY_USABLE}, {0x2800, 0x5000, MEMORY_CUT_OFF},
           {0x8000, 0x9000, MEMORY_CUT_OFF}, {0x9000, 0xa000, MEMORY_RESERVED});
    assert_true(memory_map_cut_off(&map, UINT64_MAX, MEMORY_CUT_OFF));
    assert_int_equal(memory_map_bytes(&map, MEMORY_USABLE), 0x1000);
    assert_int_equal(memory_map_end(&map, MEMORY_USABLE), 0x2000);
    assert_int_equal(memory_map_end(&map, MEMORY_RESERVED), 0xa000);
}

static void kinds_have_names(void **state)
{
    (void)state;
    for (int kind = 0; kind < MEMORY_KINDS; kind++)
        assert_non_null(memory_kind_name((enum memory_kind)kind));
}

/* ---- random maps ---- */

#define UNIT        0x400 /* a quarter of a frame, so that usable regions need trimming */
#define MODEL_UNITS 256

static enum memory_kind model[MODEL_UNITS];

static void add_at_random(struct random_source *random)
{
    uint64_t begin = random_below(random, MODEL_UNITS);
    uint64_t length = random_below(random, MODEL_UNITS - begin + 1);
    enum memory_kind kind = (enum memory_kind)(1 + random_below(random, MEMORY_KINDS - 1));
    add(begin * UNIT, length * UNIT, kind);
    for (uint64_t unit = begin; unit < begin + length; unit++)
        if (kind > model[unit])
            model[unit] = kind;
}

/* Usable units count only where all four of a frame are usable. */
static enum memory_kind expected_kind(uint64_t unit)
{
    if (model[unit] != MEMORY_USABLE)
        return model[unit];
    for (uint64_t i = unit / 4 * 4; i < unit / 4 * 4 + 4; i++)
        if (model[i] != MEMORY_USABLE)
            return MEMORY_NONE;
    return MEMORY_USABLE;
}

static enum memory_kind kind_in_map(uint64_t address)
{
    for (size_t i = 0; i < map.count; i++)
        if (map.regions[i].begin <= address && address < map.regions[i].end)
            return map.regions[i].kind;
    return MEMORY_NONE;
}

static void check_invariants(void)
{
    for (size_t i = 0; i < map.count; i++) {
        const struct memory_region *region = &map.regions[i];
        assert_true(region->begin < region->end);
        if (i > 0) {
            assert_true(region[-1].end <= region->begin);
            assert_true(region[-1].end < region->begin || region[-1].kind != region->kind);
        }
        if (region->kind == MEMORY_USABLE)
            assert_int_equal((region->begin | region->end) % 4096, 0);
    }
}

static void random_maps_against_a_model(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    for (int round = 0; round < 2000; round++) {
        start();
        for (int unit = 0; unit < MODEL_UNITS; unit++)
            model[unit] = MEMORY_NONE;
        for (uint64_t i = random_below(&random, 20); i > 0; i--)
            add_at_random(&random);
        assert_true(memory_map_normalise(&map));
        check_invariants();
        for (uint64_t unit = 0; unit < MODEL_UNITS; unit++)
            assert_int_equal(kind_in_map(unit * UNIT), expected_kind(unit));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_map),
        cmocka_unit_test(empty_regions_are_left_out),
        cmocka_unit_test(unsorted_regions_are_sorted_and_merged),
        cmocka_unit_test(what_forbids_more_wins),
        cmocka_unit_test(a_region_inside_another_of_its_kind_disappears),
        cmocka_unit_test(usable_memory_is_trimmed_to_frames_and_reserved_is_not),
        cmocka_unit_test(an_end_beyond_the_last_address_is_cut),
        cmocka_unit_test(a_full_map_says_so_and_keeps_what_it_has),
        cmocka_unit_test(memory_beyond_a_limit_is_cut_off),
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(random_maps_against_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
