/* SPDX-License-Identifier: MIT */
/*
 * Quick lists: freed blocks of one size that wait to be used again, linked through their first word.
 *
 * A block that waits keeps its place in the records, so it is neither split nor merged, and coming and
 * going changes one bit. A link that was overwritten leads to no block of the list's size that waits.
 *
 * What it is bad at: what waits holds its neighbours apart. That is why the number is bounded, and why
 * all of it is merged when memory is short.
 */
#ifndef CAIRN_HEAP_QUICK_H
#define CAIRN_HEAP_QUICK_H

#include "bins.h"

/* Where a list ends: no block's address, nor what memory is cleared to. */
#define QUICK_END ((void *)1)

static inline bool has_quick_room(const struct region *self, uint32_t size)
{
    return size <= self->hot.quick_max && self->hot.waiting + size <= self->hot.waiting_max;
}

/* Whether a list has a block, and the first one has this alignment, if it is a block. */
static inline bool quick_has(const struct region *self, size_t size, size_t align)
{
    void *block = self->hot.quick[size];
    size_t above = (align - 1) & ~(size_t)(GRANULE_BYTES - 1); /* what not all blocks have */
    return block != QUICK_END && ((uintptr_t)block & above) == 0;
}

/* Needs: the list has a block. */
static inline void *quick_pop(struct region *self, uint32_t size)
{
    void *block = self->hot.quick[size];
    uintptr_t at = cairn_heap_position(&self->hot, block);
    bool is_sound = at < self->hot.end && is_waiting(self, (uint32_t)at) &&
                    !slab_class_at(self, (uint32_t)at) && has_quick_size(self, (uint32_t)at, size);
    cairn_check(is_sound,
                "cairn: the list of freed blocks of %zu bytes leads to %p, where none waits; most "
                "likely freed memory was written to",
                (size_t)size * GRANULE_BYTES, block);
    clear_bits(&slice_of(self, (uint32_t)at)->free, bit_at((uint32_t)at));
    self->hot.quick[size] = *(void **)block;
    self->hot.waiting -= size;
    return block;
}

/* Needs: has_quick_room(); a live block of that size. */
static inline void quick_push(struct region *self, void *block, uint32_t at, uint32_t size)
{
    set_bits(&slice_of(self, at)->free, bit_at(at));
    *(void **)block = self->hot.quick[size];
    self->hot.quick[size] = block;
    self->hot.waiting += size;
}

#endif
