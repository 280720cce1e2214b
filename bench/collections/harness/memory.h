/* SPDX-License-Identifier: MIT */
/* The C library's malloc as the global allocator of our collections: the one that all subjects have. */
#ifndef MEMORY_H
#define MEMORY_H

#include <cairn/global.h>

#include "subject.h"

CAIRN_GLOBAL_ALLOCATOR(&malloc_allocator);

static inline void *allocate_zeroed(size_t size)
{
    void *block = cairn_global_alloc_zeroed((struct cairn_layout){size, sizeof(void *)});
    if (!block)
        __builtin_abort();
    return block;
}

static inline void free_zeroed(void *block, size_t size)
{
    cairn_global_dealloc(block, (struct cairn_layout){size, sizeof(void *)});
}

#endif
