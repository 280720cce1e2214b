/* SPDX-License-Identifier: MIT */
#include "boot_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols.h"

static void require(bool condition, const char *promise)
{
    if (condition)
        return;
    fprintf(stderr, "broken promise: %s\n", promise);
    abort();
}

static void check_map(const struct memory_map *map)
{
    uint64_t end = 0;
    require(map->count <= MEMORY_MAP_CAPACITY, "the map is not longer than it can be");
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_region *region = &map->regions[i];
        require(region->begin >= end && region->begin < region->end, "regions are in order");
        require(region->kind != MEMORY_USABLE || region->end <= BOOT_CASE_ADDRESS_LIMIT,
                "usable memory has addresses that the processor has");
        end = region->end;
    }
}

static void check_screen(const struct boot_screen *screen, const struct memory_map *map)
{
    uint64_t end = boot_screen_end(screen);
    if (screen->kind != SCREEN_FRAMEBUFFER)
        return;
    require(!screen->fault, "a screen with a fault is not used");
    require(screen->columns > 0 && screen->rows > 0, "a screen has pixels");
    require(end > screen->address.value && end <= BOOT_CASE_ADDRESS_LIMIT,
            "the screen has addresses that the processor has");
    for (size_t i = 0; i < map->count; i++)
        require(map->regions[i].kind != MEMORY_USABLE || end <= map->regions[i].begin ||
                    screen->address.value >= map->regions[i].end,
                "the screen lies over no usable memory");
}

static enum boot_error read_memory(const uint8_t *bytes, const struct readable_memory *memory,
                                   struct boot_info *info)
{
    uint64_t pointer = (uint64_t)bytes[1] << 8 | bytes[2];
    *info = (struct boot_info){.protocol = bytes[0] & 1 ? BOOT_MULTIBOOT2 : BOOT_PVH};
    return info->protocol == BOOT_PVH ? pvh_read(memory, pointer, info)
                                      : multiboot2_read(memory, pointer, info);
}

enum boot_error boot_case_read(const uint8_t *bytes, size_t count, struct boot_info *info)
{
    if (count <= BOOT_CASE_HEADER)
        return BOOT_DATA_OUT_OF_REACH;
    size_t size = count - BOOT_CASE_HEADER;
    uint8_t *block = malloc(size);
    require(block, "there is memory");
    memcpy(block, bytes + BOOT_CASE_HEADER, size);
    const struct readable_memory memory = {block, size};
    enum boot_error error = read_memory(bytes, &memory, info);
    free(block);
    if (error)
        return error;
    require(memchr(info->command_line, '\0', COMMAND_LINE_CAPACITY), "the line is terminated");
    if (!memory_map_normalise(&info->memory_map) ||
        !memory_map_cut_off(&info->memory_map, BOOT_CASE_ADDRESS_LIMIT, MEMORY_RESERVED))
        return BOOT_MEMORY_MAP_TOO_LONG;
    check_map(&info->memory_map);
    boot_screen_check(&info->screen, &info->memory_map, BOOT_CASE_ADDRESS_LIMIT);
    check_screen(&info->screen, &info->memory_map);
    return BOOT_OK;
}
