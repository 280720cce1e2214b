/* SPDX-License-Identifier: MIT */
/*
 * A screen of characters, whatever shows them.
 *
 * The cells are kept in memory; a driver is told only of those that change. So scrolling costs no
 * reading from video memory, which is slow, and a driver is one function that draws a cell.
 *
 * What it is bad at: at most 256 columns and 128 rows are used; it knows no character but ASCII.
 */
#ifndef CONSOLE_SCREEN_H
#define CONSOLE_SCREEN_H

#include <stddef.h>
#include <stdint.h>

#include "boot_info.h"

/* The sixteen colours of the PC's text screen, in its order. */
enum colour {
    COLOUR_BLACK,
    COLOUR_BLUE,
    COLOUR_GREEN,
    COLOUR_CYAN,
    COLOUR_RED,
    COLOUR_MAGENTA,
    COLOUR_BROWN,
    COLOUR_LIGHT_GREY,
    COLOUR_DARK_GREY,
    COLOUR_LIGHT_BLUE,
    COLOUR_LIGHT_GREEN,
    COLOUR_LIGHT_CYAN,
    COLOUR_LIGHT_RED,
    COLOUR_PINK,
    COLOUR_YELLOW,
    COLOUR_WHITE,
};

struct cell {
    char character;
    uint8_t colours; /* background << 4 | foreground */
};

/* What shows the cells. */
struct screen_driver {
    uint32_t columns, rows;
    void (*draw)(uint32_t column, uint32_t row, struct cell cell);
};

/* Takes the screen that the boot found, and clears it; without one, the rest does nothing. */
void screen_init(const struct boot_screen *screen);

/* Writes at the cursor; '\n', '\r', '\t' and '\b' move it. Not locked. */
void screen_write(const char *text, size_t length);

/* The colours of what is written from now on. */
void screen_set_colours(enum colour foreground, enum colour background);

#endif
