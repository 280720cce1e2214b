/* SPDX-License-Identifier: MIT */
#include "screen.h"

#include <stdbool.h>

#include "framebuffer.h"
#include "vga_text.h"

#define COLUMNS_MAX 256
#define ROWS_MAX    128
#define TAB_WIDTH   8

static struct screen_driver driver; /* no columns and rows: no screen */
static struct cell cells[ROWS_MAX][COLUMNS_MAX];
static uint32_t cursor_column, cursor_row;
static uint8_t colours = COLOUR_BLACK << 4 | COLOUR_LIGHT_GREY;

static struct cell blank(void)
{
    return (struct cell){' ', colours};
}

static void set_cell(uint32_t column, uint32_t row, struct cell cell)
{
    struct cell *old = &cells[row][column];
    if (old->character == cell.character && old->colours == cell.colours)
        return;
    *old = cell;
    driver.draw(column, row, cell);
}

static void clear(void)
{
    for (uint32_t row = 0; row < driver.rows; row++) {
        for (uint32_t column = 0; column < driver.columns; column++) {
            cells[row][column] = blank();
            driver.draw(column, row, blank());
        }
    }
}

void screen_init(const struct boot_screen *screen)
{
    if (screen->kind == SCREEN_VGA_TEXT)
        driver = vga_text_init(screen);
    else if (screen->kind == SCREEN_FRAMEBUFFER)
        driver = framebuffer_init(screen);
    if (driver.columns > COLUMNS_MAX)
        driver.columns = COLUMNS_MAX;
    if (driver.rows > ROWS_MAX)
        driver.rows = ROWS_MAX;
    clear();
}

static void scroll(void)
{
    for (uint32_t row = 0; row + 1 < driver.rows; row++)
        for (uint32_t column = 0; column < driver.columns; column++)
            set_cell(column, row, cells[row + 1][column]);
    for (uint32_t column = 0; column < driver.columns; column++)
        set_cell(column, driver.rows - 1, blank());
}

static void new_line(void)
{
    cursor_column = 0;
    if (cursor_row + 1 < driver.rows)
        cursor_row++;
    else
        scroll();
}

static void write_visible(char character)
{
    if (cursor_column == driver.columns)
        new_line();
    bool printable = character >= ' ' && character <= '~';
    set_cell(cursor_column, cursor_row, (struct cell){printable ? character : '?', colours});
    cursor_column++;
}

static void write_character(char character)
{
    switch (character) {
    case '\n':
        new_line();
        break;
    case '\r':
        cursor_column = 0;
        break;
    case '\t':
        do
            write_visible(' ');
        while (cursor_column % TAB_WIDTH != 0);
        break;
    case '\b':
        if (cursor_column > 0)
            set_cell(--cursor_column, cursor_row, blank());
        break;
    default:
        write_visible(character);
    }
}

void screen_write(const char *text, size_t length)
{
    if (driver.columns == 0 || driver.rows == 0)
        return;
    for (size_t i = 0; i < length; i++)
        write_character(text[i]);
}

void screen_set_colours(enum colour foreground, enum colour background)
{
    colours = (uint8_t)(background << 4 | foreground);
}
