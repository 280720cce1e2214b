/* SPDX-License-Identifier: MIT */
/* Views of text: searching, cutting, going through it. Rust's documentation gives the examples. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include <cairn/str.h>

/* The views in `...` are all that the pieces give, from the front or the back. */
#define EXPECT_PIECES(pieces, next, ...)                                 \
    do {                                                                 \
        const char *const expected[] = {__VA_ARGS__};                    \
        size_t found = 0;                                                \
        for (cairn_pieces i = pieces; next(&i); found++) {               \
            assert_true(found < sizeof(expected) / sizeof(expected[0])); \
            expect_text(i.piece, expected[found]);                       \
        }                                                                \
        assert_int_equal(found, sizeof(expected) / sizeof(expected[0])); \
    } while (0)
#define EXPECT_FORWARD(pieces, ...)  EXPECT_PIECES(pieces, cairn_pieces_next, __VA_ARGS__)
#define EXPECT_BACKWARD(pieces, ...) EXPECT_PIECES(pieces, cairn_pieces_next_back, __VA_ARGS__)

static void expect_text(cairn_str text, const char *expected)
{
    assert_int_equal(text.length, strlen(expected));
    if (text.length > 0)
        assert_memory_equal(text.bytes, expected, text.length);
}

static bool is_one_of(cairn_char character, void *context)
{
    return character < 0x80 && strchr(context, (int)character) != NULL;
}

/* ---- Making and cutting ---- */

static void a_literal_is_a_view_without_its_terminator(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR("heap"), none = {0};
    assert_int_equal(text.length, 4);
    assert_int_equal(CAIRN_STR("a\0b").length, 3);
    assert_int_equal(sizeof(text), 2 * sizeof(void *));
    assert_true(cairn_str_equal(none, CAIRN_STR("")));
    char line[32];
    snprintf(line, sizeof(line), "<%.*s><%.*s>", CAIRN_STR_ARGUMENTS(text),
             CAIRN_STR_ARGUMENTS(none));
    assert_string_equal(line, "<heap><>");
}

static void bytes_become_text_if_they_are_valid(void **state)
{
    (void)state;
    cairn_str text;
    struct cairn_utf8_error error;
    assert_true(cairn_str_from_bytes(&text, "a\xc3\xa9", 3, &error));
    expect_text(text, "a\xc3\xa9");
    assert_false(cairn_str_from_bytes(&text, "a\xc3", 2, &error));
    assert_int_equal(error.valid_up_to, 1);
    assert_int_equal(error.error_length, 0);
    expect_text(text, "");
    assert_true(cairn_str_from_c(&text, "abc", NULL));
    expect_text(text, "abc");
    assert_false(cairn_str_from_c(&text, "\xff", NULL));
}

static void parts_begin_and_end_between_characters(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR("L\xc3\xb6we \xe8\x80\x81\xe8\x99\x8e"), part;
    expect_text(cairn_str_slice(text, 1, 3), "\xc3\xb6");
    expect_text(cairn_str_slice_from(text, 6), "\xe8\x80\x81\xe8\x99\x8e");
    expect_text(cairn_str_slice_from(text, text.length), "");
    assert_true(cairn_str_get(text, 6, 9, &part));
    expect_text(part, "\xe8\x80\x81");
    assert_false(cairn_str_get(text, 6, 8, &part));
    assert_false(cairn_str_get(text, 3, 1, &part));
    assert_false(cairn_str_get(text, 0, 13, &part));
    assert_true(cairn_str_is_char_boundary(text, 0));
    assert_true(cairn_str_is_char_boundary(text, 12));
    assert_false(cairn_str_is_char_boundary(text, 2));
    assert_false(cairn_str_is_char_boundary(text, 13));
    assert_int_equal(cairn_str_floor_char_boundary(text, 8), 6);
    assert_int_equal(cairn_str_ceil_char_boundary(text, 7), 9);
    assert_int_equal(cairn_str_floor_char_boundary(text, 99), 12);
    assert_int_equal(cairn_str_ceil_char_boundary(text, 99), 12);
    expect_panic(cairn_str_slice(text, 0, 2), "cairn_str_slice: byte 2 is inside a character");
    expect_panic(cairn_str_slice_from(text, 7), "byte 7 is inside a character");
    expect_panic(cairn_str_slice(text, 3, 1), "no part from 3 to 1 is in a text of 12 bytes");
    expect_panic(cairn_str_slice(text, 0, 13), "no part from 0 to 13 is in a text of 12 bytes");
}

static void characters_are_counted(void **state)
{
    (void)state;
    assert_int_equal(cairn_str_count_chars(CAIRN_STR("L\xc3\xb6we \xf0\x9f\x92\x9d")), 6);
    assert_int_equal(cairn_str_count_chars((cairn_str){0}), 0);
    assert_true(cairn_str_is_ascii(CAIRN_STR("plain\x7f")));
    assert_false(cairn_str_is_ascii(CAIRN_STR("L\xc3\xb6we")));
}

/* ---- Comparing ---- */

static void order_is_that_of_the_bytes(void **state)
{
    (void)state;
    const cairn_str one = CAIRN_STR("a"), two = CAIRN_STR("ab"), three = CAIRN_STR("\xc3\xa9");
    assert_true(cairn_str_compare(one, two) < 0);
    assert_true(cairn_str_compare(two, one) > 0);
    assert_true(cairn_str_compare(two, three) < 0);
    assert_int_equal(cairn_str_compare(two, CAIRN_STR("ab")), 0);
    assert_true(cairn_str_compare_keys(&one, &two) < 0);
    assert_true(cairn_str_equal_keys(&one, &one));
    assert_false(cairn_str_equal(one, two));
    assert_false(cairn_str_equal(one, CAIRN_STR("b")));
    assert_true(cairn_str_equal_ignore_ascii_case(CAIRN_STR("Ferris@["), CAIRN_STR("FERRIS@[")));
    assert_false(cairn_str_equal_ignore_ascii_case(CAIRN_STR("@"), CAIRN_STR("`")));
    assert_false(cairn_str_equal_ignore_ascii_case(CAIRN_STR("Ferr"), CAIRN_STR("FERRIS")));
}

/* ---- Searching ---- */

static void expect_found(const char *text, const char *part, size_t first, size_t last)
{
    cairn_str where = {text, strlen(text)}, what = {part, strlen(part)};
    size_t index = 99;
    assert_true(cairn_str_find(where, what, &index));
    assert_int_equal(index, first);
    assert_true(cairn_str_rfind(where, what, &index));
    assert_int_equal(index, last);
    assert_true(cairn_str_contains(where, what));
}

static void text_is_found_from_both_ends(void **state)
{
    (void)state;
    size_t index = 99;
    expect_found("bananas", "nana", 2, 2);
    expect_found("bananas", "ana", 1, 3);
    expect_found("bananas", "s", 6, 6);
    expect_found("abc", "", 0, 3);
    expect_found("", "", 0, 0);
    expect_found("L\xc3\xb6we \xe8\x80\x81\xe8\x99\x8e L\xc3\xa9opard", "L", 0, 13);
    assert_false(cairn_str_find(CAIRN_STR("bananas"), CAIRN_STR("nanas!"), &index));
    assert_false(cairn_str_rfind(CAIRN_STR("bananas"), CAIRN_STR("apple"), &index));
    assert_false(cairn_str_find((cairn_str){0}, CAIRN_STR("a"), &index));
    assert_int_equal(index, 99);
}

/*
 * Few letters, so that everything repeats; compared with a search that only tries. The text ends where
 * its memory does.
 */
static void every_search_finds_what_trying_finds(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    for (size_t round = 0; round < 200000; round++) {
        char memory[300], part[12];
        size_t letters = 1 + random_below(&random, round % 8 == 0 ? 20 : 3);
        size_t length = random_below(&random, (round % 4 == 0 ? sizeof(memory) : 40) + 1);
        char *text = memory + sizeof(memory) - length;
        size_t part_length = random_below(&random, sizeof(part) + 1);
        for (size_t i = 0; i < length; i++)
            text[i] = (char)('a' + random_below(&random, letters));
        for (size_t i = 0; i < part_length; i++)
            part[i] = (char)('a' + random_below(&random, letters));
        size_t first = SIZE_MAX, last = SIZE_MAX, index;
        for (size_t i = 0; i + part_length <= length; i++) {
            if (memcmp(&text[i], part, part_length) != 0)
                continue;
            first = first == SIZE_MAX ? i : first;
            last = i;
        }
        cairn_str where = {text, length}, what = {part, part_length};
        assert_int_equal(cairn_str_find(where, what, &index) ? index : SIZE_MAX, first);
        assert_int_equal(cairn_str_rfind(where, what, &index) ? index : SIZE_MAX, last);
    }
}

static void both_ends_are_looked_at(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR("foo:bar"), rest = {0};
    assert_true(cairn_str_starts_with(text, CAIRN_STR("foo")));
    assert_false(cairn_str_starts_with(text, CAIRN_STR("bar")));
    assert_false(cairn_str_starts_with(text, CAIRN_STR("foo:bar!")));
    assert_true(cairn_str_ends_with(text, CAIRN_STR("bar")));
    assert_false(cairn_str_ends_with(text, CAIRN_STR("foo")));
    assert_true(cairn_str_strip_prefix(text, CAIRN_STR("foo:"), &rest));
    expect_text(rest, "bar");
    assert_false(cairn_str_strip_prefix(text, CAIRN_STR("bar"), &rest));
    expect_text(rest, "bar");
    assert_true(cairn_str_strip_suffix(text, CAIRN_STR(":bar"), &rest));
    expect_text(rest, "foo");
    assert_false(cairn_str_strip_suffix(text, CAIRN_STR("foo"), &rest));
}

static void characters_are_found_by_a_test(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR("\xc3\xa9 x1y2");
    char digits[] = "0123456789", others[] = "z";
    size_t index = 99;
    assert_true(cairn_str_find_if(text, is_one_of, digits, &index));
    assert_int_equal(index, 4);
    assert_true(cairn_str_rfind_if(text, is_one_of, digits, &index));
    assert_int_equal(index, 6);
    assert_false(cairn_str_find_if(text, is_one_of, others, &index));
    assert_false(cairn_str_rfind_if(text, is_one_of, others, &index));
    expect_text(cairn_str_trim_if(CAIRN_STR("123foo1bar123"), is_one_of, digits), "foo1bar");
    expect_text(cairn_str_trim_start_if(CAIRN_STR("123foo"), is_one_of, digits), "foo");
    expect_text(cairn_str_trim_end_if(CAIRN_STR("foo\xc3\xa9"
                                                "1"),
                                      is_one_of, digits),
                "foo\xc3\xa9");
}

static void white_space_is_trimmed(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR("\n \xe2\x80\x83Hello\tworld\xc2\xa0\r ");
    expect_text(cairn_str_trim(text), "Hello\tworld");
    expect_text(cairn_str_trim_start(text), "Hello\tworld\xc2\xa0\r ");
    expect_text(cairn_str_trim_end(text), "\n \xe2\x80\x83Hello\tworld");
    expect_text(cairn_str_trim(CAIRN_STR(" \t ")), "");
    expect_text(cairn_str_trim((cairn_str){0}), "");
}

static void text_is_split_once(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR("cfg=foo=bar"), before, after;
    assert_true(cairn_str_split_once(text, CAIRN_STR("="), &before, &after));
    expect_text(before, "cfg");
    expect_text(after, "foo=bar");
    assert_true(cairn_str_rsplit_once(text, CAIRN_STR("="), &before, &after));
    expect_text(before, "cfg=foo");
    expect_text(after, "bar");
    assert_false(cairn_str_split_once(text, CAIRN_STR(":"), &before, &after));
    assert_false(cairn_str_rsplit_once(text, CAIRN_STR(":"), &before, &after));
}

/* ---- Going through it ---- */

static void characters_come_from_both_ends(void **state)
{
    (void)state;
    cairn_chars i = cairn_str_chars(CAIRN_STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"));
    assert_true(cairn_chars_next(&i));
    assert_int_equal(i.character, 'a');
    assert_true(cairn_chars_next_back(&i));
    assert_int_equal(i.character, 'z');
    assert_int_equal(i.index, 10);
    assert_true(cairn_chars_next_back(&i));
    assert_int_equal(i.character, 0x1f600);
    assert_int_equal(i.index, 6);
    expect_text(cairn_chars_rest(&i), "\xc3\xa9\xe2\x82\xac");
    assert_true(cairn_chars_next(&i));
    assert_int_equal(i.character, 0xe9);
    assert_int_equal(i.index, 1);
    assert_true(cairn_chars_next(&i));
    assert_int_equal(i.character, 0x20ac);
    assert_false(cairn_chars_next(&i));
    assert_false(cairn_chars_next_back(&i));
    i = cairn_str_chars((cairn_str){0});
    assert_false(cairn_chars_next(&i));
    assert_false(cairn_chars_next_back(&i));
    expect_text(cairn_chars_rest(&i), "");
}

static void text_is_split_by_text(void **state)
{
    (void)state;
    cairn_str lamb = CAIRN_STR("Mary had a little lamb"), space = CAIRN_STR(" ");
    EXPECT_FORWARD(cairn_str_split(lamb, space), "Mary", "had", "a", "little", "lamb");
    EXPECT_BACKWARD(cairn_str_split(lamb, space), "lamb", "little", "a", "had", "Mary");
    EXPECT_FORWARD(cairn_str_split(CAIRN_STR(""), CAIRN_STR("X")), "");
    EXPECT_FORWARD(cairn_str_split(CAIRN_STR("lionXXtiger"), CAIRN_STR("X")), "lion", "", "tiger");
    EXPECT_FORWARD(cairn_str_split(CAIRN_STR("(///)"), CAIRN_STR("/")), "(", "", "", ")");
    EXPECT_BACKWARD(cairn_str_split(CAIRN_STR("0::1::"), CAIRN_STR("::")), "", "1", "0");
    expect_panic(cairn_str_split(lamb, CAIRN_STR("")), "the separator is empty");
}

static void text_is_split_by_a_test(void **state)
{
    (void)state;
    char letters[] = "cX";
    EXPECT_FORWARD(cairn_str_split_if(CAIRN_STR("abcXdefX\xc3\xa9"), is_one_of, letters), "ab", "",
                   "def", "\xc3\xa9");
    EXPECT_BACKWARD(cairn_str_split_if(CAIRN_STR("abcXdef"), is_one_of, letters), "def", "", "ab");
}

static void the_number_of_pieces_is_limited(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR("a-b-c"), dash = CAIRN_STR("-");
    EXPECT_FORWARD(cairn_str_split_limited(text, dash, 2), "a", "b-c");
    EXPECT_BACKWARD(cairn_str_split_limited(text, dash, 2), "c", "a-b");
    EXPECT_FORWARD(cairn_str_split_limited(text, dash, 1), "a-b-c");
    EXPECT_FORWARD(cairn_str_split_limited(text, dash, 9), "a", "b", "c");
    cairn_pieces none = cairn_str_split_limited(text, dash, 0);
    assert_false(cairn_pieces_next(&none));
}

static void pieces_keep_their_end_or_lose_it(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR("A\nB\n\nC\n"), end = CAIRN_STR("\n");
    EXPECT_FORWARD(cairn_str_split_inclusive(text, end), "A\n", "B\n", "\n", "C\n");
    EXPECT_BACKWARD(cairn_str_split_inclusive(text, end), "C\n", "\n", "B\n", "A\n");
    EXPECT_FORWARD(cairn_str_split_inclusive(CAIRN_STR("A\nB"), end), "A\n", "B");
    EXPECT_FORWARD(cairn_str_split_terminator(text, end), "A", "B", "", "C");
    EXPECT_BACKWARD(cairn_str_split_terminator(CAIRN_STR("A;B"), CAIRN_STR(";")), "B", "A");
    EXPECT_FORWARD(cairn_str_split_terminator(end, end), "");
    cairn_pieces none = cairn_str_split_inclusive(CAIRN_STR(""), end);
    assert_false(cairn_pieces_next(&none));
}

static void lines_end_in_two_ways(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR("foo\r\nbar\n\nbaz\r");
    EXPECT_FORWARD(cairn_str_lines(text), "foo", "bar", "", "baz\r");
    EXPECT_BACKWARD(cairn_str_lines(text), "baz\r", "", "bar", "foo");
    EXPECT_FORWARD(cairn_str_lines(CAIRN_STR("a\r\n")), "a");
    EXPECT_FORWARD(cairn_str_lines(CAIRN_STR("\n")), "");
}

static void words_are_what_lies_between_white_space(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR(" Mary\thad\xe2\x80\x89"
                               "a  \n");
    EXPECT_FORWARD(cairn_str_split_whitespace(text), "Mary", "had", "a");
    EXPECT_BACKWARD(cairn_str_split_whitespace(text), "a", "had", "Mary");
    cairn_pieces none = cairn_str_split_whitespace(CAIRN_STR("  "));
    assert_false(cairn_pieces_next(&none));
}

static void pieces_come_from_both_ends(void **state)
{
    (void)state;
    cairn_pieces i = cairn_str_split_inclusive(CAIRN_STR("a,b,c,"), CAIRN_STR(","));
    assert_true(cairn_pieces_next_back(&i));
    expect_text(i.piece, "c,");
    assert_true(cairn_pieces_next(&i));
    expect_text(i.piece, "a,");
    assert_true(cairn_pieces_next(&i));
    expect_text(i.piece, "b,");
    assert_false(cairn_pieces_next(&i));
    assert_false(cairn_pieces_next_back(&i));
}

/* ---- Into something else ---- */

static void expect_int64(const char *text, unsigned radix, enum cairn_parse_error error,
                         int64_t expected)
{
    int64_t value = 99;
    assert_int_equal(cairn_str_parse_int64((cairn_str){text, strlen(text)}, radix, &value), error);
    assert_true(value == (error ? 99 : expected));
}

static void expect_uint64(const char *text, unsigned radix, enum cairn_parse_error error,
                          uint64_t expected)
{
    uint64_t value = 99;
    assert_int_equal(cairn_str_parse_uint64((cairn_str){text, strlen(text)}, radix, &value), error);
    assert_true(value == (error ? 99 : expected));
}

static void integers_are_parsed_whole(void **state)
{
    (void)state;
    uint64_t value;
    expect_int64("-9223372036854775808", 10, CAIRN_PARSE_OK, INT64_MIN);
    expect_int64("+9223372036854775807", 10, CAIRN_PARSE_OK, INT64_MAX);
    expect_int64("-9223372036854775809", 10, CAIRN_PARSE_TOO_SMALL, 0);
    expect_int64("9223372036854775808", 10, CAIRN_PARSE_TOO_LARGE, 0);
    expect_int64("-ff", 16, CAIRN_PARSE_OK, -255);
    expect_int64("", 10, CAIRN_PARSE_EMPTY, 0);
    expect_int64("-", 10, CAIRN_PARSE_INVALID_DIGIT, 0);
    expect_int64("-+1", 10, CAIRN_PARSE_INVALID_DIGIT, 0);
    expect_uint64("18446744073709551615", 10, CAIRN_PARSE_OK, UINT64_MAX);
    expect_uint64("18446744073709551616", 10, CAIRN_PARSE_TOO_LARGE, 0);
    expect_uint64("184467440737095516150", 10, CAIRN_PARSE_TOO_LARGE, 0);
    expect_uint64("184467440737095516150x", 10, CAIRN_PARSE_INVALID_DIGIT, 0);
    expect_uint64("Zz", 36, CAIRN_PARSE_OK, 35 * 36 + 35);
    expect_uint64("102", 2, CAIRN_PARSE_INVALID_DIGIT, 0);
    expect_uint64("+", 10, CAIRN_PARSE_INVALID_DIGIT, 0);
    expect_uint64("-0", 10, CAIRN_PARSE_INVALID_DIGIT, 0);
    expect_uint64(" 1", 10, CAIRN_PARSE_INVALID_DIGIT, 0);
    expect_panic((void)!cairn_str_parse_uint64(CAIRN_STR("1"), 37, &value), "no radix 37");
}

static void text_becomes_utf16(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR("a\xe2\x82\xac\xf0\x9f\x98\x80");
    const uint16_t expected[] = {'a', 0x20ac, 0xd83d, 0xde00};
    uint16_t units[4];
    assert_int_equal(cairn_str_utf16_length(text), 4);
    cairn_str_encode_utf16(text, units);
    assert_memory_equal(units, expected, sizeof(units));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_literal_is_a_view_without_its_terminator),
        cmocka_unit_test(bytes_become_text_if_they_are_valid),
        cmocka_unit_test(parts_begin_and_end_between_characters),
        cmocka_unit_test(characters_are_counted),
        cmocka_unit_test(order_is_that_of_the_bytes),
        cmocka_unit_test(text_is_found_from_both_ends),
        cmocka_unit_test(every_search_finds_what_trying_finds),
        cmocka_unit_test(both_ends_are_looked_at),
        cmocka_unit_test(characters_are_found_by_a_test),
        cmocka_unit_test(white_space_is_trimmed),
        cmocka_unit_test(text_is_split_once),
        cmocka_unit_test(characters_come_from_both_ends),
        cmocka_unit_test(text_is_split_by_text),
        cmocka_unit_test(text_is_split_by_a_test),
        cmocka_unit_test(the_number_of_pieces_is_limited),
        cmocka_unit_test(pieces_keep_their_end_or_lose_it),
        cmocka_unit_test(lines_end_in_two_ways),
        cmocka_unit_test(words_are_what_lies_between_white_space),
        cmocka_unit_test(pieces_come_from_both_ends),
        cmocka_unit_test(integers_are_parsed_whole),
        cmocka_unit_test(text_becomes_utf16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
