/* SPDX-License-Identifier: MIT */
/*
 * Physical and virtual addresses: two types, so that the compiler refuses to mix them.
 *
 * All physical memory is mapped at PHYSICAL_MEMORY_OFFSET; that mapping is how the kernel reads
 * and writes a physical address.
 */
#ifndef ARCH_ADDRESS_H
#define ARCH_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include <cairn/base/bits.h>

#define PAGE_SIZE ((uint64_t)4096)

/* Where the mapping of all physical memory begins: the first address of the upper half. */
#define PHYSICAL_MEMORY_OFFSET ((uint64_t)0xffff800000000000)

/* How much of it the page tables of entry.S map, until address_space_init() maps all. */
#define FIRST_TABLES_REACH ((uint64_t)4 << 30)

/* Where the kernel's image is mapped: physical address 0, seen from the last 2 GiB. */
#define KERNEL_IMAGE_OFFSET ((uint64_t)0xffffffff80000000)

/* How much physical memory the mapping can have before it would meet the image. */
#define PHYSICAL_MEMORY_REACH (KERNEL_IMAGE_OFFSET - PHYSICAL_MEMORY_OFFSET)

struct physical_address {
    uint64_t value;
};

struct virtual_address {
    uint64_t value;
};

static inline struct physical_address physical(uint64_t value)
{
    return (struct physical_address){value};
}

static inline struct virtual_address virtual_from(const volatile void *pointer)
{
    return (struct virtual_address){(uint64_t)pointer};
}

/* Needs: the address lies in memory that is mapped at PHYSICAL_MEMORY_OFFSET. */
static inline void *physical_to_pointer(struct physical_address address)
{
    return (void *)(address.value + PHYSICAL_MEMORY_OFFSET);
}

/* The physical address of something in the kernel's image. */
static inline struct physical_address image_physical(const void *pointer)
{
    return physical((uint64_t)pointer - KERNEL_IMAGE_OFFSET);
}

/* Bits 63 to 47 must be alike (Intel SDM vol. 1, section 3.3.7.1). */
static inline bool virtual_is_canonical(struct virtual_address address)
{
    uint64_t top = address.value >> 47;
    return top == 0 || top == 0x1ffff;
}

#endif
