/* SPDX-License-Identifier: MIT */
#include "boot_screen.h"

#include <cairn/base/bits.h>

/* More in one direction is no screen but a mistake. */
#define PIXELS_MAX 16384

/* Where the text screen's memory can lie (IBM VGA, "Memory Maps"). */
#define TEXT_BEGIN     0xa0000
#define TEXT_END       0xc0000
#define BYTES_PER_CELL 2

static bool fits_in_pixel(struct colour_field field, uint8_t bits_per_pixel)
{
    return field.size > 0 && field.shift + field.size <= bits_per_pixel;
}

/* Whether any of the addresses is memory, or something else that is known and no device. */
static bool is_in_use(const struct memory_map *map, uint64_t begin, uint64_t end)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_region *region = &map->regions[i];
        if (region->kind != MEMORY_RESERVED && region->begin < end && begin < region->end)
            return true;
    }
    return false;
}

static bool find_end(const struct boot_screen *screen, uint64_t *end)
{
    uint64_t size = (uint64_t)screen->rows * screen->bytes_per_row;
    return !__builtin_add_overflow(screen->address.value, size, end);
}

static const char *fault_of_text(const struct boot_screen *screen)
{
    uint64_t end;
    if (screen->columns == 0 || screen->rows == 0)
        return "has no characters";
    if (screen->bytes_per_row < (uint64_t)screen->columns * BYTES_PER_CELL)
        return "has rows that do not hold their characters";
    if (screen->address.value < TEXT_BEGIN || !find_end(screen, &end) || end > TEXT_END)
        return "lies outside the text screen's memory";
    return NULL;
}

static const char *fault_of_framebuffer(const struct boot_screen *screen,
                                        const struct memory_map *map, uint64_t address_limit)
{
    uint64_t end;
    if (screen->bits_per_pixel != 24 && screen->bits_per_pixel != 32)
        return "has pixels of other than 24 or 32 bits";
    if (!fits_in_pixel(screen->red, screen->bits_per_pixel) ||
        !fits_in_pixel(screen->green, screen->bits_per_pixel) ||
        !fits_in_pixel(screen->blue, screen->bits_per_pixel))
        return "has colours that do not fit in a pixel";
    if (screen->columns == 0 || screen->rows == 0 || screen->columns > PIXELS_MAX ||
        screen->rows > PIXELS_MAX)
        return "has no size that a screen can have";
    if (screen->bytes_per_row < (uint64_t)screen->columns * screen->bits_per_pixel / 8)
        return "has rows that do not hold their pixels";
    if (!find_end(screen, &end) || end > address_limit)
        return "lies past the addresses of this processor";
    if (is_in_use(map, cairn_align_down(screen->address.value, PAGE_SIZE),
                  cairn_align_up(end, PAGE_SIZE)))
        return "lies over memory that is in use";
    return NULL;
}

void boot_screen_check(struct boot_screen *screen, const struct memory_map *map,
                       uint64_t address_limit)
{
    if (screen->kind == SCREEN_VGA_TEXT)
        screen->fault = fault_of_text(screen);
    else if (screen->kind == SCREEN_FRAMEBUFFER)
        screen->fault = fault_of_framebuffer(screen, map, address_limit);
    if (screen->fault)
        screen->kind = SCREEN_NONE;
}
