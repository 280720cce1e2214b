/* SPDX-License-Identifier: MIT */
/*
 * BTreeMap: values by keys, in the order of the keys.
 *
 *     #define T          map_job
 *     #define KEY        int
 *     #define VALUE      struct job
 *     #define COMPARE    CAIRN_COMPARE_NUMBERS           or int (*)(const KEY *, const KEY *)
 *     #define VALUE_DROP job_drop                        optional; also KEY_DROP, and _CLONE of both
 *     #include <cairn/btree_map.t.h>
 *
 *     owned(map_job) jobs = {0};
 *     map_job_insert(&jobs, 7, take(job));
 *     struct job *seventh = map_job_get(&jobs, &(int){7});
 *     for (map_job_iterator i = map_job_begin(&jobs); map_job_next(&i);)
 *         if (is_done(i.value))
 *             map_job_erase(&i);                         and the loop goes on with the next one
 *
 * The field `length` is public, to be read. Pointers to keys and values are good until an entry is
 * inserted or removed. A key in the map must not be changed so that it compares differently. The
 * rules of <cairn/collection.h> hold; below are the functions, with T standing for the type's name.
 * F: calls the allocation-error handler when memory runs out, and has a try_ form, which returns an
 * error and gives what F returns through pointers, after the other arguments; try_insert() does not
 * say whether the key is new. C: only where keys and values can be cloned.
 *
 *   T    T_new_in(allocator)                   an empty map; with the global allocator it is {0}
 *   T    T_from_sorted(keys, values, count)    F  moves them out of two arrays; panics unless the
 *   T    T_from_sorted_in(allocator, keys, values, count)       keys ascend
 *   T    T_clone(&from)                        FC with the allocator of the other
 *   void T_drop(&self), T_clear(&self)            drop the entries in order, and free
 *
 *   VALUE *T_get(&self, &key)                     null if the key is not there
 *   T_pair T_get_key_value(&self, &key)           .key and .value; null if the key is not there
 *   bool   T_contains_key(&self, &key)
 *   T_pair T_first(&self), T_last(&self)          nulls if the map is empty
 *
 *   bool T_insert(&self, key, value)           F  true if the key is new; else its value is replaced
 *   bool T_replace(&self, key, value, &old)    F  true if there was a value, which moves to *old
 *   VALUE *T_or_insert(&self, key, value)      F  the key's value: the one that was there, or this
 *   bool T_remove(&self, &key, &value)            false if the key is not there; the value moves
 *                                                 out, or with a null pointer is dropped
 *   bool T_remove_entry(&self, &key, &its_key, &value)          as that, and the key moves out too
 *   bool T_pop_first(&self, &key, &value), T_pop_last(...)      false if the map is empty
 *
 *   T_entry T_entry_of(&self, &key)               where the key is, or would be, found once:
 *                                                 entry.value is its value, or null
 *   VALUE *T_entry_or_insert(&entry, key, value)  F  as T_or_insert(), for an equal key
 *   bool T_entry_remove(&entry, &its_key, &value)    as T_remove_entry()
 *
 *   void T_append(&self, &other)               F  moves all entries over; its values win
 *   void T_extend_from(&self, keys, values, count)              FC inserts clones
 *   T    T_split_off(&self, &key)              F  a map of the entries from this key on
 *   void T_retain(&self, keep, context)           drops those for which keep(&key, &value, context)
 *                                                 says false
 *   void T_into_sorted(&self, keys, values)       moves all to two arrays with room for `length`
 *
 *   T_iterator T_begin(&self), T_end(&self)       before the first entry, after the last
 *   T_iterator T_range(&self, &low, &high)        before the first key >= low; ends before high
 *   T_iterator T_range_with(&self, from, &low, to, &high)       CAIRN_INCLUDED, CAIRN_EXCLUDED
 *   T_iterator T_lower_bound(&self, &key)         before the first key >= this
 *   T_iterator T_upper_bound(&self, &key)         after the last key <= this
 *   bool T_next(&i), T_previous(&i)               moves over an entry, which is then i.key, i.value;
 *                                                 false, and both null, at the end of the range
 *   void T_to_end(&i)                             after the last entry of its range
 *   void T_erase(&i)                              removes and drops the current entry
 *   void T_extract(&i, &key, &value)              removes it and moves it out
 *
 * A bound of a range may be null: there is none. It must live as long as the iterator. While an
 * iterator is in use, it alone may insert or remove; with CAIRN_CHECKED_ITERATION others panic. Where
 * the map is const, T_erase() and T_extract() must not be used.
 *
 * Cost: O(log n) to find a key, insert or remove; O(1) on average to move an iterator and to erase
 *       there; O(n) for append, clone, clear, from_sorted. An insertion allocates a node in about
 *       one of ten cases, at most one on each level; removing allocates nothing.
 *
 * What it is bad at: keys are compared at each level, which for strings is slow; a hash map finds
 * them faster, in no order. One entry takes a whole node, of about 256 bytes.
 */
#include <cairn/btree.h>
#include <cairn/own.h>

#if !defined(T)
#error "<cairn/btree_map.t.h> needs the name of the type that it makes, as in: #define T map_job"
#elif !defined(KEY)
#error "<cairn/btree_map.t.h> needs the type of its keys, as in: #define KEY int"
#elif !defined(VALUE)
#error "<cairn/btree_map.t.h> needs the type of its values, as in: #define VALUE struct job"
#elif !defined(COMPARE) && !defined(ONLY_TYPES)
#error \
    "<cairn/btree_map.t.h> needs the order of its keys, as in: #define COMPARE CAIRN_COMPARE_NUMBERS"
#else
#include <cairn/template_begin.h>

#define IF_MAP(...)   __VA_ARGS__
#define CURRENT       key
#define VALUE_SIZE    sizeof(VALUE)
#define VALUES_OFFSET offsetof(struct T_NODE, values)
#if defined(KEYS_ARE_CLONABLE) && defined(VALUES_ARE_CLONABLE)
#define ENTRIES_ARE_CLONABLE
#endif
#include <cairn/template_btree.h>

#define T_PAIR  T_(pair)
#define T_ENTRY T_(entry)

#ifndef ONLY_FUNCTIONS

typedef struct T_PAIR {
    KEY const *key; /* null: no entry */
    VALUE *value;
} T_PAIR;

/* Good until the map is changed by other means. */
typedef struct T_ENTRY {
    KEY const *key; /* null: the key is not there */
    VALUE *value;
    T *of;
    struct cairn_btree_place place; /* its entry, or the edge where it would be */
    IF_CHECKED(size_t changes;)
} T_ENTRY;

#endif
#ifndef ONLY_TYPES

/* Looking at entries. */

CAIRN_TEMPLATE T_PAIR T_(pair_at_)(struct cairn_btree_place entry)
{
    T_PAIR pair = {NULL, NULL};
    if (entry.node) {
        pair.key = T_(key_)(entry);
        pair.value = T_(value_)(entry);
    }
    return pair;
}

CAIRN_TEMPLATE T_PAIR T_(get_key_value)(T const *self, KEY const *key)
{
    struct cairn_btree_place at;
    bool found = T_(find_)(self, key, &at);
    return T_(pair_at_)(found ? at : CAIRN_ZERO(struct cairn_btree_place));
}

CAIRN_TEMPLATE VALUE *T_(get)(T const *self, KEY const *key)
{
    struct cairn_btree_place at;
    return T_(find_)(self, key, &at) ? T_(value_)(at) : NULL;
}

CAIRN_TEMPLATE bool T_(contains_key)(T const *self, KEY const *key)
{
    struct cairn_btree_place at;
    return T_(find_)(self, key, &at);
}

CAIRN_TEMPLATE T_PAIR T_(first)(T const *self)
{
    return T_(pair_at_)(T_(first_edge_)(self));
}

CAIRN_TEMPLATE T_PAIR T_(last)(T const *self)
{
    return T_(pair_at_)(cairn_btree_entry_before(T_(last_edge_)(self)));
}

/* Inserting. */

/*
 * Puts a value to its key. Where the key is there already, the new one is dropped, and the values are
 * exchanged: *value is then the old one.
 */
CAIRN_TEMPLATE enum cairn_collection_error T_(set_)(T *self, KEY *key, VALUE *value, bool *found,
                                                    enum cairn_fallibility fallibility)
{
    struct cairn_btree_place at;
    *found = T_(find_)(self, key, &at);
    if (!*found)
        return T_(put_in_)(self, &at, key, value, fallibility);
    VALUE old = *T_(value_)(at);
    *T_(value_)(at) = *value;
    *value = old;
    T_(drop_key_)(key);
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE enum cairn_collection_error T_(insert_)(T *self, KEY key, VALUE value, bool *is_new,
                                                       enum cairn_fallibility fallibility)
{
    bool found;
    struct T_PARTS parts = T_(parts_)(&key, &value);
    enum cairn_collection_error error =
        T_(set_)(self, &parts.key, &parts.value, &found, fallibility);
    if (found)
        T_(drop_value_)(&parts.value);
    *is_new = !found;
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_insert)(T *self, KEY key,
                                                                         VALUE value)
{
    bool is_new;
    return T_(insert_)(self, key, value, &is_new, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_replace)(T *self, KEY key,
                                                                          VALUE value, VALUE *old,
                                                                          bool *found)
{
    enum cairn_collection_error error = T_(set_)(self, &key, &value, found, CAIRN_FALLIBLE);
    if (*found)
        *old = value;
    return error;
}

/* Entries: a key is looked for once, and then inserted or removed there. */

CAIRN_TEMPLATE T_ENTRY T_(entry_at_)(T *self, struct cairn_btree_place at, bool found)
{
    T_PAIR pair = T_(pair_at_)(found ? at : CAIRN_ZERO(struct cairn_btree_place));
    T_ENTRY made = {pair.key, pair.value, self, at IF_CHECKED(, self->changes)};
    return made;
}

CAIRN_TEMPLATE T_ENTRY T_(entry_of)(T *self, KEY const *key)
{
    struct cairn_btree_place at;
    bool found = T_(find_)(self, key, &at);
    return T_(entry_at_)(self, at, found);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(entry_or_insert_)(T_ENTRY *self, KEY key, VALUE value,
                                                                VALUE **place,
                                                                enum cairn_fallibility fallibility)
{
    struct T_PARTS parts = T_(parts_)(&key, &value);
    CAIRN_CHECK_UNCHANGED(self->changes == self->of->changes);
    *place = self->value;
    if (self->value) {
        T_(drop_parts_)(&parts.key, &parts.value);
        return CAIRN_COLLECTION_OK;
    }
    enum cairn_collection_error error =
        T_(put_in_)(self->of, &self->place, &parts.key, &parts.value, fallibility);
    if (!error)
        *self = T_(entry_at_)(self->of, self->place, true);
    *place = self->value;
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_entry_or_insert)(T_ENTRY *self,
                                                                                  KEY key,
                                                                                  VALUE value,
                                                                                  VALUE **place)
{
    return T_(entry_or_insert_)(self, key, value, place, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_or_insert)(T *self, KEY key,
                                                                            VALUE value,
                                                                            VALUE **place)
{
    T_ENTRY entry = T_(entry_of)(self, &key);
    return T_(entry_or_insert_)(&entry, key, value, place, CAIRN_FALLIBLE);
}

/* Removing. */

CAIRN_TEMPLATE void T_(give_)(struct T_PARTS *parts, KEY *key, VALUE *value)
{
    if (key)
        *key = parts->key;
    else
        T_(drop_key_)(&parts->key);
    if (value)
        *value = parts->value;
    else
        T_(drop_value_)(&parts->value);
}

CAIRN_TEMPLATE bool T_(take_entry_)(T *self, struct cairn_btree_place entry, bool found, KEY *key,
                                    VALUE *value)
{
    if (!found)
        return false;
    struct T_PARTS parts = T_(parts_of_)(entry);
    (void)T_(take_out_)(self, entry);
    T_(give_)(&parts, key, value);
    return true;
}

CAIRN_TEMPLATE bool T_(remove_entry)(T *self, KEY const *key, KEY *its_key, VALUE *value)
{
    struct cairn_btree_place at;
    bool found = T_(find_)(self, key, &at);
    return T_(take_entry_)(self, at, found, its_key, value);
}

CAIRN_TEMPLATE bool T_(remove)(T *self, KEY const *key, VALUE *value)
{
    return T_(remove_entry)(self, key, NULL, value);
}

CAIRN_TEMPLATE bool T_(entry_remove)(T_ENTRY *self, KEY *its_key, VALUE *value)
{
    CAIRN_CHECK_UNCHANGED(self->changes == self->of->changes);
    if (!self->value)
        return false;
    struct T_PARTS parts = T_(parts_of_)(self->place);
    *self = T_(entry_at_)(self->of, T_(take_out_)(self->of, self->place), false);
    T_(give_)(&parts, its_key, value);
    return true;
}

CAIRN_TEMPLATE bool T_(pop_first)(T *self, KEY *key, VALUE *value)
{
    return T_(take_entry_)(self, T_(first_edge_)(self), self->root != NULL, key, value);
}

CAIRN_TEMPLATE bool T_(pop_last)(T *self, KEY *key, VALUE *value)
{
    struct cairn_btree_place last = cairn_btree_entry_before(T_(last_edge_)(self));
    return T_(take_entry_)(self, last, self->root != NULL, key, value);
}

CAIRN_TEMPLATE void T_(extract)(T_ITERATOR *self, KEY *key, VALUE *value)
{
    struct T_PARTS parts = T_(take_current_)(self);
    T_(give_)(&parts, key, value);
}

CAIRN_TEMPLATE void T_(retain)(T *self, bool (*keep)(KEY const *key, VALUE *value, void *context),
                               void *context)
{
    for (T_ITERATOR i = T_(begin)(self); T_(next)(&i);)
        if (!keep(i.key, i.value, context))
            T_(erase)(&i);
}

/* To arrays and from them. */

CAIRN_TEMPLATE void T_(into_sorted)(T *self, KEY *keys, VALUE *values)
{
    struct cairn_btree_place edge = T_(first_edge_)(self);
    for (size_t i = 0; i < self->length; i++) {
        struct cairn_btree_place entry = T_(step_)(&edge);
        keys[i] = *T_(key_)(entry);
        values[i] = *T_(value_)(entry);
    }
    T_(become_)(self, NULL, 0);
}

CAIRN_TEMPLATE enum cairn_collection_error T_(from_sorted_)(T *self,
                                                            struct cairn_allocator *allocator,
                                                            KEY *keys, VALUE *values, size_t count,
                                                            enum cairn_fallibility fallibility)
{
    for (size_t i = 1; i < count; i++)
        cairn_check(T_(compare_)(&keys[i - 1], &keys[i]) < 0,
                    "%s: key %zu is not greater than the one before it", __func__, i);
    enum cairn_collection_error error = T_(build_)(self, allocator, count, fallibility);
    struct cairn_btree_place edge = T_(first_edge_)(self);
    for (size_t i = 0; i < count; i++) {
        if (error)
            T_(drop_parts_)(&keys[i], &values[i]);
        else
            T_(put_)(T_(step_)(&edge), &keys[i], &values[i]);
    }
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_sorted_in)(
    T *self, struct cairn_allocator *allocator, KEY *keys, VALUE *values, size_t count)
{
    return T_(from_sorted_)(self, allocator, keys, values, count, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_from_sorted)(T *self, KEY *keys,
                                                                              VALUE *values,
                                                                              size_t count)
{
    return T_(from_sorted_)(self, NULL, keys, values, count, CAIRN_FALLIBLE);
}

#ifdef ENTRIES_ARE_CLONABLE

/* All or nothing: so the clones make a map of their own first. */
CAIRN_TEMPLATE enum cairn_collection_error T_(extend_from_)(T *self, KEY const *keys,
                                                            VALUE const *values, size_t count,
                                                            enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = CAIRN_COLLECTION_OK;
    T clones = T_(new_in)(self->allocator);
    for (size_t i = 0; i < count && !error; i++) {
        struct T_PARTS parts;
        bool is_new;
        error = T_(clone_parts_)(&parts.key, &keys[i], &parts.value, &values[i], fallibility);
        if (!error)
            error = T_(insert_)(&clones, parts.key, parts.value, &is_new, fallibility);
    }
    if (!error)
        error = T_(append_)(self, &clones, fallibility);
    T_(drop)(&clones);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE enum cairn_collection_error T_(try_extend_from)(T *self,
                                                                              KEY const *keys,
                                                                              VALUE const *values,
                                                                              size_t count)
{
    return T_(extend_from_)(self, keys, values, count, CAIRN_FALLIBLE);
}

#endif

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_TEMPLATE bool T_(insert)(T *self, KEY key, VALUE value)
{
    bool is_new;
    (void)T_(insert_)(self, key, value, &is_new, CAIRN_INFALLIBLE);
    return is_new;
}

VALUE_MUST_USE CAIRN_TEMPLATE bool T_(replace)(T *self, KEY key, VALUE value, VALUE *old)
{
    bool found;
    (void)T_(set_)(self, &key, &value, &found, CAIRN_INFALLIBLE);
    if (found)
        *old = value;
    return found;
}

CAIRN_TEMPLATE VALUE *T_(or_insert)(T *self, KEY key, VALUE value)
{
    VALUE *place;
    T_ENTRY entry = T_(entry_of)(self, &key);
    (void)T_(entry_or_insert_)(&entry, key, value, &place, CAIRN_INFALLIBLE);
    return place;
}

CAIRN_TEMPLATE VALUE *T_(entry_or_insert)(T_ENTRY *self, KEY key, VALUE value)
{
    VALUE *place;
    (void)T_(entry_or_insert_)(self, key, value, &place, CAIRN_INFALLIBLE);
    return place;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_sorted_in)(struct cairn_allocator *allocator, KEY *keys,
                                                   VALUE *values, size_t count)
{
    T made;
    (void)T_(from_sorted_)(&made, allocator, keys, values, count, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(from_sorted)(KEY *keys, VALUE *values, size_t count)
{
    return T_(from_sorted_in)(NULL, keys, values, count);
}

#ifdef ENTRIES_ARE_CLONABLE

CAIRN_TEMPLATE void T_(extend_from)(T *self, KEY const *keys, VALUE const *values, size_t count)
{
    (void)T_(extend_from_)(self, keys, values, count, CAIRN_INFALLIBLE);
}

#endif
#endif
#endif

#undef T_PAIR
#undef T_ENTRY
#include <cairn/template_btree_end.h>
#endif
#include <cairn/template_end.h>
