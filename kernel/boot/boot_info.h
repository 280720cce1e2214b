/* SPDX-License-Identifier: MIT */
/*
 * What the boot loader says, in one form for every way to boot.
 *
 * Everything is copied, so that the memory in which the loader left its own structures can be
 * handed out.
 */
#ifndef BOOT_BOOT_INFO_H
#define BOOT_BOOT_INFO_H

#include "address.h"
#include "boot_screen.h"
#include "memory_map.h"
#include "readable_memory.h"

enum boot_protocol {
    BOOT_PVH = 0, /* QEMU's -kernel; entry.S knows these numbers too */
    BOOT_MULTIBOOT2 = 1,
};

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
    BOOT_TAG_BROKEN,
    BOOT_MEMORY_MAP_BROKEN,
};

/* One sentence: what is wrong and what to do. */
const char *boot_error_message(enum boot_error error);

/* A memory type as the PC's firmware numbers it (ACPI 6.5, table 15.8). */
enum memory_kind memory_kind_of_firmware(uint32_t type);

#endif
