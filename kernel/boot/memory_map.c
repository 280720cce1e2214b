/* SPDX-License-Identifier: MIT */
#include "memory_map.h"

#define FRAME_SIZE 4096

static const char *const kind_names[MEMORY_KINDS] = {
    [MEMORY_NONE] = "nothing",
    [MEMORY_USABLE] = "usable",
    [MEMORY_ACPI_TABLES] = "ACPI tables",
    [MEMORY_ACPI_STORAGE] = "ACPI storage",
    [MEMORY_RESERVED] = "reserved",
    [MEMORY_DEFECTIVE] = "defective",
    [MEMORY_LOW] = "low memory",
    [MEMORY_BOOT_DATA] = "boot data",
    [MEMORY_KERNEL] = "kernel",
    [MEMORY_CUT_OFF] = "cut off by memory=",
};

const char *memory_kind_name(enum memory_kind kind)
{
    return kind_names[kind];
}

bool memory_map_add(struct memory_map *map, uint64_t begin, uint64_t length, enum memory_kind kind)
{
    uint64_t end;
    if (__builtin_add_overflow(begin, length, &end))
        end = UINT64_MAX;
    if (begin >= end)
        return true;
    if (map->count == MEMORY_MAP_CAPACITY)
        return false;
    map->regions[map->count++] = (struct memory_region){begin, end, kind};
    return true;
}

/* What the address means: of all regions over it, the kind that wins. */
static enum memory_kind kind_at(const struct memory_map *map, uint64_t address)
{
    enum memory_kind kind = MEMORY_NONE;
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_region *region = &map->regions[i];
        if (region->begin <= address && address < region->end && region->kind > kind)
            kind = region->kind;
    }
    return kind;
}

/* The next address after `address` at which a region begins or ends; `address` if none does. */
static uint64_t next_boundary(const struct memory_map *map, uint64_t address)
{
    uint64_t next = address;
    for (size_t i = 0; i < map->count; i++) {
        const uint64_t edges[] = {map->regions[i].begin, map->regions[i].end};
        for (int edge = 0; edge < 2; edge++)
            if (edges[edge] > address && (next == address || edges[edge] < next))
                next = edges[edge];
    }
    return next;
}

/* Appends to a list in address order, merging with the last region where both are of one kind. */
static bool append(struct memory_map *map, uint64_t begin, uint64_t end, enum memory_kind kind)
{
    struct memory_region *last = map->count ? &map->regions[map->count - 1] : NULL;
    if (last && last->end == begin && last->kind == kind) {
        last->end = end;
        return true;
    }
    return memory_map_add(map, begin, end - begin, kind);
}

static void trim_usable_to_frames(struct memory_map *map)
{
    size_t kept = 0;
    for (size_t i = 0; i < map->count; i++) {
        struct memory_region region = map->regions[i];
        if (region.kind == MEMORY_USABLE) {
            /* Nothing begins in the last frame below 2^64: UINT64_MAX stands for its end. */
            if (region.begin > UINT64_MAX - FRAME_SIZE)
                continue;
            region.begin = (region.begin + FRAME_SIZE - 1) / FRAME_SIZE * FRAME_SIZE;
            region.end = region.end / FRAME_SIZE * FRAME_SIZE;
        }
        if (region.begin < region.end)
            map->regions[kept++] = region;
    }
    map->count = kept;
}

bool memory_map_normalise(struct memory_map *map)
{
    static struct memory_map result;
    result.count = 0;
    uint64_t end;
    for (uint64_t begin = 0; (end = next_boundary(map, begin)) != begin; begin = end) {
        enum memory_kind kind = kind_at(map, begin);
        if (kind != MEMORY_NONE && !append(&result, begin, end, kind))
            return false;
    }
    trim_usable_to_frames(&result);
    *map = result;
    return true;
}

bool memory_map_cut_off(struct memory_map *map, uint64_t limit, enum memory_kind kind)
{
    size_t count = map->count;
    for (size_t i = 0; i < count; i++) {
        struct memory_region region = map->regions[i];
        if (region.kind != MEMORY_USABLE || region.end <= limit)
            continue;
        uint64_t begin = region.begin > limit ? region.begin : limit;
        if (!memory_map_add(map, begin, region.end - begin, kind)) {
            map->count = count;
            return false;
        }
    }
    return memory_map_normalise(map);
}

uint64_t memory_map_bytes(const struct memory_map *map, enum memory_kind kind)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < map->count; i++)
        if (map->regions[i].kind == kind)
            bytes += map->regions[i].end - map->regions[i].begin;
    return bytes;
}

uint64_t memory_map_end(const struct memory_map *map, enum memory_kind kind)
{
    uint64_t end = 0;
    for (size_t i = 0; i < map->count; i++)
        if (map->regions[i].kind == kind && map->regions[i].end > end)
            end = map->regions[i].end;
    return end;
}
