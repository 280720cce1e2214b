/* SPDX-License-Identifier: MIT */
/*
 * The frame allocator: physical memory in frames of 4 KiB.
 *
 * The idea: a pyramid of bitmaps. In the lowest a bit is set for each free frame; in each one above
 * a bit is set for each word below that is not zero. The lowest free frame is found by one
 * "lowest set bit" on each level: 3 steps up to 1 GiB of memory, 6 for all that x86-64 can have.
 *
 * What it is bad at: runs of frames that must lie next to each other. A device that wants them
 * needs another allocator.
 *
 * Pure: works on the memory map and on memory that it is given; tested on the host.
 * Context: one caller at a time, interrupts not counted; the kernel calls it with the heap's
 * region and page tables before interrupt handlers could want a frame.
 */
#ifndef MEMORY_FRAMES_H
#define MEMORY_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "memory_map.h"

#define FRAME_SIZE ((uint64_t)4096)

/* A frame: 4 KiB of physical memory, aligned. */
struct frame {
    struct physical_address start;
};

#define FRAME_LEVELS 6 /* 64^6 frames are 2^48 bytes */

/*
 * levels[0]: bit n is set iff frame n is free
 * levels[k + 1]: bit n is set iff word n of levels[k] is not 0
 * free_count == number of bits set in levels[0]
 */
struct frame_allocator {
    uint64_t *levels[FRAME_LEVELS];
    unsigned level_count;
    uint64_t frame_limit; /* frames are numbered from 0 up to this */
    uint64_t total_count; /* frames that were usable at the start */
    uint64_t free_count;
    const struct memory_map *map;
};

/* How many bytes of bitmaps the map's usable memory needs. */
size_t frame_allocator_bytes(const struct memory_map *map);

/*
 * Starts with every frame free that the map calls usable.
 *
 * Needs: `map` is normalised, stays as it is, and does not call the bitmaps' own memory usable;
 *        `bitmaps` is 8-aligned and has frame_allocator_bytes(map) bytes.
 */
void frame_allocator_init(struct frame_allocator *self, const struct memory_map *map,
                          void *bitmaps);

/*
 * Takes the lowest free frame; its contents are undefined.
 *
 * Errors: false if none is left.
 * Cost:   O(levels), at most 6.
 */
CAIRN_MUST_USE bool frame_alloc(struct frame_allocator *self, struct frame *frame);

/*
 * Gives a frame back.
 *
 * Panics: it is free already, is no usable memory, or is not aligned.
 */
void frame_free(struct frame_allocator *self, struct frame frame);

#endif
