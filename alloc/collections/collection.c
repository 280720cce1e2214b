/* SPDX-License-Identifier: MIT */
#include <cairn/collection.h>

bool cairn_collection_failed(struct cairn_layout layout, enum cairn_fallibility fallibility)
{
    if (fallibility == CAIRN_INFALLIBLE)
        cairn_handle_allocation_error(layout);
    return false;
}

void *cairn_collection_alloc(struct cairn_allocator *allocator, struct cairn_layout layout,
                             enum cairn_fallibility fallibility)
{
    if (layout.size == 0)
        return (void *)layout.align;
    void *block = cairn_allocator_alloc(cairn_collection_allocator(allocator), layout);
    if (!block)
        (void)cairn_collection_failed(layout, fallibility);
    return block;
}

void cairn_collection_dealloc(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout)
{
    if (layout.size != 0)
        cairn_allocator_dealloc(cairn_collection_allocator(allocator), block, layout);
}

void cairn_index_out_of_bounds(const char *function, size_t index, size_t length)
{
    cairn_panic("%s: index out of bounds: the length is %zu but the index is %zu", function, length,
                index);
}
