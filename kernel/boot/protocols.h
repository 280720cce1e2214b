/* SPDX-License-Identifier: MIT */
/*
 * The boot protocols: each reads what its loader left into the one struct boot_info.
 *
 * Nothing that a loader wrote is trusted: no number of it leads out of readable memory, and what
 * makes no sense is left out or is an error.
 */
#ifndef BOOT_PROTOCOLS_H
#define BOOT_PROTOCOLS_H

#include "boot_info.h"

/*
 * Reads what the loader left at `pointer`.
 *
 * Needs:  the first 4 GiB are mapped at PHYSICAL_MEMORY_OFFSET; nothing was handed out yet.
 * Gives:  *info, whose memory map already excludes low memory, the kernel's image, the loader's
 *         modules, and what lies past `address_limit`.
 * Errors: see enum boot_error; then info->screen is still one that can be used.
 */
CAIRN_MUST_USE enum boot_error boot_info_read(enum boot_protocol protocol,
                                              struct physical_address pointer,
                                              uint64_t address_limit, struct boot_info *info);

/* One for each protocol, pure, for boot_info_read(). The screen is not yet checked. */
CAIRN_MUST_USE enum boot_error pvh_read(const struct readable_memory *memory, uint64_t pointer,
                                        struct boot_info *info);
CAIRN_MUST_USE enum boot_error multiboot2_read(const struct readable_memory *memory,
                                               uint64_t pointer, struct boot_info *info);

#endif
