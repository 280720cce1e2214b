/* SPDX-License-Identifier: MIT */
#include "boot_info.h"

#include <string.h>

static const char *const messages[] = {
    [BOOT_OK] = "the boot information was read",
    [BOOT_NO_MEMORY_MAP] = "the boot loader gave no memory map; boot with QEMU's -kernel, or "
                           "through GRUB's multiboot2",
    [BOOT_MEMORY_MAP_TOO_LONG] = "the memory map has more regions than the kernel can hold; raise "
                                 "MEMORY_MAP_CAPACITY in kernel/boot/memory_map.h",
    [BOOT_COMMAND_LINE_TOO_LONG] = "the kernel's command line is longer than 1023 characters; "
                                   "shorten it",
    [BOOT_DATA_OUT_OF_REACH] = "the boot loader left its data above 4 GiB, where the kernel cannot "
                               "read it yet; use a loader that keeps it below",
};

const char *boot_error_message(enum boot_error error)
{
    return messages[error];
}

enum memory_kind memory_kind_of_firmware(uint32_t type)
{
    switch (type) {
    case 1:
        return MEMORY_USABLE;
    case 3:
        return MEMORY_ACPI_TABLES;
    case 4:
        return MEMORY_ACPI_STORAGE;
    case 5:
        return MEMORY_DEFECTIVE;
    default:
        return MEMORY_RESERVED;
    }
}

enum boot_error boot_info_set_command_line(struct boot_info *info, const char *line)
{
    size_t length = strlen(line);
    if (length >= sizeof(info->command_line))
        return BOOT_COMMAND_LINE_TOO_LONG;
    memcpy(info->command_line, line, length + 1);
    return BOOT_OK;
}

/*
 * The BIOS keeps the current video mode at 0x449: 2 and 3 are 80 by 25 characters in colour (IBM
 * PC BIOS data area). Where no display adapter answers, the memory of the screen reads as ones.
 */
struct boot_screen boot_find_vga_text(void)
{
    struct physical_address text = physical(0xb8000);
    uint8_t mode = *(volatile uint8_t *)physical_to_pointer(physical(0x449));
    uint16_t first_cell = *(volatile uint16_t *)physical_to_pointer(text);
    if ((mode != 2 && mode != 3) || first_cell == 0xffff)
        return (struct boot_screen){.kind = SCREEN_NONE};
    return (struct boot_screen){
        .kind = SCREEN_VGA_TEXT, .address = text, .columns = 80, .rows = 25};
}
