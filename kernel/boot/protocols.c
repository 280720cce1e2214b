/* SPDX-License-Identifier: MIT */
#include "protocols.h"

#define LOW_MEMORY_END 0x100000

/* Set by the linker script: physical addresses. */
extern const char image_physical_begin[], image_physical_end[];

static bool exclude_what_is_taken(struct memory_map *map)
{
    uint64_t begin = (uint64_t)image_physical_begin, end = (uint64_t)image_physical_end;
    return memory_map_add(map, 0, LOW_MEMORY_END, MEMORY_LOW) &&
           memory_map_add(map, begin, end - begin, MEMORY_KERNEL) && memory_map_normalise(map);
}

enum boot_error boot_info_read(enum boot_protocol protocol, struct physical_address pointer,
                               struct boot_info *info)
{
    info->protocol = protocol;
    enum boot_error error =
        protocol == BOOT_PVH ? pvh_read(pointer, info) : multiboot2_read(pointer, info);
    if (error)
        return error;
    return exclude_what_is_taken(&info->memory_map) ? BOOT_OK : BOOT_MEMORY_MAP_TOO_LONG;
}
