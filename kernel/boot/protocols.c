/* SPDX-License-Identifier: MIT */
#include "protocols.h"

#define LOW_MEMORY_END 0x100000

/* Set by the linker script: physical addresses. */
extern const char image_physical_begin[], image_physical_end[];

static bool exclude_what_is_taken(struct memory_map *map)
{
    uint64_t begin = (uint64_t)image_physical_begin, end = (uint64_t)image_physical_end;
    return memory_map_add(map, 0, LOW_MEMORY_END, MEMORY_LOW) &&
           memory_map_add(map, begin, end - begin, MEMORY_KERNEL);
}

static enum boot_error read_from_loader(enum boot_protocol protocol, uint64_t pointer,
                                        struct boot_info *info)
{
    const struct readable_memory memory = {physical_to_pointer(physical(0)), FIRST_TABLES_REACH};
    return protocol == BOOT_PVH ? pvh_read(&memory, pointer, info)
                                : multiboot2_read(&memory, pointer, info);
}

enum boot_error boot_info_read(enum boot_protocol protocol, struct physical_address pointer,
                               uint64_t address_limit, struct boot_info *info)
{
    struct memory_map *map = &info->memory_map;
    info->protocol = protocol;
    enum boot_error error = BOOT_MEMORY_MAP_TOO_LONG;
    if (exclude_what_is_taken(map))
        error = read_from_loader(protocol, pointer.value, info);
    if (!error &&
        !(memory_map_normalise(map) && memory_map_cut_off(map, address_limit, MEMORY_RESERVED)))
        error = BOOT_MEMORY_MAP_TOO_LONG;
    boot_screen_check(&info->screen, map, address_limit);
    return error;
}
