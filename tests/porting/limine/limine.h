/* SPDX-License-Identifier: MIT */
/* Of Limine's protocol what docs/porting/limine.c reads; layouts and numbers as in its PROTOCOL.md. */
#ifndef TESTS_PORTING_LIMINE_H
#define TESTS_PORTING_LIMINE_H

#include <stdint.h>

#define LIMINE_MEMMAP_USABLE   0
#define LIMINE_MEMMAP_RESERVED 1

struct limine_memmap_entry {
    uint64_t base;
    uint64_t length;
    uint64_t type;
};

struct limine_memmap_response {
    uint64_t revision;
    uint64_t entry_count;
    struct limine_memmap_entry **entries;
};

struct limine_hhdm_response {
    uint64_t revision;
    uint64_t offset;
};

#endif
