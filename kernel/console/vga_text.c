/* SPDX-License-Identifier: MIT */
#include "vga_text.h"

#include "ports.h"

static volatile uint16_t *memory;
static uint32_t cells_per_row;

static void draw(uint32_t column, uint32_t row, struct cell cell)
{
    memory[row * cells_per_row + column] = (uint16_t)(cell.colours << 8 | (uint8_t)cell.character);
}

/* Bit 5 of the cursor start register (IBM VGA, index 0x0a of the CRT controller) switches it off.
 */
static void hide_cursor(void)
{
    port_write_u8(0x3d4, 0x0a);
    port_write_u8(0x3d5, 0x20);
}

struct screen_driver vga_text_init(const struct boot_screen *screen)
{
    memory = physical_to_pointer(screen->address);
    cells_per_row = screen->bytes_per_row / sizeof(*memory);
    hide_cursor();
    return (struct screen_driver){screen->columns, screen->rows, draw};
}
