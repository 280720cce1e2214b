/* SPDX-License-Identifier: MIT */
#include "boot_info.h"

#define OTHER_LOADERS "boot with QEMU's -kernel, or through GRUB's multiboot2"

static const char *const messages[] = {
    [BOOT_OK] = "the boot information was read",
    [BOOT_NO_MEMORY_MAP] = "the boot loader gave no memory map; " OTHER_LOADERS,
    [BOOT_MEMORY_MAP_TOO_LONG] = "the memory map has more regions than the kernel can hold; raise "
                                 "MEMORY_MAP_CAPACITY in kernel/boot/memory_map.h",
    [BOOT_COMMAND_LINE_TOO_LONG] = "the kernel's command line is longer than 1023 characters; "
                                   "shorten it",
    [BOOT_DATA_OUT_OF_REACH] = "the boot loader left its data above 4 GiB, where the kernel cannot "
                               "read it yet; use a loader that keeps it below",
    [BOOT_TAG_BROKEN] = "a tag of the boot loader's Multiboot2 information is smaller than its "
                        "header or reaches past the information's end; " OTHER_LOADERS,
    [BOOT_MEMORY_MAP_BROKEN] =
        "the boot loader's memory map has entries of fewer than 20 bytes; " OTHER_LOADERS,
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
