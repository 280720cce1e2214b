/* SPDX-License-Identifier: MIT */
/*
 * The lookup in the table of functions and lines, on a small table that is made by hand. That
 * the table of a real kernel says what its DWARF says is shown by tests/system/test_kernel_tools.py.
 */
#include "test.h"

#include <string.h>

#include "symbol_table.h"
#include "symbols.h"

/* The kernel's own table, which the linker places: here there is none. */
const uint8_t symbols_begin[1], symbols_end[1];

#define TEXT_SIZE 40

/* Two functions with a gap between them; in the second, `inner` inlined in `outer`. */
static const struct {
    struct symbol_table_header header;
    struct symbol_table_function functions[2];
    struct symbol_table_line lines[5];
    struct symbol_table_inlined inlined[2];
    symbol_table_file files[2];
    char text[TEXT_SIZE];
} table = {
    .header = {SYMBOL_TABLE_MAGIC, 2, 5, 2, 2, TEXT_SIZE, 0},
    .functions = {{0x100, 0x10, 0}, {0x120, 0x40, 6}},
    .lines = {{0x100, 0, 11},
              {0x110, SYMBOL_TABLE_NO_FILE, 0},
              {0x120, 0, 20},
              {0x130, 1, 33},
              {0x148, 1, 0}},
    .inlined = {{0x130, 0x150, 13, 0, 22}, {0x130, 0x140, 19, 1, 44}},
    .files = {25, 29},
    .text = "first\0second\0outer\0inner\0a.c\0b.h",
};

#define PLACE(address) (SYMBOL_TABLE_BASE + (address))

static struct code_place places[CODE_PLACES_MAX];

static size_t look_up(uint64_t address)
{
    memset(places, 0xff, sizeof(places));
    return code_places_in(&table, sizeof(table), address, places);
}

static void expect_place(size_t number, const char *function, const char *file, unsigned line)
{
    assert_string_equal(places[number].function, function);
    assert_string_equal(places[number].file, file);
    assert_int_equal(places[number].line, line);
}

static void expect_unknown(void)
{
    assert_null(places[0].function);
    assert_null(places[0].file);
    assert_int_equal(places[0].line, 0);
}

static void first_and_last_byte_of_a_function(void **state)
{
    (void)state;
    assert_int_equal(look_up(PLACE(0x100)), 1);
    expect_place(0, "first", "a.c", 11);
    assert_int_equal(places[0].offset, 0);
    assert_false(places[0].is_inlined);
    assert_int_equal(look_up(PLACE(0x10f)), 1);
    expect_place(0, "first", "a.c", 11);
    assert_int_equal(places[0].offset, 0xf);
}

static void outside_of_every_function(void **state)
{
    (void)state;
    static const uint64_t addresses[] = {PLACE(0), PLACE(0xff), PLACE(0x110), PLACE(0x11f),
                                         0,        0x100,       PLACE(0) - 1};
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        assert_int_equal(look_up(addresses[i]), 1);
        expect_unknown();
    }
}

static void behind_the_last_function(void **state)
{
    (void)state;
    look_up(PLACE(0x15f));
    assert_string_equal(places[0].function, "second");
    look_up(PLACE(0x160));
    assert_null(places[0].function);
    look_up(UINT64_MAX);
    assert_null(places[0].function);
}

static void a_line_holds_up_to_the_next(void **state)
{
    (void)state;
    look_up(PLACE(0x12f));
    expect_place(0, "second", "a.c", 20);
}

static void inlined_calls_are_told_inside_out(void **state)
{
    (void)state;
    assert_int_equal(look_up(PLACE(0x130)), 3);
    expect_place(0, "inner", "b.h", 33);
    expect_place(1, "outer", "b.h", 44);
    expect_place(2, "second", "a.c", 22);
    assert_true(places[0].is_inlined && places[1].is_inlined && !places[2].is_inlined);
    assert_int_equal(places[2].offset, 0x10);
    assert_int_equal(look_up(PLACE(0x140)), 2);
    expect_place(0, "outer", "b.h", 33);
    expect_place(1, "second", "a.c", 22);
    assert_int_equal(look_up(PLACE(0x150)), 1);
}

static void a_line_of_which_only_the_file_is_known(void **state)
{
    (void)state;
    assert_int_equal(look_up(PLACE(0x148)), 2);
    expect_place(0, "outer", "b.h", 0);
}

static void a_table_that_is_not_whole_tells_nothing(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof(table); size++) {
        assert_int_equal(code_places_in(&table, size, PLACE(0x130), places), 1);
        expect_unknown();
    }
    uint8_t other_magic[sizeof(table)] __attribute__((aligned(8)));
    memcpy(other_magic, &table, sizeof(table));
    other_magic[0] ^= 1;
    assert_int_equal(code_places_in(other_magic, sizeof(table), PLACE(0x130), places), 1);
    expect_unknown();
    uint8_t unterminated[sizeof(table)] __attribute__((aligned(8)));
    memcpy(unterminated, &table, sizeof(table));
    unterminated[sizeof(table) - 1] = 'x';
    assert_int_equal(code_places_in(unterminated, sizeof(table), PLACE(0x130), places), 1);
    expect_unknown();
}

/* A damaged table may tell nonsense, but reads nothing outside of itself: ASan watches. */
static void a_damaged_table_is_survived(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    for (int i = 0; i < 20000; i++) {
        uint8_t damaged[sizeof(table)] __attribute__((aligned(8)));
        memcpy(damaged, &table, sizeof(table));
        size_t position = 8 + random_below(&random, sizeof(table) - 8);
        damaged[position] = (uint8_t)random_next(&random);
        size_t count =
            code_places_in(damaged, sizeof(damaged), PLACE(random_below(&random, 0x180)), places);
        expect_between(count, 1, CODE_PLACES_MAX);
        for (size_t place = 0; place < count; place++) {
            assert_true(!places[place].function || strlen(places[place].function) < TEXT_SIZE);
            assert_true(!places[place].file || strlen(places[place].file) < TEXT_SIZE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_and_last_byte_of_a_function),
        cmocka_unit_test(outside_of_every_function),
        cmocka_unit_test(behind_the_last_function),
        cmocka_unit_test(a_line_holds_up_to_the_next),
        cmocka_unit_test(inlined_calls_are_told_inside_out),
        cmocka_unit_test(a_line_of_which_only_the_file_is_known),
        cmocka_unit_test(a_table_that_is_not_whole_tells_nothing),
        cmocka_unit_test(a_damaged_table_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
