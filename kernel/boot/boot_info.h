/* SPDX-License-Identifier: MIT */
/*
 * What the boot left behind, in one form for every way to boot.
 *
 * Everything is copied, so that the memory in which the loader left its own structures can be
 * handed out.
 */
#ifndef BOOT_BOOT_INFO_H
#define BOOT_BOOT_INFO_H

#include "address.h"
#include "memory_map.h"

enum boot_protocol {
    BOOT_PVH = 0, /* QEMU's -kernel; entry.S knows these numbers too */
    BOOT_MULTIBOOT2 = 1,
};

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
    /* of SCREEN_FRAMEBUFFER */
    uint32_t bytes_per_row;
    uint8_t bits_per_pixel; /* 24 or 32 */
    struct colour_field red, green, blue;
};

/* The first byte behind the framebuffer; 0 for a screen of another kind. */
static inline uint64_t boot_screen_end(const struct boot_screen *screen)
{
    return screen->kind == SCREEN_FRAMEBUFFER
               ? screen->address.value + (uint64_t)screen->rows * screen->bytes_per_row
               : 0;
}

#define COMMAND_LINE_CAPACITY 1024

struct boot_info {
    enum boot_protocol protocol;
    struct memory_map memory_map;             /* normalised */
    char command_line[COMMAND_LINE_CAPACITY]; /* terminated */
    struct physical_address rsdp;             /* ACPI's root pointer; 0 if the boot gave none */
    struct boot_screen screen;
    uint64_t entry_time_stamp; /* of the processor's counter, at the kernel's first instruction */
};

/* Why there is no boot_info. */
enum boot_error {
    BOOT_OK,
    BOOT_NO_MEMORY_MAP,
    BOOT_MEMORY_MAP_TOO_LONG,
    BOOT_COMMAND_LINE_TOO_LONG,
    BOOT_DATA_OUT_OF_REACH,
};

/* One sentence: what is wrong and what to do. */
const char *boot_error_message(enum boot_error error);

/* For the protocols: copies a command line, and finds the text screen that a PC's BIOS set up. */
CAIRN_MUST_USE enum boot_error boot_info_set_command_line(struct boot_info *info, const char *line);
struct boot_screen boot_find_vga_text(void);
/* A memory type as the PC's firmware numbers it (ACPI 6.5, table 15.8). */
enum memory_kind memory_kind_of_firmware(uint32_t type);

#endif
