/* SPDX-License-Identifier: MIT */
/*
 * Cow: items that are borrowed until somebody writes to them. Rust's Cow<[T]>.
 *
 *     #define T    vec_int
 *     #define ITEM int
 *     #include <cairn/vec.t.h>
 *     #define T    cow_int
 *     #define ITEM int
 *     #define VEC  vec_int                  a vec of such items, which must be clonable
 *     #include <cairn/cow.t.h>
 *
 *     owned(cow_int) levels = cow_int_borrowed(defaults, 3);
 *     if (louder)
 *         cow_int_to_mut(&levels)->items[0]++;          a copy now; defaults stays
 *     for (size_t i = 0; i < levels.vec.length; i++)
 *         set_level(i, levels.vec.items[i]);
 *
 * It is a vec, to be read through levels.vec, and borrowed where that has no capacity. What is borrowed
 * must live as long as the cow, or until to_mut. The rules of <cairn/collection.h> hold; below are the
 * functions, with T standing for the type's name. F: calls the allocation-error handler when memory
 * runs out, and has a try_ form, which returns an error.
 *
 *   T    T_borrowed(items, count)           also borrowed_in(allocator, items, count), for the copy
 *   T    T_owned(vec)                       a vec that is moved in
 *   bool T_is_owned(&self)                  whether it has a vec of its own, which has room
 *   VEC *T_to_mut(&self)                 F  its vec, to be changed
 *          try_to_mut(&self, &pointer)
 *   VEC  T_into_owned(&self)             F  the vec, moved out or cloned; the cow is empty
 *          try_into_owned(&self, &vec)
 *   T    T_clone(&from)                  F  borrows what is borrowed, clones what is owned
 *   void T_drop(&self)
 */
#include <cairn/collection.h>
#include <cairn/own.h>

#if !defined(T)
#error "<cairn/cow.t.h> needs the name of the type that it makes, as in: #define T cow_int"
#elif !defined(ITEM)
#error "<cairn/cow.t.h> needs the type of its items, as in: #define ITEM int"
#elif !defined(VEC)
#error "<cairn/cow.t.h> needs the type of a vec of such items, as in: #define VEC vec_int"
#else
#include <cairn/template_begin.h>

#define VEC_(name) CAIRN_JOIN(VEC, name)

#ifndef ONLY_FUNCTIONS

/* Invariant: a vec; or, where the capacity is 0, the items and length of others. */
typedef struct T {
    VEC vec;
} T;

#endif
#ifndef ONLY_TYPES

CAIRN_TEMPLATE T T_(borrowed_in)(struct cairn_allocator *allocator, ITEM const *items, size_t count)
{
    T made = {VEC_(new_in)(allocator)};
    made.vec.items = (ITEM *)(uintptr_t)items;
    made.vec.length = count;
    return made;
}

CAIRN_TEMPLATE T T_(borrowed)(ITEM const *items, size_t count)
{
    return T_(borrowed_in)(NULL, items, count);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(owned)(VEC vec)
{
    T made = {vec};
    return made;
}

CAIRN_TEMPLATE bool T_(is_owned)(T const *self)
{
    return self->vec.capacity > 0;
}

CAIRN_TEMPLATE void T_(drop)(T *self)
{
    if (T_(is_owned)(self))
        VEC_(drop)(&self->vec);
    *self = CAIRN_ZERO(T);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_to_mut)(T *self, VEC **vec)
{
    VEC copy;
    enum cairn_collection_error error = CAIRN_COLLECTION_OK;
    if (!T_(is_owned)(self)) {
        error = VEC_(try_clone)(&copy, &self->vec);
        if (!error)
            self->vec = copy;
    }
    *vec = error ? NULL : &self->vec;
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_into_owned)(T *self, VEC *vec)
{
    VEC *own;
    enum cairn_collection_error error = T_(try_to_mut)(self, &own);
    *vec = CAIRN_ZERO(VEC);
    if (error)
        return error;
    *vec = *own;
    *self = CAIRN_ZERO(T);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_clone)(T *self, T const *from)
{
    *self = *from;
    if (!T_(is_owned)(from))
        return CAIRN_COLLECTION_OK;
    return VEC_(try_clone)(&self->vec, &from->vec);
}

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_TEMPLATE VEC *T_(to_mut)(T *self)
{
    if (!T_(is_owned)(self))
        self->vec = VEC_(clone)(&self->vec);
    return &self->vec;
}

CAIRN_MUST_USE CAIRN_TEMPLATE VEC T_(into_owned)(T *self)
{
    VEC vec = *T_(to_mut)(self);
    *self = CAIRN_ZERO(T);
    return vec;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(clone)(T const *from)
{
    T made = *from;
    if (T_(is_owned)(from))
        made.vec = VEC_(clone)(&from->vec);
    return made;
}

#endif
#endif

#undef VEC_
#endif
#include <cairn/template_end.h>
