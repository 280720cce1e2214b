/* SPDX-License-Identifier: MIT */
#include "framebuffer.h"

#include <stdbool.h>

#include "font.h"

static struct boot_screen framebuffer;
static uint32_t palette[16]; /* the sixteen colours as pixels */

/* Red, green and blue, 8 bits each, as the VGA's text mode shows them. */
static const uint32_t vga_colours[16] = {
    0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa, 0xaa5500, 0xaaaaaa,
    0x555555, 0x5555ff, 0x55ff55, 0x55ffff, 0xff5555, 0xff55ff, 0xffff55, 0xffffff,
};

/* An 8-bit intensity, moved to where the pixel has that colour. */
static uint32_t in_field(uint32_t intensity, struct colour_field field)
{
    return intensity >> (8 - (field.size < 8 ? field.size : 8)) << field.shift;
}

static uint32_t to_pixel(uint32_t colour)
{
    return in_field(colour >> 16 & 0xff, framebuffer.red) |
           in_field(colour >> 8 & 0xff, framebuffer.green) |
           in_field(colour & 0xff, framebuffer.blue);
}

static void put_pixel(volatile uint8_t *at, uint32_t pixel)
{
    if (framebuffer.bits_per_pixel == 32) {
        *(volatile uint32_t *)at = pixel;
        return;
    }
    at[0] = (uint8_t)pixel;
    at[1] = (uint8_t)(pixel >> 8);
    at[2] = (uint8_t)(pixel >> 16);
}

static void draw(uint32_t column, uint32_t row, struct cell cell)
{
    const uint8_t *glyph = font_glyph(cell.character);
    uint32_t bytes_per_pixel = framebuffer.bits_per_pixel / 8;
    volatile uint8_t *line = (volatile uint8_t *)physical_to_pointer(framebuffer.address) +
                             (uint64_t)row * font_height() * framebuffer.bytes_per_row +
                             (uint64_t)column * FONT_WIDTH * bytes_per_pixel;
    for (uint32_t y = 0; y < font_height(); y++, line += framebuffer.bytes_per_row) {
        for (uint32_t x = 0; x < FONT_WIDTH; x++) {
            bool set = glyph[y] >> (FONT_WIDTH - 1 - x) & 1;
            put_pixel(line + x * bytes_per_pixel,
                      palette[set ? cell.colours & 0xf : cell.colours >> 4]);
        }
    }
}

struct screen_driver framebuffer_init(const struct boot_screen *screen)
{
    framebuffer = *screen;
    for (int i = 0; i < 16; i++)
        palette[i] = to_pixel(vga_colours[i]);
    font_init();
    return (struct screen_driver){screen->columns / FONT_WIDTH, screen->rows / font_height(), draw};
}
