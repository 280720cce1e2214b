/* SPDX-License-Identifier: MIT */
/*
 * The allocator interface: what every allocator and every wrapper around one offers.
 *
 * An allocator is a struct whose first member is a `struct cairn_allocator`. It fills in alloc and
 * dealloc; realloc and alloc_zeroed have defaults that stand on these two, which it may override
 * where it can do better. The functions below are how all callers reach it: they state the
 * contract once, for every allocator.
 *
 * Context: an allocator of its own is for one processor or thread at a time; the wrapper in
 *          <cairn/locked.h> makes it fit for many, and says what interrupt handlers may do.
 */
#ifndef CAIRN_ALLOCATOR_H
#define CAIRN_ALLOCATOR_H

#include <cairn/layout.h>

CAIRN_C_BEGIN

struct cairn_allocator;

struct cairn_allocator_operations {
    const char *name; /* for people: "linked_list" */
    void *(*alloc)(struct cairn_allocator *self, struct cairn_layout layout);
    void (*dealloc)(struct cairn_allocator *self, void *block, struct cairn_layout layout);
    /* Null for the default. */
    void *(*alloc_zeroed)(struct cairn_allocator *self, struct cairn_layout layout);
    void *(*realloc)(struct cairn_allocator *self, void *block, struct cairn_layout layout,
                     size_t new_size);
    /* Null where the allocator can't tell. Panics unless `block` is live and has this layout. */
    void (*verify)(struct cairn_allocator *self, void *block, struct cairn_layout layout);
    /*
     * Null where the allocator does not know its blocks' sizes; then <cairn/heap_face.h> does not
     * stand on it. usable_size: the bytes that the live block really has, or 0 if now is no time to
     * look; `operation` is named in the panic. dealloc_unsized: as dealloc, whatever the block's layout.
     * Both panic if there is no live block.
     */
    size_t (*usable_size)(struct cairn_allocator *self, const void *block, const char *operation);
    void (*dealloc_unsized)(struct cairn_allocator *self, void *block);
    /*
     * Null for an allocator of its own. A wrapper gives the allocator that its blocks come from, and
     * hands on every operation that can be null above: what that one can do, the wrapper can.
     */
    struct cairn_allocator *(*backing)(struct cairn_allocator *self);
};

struct cairn_allocator {
    const struct cairn_allocator_operations *operations;
};

/*
 * Asks for a block.
 *
 * Needs: layout.size is not 0, and the layout is valid: build it with cairn_layout_make(),
 *        cairn_layout_array() or CAIRN_LAYOUT_OF().
 * Gives: a block of at least layout.size bytes, aligned to layout.align, that no other block
 *        overlaps, its contents undefined; or null if the memory does not suffice.
 * Cost:  the allocator's.
 */
CAIRN_MUST_USE static inline void *cairn_allocator_alloc(struct cairn_allocator *allocator,
                                                         struct cairn_layout layout)
{
    return allocator->operations->alloc(allocator, layout);
}

/*
 * Gives a block back.
 *
 * Needs:  `block` came from this allocator with this same layout, and was not given back since.
 * Panics: where the allocator can tell that this does not hold.
 */
static inline void cairn_allocator_dealloc(struct cairn_allocator *allocator, void *block,
                                           struct cairn_layout layout)
{
    allocator->operations->dealloc(allocator, block, layout);
}

/* As cairn_allocator_alloc(), with all layout.size bytes zero. */
CAIRN_MUST_USE void *cairn_allocator_alloc_zeroed(struct cairn_allocator *allocator,
                                                  struct cairn_layout layout);

/*
 * Changes the size of a block, in place or by moving it.
 *
 * Needs:  `block` and `layout` as for dealloc; new_size is not 0, and makes a valid layout with
 *         layout.align.
 * Gives:  the block, whose first min(layout.size, new_size) bytes are as they were, and which now
 *         has the layout {new_size, layout.align}; the old address is gone unless it is the same.
 * Errors: null if the memory does not suffice; then the old block is untouched and still owned.
 */
CAIRN_MUST_USE void *cairn_allocator_realloc(struct cairn_allocator *allocator, void *block,
                                             struct cairn_layout layout, size_t new_size);

/*
 * The live block's real size in bytes, at least what was asked for; and dealloc without a layout.
 *
 * Gives:  also 0, from <cairn/locked.h> on re-entry: then the heap is being changed.
 * Panics: the allocator does not know its blocks' sizes (all but `cairn`, and wrappers around it);
 *         `block` is no live block.
 */
size_t cairn_allocator_usable_size(struct cairn_allocator *allocator, const void *block);
void cairn_allocator_dealloc_unsized(struct cairn_allocator *allocator, void *block);

/* The same as usable_size for another operation, whose name is in the panic: "realloc of 0x...". */
size_t cairn_allocator_size_for(struct cairn_allocator *allocator, const void *block,
                                const char *operation);

/* The allocator under all wrappers, whose blocks they are. Cost: O(wrappers). Any context. */
struct cairn_allocator *cairn_allocator_innermost(struct cairn_allocator *allocator);

/* Whether cairn_allocator_usable_size() and _dealloc_unsized() may be called. As the one before. */
bool cairn_allocator_knows_sizes(struct cairn_allocator *allocator);

/* Panics if the allocator can tell that `block` is not live, or has another layout. */
static inline void cairn_allocator_verify(struct cairn_allocator *allocator, void *block,
                                          struct cairn_layout layout)
{
    if (allocator->operations->verify)
        allocator->operations->verify(allocator, block, layout);
}

/*
 * The defaults: alloc, then set to zero; alloc, copy, then dealloc. For an allocator that
 * overrides an operation and wants to fall back on them.
 */
CAIRN_MUST_USE void *cairn_default_alloc_zeroed(struct cairn_allocator *allocator,
                                                struct cairn_layout layout);
CAIRN_MUST_USE void *cairn_default_realloc(struct cairn_allocator *allocator, void *block,
                                           struct cairn_layout layout, size_t new_size);

CAIRN_C_END

#endif
