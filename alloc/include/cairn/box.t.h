/* SPDX-License-Identifier: MIT */
/*
 * Box: one value on the heap, with one owner.
 *
 *     #define T         box_job
 *     #define ITEM      struct job
 *     #define ITEM_DROP job_drop                         optional; also ITEM_CLONE
 *     #include <cairn/box.t.h>
 *
 *     owned(box_job) job = box_job_new((struct job){.priority = 3});
 *     job.value->priority++;
 *     box_job_in_queue(&queue, take(job));               or it is dropped at the end of the scope
 *
 * The value is `*job.value`; it stays at its address until the box is dropped. A box is two words,
 * the second for its allocator. The rules of <cairn/collection.h> hold; below are the functions,
 * with T standing for the type's name. F: calls the allocation-error handler when memory runs out,
 * and has a try_ form, which returns an error.
 *
 *   T    T_new(item)                     new_in(allocator, item)       F   a box that owns the item
 *                                        try_new(&self, item), try_new_in(&self, allocator, item)
 *   ITEM T_into_inner(&self)             the value; the memory is freed, the box empty
 *   ITEM *T_leak(&self)                  the pointer, which nobody owns now; the box is empty
 *   T    T_from_raw(pointer)             from_raw_in(allocator, pointer)   what leak gave, owned
 *   T    T_clone(&from)                  try_clone(&self, &from)       F   the value cloned, in the
 *                                                                      same allocator
 *   void T_drop(&self)                   drops the value, frees the memory
 *
 * Cost: one allocation or deallocation, and the copying of an item. Items without size allocate
 *       nothing. Panics: into_inner of an empty box.
 *
 * What it is bad at: the value is passed by value, so it goes over the stack once; for what does
 * not fit there, fill in a small one and let it grow.
 */
#include <cairn/collection.h>
#include <cairn/own.h>

#if !defined(T)
#error "<cairn/box.t.h> needs the name of the type that it makes, as in: #define T box_job"
#elif !defined(ITEM)
#error "<cairn/box.t.h> needs the type of the value, as in: #define ITEM struct job"
#else
#include <cairn/template_begin.h>

#ifndef ONLY_FUNCTIONS

/* Invariant: value is null, or a block of ITEM's layout from the allocator. */
typedef struct T {
    ITEM *value;
    struct cairn_allocator *allocator; /* null: the global one */
} T;

#endif
#ifndef ONLY_TYPES

CAIRN_TEMPLATE T T_(from_raw_in)(struct cairn_allocator *allocator, ITEM *value)
{
    T made = {value, allocator};
    return made;
}

CAIRN_TEMPLATE T T_(from_raw)(ITEM *value)
{
    return T_(from_raw_in)(NULL, value);
}

CAIRN_TEMPLATE ITEM *T_(leak)(T *self)
{
    ITEM *value = self->value;
    *self = CAIRN_ZERO(T);
    return value;
}

CAIRN_TEMPLATE void T_(drop)(T *self)
{
    struct cairn_allocator *allocator = self->allocator;
    ITEM *value = T_(leak)(self);
    if (!value)
        return;
    DROP_ITEM(value);
    cairn_collection_dealloc(allocator, value, ITEM_LAYOUT);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(make_)(T *self, struct cairn_allocator *allocator,
                                                     ITEM item, enum cairn_fallibility fallibility)
{
    *self = T_(from_raw_in)(allocator,
                            (ITEM *)cairn_collection_alloc(allocator, ITEM_LAYOUT, fallibility));
    if (!self->value) {
        *self = CAIRN_ZERO(T);
        DROP_ITEM(&item);
        return CAIRN_COLLECTION_NO_MEMORY;
    }
    PUT_ITEM(self->value, &item);
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

ITEM_MUST_USE CAIRN_TEMPLATE ITEM T_(into_inner)(T *self)
{
    cairn_check(self->value, "%s: the box is empty; it was moved out of or dropped before",
                __func__);
    struct cairn_allocator *allocator = self->allocator;
    ITEM *value = T_(leak)(self);
    ITEM item = *value;
    cairn_collection_dealloc(allocator, value, ITEM_LAYOUT);
    return item;
}

#ifdef ITEMS_ARE_CLONABLE

CAIRN_TEMPLATE enum cairn_collection_error T_(clone_)(T *self, T const *from,
                                                      enum cairn_fallibility fallibility)
{
    ITEM copy;
    *self = CAIRN_ZERO(T);
    if (!from->value)
        return CAIRN_COLLECTION_OK;
    enum cairn_collection_error error = TRY_CLONE_ITEM(&copy, from->value);
    if (error)
        return cairn_collection_clone_failed(error, ITEM_LAYOUT, fallibility);
    return T_(make_)(self, from->allocator, copy, fallibility);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_clone)(T *self, T const *from)
{
    return T_(clone_)(self, from, CAIRN_FALLIBLE);
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

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(clone)(T const *from)
{
    T made;
    (void)T_(clone_)(&made, from, CAIRN_INFALLIBLE);
    return made;
}

#endif
#endif
#endif
#endif
#include <cairn/template_end.h>
