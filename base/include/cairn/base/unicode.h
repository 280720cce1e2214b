/* SPDX-License-Identifier: MIT */
/*
 * Unicode: characters, and the bytes of UTF-8 and units of UTF-16 that stand for them.
 *
 * A character is a Unicode scalar value, as Rust's char is: 0 to 0xD7FF or 0xE000 to 0x10FFFF. What
 * lies between is kept for UTF-16. Bytes from outside are validated once; what is known to be valid
 * is decoded without checks.
 *
 * Source: The Unicode Standard, version 15.0: table 3-7 (well-formed UTF-8 byte sequences), section
 * 3.9 (substitution of maximal subparts), and the property White_Space of PropList.txt.
 *
 * What it is bad at: it knows no letters, cases or widths, whose tables are larger than a small heap.
 *
 * Nothing here allocates or touches other memory than it is given; all may be called from any context.
 */
#ifndef CAIRN_BASE_UNICODE_H
#define CAIRN_BASE_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cairn/base/language.h>

CAIRN_C_BEGIN

/* A character. */
typedef uint32_t cairn_char;

#define CAIRN_CHAR_LAST        ((cairn_char)0x10ffff)
#define CAIRN_CHAR_REPLACEMENT ((cairn_char)0xfffd) /* stands where something was no character */

/* The most bytes of UTF-8 and units of UTF-16 that one character has. */
enum { CAIRN_UTF8_MAX = 4, CAIRN_UTF16_MAX = 2 };

/* Whether the number is a character. */
static inline bool cairn_char_is_valid(uint32_t number)
{
    return number < 0xd800 || (number > 0xdfff && number <= CAIRN_CHAR_LAST);
}

/* White space in all languages, among it the no-break spaces. */
bool cairn_char_is_whitespace(cairn_char character);

/* ---- UTF-8 ---- */

/* Where bytes stop being UTF-8. */
struct cairn_utf8_error {
    size_t valid_up_to;  /* the bytes before this are valid */
    size_t error_length; /* bytes to be passed over, 1 to 3; 0: the bytes end within a character */
};

/*
 * Whether the bytes are UTF-8. If they are not, *error says where; it may be null.
 *
 * Cost: O(length); eight bytes at a time where they are ASCII.
 */
CAIRN_MUST_USE bool cairn_utf8_validate(const char *bytes, size_t length,
                                        struct cairn_utf8_error *error);

/* The number of characters. Needs: the bytes are UTF-8. */
size_t cairn_utf8_count(const char *bytes, size_t length);

/* Whether a character begins with the byte, if it is one of UTF-8. */
static inline bool cairn_utf8_is_start(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

/* The bytes that the character has. */
static inline size_t cairn_char_utf8_length(cairn_char character)
{
    return 1 + (size_t)(character >= 0x80) + (character >= 0x800) + (character >= 0x10000);
}

/* Writes the bytes of a character, at most 4, and gives their number. */
static inline size_t cairn_char_encode_utf8(cairn_char character, char *to)
{
    if (character < 0x80) {
        to[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        to[0] = (char)(0xc0 | character >> 6);
        to[1] = (char)(0x80 | (character & 0x3f));
        return 2;
    }
    if (character < 0x10000) {
        to[0] = (char)(0xe0 | character >> 12);
        to[1] = (char)(0x80 | (character >> 6 & 0x3f));
        to[2] = (char)(0x80 | (character & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | character >> 18);
    to[1] = (char)(0x80 | (character >> 12 & 0x3f));
    to[2] = (char)(0x80 | (character >> 6 & 0x3f));
    to[3] = (char)(0x80 | (character & 0x3f));
    return 4;
}

/* The length of a character that begins with this byte. Needs: one does. */
static inline size_t cairn_utf8_length_from_start(char start)
{
    unsigned char byte = (unsigned char)start;
    return 1 + (size_t)(byte >= 0xc0) + (byte >= 0xe0) + (byte >= 0xf0);
}

static inline cairn_char cairn_utf8_low_bits_(char byte)
{
    return (unsigned char)byte & 0x3fU;
}

/* The character that begins at `at`. Needs: the bytes are UTF-8. */
static inline cairn_char cairn_utf8_decode(const char *at)
{
    cairn_char first = (unsigned char)at[0];
    if (first < 0x80)
        return first;
    if (first < 0xe0)
        return (first & 0x1f) << 6 | cairn_utf8_low_bits_(at[1]);
    if (first < 0xf0)
        return (first & 0x0f) << 12 | cairn_utf8_low_bits_(at[1]) << 6 |
               cairn_utf8_low_bits_(at[2]);
    return (first & 0x07) << 18 | cairn_utf8_low_bits_(at[1]) << 12 |
           cairn_utf8_low_bits_(at[2]) << 6 | cairn_utf8_low_bits_(at[3]);
}

/* ---- UTF-16 ---- */

/* Writes the units of a character, 1 or 2, and gives their number. */
static inline size_t cairn_char_encode_utf16(cairn_char character, uint16_t *to)
{
    if (character < 0x10000) {
        to[0] = (uint16_t)character;
        return 1;
    }
    to[0] = (uint16_t)(0xd7c0 + (character >> 10)); /* 0xd800 - (0x10000 >> 10) */
    to[1] = (uint16_t)(0xdc00 | (character & 0x3ff));
    return 2;
}

/*
 * The character at the beginning of `count` >= 1 units, and in *used how many they are.
 *
 * Gives: a number that is no character (cairn_char_is_valid) for half a pair, which is then 1 unit.
 */
uint32_t cairn_utf16_decode(const uint16_t *units, size_t count, size_t *used);

/* Whether the units are UTF-16. If they are not, *valid_up_to, unless it is null, says where. */
CAIRN_MUST_USE bool cairn_utf16_validate(const uint16_t *units, size_t count, size_t *valid_up_to);

CAIRN_C_END

#endif
