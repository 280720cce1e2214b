/* SPDX-License-Identifier: MIT */
/* What well-formed UTF-8 is, written from the Unicode Standard and not from our code. */
#ifndef UTF8_SPECIFICATION_H
#define UTF8_SPECIFICATION_H

#include <stdbool.h>
#include <stddef.h>

static inline bool is_in(unsigned char byte, unsigned first, unsigned last)
{
    return byte >= first && byte <= last;
}

/*
 * Table 3-7 of the Unicode Standard, row by row: the length of the sequence that begins with these
 * bytes, or 0; in *prefix, how many of them are the beginning of one.
 */
static inline size_t sequence(const unsigned char *bytes, size_t count, size_t *prefix)
{
    static const unsigned char rows[9][5] = {
        /* first byte of, to; second of, to; length */
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    *prefix = 0;
    for (size_t row = 0; row < 9; row++) {
        if (!is_in(bytes[0], rows[row][0], rows[row][1]))
            continue;
        size_t length = rows[row][4], found = 1;
        if (length > 1 && count > 1 && is_in(bytes[1], rows[row][2], rows[row][3]))
            for (found = 2; found < length && found < count && is_in(bytes[found], 0x80, 0xbf);)
                found++;
        *prefix = found;
        return found == length ? length : 0;
    }
    return 0;
}

#endif
