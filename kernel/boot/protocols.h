/* SPDX-License-Identifier: MIT */
/* The boot protocols: each reads what its loader left into the one struct boot_info. */
#ifndef BOOT_PROTOCOLS_H
#define BOOT_PROTOCOLS_H

#include "boot_info.h"

/*
 * Reads what the loader left at `pointer`.
 *
 * Needs: the first 4 GiB are mapped at PHYSICAL_MEMORY_OFFSET; nothing was handed out yet.
 * Gives: *info, whose memory map already excludes low memory, the kernel's image and the loader's
 *        modules.
 */
CAIRN_MUST_USE enum boot_error boot_info_read(enum boot_protocol protocol,
                                              struct physical_address pointer,
                                              struct boot_info *info);

/* One for each protocol; boot_info_read() calls them. */
CAIRN_MUST_USE enum boot_error pvh_read(struct physical_address pointer, struct boot_info *info);
CAIRN_MUST_USE enum boot_error multiboot2_read(struct physical_address pointer,
                                               struct boot_info *info);

#endif
