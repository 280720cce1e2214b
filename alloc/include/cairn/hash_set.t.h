/* SPDX-License-Identifier: MIT */
/*
 * HashSet: items, each once, in no order.
 *
 *     #define T         set_number
 *     #define ITEM      int
 *     #define HASH      CAIRN_HASH_INTEGER               or your own functions: <cairn/hash.h>
 *     #define EQUAL     CAIRN_EQUAL_INTEGER              optional besides: ITEM_DROP, ITEM_CLONE
 *     #include <cairn/hash_set.t.h>
 *
 *     owned(set_number) seen = {0};
 *     if (!set_number_insert(&seen, number))
 *         complain_about(number);                        it was there before
 *     for (set_number_iterator i = set_number_begin(&seen); set_number_next(&i);)
 *         if (*i.item < 0)
 *             set_number_erase(&i);                      and the loop goes on with the next one
 *
 * The field `length` is public, to be read. Pointers to items are good until something is inserted. An
 * item in the set must not be changed so that it is another one. The rules of <cairn/collection.h>
 * hold; below are the functions, with T standing for the type's name. F: calls the allocation-error
 * handler when memory runs out, and has a try_ form, which returns an error and gives what F returns
 * through pointers, after the other arguments; try_insert() does not say whether the item is new. C:
 * only where items can be cloned.
 *
 *   T    T_new_in(allocator)                   an empty set; with the global allocator it is {0}
 *   T    T_with_capacity(capacity)             F  also with_capacity_in(allocator, capacity)
 *   T    T_clone(&from)                        FC with the allocator of the other
 *   void T_drop(&self)                            drops all items, then frees
 *   void T_clear(&self)                           drops all items; the room stays
 *
 *   ITEM const *T_get(&self, &item)               the one that is equal; null if there is none
 *   bool T_contains(&self, &item)
 *   bool T_insert(&self, item)                 F  true if it is new; else the new one is dropped
 *   bool T_replace(&self, item, &old)          F  true if there was an equal one, which moves to *old
 *   bool T_remove(&self, &item)                   drops it; false if it is not there
 *   bool T_take(&self, &item, &taken)             moves it out; false if it is not there
 *   void T_append(&self, &other)               F  moves all items over
 *   void T_extend_from(&self, items, count)    FC inserts clones
 *   void T_retain(&self, keep, context)           drops those for which keep(&item, context) is false
 *
 *   T_operation T_union(&self, &other)            items of either, of both, of self alone, of one
 *   T_operation T_intersection(&self, &other)     alone: each once
 *   T_operation T_difference(&self, &other)
 *   T_operation T_symmetric_difference(&self, &other)
 *   bool T_operation_next(&i)                     moves to an item, which is then *i.item
 *   T    T_collect(&i)                         FC a set of clones of all that follow
 *   bool T_is_subset(&self, &other)               all of self's items are in the other
 *   bool T_is_superset(&self, &other)
 *   bool T_is_disjoint(&self, &other)             none is in both
 *
 *   size_t T_capacity(&self)                      up to so many items, nothing is allocated
 *   void T_reserve(&self, additional)          F  room for that many more
 *   void T_shrink_to_fit(&self)                F  gives back the room that is not used
 *   void T_shrink_to(&self, capacity)          F  as that, but keeps room for so many items
 *
 *   T_iterator T_begin(&self)                     before the first item
 *   bool T_next(&i)                               moves to the next, which is then i.item; false, and
 *                                                 that is null, at the end
 *   void T_erase(&i)                              removes and drops the current item
 *   ITEM T_extract(&i)                            removes it and moves it out
 *
 * While an iterator is in use, it alone may insert or remove; with CAIRN_CHECKED_ITERATION others
 * panic. Where the set is const, T_erase() and T_extract() must not be used.
 *
 * Cost, and what it is bad at: as <cairn/hash_map.t.h>.
 */
#include <cairn/hash_table.h>
#include <cairn/own.h>

#if !defined(T)
#error "<cairn/hash_set.t.h> needs the name of the type that it makes, as in: #define T set_number"
#elif !defined(ITEM)
#error "<cairn/hash_set.t.h> needs the type of its items, as in: #define ITEM int"
#elif !defined(HASH)
#error "<cairn/hash_set.t.h> needs a hash function, as in: #define HASH CAIRN_HASH_INTEGER"
#elif !defined(EQUAL)
#error "<cairn/hash_set.t.h> needs to compare items, as in: #define EQUAL CAIRN_EQUAL_INTEGER"
#else

#define KEY ITEM
#ifdef ITEM_DROP
#define KEY_DROP ITEM_DROP
#endif
#ifdef ITEM_CLONE
#define KEY_CLONE ITEM_CLONE
#endif
#include <cairn/template_begin.h>

#define IF_MAP(...)
#define CURRENT item
#ifdef KEYS_ARE_CLONABLE
#define ENTRIES_ARE_CLONABLE
#endif
#ifdef KEYS_ARE_PLAIN
#define ENTRIES_ARE_PLAIN
#endif
#include <cairn/template_hash.h>

#define T_OPERATION T_(operation)

#ifndef ONLY_FUNCTIONS

/* Goes through one set, and perhaps through another one then. */
typedef struct T_OPERATION {
    ITEM const *item; /* what operation_next came to; null: nothing */
    T_ITERATOR walk;
    T const *against; /* null: all items count; else those that are in this set, or that are not */
    bool in_both;
    T const *then; /* null: nothing more; else the items of this set that are not in then_against */
    T const *then_against;
} T_OPERATION;

#endif
#ifndef ONLY_TYPES

CAIRN_TEMPLATE ITEM const *T_(get)(T const *self, ITEM const *item)
{
    T_PARTS *parts = T_(find_)(self, item);
    return parts ? &parts->key : NULL;
}

CAIRN_TEMPLATE bool T_(contains)(T const *self, ITEM const *item)
{
    return T_(find_)(self, item) != NULL;
}

CAIRN_TEMPLATE ERROR T_(insert_)(T *self, ITEM item, bool *is_new,
                                 enum cairn_fallibility fallibility)
{
    T_PARTS parts = T_(parts_)(&item), *at;
    bool found;
    ERROR error = T_(find_or_put_in_)(self, &parts, &at, &found, fallibility);
    if (found)
        DROP_ITEM(&parts.key);
    *is_new = !found;
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_insert)(T *self, ITEM item)
{
    bool is_new;
    return T_(insert_)(self, item, &is_new, CAIRN_FALLIBLE);
}

CAIRN_TEMPLATE ERROR T_(replace_)(T *self, ITEM item, ITEM *old, bool *found,
                                  enum cairn_fallibility fallibility)
{
    T_PARTS parts = T_(parts_)(&item), *at;
    ERROR error = T_(find_or_put_in_)(self, &parts, &at, found, fallibility);
    if (*found) {
        *old = at->key;
        at->key = parts.key;
    }
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_replace)(T *self, ITEM item, ITEM *old, bool *found)
{
    return T_(replace_)(self, item, old, found, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(take)(T *self, ITEM const *item, ITEM *taken)
{
    T_PARTS parts;
    bool found = T_(find_and_take_out_)(self, item, &parts);
    if (found)
        *taken = parts.key;
    return found;
}

CAIRN_TEMPLATE bool T_(remove)(T *self, ITEM const *item)
{
    T_PARTS parts;
    bool found = T_(find_and_take_out_)(self, item, &parts);
    if (found)
        T_(drop_parts_)(&parts);
    return found;
}

ITEM_MUST_USE CAIRN_TEMPLATE ITEM T_(extract)(T_ITERATOR *self)
{
    return T_(take_current_)(self).key;
}

CAIRN_TEMPLATE void T_(retain)(T *self, bool (*keep)(ITEM const *item, void *context),
                               void *context)
{
    for (T_ITERATOR i = T_(begin)(self); T_(next)(&i);)
        if (!keep(i.item, context))
            T_(erase)(&i);
}

/* Two sets. */

CAIRN_TEMPLATE bool T_(is_subset)(T const *self, T const *other)
{
    for (T_ITERATOR i = T_(begin)(self); T_(next)(&i);)
        if (!T_(contains)(other, i.item))
            return false;
    return true;
}

CAIRN_TEMPLATE bool T_(is_superset)(T const *self, T const *other)
{
    return T_(is_subset)(other, self);
}

CAIRN_TEMPLATE bool T_(is_disjoint)(T const *self, T const *other)
{
    for (T_ITERATOR i = T_(begin)(self); T_(next)(&i);)
        if (T_(contains)(other, i.item))
            return false;
    return true;
}

CAIRN_TEMPLATE T_OPERATION T_(union)(T const *self, T const *other)
{
    T_OPERATION made = {NULL, T_(begin)(self), NULL, false, other, self};
    return made;
}

CAIRN_TEMPLATE T_OPERATION T_(intersection)(T const *self, T const *other)
{
    T_OPERATION made = {NULL, T_(begin)(self), other, true, NULL, NULL};
    return made;
}

CAIRN_TEMPLATE T_OPERATION T_(difference)(T const *self, T const *other)
{
    T_OPERATION made = {NULL, T_(begin)(self), other, false, NULL, NULL};
    return made;
}

CAIRN_TEMPLATE T_OPERATION T_(symmetric_difference)(T const *self, T const *other)
{
    T_OPERATION made = {NULL, T_(begin)(self), other, false, other, self};
    return made;
}

CAIRN_TEMPLATE bool T_(operation_next)(T_OPERATION *self)
{
    for (;;) {
        while (T_(next)(&self->walk)) {
            self->item = self->walk.item;
            if (!self->against || T_(contains)(self->against, self->item) == self->in_both)
                return true;
        }
        self->item = NULL;
        if (!self->then)
            return false;
        self->walk = T_(begin)(self->then);
        self->against = self->then_against;
        self->in_both = false;
        self->then = NULL;
    }
}

#ifdef ENTRIES_ARE_CLONABLE

CAIRN_TEMPLATE ERROR T_(insert_clone_)(T *self, ITEM const *item,
                                       enum cairn_fallibility fallibility)
{
    T_PARTS parts;
    bool is_new;
    ERROR error = T_(clone_parts_)(&parts, item, fallibility);
    return error ? error : T_(insert_)(self, parts.key, &is_new, fallibility);
}

CAIRN_TEMPLATE ERROR T_(collect_)(T *self, T_OPERATION *operation,
                                  enum cairn_fallibility fallibility)
{
    ERROR error = CAIRN_COLLECTION_OK;
    *self = T_(new_in)(operation->walk.of->allocator);
    while (!error && T_(operation_next)(operation))
        error = T_(insert_clone_)(self, operation->item, fallibility);
    if (error)
        T_(drop)(self);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_collect)(T *self, T_OPERATION *operation)
{
    return T_(collect_)(self, operation, CAIRN_FALLIBLE);
}

/* All or nothing: so the clones make a set of their own first. */
CAIRN_TEMPLATE ERROR T_(extend_from_)(T *self, ITEM const *items, size_t count,
                                      enum cairn_fallibility fallibility)
{
    ERROR error = CAIRN_COLLECTION_OK;
    T clones = T_(new_in)(self->allocator);
    for (size_t i = 0; i < count && !error; i++)
        error = T_(insert_clone_)(&clones, &items[i], fallibility);
    if (!error)
        error = T_(append_)(self, &clones, fallibility);
    T_(drop)(&clones);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_extend_from)(T *self, ITEM const *items, size_t count)
{
    return T_(extend_from_)(self, items, count, CAIRN_FALLIBLE);
}

#endif

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_TEMPLATE bool T_(insert)(T *self, ITEM item)
{
    bool is_new;
    (void)T_(insert_)(self, item, &is_new, CAIRN_INFALLIBLE);
    return is_new;
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(replace)(T *self, ITEM item, ITEM *old)
{
    bool found;
    (void)T_(replace_)(self, item, old, &found, CAIRN_INFALLIBLE);
    return found;
}

#ifdef ENTRIES_ARE_CLONABLE

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(collect)(T_OPERATION *operation)
{
    T made;
    (void)T_(collect_)(&made, operation, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_TEMPLATE void T_(extend_from)(T *self, ITEM const *items, size_t count)
{
    (void)T_(extend_from_)(self, items, count, CAIRN_INFALLIBLE);
}

#endif
#endif
#endif

#undef T_OPERATION
#include <cairn/template_hash_end.h>
#endif
#include <cairn/template_end.h>
