/* SPDX-License-Identifier: MIT */
/* String and boxed str: that they do what their header says. */
#include "test.h"

#include <string.h>

#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/global.h>
#include <cairn/own.h>
#include <cairn/string.h>

#include "expect_error.h"
#include "strict_heap.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

/* What a string is given where it is given an allocator. */
static struct cairn_counted other = CAIRN_COUNTED(&failing.allocator);

#define T          vec_string
#define ITEM       cairn_string
#define ITEM_DROP  cairn_string_drop
#define ITEM_CLONE cairn_string_try_clone
#include <cairn/vec.t.h>

#define T        map_string
#define KEY      cairn_string
#define KEY_DROP cairn_string_drop
#define VALUE    int
#define HASH     cairn_string_hash
#define EQUAL    cairn_string_equal
#include <cairn/hash_map.t.h>

#define T       map_str
#define KEY     cairn_str
#define VALUE   int
#define COMPARE cairn_str_compare_keys
#include <cairn/btree_map.t.h>

#define T     set_str
#define ITEM  cairn_str
#define HASH  cairn_str_hash_key
#define EQUAL cairn_str_equal_keys
#include <cairn/hash_set.t.h>

static int before(void **state)
{
    (void)state;
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
    other = (struct cairn_counted)CAIRN_COUNTED(&failing.allocator);
    return 0;
}

static int after(void **state)
{
    (void)state;
    strict_heap_expect_empty();
    return 0;
}

static void expect_str(cairn_str text, const char *expected)
{
    assert_int_equal(text.length, strlen(expected));
    if (text.length > 0)
        assert_memory_equal(text.bytes, expected, text.length);
}

static void expect_text(const cairn_string *string, const char *expected)
{
    expect_str(cairn_string_as_str(string), expected);
    assert_true(string->length <= string->capacity);
    assert_true(cairn_utf8_validate(string->bytes, string->length, NULL));
}

static cairn_string string_of(const char *text)
{
    return cairn_string_from((cairn_str){text, strlen(text)});
}

/* ---- Making and dropping ---- */

static void zero_is_the_empty_string(void **state)
{
    (void)state;
    cairn_string none = {0};
    cairn_char character;
    assert_int_equal(sizeof(none), 4 * sizeof(void *));
    expect_text(&none, "");
    assert_false(cairn_string_pop(&none, &character));
    cairn_string_truncate(&none, 0);
    cairn_string_clear(&none);
    cairn_string_retain(&none, NULL, NULL);
    cairn_string_make_ascii_uppercase(&none);
    cairn_string_drain(&none, 0, 0);
    cairn_string_push_str(&none, (cairn_str){0});
    cairn_string_shrink_to_fit(&none);
    owned(cairn_string) clone = cairn_string_clone(&none);
    assert_null(clone.bytes);
    assert_null(none.bytes);
    cairn_string_drop(&none);
}

static void a_string_has_a_copy_of_the_text(void **state)
{
    (void)state;
    char bytes[] = "heap";
    owned(cairn_string) one = string_of(bytes), two = {0};
    bytes[0] = 'l';
    expect_text(&one, "heap");
    assert_int_equal(one.capacity, 4);
    two = cairn_string_clone(&one);
    cairn_string_push(&one, '!');
    expect_text(&two, "heap");
    assert_true(cairn_string_compare(&one, &two) > 0);
    assert_false(cairn_string_equal(&one, &two));
}

static void it_stays_with_its_allocator(void **state)
{
    (void)state;
    owned(cairn_string) one = cairn_string_from_in(&other.allocator, CAIRN_STR("abc"));
    owned(cairn_string) clone = cairn_string_clone(&one), tail = cairn_string_split_off(&one, 1);
    owned(cairn_string) room = cairn_string_with_capacity_in(&other.allocator, 10);
    owned(cairn_string) line = cairn_string_formatted_in(&other.allocator, "%d", 41);
    owned(cairn_string) empty = cairn_string_new_in(&other.allocator);
    cairn_string_push(&empty, 'a');
    assert_int_equal(other.live_blocks, 6);
    assert_int_equal(room.capacity, 10);
    owned(cairn_boxed_str) box = cairn_string_into_boxed_str(&tail);
    owned(cairn_boxed_str) also = cairn_boxed_str_clone(&box);
    assert_int_equal(other.live_blocks, 7);
    expect_str(cairn_boxed_str_as_str(&also), "bc");
}

static void a_c_string_is_terminated_and_the_string_is_not(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("path"), empty = {0};
    assert_string_equal(cairn_string_c_str(&string), "path");
    expect_text(&string, "path");
    assert_string_equal(cairn_string_c_str(&empty), "");
}

static void strings_are_items(void **state)
{
    (void)state;
    owned(vec_string) names = {0};
    vec_string_push(&names, string_of("stone"));
    vec_string_push(&names, string_of("cairn"));
    owned(vec_string) clone = vec_string_clone(&names);
    expect_text(&clone.items[1], "cairn");
    assert_ptr_not_equal(clone.items[1].bytes, names.items[1].bytes);
}

static void strings_are_keys(void **state)
{
    (void)state;
    owned(map_string) map = {0};
    owned(map_str) ordered = {0};
    owned(set_str) set = {0};
    for (int i = 0; i < 100; i++)
        map_string_insert(&map, cairn_string_formatted("key %d", i), i);
    owned(cairn_string) key = string_of("key 41");
    assert_int_equal(*map_string_get(&map, &key), 41);
    cairn_string_push(&key, '0');
    assert_null(map_string_get(&map, &key));
    map_str_insert(&ordered, CAIRN_STR("b"), 2);
    map_str_insert(&ordered, CAIRN_STR("a"), 1);
    map_str_iterator i = map_str_begin(&ordered);
    assert_true(map_str_next(&i));
    expect_str(*i.key, "a");
    set_str_insert(&set, CAIRN_STR("a"));
    assert_true(set_str_contains(&set, &CAIRN_STR("a")));
    assert_false(set_str_contains(&set, &(cairn_str){0}));
}

/* ---- At the end ---- */

static void characters_are_pushed_and_popped(void **state)
{
    (void)state;
    const cairn_char characters[] = {'a', 0xe9, 0x20ac, 0x1f600, 0, 0x10ffff};
    owned(cairn_string) string = {0};
    cairn_char character;
    for (size_t i = 0; i < 6; i++)
        cairn_string_push(&string, characters[i]);
    assert_int_equal(string.length, 1 + 2 + 3 + 4 + 1 + 4);
    for (size_t i = 6; i > 0; i--) {
        assert_true(cairn_string_pop(&string, &character));
        assert_int_equal(character, characters[i - 1]);
    }
    assert_false(cairn_string_pop(&string, &character));
    expect_panic(cairn_string_push(&string, 0xd800), "0xd800 is no character");
    expect_panic(cairn_string_insert(&string, 0, 0x110000), "0x110000 is no character");
    expect_panic((void)!cairn_string_push_within_capacity(&string, 0xdfff), "is no character");
}

static void a_string_may_be_pushed_onto_itself(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("ab");
    for (int i = 0; i < 4; i++)
        cairn_string_push_str(&string, cairn_string_as_str(&string));
    expect_text(&string, "abababababababababababababababab");
    cairn_string_push_str(&string, cairn_str_slice(cairn_string_as_str(&string), 1, 2));
    assert_int_equal(string.bytes[32], 'b');
}

static void within_the_capacity_nothing_is_allocated(void **state)
{
    (void)state;
    owned(cairn_string) string = cairn_string_with_capacity(5), empty = {0};
    size_t allocs = strict_heap.allocs;
    assert_true(cairn_string_push_within_capacity(&string, 0x20ac));
    assert_false(cairn_string_push_within_capacity(&string, 0x20ac));
    assert_true(cairn_string_push_str_within_capacity(&string, CAIRN_STR("ab")));
    assert_false(cairn_string_push_str_within_capacity(&string, CAIRN_STR("c")));
    assert_false(cairn_string_push_within_capacity(&string, 'c'));
    assert_false(cairn_string_push_within_capacity(&empty, 'c'));
    expect_text(&string, "\xe2\x82\xac"
                         "ab");
    assert_int_equal(strict_heap.allocs, allocs);
}

static void truncate_cuts_between_characters(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("a\xc3\xa9z");
    cairn_string_truncate(&string, 99);
    cairn_string_truncate(&string, 4);
    expect_text(&string, "a\xc3\xa9z");
    expect_panic(cairn_string_truncate(&string, 2),
                 "cairn_string_truncate: byte 2 is inside a character");
    cairn_string_truncate(&string, 3);
    expect_text(&string, "a\xc3\xa9");
    cairn_string_clear(&string);
    assert_true(string.capacity > 0);
}

/* ---- Text made of other text ---- */

static void what_is_not_utf8_is_replaced(void **state)
{
    (void)state;
    owned(cairn_string) string = {0};
    const char bytes[] = "Hello \xf0\x90\x80World\xff\xc3\xa9\xe2\x82";
    cairn_string_push_utf8_lossy(&string, bytes, sizeof(bytes) - 1);
    expect_text(&string, "Hello \xef\xbf\xbdWorld\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd");
}

static void utf16_becomes_text(void **state)
{
    (void)state;
    const uint16_t units[] = {0xd834, 0xdd1e, 'm', 0xdd1e, 'u', 0xd834};
    owned(cairn_string) string = {0};
    cairn_string_push_utf16_lossy(&string, units, 6);
    expect_text(&string, "\xf0\x9d\x84\x9em\xef\xbf\xbdu\xef\xbf\xbd");
}

static void text_is_repeated(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("<");
    cairn_string_push_repeated(&string, CAIRN_STR("ab"), 3);
    cairn_string_push_repeated(&string, CAIRN_STR("x"), 0);
    cairn_string_push_repeated(&string, CAIRN_STR(""), SIZE_MAX);
    expect_text(&string, "<ababab");
    expect_too_large(cairn_string_try_push_repeated(&string, CAIRN_STR("ab"), SIZE_MAX));
    expect_too_large(cairn_string_try_push_repeated(&string, CAIRN_STR("ab"), SIZE_MAX / 2));
    expect_text(&string, "<ababab");
}

static void text_is_replaced(void **state)
{
    (void)state;
    owned(cairn_string) string = {0};
    cairn_str text = CAIRN_STR("this is old"), is = CAIRN_STR("is");
    cairn_string_push_replaced(&string, text, is, CAIRN_STR("an"), SIZE_MAX);
    expect_text(&string, "than an old");
    cairn_string_clear(&string);
    cairn_string_push_replaced(&string, text, is, CAIRN_STR(""), 1);
    expect_text(&string, "th is old");
    cairn_string_clear(&string);
    cairn_string_push_replaced(&string, text, CAIRN_STR("cookie monster"), is, SIZE_MAX);
    expect_text(&string, "this is old");
    expect_panic(cairn_string_push_replaced(&string, text, CAIRN_STR(""), is, 1), "is empty");
}

static void texts_are_joined(void **state)
{
    (void)state;
    const cairn_str texts[] = {CAIRN_STR("usr"), CAIRN_STR(""), CAIRN_STR("lib")};
    owned(cairn_string) string = string_of("/");
    cairn_string_push_joined(&string, texts, 3, CAIRN_STR("/"));
    expect_text(&string, "/usr//lib");
    cairn_string_push_joined(&string, NULL, 0, CAIRN_STR("/"));
    cairn_string_push_joined(&string, texts, 1, CAIRN_STR("/"));
    expect_text(&string, "/usr//libusr");
    const cairn_str huge[] = {{"a", SIZE_MAX / 2 + 1}, {"a", SIZE_MAX / 2 + 1}};
    expect_too_large(cairn_string_try_push_joined(&string, huge, 2, CAIRN_STR("")));
}

static void text_is_formatted(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("x = ");
    cairn_string_format(&string, "%d, %s; %05u", -41, "text", 7U);
    expect_text(&string, "x = -41, text; 00007");
    owned(cairn_string) line = cairn_string_formatted("%s%40d|", "\xc3\xa9", 1);
    expect_text(&line, "\xc3\xa9                                       1|");
    owned(cairn_string) nothing = cairn_string_formatted("%s", "");
    expect_text(&nothing, "");
    cairn_str part = CAIRN_STR("view");
    cairn_string_clear(&line);
    cairn_string_format(&line, "<%.*s>", CAIRN_STR_ARGUMENTS(part));
    expect_text(&line, "<view>");
}

static void what_is_formatted_is_utf8_in_any_case(void **state)
{
    (void)state;
    owned(cairn_string) line = cairn_string_formatted("%c|%s|%.1s", 0xe9, "a\xff", "\xc3\xa9");
    expect_text(&line, "\xef\xbf\xbd|a\xef\xbf\xbd|\xef\xbf\xbd");
    cairn_string_format(&line, "%s%s", "\xc3", "\xa9"); /* what belongs together comes together */
    expect_text(&line, "\xef\xbf\xbd|a\xef\xbf\xbd|\xef\xbf\xbd\xc3\xa9");
}

/* ---- Anywhere ---- */

static void text_is_inserted(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("ad");
    cairn_string_insert(&string, 1, 0xe9);
    expect_text(&string, "a\xc3\xa9"
                         "d");
    cairn_string_insert_str(&string, 4, CAIRN_STR("end"));
    cairn_string_insert_str(&string, 0, CAIRN_STR("<"));
    expect_text(&string, "<a\xc3\xa9"
                         "dend");
    expect_panic(cairn_string_insert(&string, 3, 'x'), "byte 3 is inside a character");
    expect_panic(cairn_string_insert_str(&string, 99, CAIRN_STR("x")), "from 99 to 99");
    expect_text(&string, "<a\xc3\xa9"
                         "dend");
}

static void a_range_is_replaced(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("\xce\xb1 is alpha, \xce\xb2 is beta");
    cairn_string_replace_range(&string, 0, 13, CAIRN_STR("\xce\x91 is capital alpha; "));
    expect_text(&string, "\xce\x91 is capital alpha; \xce\xb2 is beta");
    cairn_string_replace_range(&string, 0, 21, CAIRN_STR(""));
    expect_text(&string, "\xce\xb2 is beta");
    cairn_string_replace_range(&string, 0, 2, CAIRN_STR("g"));
    expect_text(&string, "g is beta");
    expect_panic(cairn_string_replace_range(&string, 5, 4, CAIRN_STR("")), "from 5 to 4");
}

static void the_strings_own_text_is_refused(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("text");
    cairn_str own = cairn_string_as_str(&string), part = cairn_str_slice(own, 1, 2);
    expect_panic(cairn_string_insert_str(&string, 0, own),
                 "lies in the string that is to be changed");
    expect_panic(cairn_string_replace_range(&string, 0, 1, part),
                 "cairn_string_replace_range: the");
    expect_panic(cairn_string_push_repeated(&string, part, 2), "lies in the string");
    expect_panic(cairn_string_push_joined(&string, &part, 1, CAIRN_STR("")), "lies in the string");
    expect_panic(cairn_string_push_replaced(&string, own, part, part, 1), "lies in the string");
    expect_panic(cairn_string_push_utf8_lossy(&string, own.bytes, 2), "lies in the string");
    expect_text(&string, "text");
}

static void characters_are_removed(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("abc\xc3\xa9"
                                           "d");
    assert_int_equal(cairn_string_remove(&string, 3), 0xe9);
    assert_int_equal(cairn_string_remove(&string, 0), 'a');
    expect_text(&string, "bcd");
    expect_panic(cairn_string_remove(&string, 3), "the length is 3 but the index is 3");
    cairn_string_push(&string, 0xe9);
    expect_panic(cairn_string_remove(&string, 4), "byte 4 is inside a character");
    cairn_string_drain(&string, 1, 3);
    expect_text(&string, "b\xc3\xa9");
    expect_panic(cairn_string_drain(&string, 0, 2), "byte 2 is inside a character");
    cairn_string_drain(&string, 0, 3);
    expect_text(&string, "");
}

static bool is_not_underscore(cairn_char character, void *context)
{
    ++*(size_t *)context;
    return character != '_';
}

static void characters_are_retained(void **state)
{
    (void)state;
    size_t calls = 0;
    owned(cairn_string) string = string_of("_f_o\xc3\xa9__\xe2\x82\xac_");
    cairn_string_retain(&string, is_not_underscore, &calls);
    expect_text(&string, "fo\xc3\xa9\xe2\x82\xac");
    assert_int_equal(calls, 9);
}

static void the_tail_is_split_off(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("Hello, World!");
    owned(cairn_string) tail = cairn_string_split_off(&string, 7);
    expect_text(&string, "Hello, ");
    expect_text(&tail, "World!");
    owned(cairn_string) nothing = cairn_string_split_off(&tail, 6);
    expect_text(&nothing, "");
    cairn_string_push(&tail, 0xe9);
    expect_panic(nothing = cairn_string_split_off(&tail, 7), "byte 7 is inside a character");
    expect_panic(nothing = cairn_string_split_off(&tail, 9), "from 9 to 8");
}

static void the_case_of_ascii_changes(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("Gr\xc3\xbc\xc3\x9f"
                                           "e, J\xc3\xbcrgen @[`{");
    cairn_string_make_ascii_uppercase(&string);
    expect_text(&string, "GR\xc3\xbc\xc3\x9f"
                         "E, J\xc3\xbcRGEN @[`{");
    cairn_string_make_ascii_lowercase(&string);
    expect_text(&string, "gr\xc3\xbc\xc3\x9f"
                         "e, j\xc3\xbcrgen @[`{");
}

/* ---- Room ---- */

static void room_is_made_and_given_back(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("abc");
    cairn_string_reserve_exact(&string, 10);
    assert_int_equal(string.capacity, 13);
    cairn_string_reserve(&string, 11);
    assert_int_equal(string.capacity, 26);
    cairn_string_shrink_to(&string, 99);
    assert_int_equal(string.capacity, 26);
    cairn_string_shrink_to(&string, 5);
    assert_int_equal(string.capacity, 5);
    cairn_string_shrink_to(&string, 0);
    assert_int_equal(string.capacity, 3);
    expect_text(&string, "abc");
    expect_too_large(cairn_string_try_reserve(&string, SIZE_MAX));
    expect_too_large(cairn_string_try_reserve_exact(&string, SIZE_MAX - 3));
    cairn_string_clear(&string);
    cairn_string_shrink_to_fit(&string);
    assert_int_equal(string.capacity, 0);
    assert_int_equal(strict_heap.live, 0);
}

static void a_boxed_str_is_a_string_without_room(void **state)
{
    (void)state;
    cairn_string string = cairn_string_with_capacity(20);
    cairn_string_push_str(&string, CAIRN_STR("boxed"));
    cairn_boxed_str box = cairn_string_into_boxed_str(&string);
    assert_null(string.bytes);
    assert_int_equal(sizeof(box), 3 * sizeof(void *));
    expect_str(cairn_boxed_str_as_str(&box), "boxed");
    assert_int_equal(strict_heap.live_bytes, 5);
    string = cairn_boxed_str_into_string(&box);
    assert_null(box.bytes);
    cairn_string_push(&string, '!');
    expect_text(&string, "boxed!");
    cairn_string_drop(&string);
    box = cairn_boxed_str_from(CAIRN_STR(""));
    assert_null(box.bytes);
    cairn_boxed_str_drop(&box);
}

static void the_aborting_forms_call_the_handler(void **state)
{
    (void)state;
    owned(cairn_string) string = string_of("x");
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONWARDS);
    expect_panic(cairn_string_push(&string, 'a'), "allocation error: Layout { size: 8, align: 1 }");
    expect_panic(cairn_string_push_str(&string, CAIRN_STR("0123456789")), "Layout { size: 11,");
    expect_panic(cairn_string_format(&string, "%d", 12), "Layout { size: 8, align: 1 }");
    expect_panic(cairn_string_insert(&string, 0, 'a'), "allocation error");
    expect_panic(cairn_string_reserve_exact(&string, 20), "Layout { size: 21, align: 1 }");
    expect_text(&string, "x");
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
}

#define test_on_a_heap(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(zero_is_the_empty_string),
        test_on_a_heap(a_string_has_a_copy_of_the_text),
        test_on_a_heap(it_stays_with_its_allocator),
        test_on_a_heap(a_c_string_is_terminated_and_the_string_is_not),
        test_on_a_heap(strings_are_items),
        test_on_a_heap(strings_are_keys),
        test_on_a_heap(characters_are_pushed_and_popped),
        test_on_a_heap(a_string_may_be_pushed_onto_itself),
        test_on_a_heap(within_the_capacity_nothing_is_allocated),
        test_on_a_heap(truncate_cuts_between_characters),
        test_on_a_heap(what_is_not_utf8_is_replaced),
        test_on_a_heap(utf16_becomes_text),
        test_on_a_heap(text_is_repeated),
        test_on_a_heap(text_is_replaced),
        test_on_a_heap(texts_are_joined),
        test_on_a_heap(text_is_formatted),
        test_on_a_heap(what_is_formatted_is_utf8_in_any_case),
        test_on_a_heap(text_is_inserted),
        test_on_a_heap(a_range_is_replaced),
        test_on_a_heap(the_strings_own_text_is_refused),
        test_on_a_heap(characters_are_removed),
        test_on_a_heap(characters_are_retained),
        test_on_a_heap(the_tail_is_split_off),
        test_on_a_heap(the_case_of_ascii_changes),
        test_on_a_heap(room_is_made_and_given_back),
        test_on_a_heap(a_boxed_str_is_a_string_without_room),
        test_on_a_heap(the_aborting_forms_call_the_handler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
