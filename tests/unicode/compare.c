/* SPDX-License-Identifier: MIT */
/*
 * Compares <cairn/base/unicode.h> with what tests/system/test_unicode.py has written of Python's
 * codecs.
 *
 *     compare inputs SET LENGTH FILE    for each input of LENGTH bytes, all of the bytes in SET (in
 *                                       hexadecimal; the last changes first), one byte in FILE: ff if it
 *                                       is UTF-8, else valid_up_to * 16 + error_length
 *     compare characters UTF8 UTF32 UTF16    the same text in three encodings, in this machine's order
 *                                       of bytes; and 1 in FILE for each character that is white space
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cairn/base/unicode.h>

static void fail(const char *what, size_t place)
{
    printf("%s, at %#zx\n", what, place);
    exit(1);
}

static void *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        fail(path, 0);
    *length = (size_t)ftell(file);
    rewind(file);
    void *contents = malloc(*length);
    if (!contents || fread(contents, 1, *length, file) != *length)
        fail(path, *length);
    fclose(file);
    return contents;
}

static unsigned verdict_on(const char *bytes, size_t length)
{
    struct cairn_utf8_error error;
    if (cairn_utf8_validate(bytes, length, &error))
        return 0xff;
    return (unsigned)(error.valid_up_to * 16 + error.error_length);
}

static void compare_inputs(const char *set, size_t length, const char *path)
{
    size_t count, size = strlen(set) / 2, total = 1;
    unsigned char *expected = read_file(path, &count);
    for (size_t i = 0; i < length; i++)
        total *= size;
    if (count != total)
        fail("the file has another length than there are inputs", count);
    for (size_t number = 0; number < total; number++) {
        char bytes[8], text[17] = "";
        size_t left = number;
        for (size_t i = length; i > 0; left /= size) {
            char digits[3] = {set[left % size * 2], set[left % size * 2 + 1], '\0'};
            bytes[--i] = (char)strtoul(digits, NULL, 16);
            memcpy(&text[i * 2], digits, 2);
        }
        if (verdict_on(bytes, length) == expected[number])
            continue;
        printf("%s: ours says %#x, Python %#x\n", text, verdict_on(bytes, length),
               expected[number]);
        exit(1);
    }
    free(expected);
}

static void compare_characters(char *paths[])
{
    size_t utf8_length, utf32_length, utf16_length, spaces, at = 0, unit = 0;
    char *utf8 = read_file(paths[0], &utf8_length);
    uint32_t *utf32 = read_file(paths[1], &utf32_length);
    uint16_t *utf16 = read_file(paths[2], &utf16_length);
    unsigned char *is_space = read_file(paths[3], &spaces);
    size_t count = utf32_length / sizeof(uint32_t), units = utf16_length / sizeof(uint16_t);
    if (!cairn_utf8_validate(utf8, utf8_length, NULL) || !cairn_utf16_validate(utf16, units, NULL))
        fail("the text is not valid", 0);
    if (cairn_utf8_count(utf8, utf8_length) != count || spaces != count)
        fail("the number of characters differs", count);
    for (size_t i = 0; i < count; i++) {
        char encoded[CAIRN_UTF8_MAX];
        uint16_t pair[CAIRN_UTF16_MAX];
        size_t used, length = cairn_char_encode_utf8(utf32[i], encoded);
        size_t pair_length = cairn_char_encode_utf16(utf32[i], pair);
        if (!cairn_char_is_valid(utf32[i]) || cairn_utf8_decode(&utf8[at]) != utf32[i] ||
            cairn_utf8_length_from_start(utf8[at]) != length ||
            cairn_char_utf8_length(utf32[i]) != length || memcmp(encoded, &utf8[at], length) != 0)
            fail("a character differs in UTF-8", utf32[i]);
        if (cairn_utf16_decode(&utf16[unit], units - unit, &used) != utf32[i] ||
            used != pair_length || memcmp(pair, &utf16[unit], used * sizeof(uint16_t)) != 0)
            fail("a character differs in UTF-16", utf32[i]);
        if (cairn_char_is_whitespace(utf32[i]) != is_space[i])
            fail("it is white space in one of both", utf32[i]);
        at += length;
        unit += used;
    }
    free(utf8);
    free(utf32);
    free(utf16);
    free(is_space);
}

int main(int count, char *arguments[])
{
    if (count == 5 && strcmp(arguments[1], "inputs") == 0)
        compare_inputs(arguments[2], strtoul(arguments[3], NULL, 10), arguments[4]);
    else if (count == 6 && strcmp(arguments[1], "characters") == 0)
        compare_characters(&arguments[2]);
    else
        fail("usage: see compare.c", 0);
    return 0;
}
