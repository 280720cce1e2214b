/* SPDX-License-Identifier: MIT */
/*
 * The allocator cairn as a subject of state_space.h, with whatever parameters the includer gave it.
 *
 * Its struct comes first in the image, then its memory, then its metadata. What it looks at is known
 * from alloc/heap: of a free block the first granule, and the size at its end; of a waiting block the
 * link in its first word; of a free object nothing. In the metadata, what a stack, a slab or a slice
 * had before counts for nothing, and the peak is only told.
 */
#ifndef HEAP_STATE_H
#define HEAP_STATE_H

#include <string.h>

#include <cairn/heap_inline.h>

#include "../../../alloc/heap/slabs.h"
#include "state_space.h"
#include "test.h"

#define HEAP_MEMORY 64 /* where it begins in the image; the heap's struct lies before it */

static inline struct cairn_heap *state_heap(void)
{
    return (struct cairn_heap *)(void *)state_image;
}

static inline unsigned char *heap_memory(void)
{
    return state_image + HEAP_MEMORY;
}

static inline struct region *first_of_heap(void)
{
    return region_of(state_heap()->region);
}

static inline void check_heap(void)
{
    cairn_heap_check(state_heap());
    assert_true(first_of_heap()->hot.waiting <= first_of_heap()->hot.waiting_max);
}

static inline void flush_heap(void)
{
    cairn_heap_flush(state_heap());
}

static inline void overwrite(void *bytes, size_t size)
{
    memset(bytes, STATE_RUBBISH, size);
}

static inline void discard(void *context, void *start, size_t size)
{
    (void)context;
    overwrite(start, size);
}

static inline void trim_heap(void)
{
    (void)cairn_heap_trim(state_heap(), 64, discard, NULL);
}

/* In a slab the alignment is part of what tells the size class. */
static inline bool heap_takes_align(const void *block, unsigned size, unsigned align)
{
    const struct region *region = region_with(state_heap(), block);
    const struct cairn_layout layout = {size * (size_t)GRANULE_BYTES,
                                        align * (size_t)GRANULE_BYTES};
    unsigned size_class = slab_class_at(region, (uint32_t)cairn_heap_position(&region->hot, block));
    return !size_class || size_class == cairn_heap_class_of(cairn_heap_size_or_align(layout));
}

/* ---- what is forgotten ---- */

static inline uint32_t forget_free_block(const struct region *region, uint32_t at)
{
    uint32_t size;
    unsigned char *block = address_of(region, at);
    memcpy(&size, block + 8, sizeof(size));
    if (size == 1)
        return 1;
    overwrite(block + 12, (size_t)size * GRANULE_BYTES - 16);
    return size;
}

/* Gives how many granules the block or object has that begins there. */
static inline uint32_t forget_at(const struct region *region, uint32_t at)
{
    if (!slab_class_at(region, at) && is_free(region, at))
        return forget_free_block(region, at);
    uint32_t size = size_at(region, at);
    if (is_live(region, at))
        return size;
    size_t kept = slab_class_at(region, at) ? 0 : sizeof(void *);
    overwrite((unsigned char *)address_of(region, at) + kept, (size_t)size * GRANULE_BYTES - kept);
    return size;
}

/* What stacks had: an object that was taken leaves its position. */
static inline void forget_stacks(struct cairn_heap_owner *owner)
{
    for (unsigned i = 1; owner && i < CAIRN_SIZE_CLASSES; i++) {
        struct cairn_heap_class *objects = &owner->classes[i];
        memset(objects->stack + objects->count, 0,
               (objects->limit - objects->count) * sizeof(objects->stack[0]));
    }
}

/* A word with no returned object is in no list. */
static inline void forget_links(struct region *region)
{
    for (uint32_t word = 0; region->returned && word < region->capacity * RETURN_WORDS; word++)
        if (region->returned[word] == 0)
            region->links[word] = 0;
}

static inline bool is_first_of_slab(const struct region *region, uint32_t number)
{
    return slab_class_at(region, number * SLICE) && region->places[number] == 0;
}

/* What slabs had that are gone, and the links of those that are in no list. */
static inline void forget_slabs(struct region *region)
{
    for (uint32_t number = 0; region->hot.owner && number < region->capacity; number++) {
        struct slab *slab = slab_at(region, number);
        if (!slab_class_at(region, number * SLICE))
            region->places[number] = 0;
        if (number % SLAB_SPACING == 0 && !is_first_of_slab(region, number))
            *slab = (struct slab){0};
        if (slab->available == 0)
            slab->next = slab->previous = NONE;
    }
}

static inline void forget_heap(state_granules live)
{
    (void)live; /* the heap knows */
    for (struct region *region = first_of_heap(); region; region = region->next) {
        for (uint32_t at = region->hot.first; at < region->hot.end;)
            at += forget_at(region, at);
        region->peak = region->taken;
        for (uint32_t number = 0; number <= region->processor_count; number++)
            forget_stacks(cairn_slabs_owner(region, number));
        forget_links(region);
        forget_slabs(region);
    }
}

#endif
