/* SPDX-License-Identifier: MIT */
#include <cairn/allocator.h>

void *cairn_default_alloc_zeroed(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    void *block = cairn_allocator_alloc(allocator, layout);
    if (block)
        __builtin_memset(block, 0, layout.size);
    return block;
}

void *cairn_default_realloc(struct cairn_allocator *allocator, void *block,
                            struct cairn_layout layout, size_t new_size)
{
    struct cairn_layout new_layout = {new_size, layout.align};
    void *new_block = cairn_allocator_alloc(allocator, new_layout);
    if (!new_block)
        return NULL;
    __builtin_memcpy(new_block, block, layout.size < new_size ? layout.size : new_size);
    cairn_allocator_dealloc(allocator, block, layout);
    return new_block;
}

void *cairn_allocator_alloc_zeroed(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    if (allocator->operations->alloc_zeroed)
        return allocator->operations->alloc_zeroed(allocator, layout);
    return cairn_default_alloc_zeroed(allocator, layout);
}

void *cairn_allocator_realloc(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout, size_t new_size)
{
    if (allocator->operations->realloc)
        return allocator->operations->realloc(allocator, block, layout, new_size);
    return cairn_default_realloc(allocator, block, layout, new_size);
}

struct cairn_allocator *cairn_allocator_innermost(struct cairn_allocator *allocator)
{
    while (allocator->operations->backing)
        allocator = allocator->operations->backing(allocator);
    return allocator;
}

bool cairn_allocator_knows_sizes(struct cairn_allocator *allocator)
{
    const struct cairn_allocator_operations *operations =
        cairn_allocator_innermost(allocator)->operations;
    return operations->usable_size && operations->dealloc_unsized;
}

static void check_knows_sizes(struct cairn_allocator *allocator)
{
    cairn_check(cairn_allocator_knows_sizes(allocator),
                "allocator '%s' does not know the sizes of its blocks; give them back with their "
                "layout, or use the allocator cairn",
                cairn_allocator_innermost(allocator)->operations->name);
}

size_t cairn_allocator_size_for(struct cairn_allocator *allocator, const void *block,
                                const char *operation)
{
    check_knows_sizes(allocator);
    return allocator->operations->usable_size(allocator, block, operation);
}

size_t cairn_allocator_usable_size(struct cairn_allocator *allocator, const void *block)
{
    return cairn_allocator_size_for(allocator, block, "usable_size");
}

void cairn_allocator_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    check_knows_sizes(allocator);
    allocator->operations->dealloc_unsized(allocator, block);
}
