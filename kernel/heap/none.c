/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=none: registers no global allocator, to show how the linker says so. */
#include "heap.h"

void global_allocator_init(void *start, size_t size)
{
    (void)start, (void)size;
}
