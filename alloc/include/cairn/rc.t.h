/* SPDX-License-Identifier: MIT */
/*
 * Rc: one value on the heap with many owners, dropped when the last of them goes. And its weak
 * handles, which do not own it and can tell that it is gone.
 *
 *     #define T         rc_file
 *     #define ITEM      struct file
 *     #define ITEM_DROP file_drop                        optional; also ITEM_CLONE
 *     #include <cairn/rc.t.h>
 *
 *     owned(rc_file) file = rc_file_new(open_file(name));
 *     owned(rc_file) also = rc_file_clone(&file);        the same file, a second owner
 *     owned(rc_file_weak) seen = rc_file_downgrade(&file);
 *     print(rc_file_value(&also)->name);
 *
 * A handle is one word. The counts and the value are one block, which stays until the weak handles
 * are gone too. What is shared is read-only, as in Rust; for writing there are get_mut, make_mut,
 * and get_mut_unchecked. The rules of <cairn/collection.h> hold; below are the functions, with T
 * standing for the type's name. F: calls the allocation-error handler when memory runs out, and has
 * a try_ form, which returns an error. C: only where the value can be cloned.
 *
 *   T    T_new(item)                     new_in(allocator, item)       F   the first owner
 *                                        try_new(&self, item), try_new_in(&self, allocator, item)
 *   T    T_clone(&self)                  one owner more; an empty handle gives an empty one
 *   void T_drop(&self)                   one owner fewer; the last drops the value
 *   const ITEM *T_value(&self)           the value; null if the handle is empty
 *
 *   ITEM *T_get_mut(&self)               the value, if no other handle is there, weak ones included;
 *                                        else null
 *   ITEM *T_make_mut(&self)              FC the value, made this handle's own: moved away from weak
 *          try_make_mut(&self, &pointer)    handles, cloned away from other owners
 *   ITEM *T_get_mut_unchecked(&self)     the value, to be written although it is shared: the caller
 *                                        answers for it that nobody is disturbed
 *   bool T_try_unwrap(&self, &item)      moves the value out if this is the only owner, and empties
 *                                        the handle; weak ones then find it gone
 *   bool T_ptr_eq(&self, &other)         whether both own the same value
 *   size_t T_strong_count(&self)         owners;       0 for an empty handle
 *   size_t T_weak_count(&self)           weak handles; 0 for an empty handle
 *
 *   T_weak T_downgrade(&self)            a weak handle
 *   bool   T_weak_upgrade(&weak, &self)  an owner again; false, and self empty, if the value is gone
 *   T_weak T_weak_clone(&weak)
 *   void   T_weak_drop(&weak)
 *   size_t T_weak_strong_count(&weak)    owners of the value; 0 if it is gone
 *
 * try_clone and weak_try_clone cannot fail; they are there to be an ITEM_CLONE.
 * Cost: O(1), and one allocation or deallocation. Panics: make_mut of an empty handle; more than
 *       SIZE_MAX handles.
 *
 * What it is bad at: handles that own each other in a circle are never dropped; make one of them
 * weak. The counts are not atomic: handles of one value belong to one thread.
 */
#include <cairn/own.h>
#include <cairn/rc_core.h>

#if !defined(T)
#error "<cairn/rc.t.h> needs the name of the type that it makes, as in: #define T rc_file"
#elif !defined(ITEM)
#error "<cairn/rc.t.h> needs the type of the value, as in: #define ITEM struct file"
#else
#include <cairn/template_begin.h>

#define T_WEAK         T_(weak)
#define T_BLOCK        T_(block)
#define T_BLOCK_LAYOUT CAIRN_LAYOUT_OF(struct T_BLOCK)

#ifndef ONLY_FUNCTIONS

/* Invariant: null, or a block whose strong count counts this handle. */
typedef struct T {
    struct T_BLOCK *block;
} T;

/* Invariant: null, or a block whose weak count counts this handle. */
typedef struct T_WEAK {
    struct T_BLOCK *block;
} T_WEAK;

#endif
#ifndef ONLY_TYPES

struct T_BLOCK {
    struct cairn_rc_counts counts;
    ITEM value; /* alive while counts.strong > 0 */
};

/* Reading. */

CAIRN_TEMPLATE ITEM *T_(get_mut_unchecked)(T const *self)
{
    return self->block ? &self->block->value : NULL;
}

CAIRN_TEMPLATE ITEM const *T_(value)(T const *self)
{
    return T_(get_mut_unchecked)(self);
}

CAIRN_TEMPLATE bool T_(ptr_eq)(T const *self, T const *other)
{
    return self->block == other->block;
}

CAIRN_TEMPLATE size_t T_(strong_count)(T const *self)
{
    return self->block ? self->block->counts.strong : 0;
}

CAIRN_TEMPLATE size_t T_(weak_count)(T const *self)
{
    return self->block ? cairn_rc_weak_count(&self->block->counts) : 0;
}

/* Owners. */

/* The first owner of a block whose value is still to be filled in; empty if memory runs out. */
CAIRN_TEMPLATE T T_(allocate_)(struct cairn_allocator *allocator,
                               enum cairn_fallibility fallibility)
{
    struct T_BLOCK *block =
        (struct T_BLOCK *)cairn_collection_alloc(allocator, T_BLOCK_LAYOUT, fallibility);
    T made = {block};
    if (block)
        block->counts = CAIRN_LITERAL(struct cairn_rc_counts){1, 1, allocator};
    return made;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(make_)(T *self, struct cairn_allocator *allocator,
                                                     ITEM item, enum cairn_fallibility fallibility)
{
    *self = T_(allocate_)(allocator, fallibility);
    if (!self->block) {
        DROP_ITEM(&item);
        return CAIRN_COLLECTION_NO_MEMORY;
    }
    self->block->value = item;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_new_in)(
    T *self, struct cairn_allocator *allocator, ITEM item)
{
    return T_(make_)(self, allocator, item, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_new)(T *self, ITEM item)
{
    return T_(make_)(self, NULL, item, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(clone)(T const *self)
{
    if (self->block)
        cairn_rc_retain(&self->block->counts.strong);
    return *self;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_clone)(T *self, T const *from)
{
    *self = T_(clone)(from);
    return CAIRN_COLLECTION_OK;
}

/* The value of this block is gone: so is what its owners held of the block. */
CAIRN_TEMPLATE void T_(release_block_)(struct T_BLOCK *block)
{
    cairn_rc_release_weak(&block->counts, T_BLOCK_LAYOUT);
}

CAIRN_TEMPLATE void T_(drop)(T *self)
{
    struct T_BLOCK *block = self->block;
    self->block = NULL;
    if (!block || --block->counts.strong != 0)
        return;
    DROP_ITEM(&block->value);
    T_(release_block_)(block);
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(try_unwrap)(T *self, ITEM *item)
{
    if (T_(strong_count)(self) != 1)
        return false;
    struct T_BLOCK *block = self->block;
    self->block = NULL;
    *item = block->value;
    block->counts.strong = 0;
    T_(release_block_)(block);
    return true;
}

/* Weak handles. */

CAIRN_MUST_USE CAIRN_TEMPLATE T_WEAK T_(downgrade)(T const *self)
{
    if (self->block)
        cairn_rc_retain(&self->block->counts.weak);
    T_WEAK made = {self->block};
    return made;
}

CAIRN_TEMPLATE size_t T_(weak_strong_count)(T_WEAK const *self)
{
    return self->block ? self->block->counts.strong : 0;
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(weak_upgrade)(T_WEAK const *self, T *strong)
{
    *strong = CAIRN_ZERO(T);
    if (T_(weak_strong_count)(self) == 0)
        return false;
    strong->block = self->block;
    cairn_rc_retain(&self->block->counts.strong);
    return true;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T_WEAK T_(weak_clone)(T_WEAK const *self)
{
    if (self->block)
        cairn_rc_retain(&self->block->counts.weak);
    return *self;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(weak_try_clone)(T_WEAK *self,
                                                                             T_WEAK const *from)
{
    *self = T_(weak_clone)(from);
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE void T_(weak_drop)(T_WEAK *self)
{
    struct T_BLOCK *block = self->block;
    self->block = NULL;
    if (block)
        cairn_rc_release_weak(&block->counts, T_BLOCK_LAYOUT);
}

/* Writing. */

CAIRN_TEMPLATE ITEM *T_(get_mut)(T const *self)
{
    bool alone = self->block && cairn_rc_is_unique(&self->block->counts);
    return alone ? &self->block->value : NULL;
}

#ifdef ITEMS_ARE_CLONABLE

/* Moves the value to a block of its own, and leaves the old one to the weak handles. */
CAIRN_TEMPLATE enum cairn_collection_error T_(leave_weak_)(T *self,
                                                           enum cairn_fallibility fallibility)
{
    struct T_BLOCK *old = self->block;
    T made = T_(allocate_)(old->counts.allocator, fallibility);
    if (!made.block)
        return CAIRN_COLLECTION_NO_MEMORY;
    made.block->value = old->value;
    old->counts.strong = 0;
    T_(release_block_)(old);
    *self = made;
    return CAIRN_COLLECTION_OK;
}

/* Clones the value to a block of its own, and leaves the old one to the other owners. */
CAIRN_TEMPLATE enum cairn_collection_error T_(leave_owners_)(T *self,
                                                             enum cairn_fallibility fallibility)
{
    ITEM copy;
    T made;
    enum cairn_collection_error error = TRY_CLONE_ITEM(&copy, &self->block->value);
    if (error)
        return cairn_collection_clone_failed(error, ITEM_LAYOUT, fallibility);
    error = T_(make_)(&made, self->block->counts.allocator, copy, fallibility);
    if (error)
        return error;
    T_(drop)(self);
    *self = made;
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(leave_others_)(T *self,
                                                             enum cairn_fallibility fallibility)
{
    if (cairn_rc_is_unique(&self->block->counts))
        return CAIRN_COLLECTION_OK;
    if (self->block->counts.strong == 1)
        return T_(leave_weak_)(self, fallibility);
    return T_(leave_owners_)(self, fallibility);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(make_mut_)(T *self, ITEM **value,
                                                         enum cairn_fallibility fallibility)
{
    cairn_check(self->block, "%s: the handle is empty; it was moved out of or dropped before",
                __func__);
    enum cairn_collection_error error = T_(leave_others_)(self, fallibility);
    *value = error ? NULL : &self->block->value;
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_make_mut)(T *self, ITEM **value)
{
    return T_(make_mut_)(self, value, CAIRN_FALLIBLE);
}

#endif

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(new_in)(struct cairn_allocator *allocator, ITEM item)
{
    T made;
    (void)T_(make_)(&made, allocator, item, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(new)(ITEM item)
{
    return T_(new_in)(NULL, item);
}

#ifdef ITEMS_ARE_CLONABLE

CAIRN_MUST_USE CAIRN_TEMPLATE ITEM *T_(make_mut)(T *self)
{
    ITEM *value;
    (void)T_(make_mut_)(self, &value, CAIRN_INFALLIBLE);
    return value;
}

#endif
#endif
#endif

#undef T_WEAK
#undef T_BLOCK
#undef T_BLOCK_LAYOUT
#endif
#include <cairn/template_end.h>
