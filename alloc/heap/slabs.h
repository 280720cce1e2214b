/* SPDX-License-Identifier: MIT */
/*
 * Slabs: whole slices that are cut into objects of one size class.
 *
 * The last objects that were freed are in the class's stack, see <cairn/heap_inline.h>. What that has
 * no room for is available: a bit in its slice, and one in its slab's count. A slab with available
 * objects is in the list of its class. When a class's stack is empty, it gets what is available in a
 * slice or a few, from the lowest address up.
 *
 * No bit says whether a free object is in the stack. None needs to: objects are fetched when it is
 * empty, and then all free ones are available.
 *
 * A slab whose objects are all available is empty. Some are kept; others go back to the bins. When
 * memory is short, all empty ones do, and then the free objects of the others, one by one: the slab is
 * dissolved, its live objects are ordinary blocks from then on.
 *
 * Cost: O(1) for each operation; a new slab and an empty one that goes back O(slices of a slab).
 *
 * What it is bad at: objects have the size of their class, up to a fifth more than was asked for.
 */
#ifndef CAIRN_HEAP_SLABS_H
#define CAIRN_HEAP_SLABS_H

#include "bins.h"

/* The head of a slab. A slab has at least SLAB_SPACING slices: slabs[first slice / SLAB_SPACING]. */
struct slab {
    uint32_t next, previous; /* of the class that have available objects; first slices, or NONE */
    uint16_t available;
    uint8_t slices;
    uint8_t lowest; /* none of the slab's slices before this one has available objects */
};

#define SLAB_SPACING (SLAB_LEAST / SLICE)

static inline struct slab *slab_at(const struct region *self, uint32_t first)
{
    return &self->slabs[first / SLAB_SPACING];
}

/* The available objects of a slab's slice, as bits. Needs: the class's stack is empty. */
static inline uint64_t available_in(const struct region *self, uint32_t number)
{
    return slice_number(self, number)->free & ~slice_number(self, number)->taken;
}

/* Takes an object, which is live then; null if the class gets none. Needs: its stack is empty. */
void *cairn_slabs_take(struct region *self, unsigned size_class);

/* Makes a live object available. For what the class's stack has no room for. */
void cairn_slabs_give(struct region *self, uint32_t at);

/* Makes everything available that waits, and gives all empty slabs back to the bins. */
void cairn_slabs_flush(struct region *self);

/* Dissolves all slabs of a class that have available objects. Needs: nothing waits, none is empty. */
void cairn_slabs_dissolve(struct region *self, unsigned size_class);

/* The class's objects that are not live. */
size_t cairn_slabs_free_objects(const struct region *self, unsigned size_class);

/* The starts of the class's objects in a slice, as bits; `place` slices of its slab come before. */
uint64_t cairn_slabs_starts(unsigned size_class, uint32_t place);

/* How many slices a slab of the class has, where that has `slices` already. */
uint32_t cairn_slabs_slices(unsigned size_class, uint32_t slices);

#endif
