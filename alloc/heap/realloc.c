/* SPDX-License-Identifier: MIT */
/*
 * realloc: in place where there is room, else to another place. In a heap that is fuller than
 * TIGHT_SHARE also to another place where that is tighter.
 */
#include "bins.h"
#include "operations.h"

/* ---- in place ---- */

static void shrink(struct region *self, uint32_t at, uint32_t size, uint32_t new_size)
{
    clear_block(self, at, size);
    set_block(self, at, new_size);
    self->taken -= size - new_size;
    cairn_bins_give(self, at + new_size, size - new_size);
}

/*
 * Makes the block larger by free memory on both sides of it, that after it first. Gives its new
 * position, NONE if that is not enough or not aligned; then nothing has changed.
 */
static uint32_t grow(struct region *self, uint32_t at, uint32_t size, uint32_t new_size,
                     size_t align)
{
    uint32_t after = cairn_bins_free_from(self, at + size), before = 0;
    if (size + after < new_size) {
        before = cairn_bins_free_before(self, at);
        bool is_aligned = cairn_is_aligned((uintptr_t)address_of(self, at - before), align);
        if (before + size + after < new_size || !is_aligned)
            return NONE;
    }
    if (after)
        cairn_bins_remove(self, at + size, after);
    if (before)
        cairn_bins_remove(self, at - before, before);
    clear_block(self, at, size);
    if (before)
        __builtin_memmove(address_of(self, at - before), address_of(self, at),
                          (size_t)size * GRANULE_BYTES);
    set_block(self, at - before, new_size);
    note_taken(self, new_size - size);
    if (before + size + after > new_size)
        cairn_bins_give(self, at - before + new_size, before + size + after - new_size);
    return at - before;
}

/* Null if that can't be. */
static void *resize_in_place(struct found found, void *block, uint32_t new_size, size_t align)
{
    if (new_size < found.size) {
        shrink(found.region, found.at, found.size, new_size);
        return block;
    }
    uint32_t at = grow(found.region, found.at, found.size, new_size, align);
    return at != NONE ? address_of(found.region, at) : NULL;
}

/* ---- which place ---- */

/* Whether a free block is tighter for the new size than the block's own place, with what is free around. */
static bool is_better_elsewhere(struct found found, uint32_t new_size)
{
    const struct region *region = found.region;
    if (region->taken <= region->hot.end / TIGHT_SHARE)
        return false;
    uint32_t best = cairn_bins_best(region, new_size);
    return best && best < cairn_bins_free_before(region, found.at) + found.size +
                              cairn_bins_free_from(region, found.at + found.size);
}

static __attribute__((noinline)) void *move(struct cairn_heap *self, void *block,
                                            struct cairn_layout layout, size_t new_size)
{
    struct cairn_layout new_layout = {new_size, layout.align};
    void *place = cairn_heap_alloc(self, new_layout);
    if (!place)
        return NULL;
    __builtin_memcpy(place, block, layout.size < new_size ? layout.size : new_size);
    cairn_heap_dealloc(self, block, layout);
    return place;
}

static void *realloc_block(struct cairn_heap *self, struct found found, void *block,
                           struct cairn_layout layout, size_t new_size)
{
    uint32_t wanted = granules_for(new_size);
    if (wanted == found.size)
        return block;
    void *resized = NULL;
    bool is_small =
        wanted > found.size && found.size <= QUICK; /* sooner copied than looked around */
    if (!is_small && !is_better_elsewhere(found, wanted))
        resized = resize_in_place(found, block, wanted, layout.align);
    if (!resized)
        resized = move(self, block, layout, new_size);
    /* If that was refused, all is merged by now: more may be free around the block. */
    return resized ? resized : resize_in_place(found, block, wanted, layout.align);
}

/* Of a slab that a refusal dissolved meanwhile, the block may grow in place, too. */
static void *realloc_object(struct cairn_heap *self, struct found found, void *block,
                            struct cairn_layout layout, size_t new_size)
{
    struct cairn_layout new_layout = {new_size, layout.align};
    size_t granules = cairn_heap_size_or_align(new_layout) / GRANULE_BYTES;
    unsigned size_class = slab_class_at(found.region, found.at);
    if (granules < CAIRN_SIZE_CLASS_MAX_GRANULES && cairn_class_of_granules[granules] == size_class)
        return block;
    void *moved = move(self, block, layout, new_size);
    if (moved || slab_class_at(found.region, found.at))
        return moved;
    return resize_in_place(found, block, granules_for(new_size), layout.align);
}

void *cairn_heap_realloc(struct cairn_allocator *allocator, void *block, struct cairn_layout layout,
                         size_t new_size)
{
    struct cairn_heap *self = (struct cairn_heap *)(void *)allocator;
    struct found found;
    if (!block)
        cairn_heap_report_invalid(self, block, layout, "realloc");
    if (!find_object(self, block, layout, &found))
        found = cairn_heap_find_block(self, block, layout, "realloc");
    new_size = new_size ? new_size : 1;
    if (new_size > (size_t)REGION_GRANULES_MAX * GRANULE_BYTES)
        return NULL;
    if (slab_class_at(found.region, found.at))
        return realloc_object(self, found, block, layout, new_size);
    return realloc_block(self, found, block, layout, new_size);
}
