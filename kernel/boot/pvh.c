/* SPDX-License-Identifier: MIT */
/*
 * The PVH boot protocol: what QEMU's -kernel (and Xen) leave for the kernel.
 *
 * Source: Xen, xen/include/public/arch-x86/hvm/start_info.h. PVH says nothing about a screen, so
 * the one that the BIOS left in text mode is looked for.
 */
#include "protocols.h"

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

/* A pointer to `count` things of `size` bytes at a physical address, or null if out of reach. */
static const void *reach(uint64_t address, uint64_t count, uint64_t size)
{
    if (address >= FIRST_TABLES_REACH || count > (FIRST_TABLES_REACH - address) / size)
        return NULL;
    return physical_to_pointer(physical(address));
}

static enum boot_error read_memory_map(const struct start_info *start, struct memory_map *map)
{
    if (start->version < 1 || start->memory_map_entries == 0)
        return BOOT_NO_MEMORY_MAP;
    const struct start_info_memory *entries =
        reach(start->memory_map, start->memory_map_entries, sizeof(*entries));
    if (!entries)
        return BOOT_DATA_OUT_OF_REACH;
    for (uint32_t i = 0; i < start->memory_map_entries; i++)
        if (!memory_map_add(map, entries[i].address, entries[i].size,
                            memory_kind_of_firmware(entries[i].type)))
            return BOOT_MEMORY_MAP_TOO_LONG;
    return BOOT_OK;
}

static enum boot_error reserve_modules(const struct start_info *start, struct memory_map *map)
{
    const struct start_info_module *modules =
        reach(start->modules, start->module_count, sizeof(*modules));
    if (!modules)
        return BOOT_DATA_OUT_OF_REACH;
    for (uint32_t i = 0; i < start->module_count; i++)
        if (!memory_map_add(map, modules[i].address, modules[i].size, MEMORY_BOOT_DATA))
            return BOOT_MEMORY_MAP_TOO_LONG;
    return BOOT_OK;
}

static enum boot_error read_command_line(const struct start_info *start, struct boot_info *info)
{
    if (start->command_line == 0)
        return BOOT_OK;
    const char *line = reach(start->command_line, 1, COMMAND_LINE_CAPACITY);
    return line ? boot_info_set_command_line(info, line) : BOOT_DATA_OUT_OF_REACH;
}

enum boot_error pvh_read(struct physical_address pointer, struct boot_info *info)
{
    const struct start_info *start = physical_to_pointer(pointer);
    info->rsdp = physical(start->rsdp);
    info->screen = boot_find_vga_text();
    enum boot_error error = read_memory_map(start, &info->memory_map);
    if (!error)
        error = reserve_modules(start, &info->memory_map);
    if (!error)
        error = read_command_line(start, info);
    return error;
}
