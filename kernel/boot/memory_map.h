/* SPDX-License-Identifier: MIT */
/*
 * The map of physical memory: what the firmware says, and what the kernel itself has taken.
 *
 * Firmware maps come unsorted, overlapping, with empty entries and with ends past 2^64. Regions are
 * added as they come; memory_map_normalise() makes of them a list in which every address has one
 * meaning. Where two regions overlap, the one that forbids more wins, so that a mistake costs
 * memory and never hands out what is in use.
 *
 * Pure: knows neither the machine nor the boot protocol, and is tested on the host.
 */
#ifndef BOOT_MEMORY_MAP_H
#define BOOT_MEMORY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cairn/base/check.h>

/* In the order of precedence: where regions overlap, the later kind wins. */
enum memory_kind {
    MEMORY_NONE, /* no region at all */
    MEMORY_USABLE,
    MEMORY_ACPI_TABLES, /* reclaimable once the tables have been read */
    MEMORY_ACPI_STORAGE,
    MEMORY_RESERVED,
    MEMORY_DEFECTIVE,
    MEMORY_LOW,       /* the first MiB: firmware's data, real-mode tables, the text screen */
    MEMORY_BOOT_DATA, /* what the loader left for the kernel: its information, modules */
    MEMORY_KERNEL,    /* the kernel's image, and the tables that it built of free memory */
    MEMORY_CUT_OFF,   /* beyond the command line's memory= */
    MEMORY_KINDS,
};

struct memory_region {
    uint64_t begin; /* physical address of the first byte */
    uint64_t end;   /* of the first byte after it; begin < end */
    enum memory_kind kind;
};

#define MEMORY_MAP_CAPACITY 256

/*
 * After memory_map_normalise():
 *     regions[i].end <= regions[i + 1].begin
 *     neighbours that touch differ in kind
 *     usable regions begin and end on frame boundaries
 */
struct memory_map {
    size_t count;
    struct memory_region regions[MEMORY_MAP_CAPACITY];
};

/*
 * Adds `length` bytes from `begin` on; what would pass 2^64 is cut there, and an empty region is
 * left out.
 *
 * Errors: false if the map is full; it is unchanged.
 */
CAIRN_MUST_USE bool memory_map_add(struct memory_map *map, uint64_t begin, uint64_t length,
                                   enum memory_kind kind);

/*
 * Sorts, resolves overlaps, merges neighbours of one kind, and trims usable regions to whole
 * frames of 4096 bytes.
 *
 * Errors: false if the result has too many regions; the map is unchanged.
 * Cost:   O(n^2) in the number of regions; about 4 KiB of static scratch memory, so not reentrant.
 */
CAIRN_MUST_USE bool memory_map_normalise(struct memory_map *map);

/*
 * Makes usable memory from `limit` on memory of that kind.
 *
 * Needs:  the map is normalised; so is the result. `kind` wins over usable.
 * Errors: false if it has too many regions; the map is unchanged.
 */
CAIRN_MUST_USE bool memory_map_cut_off(struct memory_map *map, uint64_t limit,
                                       enum memory_kind kind);

/* The number of bytes of that kind. */
uint64_t memory_map_bytes(const struct memory_map *map, enum memory_kind kind);

/* The end of the last region of that kind, or 0. */
uint64_t memory_map_end(const struct memory_map *map, enum memory_kind kind);

/* For people: "usable", "kernel". */
const char *memory_kind_name(enum memory_kind kind);

#endif
