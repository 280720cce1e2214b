/* SPDX-License-Identifier: MIT */
/*
 * BinaryHeap: a queue that gives the greatest item first. It is a vec in a certain order.
 *
 *     #define T    vec_job
 *     #define ITEM struct job
 *     #include <cairn/vec.t.h>
 *
 *     #define T       heap_job
 *     #define VEC     vec_job                          the vec that it lives in, with the same items
 *     #define ITEM    struct job                       also ITEM_DROP, ITEM_CLONE as in the vec
 *     #define COMPARE job_by_priority                  int (*)(const ITEM *, const ITEM *)
 *     #include <cairn/binary_heap.t.h>
 *
 *     owned(heap_job) jobs = {0};
 *     heap_job_push(&jobs, (struct job){.priority = 3});
 *     heap_job_push(&jobs, (struct job){.priority = 7});
 *     for (struct job job; heap_job_pop(&jobs, &job);)
 *         run(&job);                                   priority 7, then 3
 *
 * The vec is the field `vec`, with the length and the items, in no order that a user could rely on.
 * Whatever leaves the items as they are may be done to it: reading, reserve, shrink_to_fit, clear. A
 * COMPARE that says the opposite gives the least item first.
 *
 * The rules of <cairn/collection.h> hold; below are the functions, with T standing for the type's
 * name. F: calls the allocation-error handler when memory runs out, and has a try_ form, which returns
 * an error. C: only where items can be cloned.
 *
 *   T    T_new_in(allocator)                an empty heap; with the global allocator it is {0}
 *   T    T_from_vec(vec)                    O(n); with room for what will come: from a vec with that
 *   T    T_clone(&from)                  FC
 *   void T_drop(&self)
 *   VEC  T_into_vec(&self)                  the vec, O(1); the heap is empty then
 *   VEC  T_into_sorted_vec(&self)           from the least to the greatest, O(n log n), no memory
 *
 *   void T_push(&self, item)             F  O(1) on average, O(log n) at worst, and growing
 *        T_push_within_capacity(&self, item)   never allocates: an error if there is no room
 *   bool T_pop(&self, &item)                O(log n); false if there is none
 *   const ITEM *T_peek(&self)               the greatest, or null
 *   ITEM *T_peek_mut(&self)                 the same, to be changed; then call
 *   void T_changed(&self)                   which brings it to its place, O(log n)
 *   void T_append(&self, &other)         F  moves all items over; O(both), or less for few items
 *   void T_extend_from(&self, items, count) FC the same with clones
 *   void T_retain(&self, keep, context)     drops the items for which keep() says false; O(n)
 *   VEC_drain_iterator T_drain(&self)       takes all items out, in any order; see <cairn/vec.t.h>
 *
 * What it is bad at: finding any other item than the greatest; and items that are equal come in any
 * order.
 */
#include <cairn/own.h>
#include <cairn/slice_core.h>

#if !defined(T)
#error "<cairn/binary_heap.t.h> needs the name of the type that it makes: #define T heap_job"
#elif !defined(ITEM)
#error "<cairn/binary_heap.t.h> needs the type of its items, as in: #define ITEM struct job"
#elif !defined(VEC)
#error "<cairn/binary_heap.t.h> needs the vec that it lives in, as in: #define VEC vec_job"
#elif !defined(COMPARE)
#error "<cairn/binary_heap.t.h> needs the order of its items, as in: #define COMPARE job_compare"
#else
#include <cairn/template_begin.h>

#define VEC_(name) CAIRN_JOIN(VEC, name)

#ifndef ONLY_FUNCTIONS

/* Invariant: no item is less than one of its children, which are at 2 * index + 1 and + 2. */
typedef struct T {
    VEC vec;
} T;

#endif
#ifndef ONLY_TYPES

/* The order. */

/* Lets the gap at `gap` rise to where the item belongs, which is elsewhere, and puts it there. */
CAIRN_TEMPLATE void T_(rise_)(ITEM *items, size_t gap, ITEM const *item)
{
    while (gap > 0) {
        size_t parent = (gap - 1) / 2;
        if (COMPARE(&items[parent], item) >= 0)
            break;
        items[gap] = items[parent];
        gap = parent;
    }
    PUT_ITEM(&items[gap], item);
}

/* The greater one of two children. It is added, not branched on: half of such branches go wrong. */
CAIRN_TEMPLATE size_t T_(greater_child_)(ITEM const *items, size_t child)
{
    child += COMPARE(&items[child], &items[child + 1]) < 0;
    __asm__("" : "+r"(child));
    return child;
}

/* The grandchildren are in a row; what is wanted next comes in time. */
CAIRN_TEMPLATE void T_(prefetch_grandchildren_)(ITEM const *items, size_t at)
{
    char const *grandchildren = (char const *)items + (4 * at + 3) * sizeof(ITEM);
    for (size_t i = 0; i <= 4 * sizeof(ITEM); i += 64)
        __builtin_prefetch(grandchildren + i);
}

/* Lets a gap at the top sink to the bottom, along the greater children, and gives its place there. */
CAIRN_TEMPLATE size_t T_(sink_gap_)(ITEM *items, size_t n)
{
    size_t gap = 0, child = 1;
    for (; child + 1 < n; child = 2 * gap + 1) {
        T_(prefetch_grandchildren_)(items, gap);
        child = T_(greater_child_)(items, child);
        items[gap] = items[child];
        gap = child;
    }
    if (child < n) {
        items[gap] = items[child];
        gap = child;
    }
    return gap;
}

/* Lets an item that may be less than its children sink to its place. */
CAIRN_TEMPLATE void T_(sink_)(ITEM *items, size_t n, size_t at)
{
    ITEM item = items[at];
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n)
            child = T_(greater_child_)(items, child);
        if (COMPARE(&item, &items[child]) >= 0)
            break;
        items[at] = items[child];
    }
    items[at] = item;
}

/* Source: Floyd, "Algorithm 245: Treesort 3", 1964: from the bottom up it costs O(n). */
CAIRN_TEMPLATE void T_(order_all_)(T *self)
{
    for (size_t i = self->vec.length / 2; i-- > 0;)
        T_(sink_)(self->vec.items, self->vec.length, i);
}

/* Orders a heap of which the first `ordered` items are one: few more rise one by one. */
CAIRN_TEMPLATE void T_(order_rest_)(T *self, size_t ordered)
{
    if (self->vec.length - ordered > ordered / 8) {
        T_(order_all_)(self);
        return;
    }
    for (size_t i = ordered; i < self->vec.length; i++) {
        ITEM item = self->vec.items[i];
        T_(rise_)(self->vec.items, i, &item);
    }
}

/* Making and dropping. */

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(new_in)(struct cairn_allocator *allocator)
{
    T made = {VEC_(new_in)(allocator)};
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_vec)(VEC vec)
{
    T made = {vec};
    T_(order_all_)(&made);
    return made;
}

CAIRN_TEMPLATE void T_(drop)(T *self)
{
    VEC_(drop)(&self->vec);
}

CAIRN_MUST_USE CAIRN_TEMPLATE VEC T_(into_vec)(T *self)
{
    VEC vec = self->vec;
    *self = CAIRN_ZERO(T);
    return vec;
}

/* The greatest goes to the end, where the heap then ends no more. */
CAIRN_MUST_USE CAIRN_TEMPLATE VEC T_(into_sorted_vec)(T *self)
{
    VEC vec = T_(into_vec)(self);
    for (size_t n = vec.length; n-- > 1;) {
        ITEM last = vec.items[n];
        vec.items[n] = vec.items[0];
        T_(rise_)(vec.items, T_(sink_gap_)(vec.items, n), &last);
    }
    return vec;
}

/* Using. */

/* Needs: room for it. */
CAIRN_TEMPLATE void T_(add_)(T *self, ITEM const *item)
{
    ITEM added;
    PUT_ITEM(&added, item);
    T_(rise_)(self->vec.items, self->vec.length++, &added);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_push)(T *self, ITEM item)
{
    if (self->vec.length == self->vec.capacity) {
        enum cairn_collection_error error = VEC_(try_reserve)(&self->vec, 1);
        if (error) {
            DROP_ITEM(&item);
            return error;
        }
    }
    T_(add_)(self, &item);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(push_within_capacity)(T *self,
                                                                                   ITEM item)
{
    if (self->vec.length == self->vec.capacity) {
        DROP_ITEM(&item);
        return CAIRN_COLLECTION_NO_MEMORY;
    }
    T_(add_)(self, &item);
    return CAIRN_COLLECTION_OK;
}

/* Source: Wegener, "Bottom-Up-Heapsort", 1993: the last item nearly always belongs to the bottom. */
CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(pop)(T *self, ITEM *item)
{
    if (self->vec.length == 0)
        return false;
    ITEM *items = self->vec.items;
    size_t n = --self->vec.length;
    *item = items[0];
    if (n == 0)
        return true;
    T_(rise_)(items, T_(sink_gap_)(items, n), &items[n]);
    return true;
}

CAIRN_TEMPLATE ITEM *T_(peek_mut)(T *self)
{
    return VEC_(first)(&self->vec);
}

CAIRN_TEMPLATE ITEM const *T_(peek)(T const *self)
{
    return VEC_(first)(&self->vec);
}

CAIRN_TEMPLATE void T_(changed)(T *self)
{
    if (self->vec.length != 0)
        T_(sink_)(self->vec.items, self->vec.length, 0);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_append)(T *self, T *other)
{
    size_t before = self->vec.length;
    enum cairn_collection_error error = VEC_(try_append)(&self->vec, &other->vec);
    if (!error)
        T_(order_rest_)(self, before);
    return error;
}

CAIRN_TEMPLATE void T_(retain)(T *self, bool (*keep)(ITEM const *item, void *context),
                               void *context)
{
    VEC_(retain)(&self->vec, keep, context);
    T_(order_all_)(self);
}

CAIRN_MUST_USE CAIRN_TEMPLATE VEC_(drain_iterator) T_(drain)(T *self)
{
    return VEC_(drain)(&self->vec, 0, self->vec.length);
}

#ifdef ITEMS_ARE_CLONABLE

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_extend_from)(T *self,
                                                                              ITEM const *items,
                                                                              size_t count)
{
    size_t before = self->vec.length;
    enum cairn_collection_error error = VEC_(try_extend_from)(&self->vec, items, count);
    if (!error)
        T_(order_rest_)(self, before);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_clone)(T *self, T const *from)
{
    return VEC_(try_clone)(&self->vec, &from->vec);
}

#endif

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_TEMPLATE void T_(push)(T *self, ITEM item)
{
    if (self->vec.length == self->vec.capacity)
        VEC_(reserve)(&self->vec, 1);
    T_(add_)(self, &item);
}

CAIRN_TEMPLATE void T_(append)(T *self, T *other)
{
    size_t before = self->vec.length;
    VEC_(append)(&self->vec, &other->vec);
    T_(order_rest_)(self, before);
}

#ifdef ITEMS_ARE_CLONABLE

CAIRN_TEMPLATE void T_(extend_from)(T *self, ITEM const *items, size_t count)
{
    size_t before = self->vec.length;
    VEC_(extend_from)(&self->vec, items, count);
    T_(order_rest_)(self, before);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(clone)(T const *from)
{
    T made = {VEC_(clone)(&from->vec)};
    return made;
}

#endif
#endif
#endif

#undef VEC_
#endif
#include <cairn/template_end.h>
