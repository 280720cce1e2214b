/* SPDX-License-Identifier: MIT */
/*
 * Slabs: whole slices that are cut into objects of one size class, and have an owner.
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
 * The owner is the heap itself, or a processor, which uses its slabs without a lock. Who else frees an
 * object of them returns it: that sets its bit in `returned`, at once for all. Whoever sets the first
 * bit of a word puts that word onto the owner's list. The owner collects the list when it runs short.
 *
 * Cost: O(1) for each operation; a new slab and an empty one that goes back O(slices of a slab).
 *
 * What it is bad at: objects have the size of their class, up to a fifth more than was asked for. What
 * is returned to an owner that does nothing, waits until somebody needs memory.
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

/* The free objects of a slab's slice, as bits. They are available, if the class's stack is empty. */
static inline uint64_t free_in(const struct region *self, uint32_t number)
{
    const struct cairn_heap_slice *slice = slice_number(self, number);
    return slice->free & ~slice->taken;
}

/* ---- owners ---- */

/* How many objects a class's stack has room for: in a heap of this size; of a processor, if it is 0. */
uint32_t cairn_slabs_stack_limit(uint32_t granules, unsigned size_class);

/* Makes an owner ready for slabs that had nothing. `stack`: room for all classes' stacks, as above. */
void cairn_slabs_begin(struct cairn_heap_owner *owner, uint32_t number, uint32_t granules,
                       uint32_t *stack);

/* The owner of this number: 0 is the heap itself, then come processors. Null: has nothing yet. */
struct cairn_heap_owner *cairn_slabs_owner(const struct region *self, uint32_t number);

/* ---- what an owner does with its slabs, without a lock ---- */

/* Takes an object, which is live then; null if nothing is available. Needs: the class's stack is empty. */
void *cairn_slabs_take(struct region *self, struct cairn_heap_owner *owner, unsigned size_class);

/*
 * Makes a live object available. For what the class's stack has no room for. Gives the first slice of
 * a slab that is empty now, and that cairn_slabs_release() should give back; or NONE.
 */
uint32_t cairn_slabs_give(struct region *self, struct cairn_heap_owner *owner, uint32_t at);

/* The same of some that are in the class's stack, the oldest. Then that has room. */
uint32_t cairn_slabs_make_room(struct region *self, struct cairn_heap_owner *owner,
                               unsigned size_class);

/* Makes what was returned available. */
void cairn_slabs_collect(struct region *self, struct cairn_heap_owner *owner);

/* ---- what changes the bins ---- */

/* A new slab, first in the class's list; false if the class is rarely asked for, or memory scarce. */
bool cairn_slabs_cut(struct region *self, struct cairn_heap_owner *owner, unsigned size_class);

/* Gives an empty slab of the owner's back to the bins. */
void cairn_slabs_release(struct region *self, struct cairn_heap_owner *owner, uint32_t first);

/* Collects, makes everything available that waits, and gives all empty slabs back to the bins. */
void cairn_slabs_flush(struct region *self, struct cairn_heap_owner *owner);

/* Dissolves all slabs of a class that have available objects. Needs: nothing waits, none is empty. */
void cairn_slabs_dissolve(struct region *self, struct cairn_heap_owner *owner, unsigned size_class);

/* ---- what others do ---- */

/* Returns a live object to the processor that owns it; false if it is not live. */
bool cairn_slabs_return(struct region *self, uint32_t at);

/* ---- looking at them ---- */

/* The class's objects that are neither live nor returned. */
size_t cairn_slabs_free_objects(const struct cairn_heap_owner *owner, unsigned size_class);

/* The starts of the class's objects in a slice, as bits; `place` slices of its slab come before. */
uint64_t cairn_slabs_starts(unsigned size_class, uint32_t place);

/* How many slices a slab of the class has, where that has `slices` already. */
uint32_t cairn_slabs_slices(unsigned size_class, uint32_t slices);

#endif
