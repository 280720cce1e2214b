/* SPDX-License-Identifier: MIT */
#include "font.h"

#include <stdbool.h>
#include <stddef.h>

#include <cairn/base/check.h>

/* Source: Linux, tools of kbd, psf.h: PSF1. Multi-byte numbers are little-endian. */
struct psf1_header {
    uint8_t magic[2]; /* 0x36, 0x04 */
    uint8_t mode;     /* bit 0: 512 glyphs, else 256; bits 1 and 2: a Unicode table follows */
    uint8_t height;   /* bytes per glyph, one for each row */
};

#define PSF1_512_GLYPHS    0x01
#define PSF1_UNICODE_TABLE 0x06
#define PSF1_SEPARATOR     0xffff
#define PSF1_SEQUENCE      0xfffe

/* Named by objcopy after the file font.psf. */
extern const uint8_t _binary_font_psf_start[], _binary_font_psf_end[];

#define ASCII 128

static const struct psf1_header *header;
static const uint8_t *glyphs;
static uint16_t glyph_of[ASCII];

static size_t glyph_count(void)
{
    return header->mode & PSF1_512_GLYPHS ? 512 : 256;
}

/* The Unicode table: for each glyph the characters that it shows, then a separator. */
static void read_unicode_table(const uint8_t *at)
{
    uint16_t glyph = 0;
    bool in_sequence = false;
    for (; at + 1 < _binary_font_psf_end && glyph < glyph_count(); at += 2) {
        uint16_t unit = (uint16_t)(at[0] | at[1] << 8);
        if (unit == PSF1_SEPARATOR) {
            glyph++;
            in_sequence = false;
        } else if (unit == PSF1_SEQUENCE) {
            in_sequence = true; /* characters that are one glyph together; none is ASCII alone */
        } else if (unit < ASCII && !in_sequence) {
            glyph_of[unit] = glyph;
        }
    }
}

void font_init(void)
{
    header = (const struct psf1_header *)_binary_font_psf_start;
    cairn_check(
        header->magic[0] == 0x36 && header->magic[1] == 0x04 && (header->mode & PSF1_UNICODE_TABLE),
        "the embedded font is not a PSF1 font with a Unicode table; see FONT in mk/kernel.mk");
    glyphs = (const uint8_t *)(header + 1);
    read_unicode_table(glyphs + glyph_count() * header->height);
}

uint32_t font_height(void)
{
    return header->height;
}

const uint8_t *font_glyph(char character)
{
    return glyphs + (size_t)glyph_of[(uint8_t)character % ASCII] * header->height;
}
