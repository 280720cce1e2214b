/* SPDX-License-Identifier: MIT */
/*
 * The screen that the boot left.
 *
 * A loader's framebuffer is drawn on only if it makes sense: pixels of a known kind, rows that hold
 * them, at an address where nothing else is. One that does not would be written over the kernel.
 *
 * Pure, and tested on the host.
 */
#ifndef BOOT_BOOT_SCREEN_H
#define BOOT_BOOT_SCREEN_H

#include "address.h"
#include "memory_map.h"

/* What there is to show text on. */
enum screen_kind {
    SCREEN_NONE,
    SCREEN_VGA_TEXT,
    SCREEN_FRAMEBUFFER,
};

/* Where a colour lies in a pixel: `size` bits from bit `shift` on. */
struct colour_field {
    uint8_t shift;
    uint8_t size;
};

struct boot_screen {
    enum screen_kind kind;
    struct physical_address address;
    uint32_t columns, rows; /* of SCREEN_VGA_TEXT: characters; of SCREEN_FRAMEBUFFER: pixels */
    uint32_t bytes_per_row;
    /* of SCREEN_FRAMEBUFFER */
    uint8_t bits_per_pixel; /* 24 or 32 */
    struct colour_field red, green, blue;
    /* of SCREEN_NONE */
    const char
        *fault; /* why the screen that the loader gave cannot be used; null if it gave none */
};

/* The first byte after the framebuffer; 0 for a screen of another kind. */
static inline uint64_t boot_screen_end(const struct boot_screen *screen)
{
    return screen->kind == SCREEN_FRAMEBUFFER
               ? screen->address.value + (uint64_t)screen->rows * screen->bytes_per_row
               : 0;
}

/*
 * Takes the screen away if it cannot be used: its kind becomes SCREEN_NONE, and `fault` says why.
 *
 * Needs: `map` is normalised; no address from `address_limit` on can be mapped.
 */
void boot_screen_check(struct boot_screen *screen, const struct memory_map *map,
                       uint64_t address_limit);

#endif
