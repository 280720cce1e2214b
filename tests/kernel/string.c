/* SPDX-License-Identifier: MIT */
/* Text on the kernel's heap. */
#include "kernel_test.h"

#include <cairn/own.h>
#include <cairn/shared_str.h>
#include <cairn/string.h>

TEST(text_is_built_and_taken_apart)
{
    owned(cairn_string) text = {0};
    for (unsigned i = 0; i < 500; i++)
        cairn_string_format(&text, "%u \xe2\x82\xac\n", i);
    uint64_t sum = 0, value;
    size_t characters = cairn_str_count_chars(cairn_string_as_str(&text));
    cairn_str number, sign;
    for (cairn_pieces i = cairn_str_lines(cairn_string_as_str(&text)); cairn_pieces_next(&i);) {
        cairn_check(cairn_str_split_once(i.piece, CAIRN_STR(" "), &number, &sign) &&
                        cairn_str_parse_uint64(number, 10, &value) == CAIRN_PARSE_OK,
                    "'%.*s' is no line", CAIRN_STR_ARGUMENTS(i.piece));
        sum += value;
    }
    cairn_check(sum == 499 * 500 / 2, "the sum is %llu", (unsigned long long)sum);
    cairn_check(characters == 10 * 4 + 90 * 5 + 400 * 6, "%zu characters", characters);
}

TEST(text_until_the_heap_is_full)
{
    owned(cairn_string) text = {0};
    while (cairn_string_try_push_str(&text, CAIRN_STR("stone ")) == CAIRN_COLLECTION_OK)
        continue;
    size_t length = text.length;
    cairn_check(length > 10000 && length % 6 == 0, "%zu bytes fit", length);
    enum cairn_collection_error error = cairn_string_try_reserve(&text, SIZE_MAX);
    cairn_check(error == CAIRN_COLLECTION_TOO_LARGE && text.length == length, "it changed");
}

TEST(what_is_not_utf8)
{
    struct cairn_utf8_error error;
    const char bytes[] = "from a device: \xe2\x82\x28\xff";
    owned(cairn_string) text = {0};
    cairn_check(!cairn_utf8_validate(bytes, sizeof(bytes) - 1, &error), "it is valid");
    cairn_check(error.valid_up_to == 15 && error.error_length == 2, "wrong from %zu on, %zu bytes",
                error.valid_up_to, error.error_length);
    cairn_string_push_utf8_lossy(&text, bytes, sizeof(bytes) - 1);
    cairn_check(
        cairn_str_ends_with(cairn_string_as_str(&text), CAIRN_STR(": \xef\xbf\xbd(\xef\xbf\xbd")),
        "it became '%.*s'", CAIRN_STR_ARGUMENTS(cairn_string_as_str(&text)));
}

TEST(shared_text)
{
    owned(cairn_arc_str) name = cairn_arc_str_from(CAIRN_STR("cairn"));
    owned(cairn_arc_str) also = cairn_arc_str_clone(&name);
    cairn_arc_str_drop(&name);
    cairn_check(cairn_str_equal(cairn_arc_str_as_str(&also), CAIRN_STR("cairn")), "it is gone");
}
