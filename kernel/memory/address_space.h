/* SPDX-License-Identifier: MIT */
/*
 * The kernel's address space, from the boot on:
 *
 *     0x0000_4444_4444_0000   the heap
 *     0xffff_8000_0000_0000   all physical memory, writable
 *     0xffff_ffff_8000_0000   the kernel's image: code executable, constants read-only, data
 *                             writable; the guard page under each stack not mapped
 *
 * Everything else is not mapped.
 */
#ifndef MEMORY_ADDRESS_SPACE_H
#define MEMORY_ADDRESS_SPACE_H

#include "boot_info.h"
#include "mapper.h"

enum memory_error {
    MEMORY_OK,
    MEMORY_NO_USABLE,       /* the map has no usable frame at all */
    MEMORY_NO_ROOM_BITMAPS, /* no usable region below 4 GiB holds the frame allocator's bitmaps */
    MEMORY_NO_ROOM_TABLES,  /* frames ran out while the page tables were built */
    MEMORY_MAP_FULL,        /* the memory map cannot take another region */
};

/* One sentence: what is wrong and what to do. */
const char *memory_error_message(enum memory_error error);

/*
 * Builds the frame allocator over the boot's memory map, then the address space, and switches to
 * it.
 *
 * Needs:  the boot's first page tables are in use: 4 GiB at the physical memory offset.
 * Gives:  *frames and *mapper, ready. The bitmaps' memory is marked as the kernel's in boot's map.
 * Errors: see above; then nothing was switched.
 */
CAIRN_MUST_USE enum memory_error address_space_init(struct boot_info *boot,
                                                    struct frame_allocator *frames,
                                                    struct mapper *mapper);

#endif
