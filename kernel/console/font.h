/* SPDX-License-Identifier: MIT */
/*
 * The console's font: a PC Screen Font, version 1, embedded when the kernel is built.
 *
 * Which glyph shows which character is said by the font's Unicode table, for fonts order their
 * glyphs as they please.
 */
#ifndef CONSOLE_FONT_H
#define CONSOLE_FONT_H

#include <stdint.h>

#define FONT_WIDTH 8

/* Reads the font's tables. Panics if what was embedded is not such a font. */
void font_init(void);

/* Rows of a glyph. */
uint32_t font_height(void);

/* The glyph's rows from the top, a byte each, the leftmost pixel in the highest bit. */
const uint8_t *font_glyph(char character);

#endif
