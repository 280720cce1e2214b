/* SPDX-License-Identifier: MIT */
#include "string_case.h"

#include <stdlib.h>
#include <string.h>

#include <cairn/dummy.h>
#include <cairn/string.h>

#include "../proofs/utf8_specification.h"

/* What is not taken from the case's own allocator fails. */
static struct cairn_dummy dummy = CAIRN_DUMMY;
CAIRN_GLOBAL_ALLOCATOR(&dummy.allocator);

enum { CHARACTERS_MAX = 600 };

struct play {
    struct cairn_allocator allocator;
    size_t live;       /* blocks */
    size_t until_fail; /* allocations that succeed before one fails; 0: none fails */
    const uint8_t *bytes;
    size_t left;
    cairn_string string;
    cairn_char characters[CHARACTERS_MAX]; /* that the string must have */
    size_t count;
};

static void *alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct play *play = (struct play *)allocator;
    if (play->until_fail > 0 && --play->until_fail == 0)
        return NULL;
    play->live++;
    return malloc(layout.size);
}

static void dealloc(struct cairn_allocator *allocator, void *block, struct cairn_layout layout)
{
    (void)layout;
    ((struct play *)allocator)->live--;
    free(block);
}

static const struct cairn_allocator_operations operations = {
    .name = "case",
    .alloc = alloc,
    .dealloc = dealloc,
};

/* The next byte of the case; 0 after the last. */
static uint8_t next(struct play *play)
{
    if (play->left == 0)
        return 0;
    play->left--;
    return *play->bytes++;
}

/* ---- Bytes beside the specification ---- */

static size_t valid_length(const uint8_t *bytes, size_t count, size_t *prefix)
{
    size_t at = 0, passed;
    *prefix = 0;
    while (at < count && (passed = sequence(&bytes[at], count - at, prefix)) > 0)
        at += passed;
    return at;
}

static void check_validation(const uint8_t *bytes, size_t count)
{
    struct cairn_utf8_error error;
    size_t prefix, valid = valid_length(bytes, count, &prefix);
    bool is_valid = cairn_utf8_validate((const char *)bytes, count, &error);
    cairn_check(is_valid == (valid == count), "valid up to %zu of %zu bytes", valid, count);
    if (is_valid)
        return;
    size_t passed = prefix > 0 && valid + prefix == count ? 0 : prefix + (prefix == 0);
    cairn_check(error.valid_up_to == valid && error.error_length == passed,
                "wrong from %zu on, %zu bytes, and not %zu, %zu", error.valid_up_to,
                error.error_length, valid, passed);
}

/* ---- The string beside its characters ---- */

static void check(const struct play *play)
{
    cairn_str text = cairn_string_as_str(&play->string);
    size_t count = 0;
    cairn_check(cairn_utf8_validate(text.bytes, text.length, NULL), "the text is not UTF-8");
    cairn_check(cairn_str_count_chars(text) == play->count, "%zu characters, and not %zu",
                cairn_str_count_chars(text), play->count);
    for (cairn_chars i = cairn_str_chars(text); cairn_chars_next(&i); count++)
        cairn_check(i.character == play->characters[count], "character %zu is %#x, and not %#x",
                    count, (unsigned)i.character, (unsigned)play->characters[count]);
    for (cairn_chars i = cairn_str_chars(text); cairn_chars_next_back(&i);)
        cairn_check(i.character == play->characters[--count], "backwards character %zu differs",
                    count);
}

static cairn_char next_character(struct play *play)
{
    static const cairn_char interesting[] = {0,      'a',    0x7f,   0x80,   0x7ff,   0x800,
                                             0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10000, 0x10ffff};
    uint8_t choice = next(play);
    if (choice < 12)
        return interesting[choice];
    cairn_char character = (cairn_char)(choice - 12) << (next(play) % 13);
    return cairn_char_is_valid(character) ? character : 'b';
}

/* Where in the bytes character number `place` begins. */
static size_t index_of(const struct play *play, size_t place)
{
    size_t index = 0;
    for (size_t i = 0; i < place; i++)
        index += cairn_char_utf8_length(play->characters[i]);
    return index;
}

/* From 0 to the number of characters. */
static size_t next_place(struct play *play)
{
    return next(play) * 256U % (play->count + 1);
}

static void model_replace(struct play *play, size_t from, size_t to, const cairn_char *by,
                          size_t count)
{
    memmove(&play->characters[from + count], &play->characters[to],
            (play->count - to) * sizeof(cairn_char));
    for (size_t i = 0; i < count; i++)
        play->characters[from + i] = by[i];
    play->count += count - (to - from);
}

static void act_replace(struct play *play)
{
    cairn_char characters[8];
    char bytes[sizeof(characters)];
    size_t from = next_place(play), to = next_place(play), count = next(play) % 8, length = 0;
    if (from > to)
        return;
    for (size_t i = 0; i < count; i++) {
        characters[i] = next_character(play);
        char encoded[CAIRN_UTF8_MAX];
        size_t size = cairn_char_encode_utf8(characters[i], encoded);
        if (length + size > sizeof(bytes)) {
            count = i;
            break;
        }
        memcpy(&bytes[length], encoded, size);
        length += size;
    }
    cairn_str text = cairn_str_from_bytes_unchecked(bytes, length);
    if (!cairn_string_try_replace_range(&play->string, index_of(play, from), index_of(play, to),
                                        text))
        model_replace(play, from, to, characters, count);
}

static void act_insert(struct play *play)
{
    size_t place = next_place(play);
    cairn_char character = next_character(play);
    if (!cairn_string_try_insert(&play->string, index_of(play, place), character))
        model_replace(play, place, place, &character, 1);
}

static void act_remove(struct play *play)
{
    size_t place = next_place(play);
    if (place == play->count)
        return;
    cairn_char removed = cairn_string_remove(&play->string, index_of(play, place));
    cairn_check(removed == play->characters[place], "it removed %#x", (unsigned)removed);
    model_replace(play, place, place + 1, NULL, 0);
}

static void act_pop(struct play *play)
{
    cairn_char popped;
    cairn_check(cairn_string_pop(&play->string, &popped) == (play->count > 0), "pop");
    if (play->count > 0)
        cairn_check(popped == play->characters[--play->count], "it popped %#x", (unsigned)popped);
}

/* Any bytes, as characters and replacements. */
static void act_push_lossy(struct play *play)
{
    size_t count = next(play) % 16, at = 0, prefix;
    const uint8_t *bytes = play->bytes;
    if (count > play->left)
        count = play->left;
    play->bytes += count;
    play->left -= count;
    if (cairn_string_try_push_utf8_lossy(&play->string, (const char *)bytes, count))
        return;
    while (at < count) {
        size_t passed = sequence(&bytes[at], count - at, &prefix);
        cairn_char character = CAIRN_CHAR_REPLACEMENT;
        if (passed > 0)
            character = cairn_utf8_decode((const char *)&bytes[at]);
        play->characters[play->count++] = character;
        at += passed > 0 ? passed : prefix + (prefix == 0);
    }
}

/* What is found at a place is what stands there. */
static void act_find(struct play *play)
{
    size_t place = next_place(play), index = 0;
    cairn_str text = cairn_string_as_str(&play->string);
    cairn_str part = cairn_str_slice_from(text, index_of(play, place));
    part = cairn_str_slice(part, 0, cairn_str_floor_char_boundary(part, next(play) % 8));
    cairn_check(cairn_str_find(text, part, &index) && index <= index_of(play, place),
                "it was not found, or later");
    cairn_check(cairn_str_equal(cairn_str_slice(text, index, index + part.length), part),
                "something else was found");
    cairn_check(cairn_str_rfind(text, part, &index) && index >= index_of(play, place),
                "it was not found from the back");
}

static bool is_even(cairn_char character, void *context)
{
    (void)context;
    return character % 2 == 0;
}

static void act_retain(struct play *play)
{
    size_t kept = 0;
    cairn_string_retain(&play->string, is_even, NULL);
    for (size_t i = 0; i < play->count; i++)
        if (play->characters[i] % 2 == 0)
            play->characters[kept++] = play->characters[i];
    play->count = kept;
}

static void act_split_off(struct play *play)
{
    size_t place = next_place(play);
    cairn_string tail;
    if (cairn_string_try_split_off(&play->string, index_of(play, place), &tail))
        return;
    cairn_string_drop(&tail);
    play->count = place;
}

static void act(struct play *play)
{
    switch (next(play) % 16) {
    case 0:
    case 1:
    case 2:
        return act_replace(play);
    case 3:
        return act_insert(play);
    case 4:
        return act_remove(play);
    case 5:
        return act_pop(play);
    case 6:
    case 7:
    case 8:
        return act_push_lossy(play);
    case 9:
        return act_find(play);
    case 10:
        return act_retain(play);
    case 11:
        return act_split_off(play);
    case 12:
        play->until_fail = next(play) % 4;
        return;
    case 13:
        (void)!cairn_string_try_shrink_to_fit(&play->string);
        return;
    default:
        play->characters[play->count] = next_character(play);
        play->count += !cairn_string_try_push(&play->string, play->characters[play->count]);
    }
}

void string_case_play(const uint8_t *bytes, size_t count)
{
    static struct play play;
    check_validation(bytes, count);
    play = (struct play){.allocator = {&operations}, .bytes = bytes, .left = count};
    play.string = cairn_string_new_in(&play.allocator);
    while (play.left > 0 && play.count < CHARACTERS_MAX - 16) {
        act(&play);
        check(&play);
    }
    cairn_string_drop(&play.string);
    cairn_check(play.live == 0, "%zu blocks are left", play.live);
}
