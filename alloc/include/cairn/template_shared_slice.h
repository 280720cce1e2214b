/* SPDX-License-Identifier: MIT */
/*
 * The functions of rc_slice and arc_slice, which differ in nothing but how they count. Included by
 * these alone, once by each of their includes: it has no guard. COUNTS(name) is cairn_rc_##name or
 * cairn_arc_##name.
 */
#define T_WEAK T_(weak)

#ifndef ONLY_FUNCTIONS

/* Invariant: items is null, or lies after counts whose strong one counts this handle. */
typedef struct T {
    ITEM const *items;
    size_t length;
} T;

/* Invariant: items is null, or lies after counts whose weak one counts this handle. */
typedef struct T_WEAK {
    ITEM const *items; /* alive while the strong count is not 0 */
    size_t length;
} T_WEAK;

#endif
#ifndef ONLY_TYPES

/* What the handles are made of, for <cairn/template_shared.h>. */

CAIRN_TEMPLATE T T_(of_items_)(ITEM const *items, size_t length)
{
    T made = {items, length};
    return made;
}

CAIRN_TEMPLATE T T_(of_weak_)(T_WEAK weak)
{
    return T_(of_items_)(weak.items, weak.length);
}

CAIRN_TEMPLATE T_WEAK T_(weak_of_)(T strong)
{
    T_WEAK made = {strong.items, strong.length};
    return made;
}

/* The block begins with the counts; the items lie at the next place that is aligned for them. */
CAIRN_TEMPLATE size_t T_(offset_)(void)
{
    return cairn_align_up(sizeof(struct COUNTS(counts)), CAIRN_ALIGNOF(ITEM));
}

CAIRN_TEMPLATE struct COUNTS(counts) * T_(counts_)(T self)
{
    if (!self.items)
        return NULL;
    return (struct COUNTS(counts) *)((uintptr_t)self.items - T_(offset_)());
}

/* A size of CAIRN_CAPACITY_OVERFLOW if no block can have that many items. */
CAIRN_TEMPLATE struct cairn_layout T_(layout_for_)(size_t length)
{
    struct cairn_layout layout = CAIRN_LAYOUT_OF(struct COUNTS(counts)), items;
    if (layout.align < CAIRN_ALIGNOF(ITEM))
        layout.align = CAIRN_ALIGNOF(ITEM);
    if (!cairn_layout_array(ITEM_LAYOUT, length, &items) ||
        __builtin_add_overflow(T_(offset_)(), items.size, &layout.size) ||
        !cairn_layout_is_valid(layout))
        layout.size = CAIRN_CAPACITY_OVERFLOW;
    return layout;
}

CAIRN_TEMPLATE struct cairn_layout T_(block_layout_)(T self)
{
    return T_(layout_for_)(self.length);
}

#ifdef ITEM_DROP

CAIRN_TEMPLATE void T_(drop_items_)(ITEM *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ITEM_DROP(&items[i]);
}

#else

CAIRN_TEMPLATE void T_(drop_items_)(ITEM *items, size_t count)
{
    (void)items, (void)count;
}

#endif

/* The items of a handle whose owner may write. */
CAIRN_TEMPLATE ITEM *T_(items_)(T self)
{
    return (ITEM *)(uintptr_t)self.items;
}

CAIRN_TEMPLATE void T_(drop_value_)(T self)
{
    T_(drop_items_)(T_(items_)(self), self.length);
}

#include <cairn/template_shared.h>

/* Making. */

/* Room for items that are still to be filled in. */
CAIRN_TEMPLATE enum cairn_collection_error T_(allocate_)(T *self, struct cairn_allocator *allocator,
                                                         size_t length,
                                                         enum cairn_fallibility fallibility)
{
    struct cairn_layout layout = T_(layout_for_)(length);
    *self = CAIRN_ZERO(T);
    if (layout.size == CAIRN_CAPACITY_OVERFLOW)
        return cairn_collection_failed(layout, fallibility);
    void *block = cairn_collection_alloc(allocator, layout, fallibility);
    if (!block)
        return CAIRN_COLLECTION_NO_MEMORY;
    COUNTS(init)((struct COUNTS(counts) *)block, allocator, 1);
    *self = T_(of_items_)((ITEM const *)((uintptr_t)block + T_(offset_)()), length);
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(from_moved_)(T *self,
                                                           struct cairn_allocator *allocator,
                                                           ITEM const *items, size_t count,
                                                           enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = T_(allocate_)(self, allocator, count, fallibility);
    if (error)
        return error;
    cairn_collection_copy(T_(items_)(*self), items, count * sizeof(ITEM));
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_moved_in)(
    T *self, struct cairn_allocator *allocator, ITEM const *items, size_t count)
{
    return T_(from_moved_)(self, allocator, items, count, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_moved)(T *self,
                                                                             ITEM const *items,
                                                                             size_t count)
{
    return T_(from_moved_)(self, NULL, items, count, CAIRN_FALLIBLE);
}

/* Reading and writing. */

CAIRN_TEMPLATE ITEM const *T_(get)(T const *self, size_t index)
{
    return index < self->length ? &self->items[index] : NULL;
}

CAIRN_TEMPLATE ITEM const *T_(at)(T const *self, size_t index)
{
    if (index >= self->length)
        cairn_index_out_of_bounds(__func__, index, self->length);
    return &self->items[index];
}

CAIRN_TEMPLATE ITEM *T_(get_mut)(T const *self)
{
    return T_(is_unique_)(self) ? T_(items_)(*self) : NULL;
}

#ifdef ITEMS_ARE_CLONABLE

/* Clones the items of `from` to a block that has room for them. Leaves nothing if one fails. */
CAIRN_TEMPLATE enum cairn_collection_error T_(clone_items_)(T self, ITEM const *from,
                                                            enum cairn_fallibility fallibility)
{
    for (size_t i = 0; i < self.length; i++) {
        enum cairn_collection_error error = TRY_CLONE_ITEM(&T_(items_)(self)[i], &from[i]);
        if (!error)
            continue;
        T_(drop_items_)(T_(items_)(self), i);
        T_(release_block_)(self);
        return cairn_collection_clone_failed(error, ITEM_LAYOUT, fallibility);
    }
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(from_items_)(T *self,
                                                           struct cairn_allocator *allocator,
                                                           ITEM const *items, size_t count,
                                                           enum cairn_fallibility fallibility)
{
    T made;
    enum cairn_collection_error error = T_(allocate_)(&made, allocator, count, fallibility);
    *self = CAIRN_ZERO(T);
    if (!error)
        error = T_(clone_items_)(made, items, fallibility);
    if (error)
        return error;
    *self = made;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_items_in)(
    T *self, struct cairn_allocator *allocator, ITEM const *items, size_t count)
{
    return T_(from_items_)(self, allocator, items, count, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_items)(T *self,
                                                                             ITEM const *items,
                                                                             size_t count)
{
    return T_(from_items_)(self, NULL, items, count, CAIRN_FALLIBLE);
}

/* The items are moved away from weak handles if there is no other owner, and else cloned. */
CAIRN_TEMPLATE enum cairn_collection_error T_(leave_others_)(T *self,
                                                             enum cairn_fallibility fallibility)
{
    T made;
    if (T_(is_unique_)(self))
        return CAIRN_COLLECTION_OK;
    struct cairn_allocator *allocator = T_(counts_)(*self)->allocator;
    enum cairn_collection_error error = T_(allocate_)(&made, allocator, self->length, fallibility);
    if (error)
        return error;
    if (COUNTS(claim)(T_(counts_)(*self))) {
        cairn_collection_copy(T_(items_)(made), self->items, self->length * sizeof(ITEM));
        T_(release_block_)(*self);
    } else {
        error = T_(clone_items_)(made, self->items, fallibility);
        if (error)
            return error;
        T_(drop)(self);
    }
    *self = made;
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(make_mut_)(T *self, ITEM **items,
                                                         enum cairn_fallibility fallibility)
{
    cairn_check(self->items, "%s: the handle is empty; it was moved out of or dropped before",
                __func__);
    enum cairn_collection_error error = T_(leave_others_)(self, fallibility);
    *items = error ? NULL : T_(items_)(*self);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_make_mut)(T *self, ITEM **items)
{
    return T_(make_mut_)(self, items, CAIRN_FALLIBLE);
}

#endif

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_moved_in)(struct cairn_allocator *allocator,
                                                  ITEM const *items, size_t count)
{
    T made;
    (void)T_(from_moved_)(&made, allocator, items, count, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_moved)(ITEM const *items, size_t count)
{
    return T_(from_moved_in)(NULL, items, count);
}

#ifdef ITEMS_ARE_CLONABLE

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_items_in)(struct cairn_allocator *allocator,
                                                  ITEM const *items, size_t count)
{
    T made;
    (void)T_(from_items_)(&made, allocator, items, count, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_items)(ITEM const *items, size_t count)
{
    return T_(from_items_in)(NULL, items, count);
}

CAIRN_MUST_USE CAIRN_TEMPLATE ITEM *T_(make_mut)(T *self)
{
    ITEM *items;
    (void)T_(make_mut_)(self, &items, CAIRN_INFALLIBLE);
    return items;
}

#endif
#endif
#endif

#undef T_WEAK
#undef COUNTS
