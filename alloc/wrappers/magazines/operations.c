/* SPDX-License-Identifier: MIT */
/*
 * alloc and dealloc.
 *
 * The idea: what most operations need stands in one short function each: enter the slot, pop or push,
 * leave. Everything else is a call into the slow half, which begins where the short one stopped: with
 * the slot entered, or with null.
 */
#include "contents.h"
#include "inner.h"
#include "racks.h"
#include "sizes.h"
#include "slots.h"

/* ---- alloc ---- */

/*
 * While nobody caches anything. The inner allocator may take more memory now; if it has none, it gets
 * back what is cached, and what others free meanwhile goes there, too.
 */
static void *alloc_while_stopped(struct cairn_magazines *self, struct cairn_layout layout)
{
    cairn_magazines_stop(self);
    void *block = cairn_allocator_alloc(self->inner, layout);
    if (!block && cairn_magazines_flush_closed(self) > 0)
        block = cairn_allocator_alloc(self->inner, layout);
    cairn_magazines_go_on(self);
    return block;
}

/* Straight to the inner allocator; if it has nothing left, once more after it got all back. */
static __attribute__((noinline)) void *alloc_from_inner(struct cairn_magazines *self,
                                                        struct cairn_layout layout)
{
    void *block = cairn_allocator_alloc(self->inner, layout);
    if (!block && !cairn_magazines_interrupts_an_operation(self))
        block = alloc_while_stopped(self, layout);
    return block;
}

/*
 * Memory that was a cache's before, and was not cleared, may still bear marks. Each would be searched
 * for when its block is given back.
 */
static void forget_old_mark(const struct cairn_magazines *self, void *block,
                            struct cairn_layout asked)
{
    bool holds_one = asked.size >= 2 * sizeof(uintptr_t) || has_map(self);
    if (holds_one && bears_mark(block))
        set_mark(block, 0);
}

/* The slot is entered, or null if it could not be at once; it is left. */
static __attribute__((noinline)) void *alloc_slowly(struct cairn_magazines *self,
                                                    struct cairn_layout layout,
                                                    struct cairn_magazine_slot *slot)
{
    void *block = NULL;
    struct cairn_layout asked = inner_layout(self, layout);
    if (!slot)
        slot = cairn_magazines_enter(self, layout.align);
    if (slot) {
        block = cairn_magazines_alloc_in_slot(self, slot, class_of(layout), asked);
        leave(slot);
    }
    if (!block)
        block = alloc_from_inner(self, asked);
    if (block) {
        cairn_magazines_begin(self);
        forget_old_mark(self, block, asked);
    }
    return block;
}

static void *magazines_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_magazines *self = magazines_of(allocator);
    struct cairn_magazine_slot *slot;
    if (__builtin_expect(!has_class(layout), 0))
        return alloc_from_inner(self, layout);
    if (__builtin_expect(!enter_known(self, &slot, layout.align), 0))
        return alloc_slowly(self, layout, NULL);
    struct cairn_magazine_rack *rack = &slot->racks[class_of(layout)];
    if (__builtin_expect(!has_block(rack), 0))
        return alloc_slowly(self, layout, slot);
    void *block = pop(rack);
    leave(slot);
    return block;
}

/* What is not cached may be zero already: the inner allocator knows. Its failure is not the last word.
 */
static void *magazines_alloc_zeroed(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    void *block = NULL;
    if (!has_class(layout))
        block = cairn_allocator_alloc_zeroed(magazines_of(allocator)->inner, layout);
    return block ? block : cairn_default_alloc_zeroed(allocator, layout);
}

/* ---- dealloc ---- */

/* Keeps a block that may be cached, if that needs no more than a push. */
static inline bool keep(struct cairn_magazine_slot *slot, size_t size_class, void *block)
{
    struct cairn_magazine_rack *rack = &slot->racks[size_class];
    if (__builtin_expect(bears_mark(block) || !has_room(rack), 0))
        return false;
    push(rack, block);
    return true;
}

/* Keeps a block of the class in the slot, which is left; false if the inner one must take it. */
static bool keep_slowly(struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                        size_t size_class, void *block)
{
    bool kept = may_be_cached(self, size_class, block) && !bears_mark(block) &&
                cairn_magazines_load_room(self, slot, size_class);
    if (kept)
        push(&slot->racks[size_class], block);
    leave(slot);
    return kept;
}

static __attribute__((noinline)) void dealloc_to_inner(struct cairn_magazines *self, void *block,
                                                       struct cairn_layout layout)
{
    cairn_allocator_dealloc(self->inner, block, layout);
}

static __attribute__((noinline)) void dealloc_slowly(struct cairn_magazines *self, void *block,
                                                     struct cairn_layout layout,
                                                     struct cairn_magazine_slot *slot)
{
    cairn_magazines_begin(self);
    if (!slot)
        slot = cairn_magazines_enter(self, layout.align);
    if (slot && keep_slowly(self, slot, class_of(layout), block))
        return;
    if (is_in_map(self, block) || rounds_up(self, layout))
        check_not_cached_if_marked(self, block);
    dealloc_to_inner(self, block, inner_layout(self, layout));
}

static void magazines_dealloc(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout)
{
    struct cairn_magazines *self = magazines_of(allocator);
    struct cairn_magazine_slot *slot;
    if (__builtin_expect(!has_class(layout), 0)) {
        dealloc_to_inner(self, block, layout);
        return;
    }
    size_t size_class = class_of(layout);
    if (__builtin_expect(!enter_known(self, &slot, layout.align), 0)) {
        dealloc_slowly(self, block, layout, NULL);
        return;
    }
    bool is_sure = cairn_live_map_is(&self->map, block, size_class);
    if (__builtin_expect(!is_sure || !keep(slot, size_class, block), 0)) {
        dealloc_slowly(self, block, layout, slot);
        return;
    }
    leave(slot);
}

static __attribute__((noinline)) void dealloc_unsized_slowly(struct cairn_magazines *self,
                                                             void *block,
                                                             struct cairn_magazine_slot *slot)
{
    if (!slot)
        slot = cairn_magazines_enter(self, 1);
    size_t size_class = slot ? cairn_live_map_class(&self->map, block) : 0;
    if (size_class && keep_slowly(self, slot, size_class, block))
        return;
    if (slot && !size_class)
        leave(slot);
    if (is_in_map(self, block))
        check_not_cached_if_marked(self, block);
    cairn_allocator_dealloc_unsized(self->inner, block);
}

static void magazines_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    struct cairn_magazines *self = magazines_of(allocator);
    struct cairn_magazine_slot *slot;
    if (__builtin_expect(!enter_known(self, &slot, 1), 0)) {
        dealloc_unsized_slowly(self, block, NULL);
        return;
    }
    size_t size_class = cairn_live_map_class(&self->map, block);
    if (__builtin_expect(size_class == 0 || !keep(slot, size_class, block), 0)) {
        dealloc_unsized_slowly(self, block, slot);
        return;
    }
    leave(slot);
}

/* ---- the interface ---- */

static void magazines_verify(struct cairn_allocator *allocator, void *block,
                             struct cairn_layout layout)
{
    struct cairn_magazines *self = magazines_of(allocator);
    cairn_allocator_verify(self->inner, block, inner_layout(self, layout));
}

static struct cairn_allocator *magazines_backing(struct cairn_allocator *allocator)
{
    return magazines_of(allocator)->inner;
}

const struct cairn_allocator_operations cairn_magazines_operations = {
    .name = "magazines",
    .alloc = magazines_alloc,
    .dealloc = magazines_dealloc,
    .alloc_zeroed = magazines_alloc_zeroed,
    .realloc = cairn_magazines_realloc,
    .verify = magazines_verify,
    .usable_size = cairn_magazines_usable_size,
    .dealloc_unsized = magazines_dealloc_unsized,
    .backing = magazines_backing,
};
