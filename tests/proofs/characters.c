/* SPDX-License-Identifier: MIT */
/*
 * Characters: every one is encoded to valid UTF-8 of the length that was said, and to UTF-16, and
 * decoded to itself; and every pair of units decodes to what can be encoded again.
 */
// sources: base/unicode.c
// unwind: 6
// mutant: base/include/cairn/base/unicode.h (first & 0x0f) << 12 -> (first & 0x07) << 12
// mutant: base/include/cairn/base/unicode.h 0xd7c0 -> 0xd800
// mutant: base/include/cairn/base/unicode.h (size_t)(character >= 0x80) -> (size_t)(character > 0x80)
#include <assert.h>

#include <cairn/base/unicode.h>

static void check_utf8(cairn_char character)
{
    char bytes[CAIRN_UTF8_MAX] = {0};
    size_t length = cairn_char_encode_utf8(character, bytes);
    assert(length >= 1 && length <= CAIRN_UTF8_MAX);
    assert(length == cairn_char_utf8_length(character));
    assert(length == cairn_utf8_length_from_start(bytes[0]));
    assert(cairn_utf8_is_start(bytes[0]));
    for (size_t i = 1; i < length; i++)
        assert(!cairn_utf8_is_start(bytes[i]));
    assert(cairn_utf8_validate(bytes, length, NULL));
    assert(cairn_utf8_decode(bytes) == character);
}

static void check_utf16(cairn_char character)
{
    uint16_t units[CAIRN_UTF16_MAX];
    size_t used, length = cairn_char_encode_utf16(character, units);
    assert(cairn_utf16_decode(units, length, &used) == character && used == length);
}

static void check_units(const uint16_t *units)
{
    uint16_t again[CAIRN_UTF16_MAX];
    size_t used;
    uint32_t number = cairn_utf16_decode(units, 2, &used);
    if (!cairn_char_is_valid(number))
        return;
    assert(cairn_char_encode_utf16(number, again) == used);
    assert(again[0] == units[0] && (used == 1 || again[1] == units[1]));
}

int main(void)
{
    uint32_t number; /* any */
    uint16_t units[2];
    if (cairn_char_is_valid(number)) {
        check_utf8(number);
        check_utf16(number);
    }
    check_units(units);
    return 0;
}
