/* SPDX-License-Identifier: MIT */
/*
 * A block's size, and changing it.
 *
 * The idea: within its class a block stays. To another one it is moved through the magazines, which is
 * quicker than asking the inner allocator; but large blocks are rather resized where they stand.
 */
#include "sizes.h"

#include "contents.h"
#include "inner.h"
#include "slots.h"

/* The class that the live map is sure of; 0 if of none. */
static size_t find_sure_class(struct cairn_magazines *self, const void *block)
{
    struct cairn_magazine_slot *slot = cairn_magazines_enter(self, 1);
    if (!slot)
        return 0;
    size_t size_class = cairn_live_map_class(&self->map, block);
    leave(slot);
    return size_class;
}

size_t cairn_magazines_usable_size(struct cairn_allocator *allocator, const void *block)
{
    struct cairn_magazines *self = magazines_of(allocator);
    size_t size_class = find_sure_class(self, block);
    return size_class ? class_size(size_class) : cairn_allocator_usable_size(self->inner, block);
}

/* ---- realloc ---- */

/* From this size on a block is rather resized where it stands than moved. */
#define IN_PLACE_FROM 4096

/* Moves the block through the magazines, or lets the inner allocator resize it. */
static void *resize(struct cairn_magazines *self, void *block, struct cairn_layout layout,
                    size_t new_size, bool is_inner)
{
    if (is_inner) {
        void *new_block = cairn_allocator_realloc(self->inner, block, layout, new_size);
        if (new_block)
            return new_block;
    }
    return cairn_default_realloc(&self->allocator, block, layout, new_size);
}

/* Where any block of a class serves every size of it. */
static void *realloc_without_map(struct cairn_magazines *self, void *block,
                                 struct cairn_layout layout, struct cairn_layout new_layout)
{
    bool was_rounded = rounds_up(self, layout), will_be = rounds_up(self, new_layout);
    if (was_rounded)
        check_not_cached_if_marked(self, block);
    if (was_rounded && will_be && class_of(layout) == class_of(new_layout))
        return block;
    return resize(self, block, layout, new_layout.size, !was_rounded && !will_be);
}

void *cairn_magazines_realloc(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout, size_t new_size)
{
    struct cairn_magazines *self = magazines_of(allocator);
    struct cairn_layout new_layout = {new_size, layout.align};
    size_t size_class = find_sure_class(self, block);
    if (!size_class && !has_map(self))
        return realloc_without_map(self, block, layout, new_layout);
    if (is_in_map(self, block))
        check_not_cached_if_marked(self, block);
    if (!size_class || !has_class(layout) || class_of(layout) != size_class)
        return resize(self, block, layout, new_size, true);
    if (has_class(new_layout) && class_of(new_layout) == size_class)
        return block;
    bool is_large = layout.size >= IN_PLACE_FROM && new_size >= IN_PLACE_FROM;
    return resize(self, block, layout, new_size, is_large);
}
