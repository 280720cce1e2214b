/* SPDX-License-Identifier: MIT */
#include <cairn/global.h>

struct cairn_allocator *cairn_global_allocator(void)
{
    return CAIRN_GLOBAL_ALLOCATOR_SYMBOL;
}

void *cairn_global_alloc(struct cairn_layout layout)
{
    return cairn_allocator_alloc(cairn_global_allocator(), layout);
}

void *cairn_global_alloc_zeroed(struct cairn_layout layout)
{
    return cairn_allocator_alloc_zeroed(cairn_global_allocator(), layout);
}

void *cairn_global_realloc(void *block, struct cairn_layout layout, size_t new_size)
{
    return cairn_allocator_realloc(cairn_global_allocator(), block, layout, new_size);
}

void cairn_global_dealloc(void *block, struct cairn_layout layout)
{
    cairn_allocator_dealloc(cairn_global_allocator(), block, layout);
}
