/* SPDX-License-Identifier: MIT */
/* An item is a text of ITEM_SIZE bytes that is pushed, or one character. */
#include "items.h"
#include "memory.h"

#include <cairn/string.h>

static const char letters[] = "the heap is a cairn: stones that show the way, one upon another.";

static void *make_empty(size_t count)
{
    (void)count;
    return allocate_zeroed(sizeof(cairn_string));
}

static void drop(void *string)
{
    cairn_string_drop(string);
    free_zeroed(string, sizeof(cairn_string));
}

static void push(void *string, size_t place)
{
    cairn_string_push(string, (cairn_char)letters[place % ITEM_SIZE]);
}
EACH(push)

/* One character of each length, in turn. */
static void push_wide(void *string, size_t place)
{
    static const cairn_char characters[] = {'a', 0xe9, 0x20ac, 0x1f600};
    cairn_string_push(string, characters[place % 4]);
}
EACH(push_wide)

static void push_str(void *string, size_t place)
{
    (void)place;
    cairn_string_push_str(string, cairn_str_from_bytes_unchecked(letters, ITEM_SIZE));
}
EACH(push_str)

static void format(void *string, size_t place)
{
    cairn_string_format(string, "%zu: %.*s\n", place, ITEM_SIZE, letters);
}
EACH(format)

static void *make_full(size_t count)
{
    void *made = make_empty(count);
    push_str_each(made, count);
    return made;
}

/* ASCII with a wide character in every item. */
static void *make_mixed(size_t count)
{
    cairn_string *made = make_empty(count);
    for (size_t i = 0; i < count; i++) {
        cairn_string_push_str(made, cairn_str_from_bytes_unchecked(letters, ITEM_SIZE));
        cairn_string_push(made, 0xe9);
    }
    return made;
}

static size_t validate(void *made, size_t count)
{
    const cairn_string *string = made;
    keep(cairn_utf8_validate(string->bytes, string->length, NULL));
    return count;
}

static size_t characters(void *made, size_t count)
{
    uint64_t sum = 0;
    for (cairn_chars i = cairn_str_chars(cairn_string_as_str(made)); cairn_chars_next(&i);)
        sum += i.character;
    keep(sum);
    return count;
}

static size_t count_characters(void *made, size_t count)
{
    keep(cairn_str_count_chars(cairn_string_as_str(made)));
    return count;
}

static size_t find(void *made, size_t count)
{
    size_t index = 0;
    keep(cairn_str_find(cairn_string_as_str(made), CAIRN_STR("nowhere"), &index));
    return count;
}

static size_t clone(void *made, size_t count)
{
    cairn_string copy = cairn_string_clone(made);
    keep((uint64_t)copy.bytes[0]);
    cairn_string_drop(&copy);
    return count;
}

const struct row rows[] = {
    {"push", make_empty, push_each, drop, push},
    {"push_wide", make_empty, push_wide_each, drop, NULL},
    {"push_str", make_empty, push_str_each, drop, push_str},
    {"format", make_empty, format_each, drop, NULL},
    {"validate", make_full, validate, drop, NULL},
    {"validate_mixed", make_mixed, validate, drop, NULL},
    {"characters", make_mixed, characters, drop, NULL},
    {"count_characters", make_mixed, count_characters, drop, NULL},
    {"find", make_full, find, drop, NULL},
    {"clone_drop", make_full, clone, drop, NULL},
    {"memory", make_full, NULL, drop, NULL},
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);
