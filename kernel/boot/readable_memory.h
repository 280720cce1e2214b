/* SPDX-License-Identifier: MIT */
/*
 * The part of physical memory that can be read while the loader's data is.
 *
 * Everything that a loader leaves is addressed by numbers that it wrote. Whoever follows one asks
 * here first whether it leads to memory that can be read, so that no wrong number leads further.
 */
#ifndef BOOT_READABLE_MEMORY_H
#define BOOT_READABLE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct readable_memory {
    const uint8_t *bytes; /* physical address 0 */
    uint64_t size;
};

/* A pointer to `count` things of `size` bytes, or null where they are not all readable. They are
   not aligned: copy them. Needs: `size` is not 0. */
static inline const void *readable_at(const struct readable_memory *memory, uint64_t address,
                                      uint64_t count, size_t size)
{
    if (address > memory->size || count > (memory->size - address) / size)
        return NULL;
    return memory->bytes + address;
}

#endif
