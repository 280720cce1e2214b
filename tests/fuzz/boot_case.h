/* SPDX-License-Identifier: MIT */
/*
 * One case of what a boot loader may leave: the readers of kernel/boot on chosen bytes.
 *
 * The first byte chooses the protocol, the next two the loader's pointer; the rest is all of the
 * machine's memory, in a block of exactly its size, so that AddressSanitizer sees any code that reads
 * past it.
 */
#ifndef BOOT_CASE_H
#define BOOT_CASE_H

#include <stddef.h>
#include <stdint.h>

#include "boot_info.h"

#define BOOT_CASE_HEADER        3 /* bytes before the memory */
#define BOOT_CASE_ADDRESS_LIMIT ((uint64_t)1 << 40)

/* Reads it, and aborts with a message where the result is not what it is promised to be. */
enum boot_error boot_case_read(const uint8_t *bytes, size_t count, struct boot_info *info);

#endif
