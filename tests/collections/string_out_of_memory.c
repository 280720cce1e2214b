/* SPDX-License-Identifier: MIT */
/*
 * String under every failure: each function that allocates, with each of its allocations failing in
 * turn. After a failure the text is what it was. See fail_nth.h.
 */
#include "test.h"

#include <string.h>

#include <cairn/dummy.h>
#include <cairn/global.h>
#include <cairn/own.h>
#include <cairn/string.h>

#include "fail_nth.h"

static struct cairn_dummy dummy = CAIRN_DUMMY;
CAIRN_GLOBAL_ALLOCATOR(&dummy.allocator);

static void expect_str(cairn_str text, const char *expected)
{
    assert_int_equal(text.length, strlen(expected));
    if (text.length > 0)
        assert_memory_equal(text.bytes, expected, text.length);
}

#define TEXT      \
    "abc\xc3\xa9" \
    "d"

/* A string without room, that never fails to be made. */
static cairn_string full_string(void)
{
    cairn_string string;
    fail_nth_pause();
    assert_int_equal(cairn_string_try_from_in(&string, fail_nth_allocator, CAIRN_STR(TEXT)), 0);
    fail_nth_resume();
    return string;
}

/* Defines a scenario: the step changes `string` from TEXT to `expected`, or fails. */
#define STEP(name, step, expected)                                         \
    static void name(void)                                                 \
    {                                                                      \
        owned(cairn_string) string = full_string();                        \
        enum cairn_collection_error error = step;                          \
        expect_str(cairn_string_as_str(&string), error ? TEXT : expected); \
    }

STEP(push, cairn_string_try_push(&string, 0x20ac), TEXT "\xe2\x82\xac")
STEP(push_ascii, cairn_string_try_push(&string, 'x'), TEXT "x")
STEP(push_str, cairn_string_try_push_str(&string, CAIRN_STR("text")), TEXT "text")
STEP(push_own, cairn_string_try_push_str(&string, cairn_string_as_str(&string)), TEXT TEXT)
STEP(push_utf8_lossy,
     cairn_string_try_push_utf8_lossy(&string,
                                      "a\xff"
                                      "0123456789\xff",
                                      13),
     TEXT "a\xef\xbf\xbd"
          "0123456789\xef\xbf\xbd")
STEP(push_utf16_lossy,
     cairn_string_try_push_utf16_lossy(&string, (const uint16_t[]){0xd83d, 0xde00, 0xd83d}, 3),
     TEXT "\xf0\x9f\x98\x80\xef\xbf\xbd")
STEP(push_repeated, cairn_string_try_push_repeated(&string, CAIRN_STR("ab"), 3), TEXT "ababab")
STEP(push_replaced,
     cairn_string_try_push_replaced(&string, CAIRN_STR("1-2-3"), CAIRN_STR("-"),
                                    CAIRN_STR("twelve bytes"), SIZE_MAX),
     TEXT "1twelve bytes2twelve bytes3")
STEP(push_joined,
     cairn_string_try_push_joined(&string, (const cairn_str[]){CAIRN_STR("a"), CAIRN_STR("b")}, 2,
                                  CAIRN_STR(", ")),
     TEXT "a, b")
STEP(format, cairn_string_try_format(&string, "%d%s%40d", 1, "0123456789", 2),
     TEXT "10123456789                                       2")
STEP(insert, cairn_string_try_insert(&string, 3, 0x1f600),
     "abc\xf0\x9f\x98\x80\xc3\xa9"
     "d")
STEP(insert_str, cairn_string_try_insert_str(&string, 0, CAIRN_STR("<>")), "<>" TEXT)
STEP(replace_range, cairn_string_try_replace_range(&string, 3, 5, CAIRN_STR("long")), "abclongd")
STEP(reserve, cairn_string_try_reserve(&string, 1), TEXT)
STEP(reserve_exact, cairn_string_try_reserve_exact(&string, 1), TEXT)

static void shrink(void)
{
    owned(cairn_string) string = full_string();
    cairn_string_truncate(&string, 3);
    enum cairn_collection_error error = cairn_string_try_shrink_to(&string, 4);
    assert_int_equal(string.capacity, error ? 6 : 4);
    error = cairn_string_try_shrink_to_fit(&string);
    assert_true(error || string.capacity == 3);
    expect_str(cairn_string_as_str(&string), "abc");
}

static void split_off(void)
{
    owned(cairn_string) string = full_string(), tail = {0};
    enum cairn_collection_error error = cairn_string_try_split_off(&string, 3, &tail);
    expect_str(cairn_string_as_str(&string), error ? TEXT : "abc");
    expect_str(cairn_string_as_str(&tail), error ? ""
                                                 : "\xc3\xa9"
                                                   "d");
}

static void c_str(void)
{
    owned(cairn_string) string = full_string();
    const char *terminated;
    if (cairn_string_try_c_str(&string, &terminated))
        assert_null(terminated);
    else
        assert_string_equal(terminated, TEXT);
    expect_str(cairn_string_as_str(&string), TEXT);
}

/* What a constructor left behind: the text, or the empty value. */
static void expect_made(cairn_string *string, enum cairn_collection_error error,
                        const char *expected)
{
    expect_str(cairn_string_as_str(string), error ? "" : expected);
    if (error)
        assert_null(string->allocator);
    cairn_string_drop(string);
}

static void make(void)
{
    owned(cairn_string) from = full_string();
    cairn_string string;
    expect_made(&string, cairn_string_try_with_capacity_in(&string, fail_nth_allocator, 9), "");
    expect_made(&string, cairn_string_try_clone(&string, &from), TEXT);
    expect_made(&string,
                cairn_string_try_formatted_in(&string, fail_nth_allocator, "%s %d", "text", 41),
                "text 41");
    expect_made(&string, cairn_string_try_from_in(&string, fail_nth_allocator, CAIRN_STR("a")),
                "a");
}

/* The dummy never has memory. */
static void make_of_the_global_allocator(void)
{
    cairn_string string;
    expect_made(&string, cairn_string_try_from(&string, CAIRN_STR("a")), "made");
    expect_made(&string, cairn_string_try_with_capacity(&string, 1), "made");
    expect_made(&string, cairn_string_try_formatted(&string, "%d", 1), "made");
    cairn_boxed_str box;
    assert_int_equal(cairn_boxed_str_try_from(&box, CAIRN_STR("a")), CAIRN_COLLECTION_NO_MEMORY);
    assert_null(box.bytes);
}

static void boxed(void)
{
    owned(cairn_string) string = full_string();
    cairn_boxed_str box, clone;
    cairn_string_truncate(&string, 3);
    if (cairn_string_try_into_boxed_str(&string, &box)) {
        expect_str(cairn_string_as_str(&string), "abc");
        assert_null(box.bytes);
        return;
    }
    enum cairn_collection_error error = cairn_boxed_str_try_clone(&clone, &box);
    expect_str(cairn_boxed_str_as_str(&clone), error ? "" : "abc");
    expect_str(cairn_boxed_str_as_str(&box), "abc");
    cairn_boxed_str_drop(&clone);
    error = cairn_boxed_str_try_from_in(&clone, fail_nth_allocator, CAIRN_STR("text"));
    expect_str(cairn_boxed_str_as_str(&clone), error ? "" : "text");
    cairn_boxed_str_drop(&clone);
    cairn_boxed_str_drop(&box);
}

static void every_function_survives_every_failure(void **state)
{
    (void)state;
    const struct {
        void (*scenario)(void);
        size_t least;
    } scenarios[] = {
        {push, 1},          {push_ascii, 1},      {push_str, 1},
        {push_own, 1},      {push_utf8_lossy, 2}, {push_utf16_lossy, 1},
        {push_repeated, 1}, {push_replaced, 2},   {push_joined, 1},
        {format, 2},        {insert, 1},          {insert_str, 1},
        {replace_range, 1}, {reserve, 1},         {reserve_exact, 1},
        {shrink, 2},        {split_off, 1},       {c_str, 1},
        {make, 4},          {boxed, 3},           {make_of_the_global_allocator, 0},
    };
    for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
        fail_nth(scenarios[i].scenario, scenarios[i].least);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_survives_every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
