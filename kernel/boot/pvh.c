/* SPDX-License-Identifier: MIT */
/*
 * The PVH boot protocol: what QEMU's -kernel (and Xen) leave for the kernel.
 *
 * Source: Xen, xen/include/public/arch-x86/hvm/start_info.h. PVH says nothing about a screen, so
 * the one that the BIOS left in text mode is looked for.
 */
#include "protocols.h"

#include <string.h>

#define TEXT_SCREEN 0xb8000

struct start_info {
    uint32_t magic; /* checked by entry.S */
    uint32_t version;
    uint32_t flags;
    uint32_t module_count;
    uint64_t modules;
    uint64_t command_line;
    uint64_t rsdp;
    /* from version 1 on */
    uint64_t memory_map;
    uint32_t memory_map_entries;
    uint32_t reserved;
};

struct start_info_module {
    uint64_t address, size, command_line, reserved;
};

struct start_info_memory {
    uint64_t address, size;
    uint32_t type, reserved;
};

/* More than the memory map can take is not looked through. */
#define ENTRIES_MAX MEMORY_MAP_CAPACITY

static enum boot_error read_memory_map(const struct readable_memory *memory,
                                       const struct start_info *start, struct memory_map *map)
{
    if (start->version < 1 || start->memory_map_entries == 0)
        return BOOT_NO_MEMORY_MAP;
    if (start->memory_map_entries > ENTRIES_MAX)
        return BOOT_MEMORY_MAP_TOO_LONG;
    struct start_info_memory entry;
    const uint8_t *bytes =
        readable_at(memory, start->memory_map, start->memory_map_entries, sizeof(entry));
    if (!bytes)
        return BOOT_DATA_OUT_OF_REACH;
    for (uint32_t i = 0; i < start->memory_map_entries; i++) {
        memcpy(&entry, bytes + i * sizeof(entry), sizeof(entry));
        if (!memory_map_add(map, entry.address, entry.size, memory_kind_of_firmware(entry.type)))
            return BOOT_MEMORY_MAP_TOO_LONG;
    }
    return BOOT_OK;
}

static enum boot_error reserve_modules(const struct readable_memory *memory,
                                       const struct start_info *start, struct memory_map *map)
{
    if (start->module_count > ENTRIES_MAX)
        return BOOT_MEMORY_MAP_TOO_LONG;
    struct start_info_module module;
    const uint8_t *bytes = readable_at(memory, start->modules, start->module_count, sizeof(module));
    if (!bytes)
        return BOOT_DATA_OUT_OF_REACH;
    for (uint32_t i = 0; i < start->module_count; i++) {
        memcpy(&module, bytes + i * sizeof(module), sizeof(module));
        if (!memory_map_add(map, module.address, module.size, MEMORY_BOOT_DATA))
            return BOOT_MEMORY_MAP_TOO_LONG;
    }
    return BOOT_OK;
}

static enum boot_error read_command_line(const struct readable_memory *memory,
                                         const struct start_info *start, struct boot_info *info)
{
    if (start->command_line == 0)
        return BOOT_OK;
    for (size_t length = 0; length < COMMAND_LINE_CAPACITY; length++) {
        const char *character = readable_at(memory, start->command_line, length + 1, 1);
        if (!character)
            return BOOT_DATA_OUT_OF_REACH;
        info->command_line[length] = character[length];
        if (info->command_line[length] == '\0')
            return BOOT_OK;
    }
    info->command_line[0] = '\0';
    return BOOT_COMMAND_LINE_TOO_LONG;
}

/*
 * The BIOS keeps the current video mode at 0x449: 2 and 3 are 80 by 25 characters in colour (IBM
 * PC BIOS data area). Where no display adapter answers, the memory of the screen reads as ones.
 */
static struct boot_screen find_vga_text(const struct readable_memory *memory)
{
    const uint8_t *mode = readable_at(memory, 0x449, 1, 1);
    const uint8_t *first_cell = readable_at(memory, TEXT_SCREEN, 2, 1);
    if (!mode || !first_cell || (*mode != 2 && *mode != 3) ||
        (first_cell[0] == 0xff && first_cell[1] == 0xff))
        return (struct boot_screen){.kind = SCREEN_NONE};
    return (struct boot_screen){.kind = SCREEN_VGA_TEXT,
                                .address = physical(TEXT_SCREEN),
                                .columns = 80,
                                .rows = 25,
                                .bytes_per_row = 160};
}

enum boot_error pvh_read(const struct readable_memory *memory, uint64_t pointer,
                         struct boot_info *info)
{
    struct start_info start;
    const void *bytes = readable_at(memory, pointer, 1, sizeof(start));
    if (!bytes)
        return BOOT_DATA_OUT_OF_REACH;
    memcpy(&start, bytes, sizeof(start));
    info->rsdp = physical(start.rsdp);
    info->screen = find_vga_text(memory);
    enum boot_error error = read_memory_map(memory, &start, &info->memory_map);
    if (!error)
        error = reserve_modules(memory, &start, &info->memory_map);
    if (!error)
        error = read_command_line(memory, &start, info);
    return error;
}
