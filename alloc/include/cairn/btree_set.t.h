/* SPDX-License-Identifier: MIT */
/*
 * BTreeSet: items in order, each once.
 *
 *     #define T       set_id
 *     #define ITEM    int
 *     #define COMPARE CAIRN_COMPARE_NUMBERS              also, optional: ITEM_DROP, ITEM_CLONE
 *     #include <cairn/btree_set.t.h>
 *
 *     owned(set_id) seen = {0};
 *     if (!set_id_insert(&seen, 7))
 *         println("7 again");
 *     for (set_id_iterator i = set_id_range(&seen, &(int){5}, &(int){10}); set_id_next(&i);)
 *         println("%d", *i.item);
 *     for (set_id_operation i = set_id_difference(&seen, &done); set_id_operation_next(&i);)
 *         println("%d is left", *i.item);
 *
 * It is a <cairn/btree_map.t.h> without values, and what is said there holds here. The functions, with
 * T standing for the type's name. F: calls the allocation-error handler when memory runs out, and has
 * a try_ form, which returns an error and gives what F returns through pointers, after the other
 * arguments; try_insert() does not say whether the item is new. C: only where items can be cloned.
 *
 *   T    T_new_in(allocator)                   an empty set; with the global allocator it is {0}
 *   T    T_from_sorted(items, count)           F  moves them out of an array; panics unless they
 *   T    T_from_sorted_in(allocator, items, count)              ascend
 *   T    T_clone(&from)                        FC with the allocator of the other
 *   void T_drop(&self), T_clear(&self)            drop the items in order, and free
 *
 *   bool T_contains(&self, &item)
 *   const ITEM *T_get(&self, &item)               the equal item of the set; null if there is none
 *   const ITEM *T_first(&self), *T_last(&self)    null if the set is empty
 *
 *   bool T_insert(&self, item)                 F  true if it is new; else it is dropped
 *   bool T_replace(&self, item, &old)          F  true if there was an equal one: it moves to *old
 *   bool T_remove(&self, &item)                   drops the equal item; false if there is none
 *   bool T_take(&self, &item, &taken)             moves it out instead
 *   bool T_pop_first(&self, &item), T_pop_last(&self, &item)    false if the set is empty
 *
 *   void T_append(&self, &other)               F  moves all items over
 *   void T_extend_from(&self, items, count)    FC inserts clones
 *   T    T_split_off(&self, &item)             F  a set of the items from this one on
 *   void T_retain(&self, keep, context)           drops those for which keep(&item, context) says
 *                                                 false
 *   void T_into_sorted(&self, items)              moves all to an array with room for `length`
 *
 *   T_iterator T_begin(&self), T_end(&self), T_range(&self, &low, &high), T_range_with(...),
 *   T_lower_bound(&self, &item), T_upper_bound(&self, &item)    as those of a map
 *   bool T_next(&i), T_previous(&i)               moves over an item, which is then *i.item
 *   void T_to_end(&i), T_erase(&i)                as those of a map
 *   ITEM T_extract(&i)                            removes the current item and moves it out
 *
 *   T_operation T_union(&self, &other)            items of either, of both, of self alone, of one
 *   T_operation T_intersection(&self, &other)     alone: in order, each once
 *   T_operation T_difference(&self, &other)
 *   T_operation T_symmetric_difference(&self, &other)
 *   bool T_operation_next(&i)                     moves to an item, which is then *i.item
 *   T    T_collect(&i)                         FC a set of clones of all that follow
 *   bool T_is_subset(&self, &other)               all of self's items are in the other
 *   bool T_is_superset(&self, &other)
 *   bool T_is_disjoint(&self, &other)             none is in both
 *
 * Cost: as a map's; the set operations O(length of both).
 *
 * What it is bad at: as a map. A set operation looks at each item of both sets, also where one of
 * them is small.
 */
#include <cairn/btree.h>
#include <cairn/own.h>

#if !defined(T)
#error "<cairn/btree_set.t.h> needs the name of the type that it makes, as in: #define T set_id"
#elif !defined(ITEM)
#error "<cairn/btree_set.t.h> needs the type of its items, as in: #define ITEM int"
#elif !defined(COMPARE) && !defined(ONLY_TYPES)
#error \
    "<cairn/btree_set.t.h> needs the order of its items, as in: #define COMPARE CAIRN_COMPARE_NUMBERS"
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
#define CURRENT       item
#define VALUE_SIZE    0
#define VALUES_OFFSET 0
#ifdef ITEMS_ARE_CLONABLE
#define ENTRIES_ARE_CLONABLE
#endif
#include <cairn/template_btree.h>

#define T_OPERATION T_(operation)

#ifndef ONLY_FUNCTIONS

/* Both sets are walked together. */
typedef struct T_OPERATION {
    ITEM const *item; /* what next came to; null: nothing */
    T_ITERATOR left;
    T_ITERATOR right;
    bool left_moves; /* with the next step: its item was looked at */
    bool right_moves;
    unsigned int wanted; /* of enum cairn_btree_sides */
} T_OPERATION;

#endif
#ifndef ONLY_TYPES

/* Looking at items. */

CAIRN_TEMPLATE bool T_(contains)(T const *self, ITEM const *item)
{
    struct cairn_btree_place at;
    return T_(find_)(self, item, &at);
}

CAIRN_TEMPLATE ITEM const *T_(get)(T const *self, ITEM const *item)
{
    struct cairn_btree_place at;
    return T_(find_)(self, item, &at) ? T_(key_)(at) : NULL;
}

CAIRN_TEMPLATE ITEM const *T_(first)(T const *self)
{
    return self->root ? T_(key_)(T_(first_edge_)(self)) : NULL;
}

CAIRN_TEMPLATE ITEM const *T_(last)(T const *self)
{
    return self->root ? T_(key_)(cairn_btree_entry_before(T_(last_edge_)(self))) : NULL;
}

/* Inserting. */

CAIRN_TEMPLATE enum cairn_collection_error T_(insert_)(T *self, ITEM item, bool *is_new,
                                                       enum cairn_fallibility fallibility)
{
    struct cairn_btree_place at;
    struct T_PARTS parts = T_(parts_)(&item);
    *is_new = !T_(find_)(self, &parts.key, &at);
    if (*is_new)
        return T_(put_in_)(self, &at, &parts.key, fallibility);
    T_(drop_key_)(&parts.key);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_insert)(T *self, ITEM item)
{
    bool is_new;
    return T_(insert_)(self, item, &is_new, CAIRN_FALLIBLE);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(replace_)(T *self, ITEM *item, ITEM *old, bool *found,
                                                        enum cairn_fallibility fallibility)
{
    struct cairn_btree_place at;
    *found = T_(find_)(self, item, &at);
    if (!*found)
        return T_(put_in_)(self, &at, item, fallibility);
    *old = *T_(key_)(at);
    *T_(key_)(at) = *item;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_replace)(T *self, ITEM item,
                                                                          ITEM *old, bool *found)
{
    return T_(replace_)(self, &item, old, found, CAIRN_FALLIBLE);
}

/* Removing. */

CAIRN_TEMPLATE bool T_(take_entry_)(T *self, struct cairn_btree_place entry, bool found, ITEM *item)
{
    if (!found)
        return false;
    *item = *T_(key_)(entry);
    (void)T_(take_out_)(self, entry);
    return true;
}

ITEM_MUST_USE CAIRN_TEMPLATE bool T_(take)(T *self, ITEM const *item, ITEM *taken)
{
    struct cairn_btree_place at;
    bool found = T_(find_)(self, item, &at);
    return T_(take_entry_)(self, at, found, taken);
}

CAIRN_TEMPLATE bool T_(remove)(T *self, ITEM const *item)
{
    ITEM removed;
    if (!T_(take)(self, item, &removed))
        return false;
    T_(drop_key_)(&removed);
    return true;
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(pop_first)(T *self, ITEM *item)
{
    return T_(take_entry_)(self, T_(first_edge_)(self), self->root != NULL, item);
}

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(pop_last)(T *self, ITEM *item)
{
    struct cairn_btree_place last = cairn_btree_entry_before(T_(last_edge_)(self));
    return T_(take_entry_)(self, last, self->root != NULL, item);
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

/* To arrays and from them. */

CAIRN_TEMPLATE void T_(into_sorted)(T *self, ITEM *items)
{
    struct cairn_btree_place edge = T_(first_edge_)(self);
    for (size_t i = 0; i < self->length; i++)
        items[i] = *T_(key_)(T_(step_)(&edge));
    T_(become_)(self, NULL, 0);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(from_sorted_)(T *self,
                                                            struct cairn_allocator *allocator,
                                                            ITEM *items, size_t count,
                                                            enum cairn_fallibility fallibility)
{
    for (size_t i = 1; i < count; i++)
        cairn_check(T_(compare_)(&items[i - 1], &items[i]) < 0,
                    "%s: item %zu is not greater than the one before it", __func__, i);
    enum cairn_collection_error error = T_(build_)(self, allocator, count, fallibility);
    struct cairn_btree_place edge = T_(first_edge_)(self);
    for (size_t i = 0; i < count; i++) {
        if (error)
            T_(drop_key_)(&items[i]);
        else
            T_(put_)(T_(step_)(&edge), &items[i]);
    }
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_sorted_in)(
    T *self, struct cairn_allocator *allocator, ITEM *items, size_t count)
{
    return T_(from_sorted_)(self, allocator, items, count, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_sorted)(T *self, ITEM *items,
                                                                              size_t count)
{
    return T_(from_sorted_)(self, NULL, items, count, CAIRN_FALLIBLE);
}

/* Set operations. */

CAIRN_TEMPLATE T_OPERATION T_(operate_)(T const *self, T const *other, unsigned int wanted)
{
    T_OPERATION made = {NULL, T_(begin)(self), T_(begin)(other), true, true, wanted};
    return made;
}

CAIRN_TEMPLATE T_OPERATION T_(union)(T const *self, T const *other)
{
    return T_(operate_)(self, other, CAIRN_BTREE_LEFT | CAIRN_BTREE_RIGHT | CAIRN_BTREE_BOTH);
}

CAIRN_TEMPLATE T_OPERATION T_(intersection)(T const *self, T const *other)
{
    return T_(operate_)(self, other, CAIRN_BTREE_BOTH);
}

CAIRN_TEMPLATE T_OPERATION T_(difference)(T const *self, T const *other)
{
    return T_(operate_)(self, other, CAIRN_BTREE_LEFT);
}

CAIRN_TEMPLATE T_OPERATION T_(symmetric_difference)(T const *self, T const *other)
{
    return T_(operate_)(self, other, CAIRN_BTREE_LEFT | CAIRN_BTREE_RIGHT);
}

/* Moves to the least item of either, and tells which of the two have it; 0 at the end. */
CAIRN_TEMPLATE unsigned int T_(operation_step_)(T_OPERATION *self)
{
    if (self->left_moves)
        (void)T_(next)(&self->left);
    if (self->right_moves)
        (void)T_(next)(&self->right);
    ITEM const *left = self->left.item;
    ITEM const *right = self->right.item;
    int order = !left ? (right ? 1 : 0) : !right ? -1 : T_(compare_)(left, right);
    self->left_moves = order <= 0;
    self->right_moves = order >= 0;
    self->item = order <= 0 ? left : right;
    if (!self->item)
        return 0;
    return order < 0 ? CAIRN_BTREE_LEFT : order > 0 ? CAIRN_BTREE_RIGHT : CAIRN_BTREE_BOTH;
}

CAIRN_TEMPLATE bool T_(operation_next)(T_OPERATION *self)
{
    unsigned int has;
    do
        has = T_(operation_step_)(self);
    while (has != 0 && !(has & self->wanted));
    return has != 0;
}

CAIRN_TEMPLATE bool T_(is_subset)(T const *self, T const *other)
{
    T_OPERATION missing = T_(difference)(self, other);
    return self->length <= other->length && !T_(operation_next)(&missing);
}

CAIRN_TEMPLATE bool T_(is_superset)(T const *self, T const *other)
{
    return T_(is_subset)(other, self);
}

CAIRN_TEMPLATE bool T_(is_disjoint)(T const *self, T const *other)
{
    T_OPERATION common = T_(intersection)(self, other);
    return !T_(operation_next)(&common);
}

#ifdef ITEMS_ARE_CLONABLE

/* All or nothing: so the clones make a set of their own first. */
CAIRN_TEMPLATE enum cairn_collection_error T_(extend_from_)(T *self, ITEM const *items,
                                                            size_t count,
                                                            enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = CAIRN_COLLECTION_OK;
    T clones = T_(new_in)(self->allocator);
    for (size_t i = 0; i < count && !error; i++) {
        ITEM item;
        bool is_new;
        error = T_(clone_parts_)(&item, &items[i], fallibility);
        if (!error)
            error = T_(insert_)(&clones, item, &is_new, fallibility);
    }
    if (!error)
        error = T_(append_)(self, &clones, fallibility);
    T_(drop)(&clones);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_extend_from)(T *self,
                                                                              ITEM const *items,
                                                                              size_t count)
{
    return T_(extend_from_)(self, items, count, CAIRN_FALLIBLE);
}

/* The items come in order, so that each goes to the end. */
CAIRN_TEMPLATE enum cairn_collection_error T_(collect_)(T *self, T_OPERATION const *operation,
                                                        enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = CAIRN_COLLECTION_OK;
    *self = T_(new_in)(operation->left.of->allocator);
    for (T_OPERATION i = *operation; !error && T_(operation_next)(&i);) {
        ITEM item;
        error = T_(clone_parts_)(&item, i.item, fallibility);
        struct cairn_btree_place end = T_(last_edge_)(self);
        if (!error)
            error = T_(put_in_)(self, &end, &item, fallibility);
    }
    if (error)
        T_(drop)(self);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_collect)(
    T *self, T_OPERATION const *operation)
{
    return T_(collect_)(self, operation, CAIRN_FALLIBLE);
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

ITEM_MUST_USE CAIRN_TEMPLATE bool T_(replace)(T *self, ITEM item, ITEM *old)
{
    bool found;
    (void)T_(replace_)(self, &item, old, &found, CAIRN_INFALLIBLE);
    return found;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_sorted_in)(struct cairn_allocator *allocator, ITEM *items,
                                                   size_t count)
{
    T made;
    (void)T_(from_sorted_)(&made, allocator, items, count, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_sorted)(ITEM *items, size_t count)
{
    return T_(from_sorted_in)(NULL, items, count);
}

#ifdef ITEMS_ARE_CLONABLE

CAIRN_TEMPLATE void T_(extend_from)(T *self, ITEM const *items, size_t count)
{
    (void)T_(extend_from_)(self, items, count, CAIRN_INFALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(collect)(T_OPERATION const *operation)
{
    T made;
    (void)T_(collect_)(&made, operation, CAIRN_INFALLIBLE);
    return made;
}

#endif
#endif
#endif

#undef T_OPERATION
#include <cairn/template_btree_end.h>
#endif
#include <cairn/template_end.h>
