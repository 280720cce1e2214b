/* SPDX-License-Identifier: MIT */
/*
 * Boxed slice: a row of items on the heap whose length stays, with one owner. Rust's Box<[T]>.
 *
 *     #define T         row_job
 *     #define ITEM      struct job
 *     #define ITEM_DROP job_drop                       optional; also ITEM_CLONE, COMPARE, EQUAL, SLICE
 *     #define VEC       vec_job                        optional: the vec that it can be made from
 *     #include <cairn/box_slice.t.h>
 *
 *     owned(row_job) row = row_job_from_vec(&jobs);    the same memory, without spare room
 *     row_job_at(&row, 0)->priority++;
 *     jobs = row_job_into_vec(&row);                   and back
 *
 * It is a word smaller than a vec, and says that it does not grow. The rules of <cairn/collection.h>
 * hold; below are the functions, with T standing for the type's name. F: calls the allocation-error
 * handler when memory runs out, and has a try_ form, which returns an error. C: only where items can
 * be cloned. V: only with VEC.
 *
 *   T    T_from_items(items, count)      F  moves all of them in, even if it fails; also
 *                                           from_items_in(allocator, items, count)
 *   T    vec_of(T, item, ...)            F  the same of the items named
 *   T    T_filled(length, item)          FC clones of the item; also filled_in(allocator, ...)
 *   T    T_clone(&from)                  FC with the allocator of the other
 *   T    T_from_vec(&vec)                FV the vec's items; the vec is empty then. Cost: that of
 *        try_from_vec(&self, &vec)          shrinking it; on an error the vec is as before
 *   VEC  T_into_vec(&self)                V O(1); the boxed slice is empty then
 *   void T_drop(&self)                      drops the items from first to last, then frees
 *   ITEM *T_leak(&self)                     the items, which nobody owns now; it is empty
 *   T    T_from_raw_in(allocator, items, length)     what leak gave, owned
 *
 * And all functions of <cairn/slice.t.h>.
 *
 * What it is bad at: what does not have its length from the start is a vec first, and shrinking that
 * may have to move it.
 */
#include <cairn/buffer.h>
#include <cairn/own.h>
#include <cairn/slice_core.h>

#if !defined(T)
#error "<cairn/box_slice.t.h> needs the name of the type that it makes, as in: #define T row_job"
#elif !defined(ITEM)
#error "<cairn/box_slice.t.h> needs the type of its items, as in: #define ITEM struct job"
#else
#include <cairn/template_begin.h>

#ifndef ONLY_FUNCTIONS

/* Invariant: items is a block for `length` items; or, where that needs no bytes, no block. */
typedef struct T {
    ITEM *items;
    size_t length;
    struct cairn_allocator *allocator; /* null: the global one */
} T;

#ifndef SLICE
typedef struct T_(slice) {
    ITEM *items;
    size_t length;
} T_(slice);
#endif

#endif
#ifndef ONLY_TYPES

#ifndef SLICE
#define SLICE T_(slice)
#endif
#define SCRATCH_ALLOCATOR(self) ((self)->allocator)
#include <cairn/template_items.h>
#include <cairn/template_slice.h>

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_raw_in)(struct cairn_allocator *allocator, ITEM *items,
                                                size_t length)
{
    T made = {items, length, allocator};
    return made;
}

CAIRN_TEMPLATE ITEM *T_(leak)(T *self)
{
    ITEM *items = self->items;
    *self = CAIRN_ZERO(T);
    return items;
}

CAIRN_TEMPLATE void T_(drop)(T *self)
{
    struct cairn_buffer buffer = {self->items, 0, self->length, self->allocator};
    T_(drop_items_)(self->items, self->length);
    cairn_buffer_free(&buffer, ITEM_LAYOUT);
    *self = CAIRN_ZERO(T);
}

/* Memory for `length` items, which are still to be filled in. */
CAIRN_TEMPLATE enum cairn_collection_error T_(allocate_)(T *self, struct cairn_allocator *allocator,
                                                         size_t length,
                                                         enum cairn_fallibility fallibility)
{
    struct cairn_buffer buffer = {NULL, 0, 0, allocator};
    enum cairn_collection_error error =
        cairn_buffer_reserve_exact(&buffer, ITEM_LAYOUT, length, fallibility);
    *self = error ? CAIRN_ZERO(T) : T_(from_raw_in)(allocator, (ITEM *)buffer.items, length);
    return error;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(from_items_)(T *self,
                                                           struct cairn_allocator *allocator,
                                                           ITEM *items, size_t count,
                                                           enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = T_(allocate_)(self, allocator, count, fallibility);
    if (error)
        T_(drop_items_)(items, count);
    else
        cairn_collection_copy(self->items, items, count * sizeof(ITEM));
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_items_in)(
    T *self, struct cairn_allocator *allocator, ITEM *items, size_t count)
{
    return T_(from_items_)(self, allocator, items, count, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_items)(T *self, ITEM *items,
                                                                             size_t count)
{
    return T_(from_items_)(self, NULL, items, count, CAIRN_FALLIBLE);
}

#ifdef ITEMS_ARE_CLONABLE

/* Gives back memory in which no item is alive. */
CAIRN_TEMPLATE void T_(abandon_)(T *self)
{
    struct cairn_buffer buffer = {self->items, 0, self->length, self->allocator};
    cairn_buffer_free(&buffer, ITEM_LAYOUT);
    *self = CAIRN_ZERO(T);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_)(T *self, T const *from,
                                                      enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error =
        T_(allocate_)(self, from->allocator, from->length, fallibility);
    if (error)
        return error;
    error = T_(clone_items_)(self->items, from->items, from->length, fallibility);
    if (error)
        T_(abandon_)(self);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_clone)(T *self, T const *from)
{
    return T_(clone_)(self, from, CAIRN_FALLIBLE);
}

/* Where there are items at all, the last of them is `item` itself. */
CAIRN_TEMPLATE enum cairn_collection_error T_(filled_)(T *self, struct cairn_allocator *allocator,
                                                       size_t length, ITEM item,
                                                       enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = T_(allocate_)(self, allocator, length, fallibility);
    if (error || length == 0) {
        DROP_ITEM(&item);
        return error;
    }
    error = T_(fill_)(self->items, &item, length - 1, fallibility);
    if (error) {
        DROP_ITEM(&item);
        T_(abandon_)(self);
        return error;
    }
    self->items[length - 1] = item;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_filled_in)(
    T *self, struct cairn_allocator *allocator, size_t length, ITEM item)
{
    return T_(filled_)(self, allocator, length, item, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_filled)(T *self, size_t length,
                                                                         ITEM item)
{
    return T_(filled_)(self, NULL, length, item, CAIRN_FALLIBLE);
}

#endif

#ifdef VEC

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_vec)(T *self, VEC *vec)
{
    *self = CAIRN_ZERO(T);
    enum cairn_collection_error error = CAIRN_JOIN(VEC, try_shrink_to_fit)(vec);
    if (error)
        return error;
    size_t length = vec->length;
    struct cairn_allocator *allocator = vec->allocator;
    *self = T_(from_raw_in)(allocator, CAIRN_JOIN(VEC, leak)(vec), length);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE VEC T_(into_vec)(T *self)
{
    size_t length = self->length;
    struct cairn_allocator *allocator = self->allocator;
    return CAIRN_JOIN(VEC, from_raw_parts_in)(allocator, T_(leak)(self), length, length);
}

#endif

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_items_in)(struct cairn_allocator *allocator, ITEM *items,
                                                  size_t count)
{
    T made;
    (void)T_(from_items_)(&made, allocator, items, count, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_items)(ITEM *items, size_t count)
{
    return T_(from_items_in)(NULL, items, count);
}

#ifdef ITEMS_ARE_CLONABLE

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(clone)(T const *from)
{
    T made;
    (void)T_(clone_)(&made, from, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(filled_in)(struct cairn_allocator *allocator, size_t length,
                                              ITEM item)
{
    T made;
    (void)T_(filled_)(&made, allocator, length, item, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(filled)(size_t length, ITEM item)
{
    return T_(filled_in)(NULL, length, item);
}

#endif

#ifdef VEC

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_vec)(VEC *vec)
{
    CAIRN_JOIN(VEC, shrink_to_fit)(vec);
    size_t length = vec->length;
    struct cairn_allocator *allocator = vec->allocator;
    return T_(from_raw_in)(allocator, CAIRN_JOIN(VEC, leak)(vec), length);
}

#endif
#endif
#endif
#endif
#include <cairn/template_end.h>
