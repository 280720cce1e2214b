/* SPDX-License-Identifier: MIT */
/* UTF-8 and UTF-16 by hand; every input is compared with Python's codecs in system/test_unicode.py. */
#include "test.h"

#include <string.h>

#include <cairn/base/unicode.h>

#define LENGTH(literal) (sizeof(literal) - 1)

/* `valid` bytes are valid, then `wrong` are to be passed over; 0: the bytes end too early. */
#define EXPECT_ERROR(literal, valid, wrong)                                  \
    do {                                                                     \
        struct cairn_utf8_error error = {99, 99};                            \
        assert_false(cairn_utf8_validate(literal, LENGTH(literal), &error)); \
        assert_int_equal(error.valid_up_to, valid);                          \
        assert_int_equal(error.error_length, wrong);                         \
        assert_false(cairn_utf8_validate(literal, LENGTH(literal), NULL));   \
    } while (0)

#define EXPECT_VALID(literal) assert_true(cairn_utf8_validate(literal, LENGTH(literal), NULL))

static void the_ends_of_every_length_are_valid(void **state)
{
    (void)state;
    assert_true(cairn_utf8_validate(NULL, 0, NULL));
    EXPECT_VALID("\0\x7f");
    EXPECT_VALID("\xc2\x80\xdf\xbf");
    EXPECT_VALID("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf");
    EXPECT_VALID("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
}

static void what_lies_just_outside_is_not(void **state)
{
    (void)state;
    EXPECT_ERROR("\x80", 0, 1);
    EXPECT_ERROR("\xc1\xbf", 0, 1);         /* overlong */
    EXPECT_ERROR("\xe0\x9f\xbf", 0, 1);     /* overlong */
    EXPECT_ERROR("\xed\xa0\x80", 0, 1);     /* a surrogate */
    EXPECT_ERROR("\xf0\x8f\xbf\xbf", 0, 1); /* overlong */
    EXPECT_ERROR("\xf4\x90\x80\x80", 0, 1); /* above the last */
    EXPECT_ERROR("\xf5\x80\x80\x80", 0, 1);
    EXPECT_ERROR("a\xff", 1, 1);
}

/* The examples of Rust's Utf8Error, and of the Unicode Standard, table 3-8. */
static void errors_say_where_and_how_much(void **state)
{
    (void)state;
    EXPECT_ERROR("Hello \xf0\x90\x80World", 6, 3);
    EXPECT_ERROR("\xc3(", 0, 1);
    EXPECT_ERROR("ab\xe2\x82", 2, 0);
    EXPECT_ERROR("ab\xf0", 2, 0);
    EXPECT_ERROR("ab\xf0\x9f\x98", 2, 0);
    EXPECT_ERROR("0123456789\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", 10, 2);
    EXPECT_ERROR("0123456\xc3\xa9\x80"
                 "0123456789abcdef",
                 9, 1); /* over the edge of a word */
    EXPECT_ERROR("01234\xe2\x82"
                 "0123456789abcdef",
                 5, 2);
}

static void characters_are_counted_and_encoded(void **state)
{
    (void)state;
    const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 and more of it";
    const cairn_char characters[] = {'a', 0xe9, 0x20ac, 0x1f600};
    char bytes[16];
    size_t length = 0;
    assert_int_equal(cairn_utf8_count(text, LENGTH(text)), 4 + LENGTH(" and more of it"));
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(cairn_utf8_decode(&text[length]), characters[i]);
        assert_int_equal(cairn_utf8_length_from_start(text[length]), i + 1);
        assert_int_equal(cairn_char_utf8_length(characters[i]), i + 1);
        length += cairn_char_encode_utf8(characters[i], &bytes[length]);
    }
    assert_memory_equal(bytes, text, 10);
}

static void characters_are_scalar_values(void **state)
{
    (void)state;
    const uint32_t valid[] = {0, 0xd7ff, 0xe000, 0xfffd, 0x10ffff};
    const uint32_t invalid[] = {0xd800, 0xdfff, 0x110000, UINT32_MAX};
    for (size_t i = 0; i < 5; i++)
        assert_true(cairn_char_is_valid(valid[i]));
    for (size_t i = 0; i < 4; i++)
        assert_false(cairn_char_is_valid(invalid[i]));
}

static void half_a_pair_is_no_utf16(void **state)
{
    (void)state;
    const uint16_t units[] = {'a', 0xd83d, 0xde00, 0xd83d, 'b', 0xde00, 0xd83d};
    size_t used, valid = 99;
    assert_int_equal(cairn_utf16_decode(&units[1], 6, &used), 0x1f600);
    assert_int_equal(used, 2);
    for (size_t i = 3; i < 7; i += i == 3 ? 2 : 1) {
        assert_int_equal(cairn_utf16_decode(&units[i], 7 - i, &used), units[i]);
        assert_int_equal(used, 1);
    }
    assert_true(cairn_utf16_validate(units, 3, &valid));
    assert_int_equal(valid, 99);
    assert_false(cairn_utf16_validate(units, 7, &valid));
    assert_int_equal(valid, 3);
    assert_false(cairn_utf16_validate(&units[6], 1, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ends_of_every_length_are_valid),
        cmocka_unit_test(what_lies_just_outside_is_not),
        cmocka_unit_test(errors_say_where_and_how_much),
        cmocka_unit_test(characters_are_counted_and_encoded),
        cmocka_unit_test(characters_are_scalar_values),
        cmocka_unit_test(half_a_pair_is_no_utf16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
