/* SPDX-License-Identifier: MIT */
/*
 * HashMap: values by keys, in no order.
 *
 *     #define T          map_job
 *     #define KEY        int
 *     #define VALUE      struct job
 *     #define HASH       CAIRN_HASH_INTEGER              or your own functions: <cairn/hash.h>
 *     #define EQUAL      CAIRN_EQUAL_INTEGER
 *     #define VALUE_DROP job_drop                        optional; also KEY_DROP, and _CLONE of both
 *     #include <cairn/hash_map.t.h>
 *
 *     owned(map_job) jobs = {0};
 *     map_job_insert(&jobs, 7, take(job));
 *     struct job *seventh = map_job_get(&jobs, &(int){7});
 *     for (map_job_iterator i = map_job_begin(&jobs); map_job_next(&i);)
 *         if (is_done(i.value))
 *             map_job_erase(&i);                         and the loop goes on with the next one
 *
 * The field `length` is public, to be read. Pointers to keys and values are good until something is
 * inserted; those of other entries when one is removed too. A key in the map must not be changed so
 * that it is another one. The rules of <cairn/collection.h> hold; below are the functions, with T
 * standing for the type's name. F: calls the allocation-error handler when memory runs out, and has a
 * try_ form, which returns an error and gives what F returns through pointers, after the other
 * arguments; try_insert() does not say whether the key is new. C: only where keys and values can be
 * cloned.
 *
 *   T    T_new_in(allocator)                   an empty map; with the global allocator it is {0}
 *   T    T_with_capacity(capacity)             F  also with_capacity_in(allocator, capacity)
 *   T    T_clone(&from)                        FC with the allocator of the other
 *   void T_drop(&self)                            drops all entries, then frees
 *   void T_clear(&self)                           drops all entries; the room stays
 *
 *   VALUE *T_get(&self, &key)                     null if the key is not there
 *   T_pair T_get_key_value(&self, &key)           .key and .value; null if the key is not there
 *   bool   T_contains_key(&self, &key)
 *
 *   bool T_insert(&self, key, value)           F  true if the key is new; else its value is replaced
 *   bool T_replace(&self, key, value, &old)    F  true if there was a value, which moves to *old
 *   VALUE *T_or_insert(&self, key, value)      F  the key's value: the one that was there, or this
 *   bool T_remove(&self, &key, &value)            false if the key is not there; the value moves
 *                                                 out, or with a null pointer is dropped
 *   bool T_remove_entry(&self, &key, &its_key, &value)          as that, and the key moves out too
 *
 *   T_entry T_entry_of(&self, &key)               where the key is, or would be, found once:
 *                                                 entry.value is its value, or null
 *   VALUE *T_entry_or_insert(&entry, key, value)  F  as T_or_insert(), for an equal key
 *   bool T_entry_remove(&entry, &its_key, &value)    as T_remove_entry()
 *
 *   void T_append(&self, &other)               F  moves all entries over; its values win
 *   void T_extend_from(&self, keys, values, count)              FC inserts clones
 *   void T_retain(&self, keep, context)           drops those for which keep(&key, &value, context)
 *                                                 says false
 *
 *   size_t T_capacity(&self)                      up to so many entries, nothing is allocated
 *   void T_reserve(&self, additional)          F  room for that many more
 *   void T_shrink_to_fit(&self)                F  gives back the room that is not used
 *   void T_shrink_to(&self, capacity)          F  as that, but keeps room for so many entries
 *
 *   T_iterator T_begin(&self)                     before the first entry
 *   bool T_next(&i)                               moves to the next entry, which is then i.key,
 *                                                 i.value; false, and both null, at the end
 *   void T_erase(&i)                              removes and drops the current entry
 *   void T_extract(&i, &key, &value)              removes it and moves it out
 *
 * While an iterator is in use, it alone may insert or remove; with CAIRN_CHECKED_ITERATION others
 * panic. Where the map is const, T_erase() and T_extract() must not be used.
 *
 * Cost: O(1) to find a key, insert or remove, however large the map is, for it grows a little with
 *       each insertion: at 10^6 entries with integers for keys, no insertion takes more than 3,000
 *       instructions, without the allocator's. O(n) for reserve, shrink_to_fit, clone, clear, drop
 *       and append. Insertions allocate when the capacity is passed, and then not until twice as many
 *       entries are there. A slot is a key, a value and about one byte; 14 of 15 are used at most.
 *
 * What it is bad at: going through all entries in order (a BTreeMap does); while it grows, the old and
 * the new table exist side by side; and it stands and falls with HASH, see <cairn/hash.h>.
 */
#include <cairn/hash_table.h>
#include <cairn/own.h>

#if !defined(T)
#error "<cairn/hash_map.t.h> needs the name of the type that it makes, as in: #define T map_job"
#elif !defined(KEY)
#error "<cairn/hash_map.t.h> needs the type of its keys, as in: #define KEY int"
#elif !defined(VALUE)
#error "<cairn/hash_map.t.h> needs the type of its values, as in: #define VALUE struct job"
#elif !defined(HASH)
#error "<cairn/hash_map.t.h> needs a hash function, as in: #define HASH CAIRN_HASH_INTEGER"
#elif !defined(EQUAL)
#error "<cairn/hash_map.t.h> needs to compare keys, as in: #define EQUAL CAIRN_EQUAL_INTEGER"
#else
#include <cairn/template_begin.h>

#define IF_MAP(...) __VA_ARGS__
#define CURRENT     key
#if defined(KEYS_ARE_CLONABLE) && defined(VALUES_ARE_CLONABLE)
#define ENTRIES_ARE_CLONABLE
#endif
#if defined(KEYS_ARE_PLAIN) && defined(VALUES_ARE_PLAIN)
#define ENTRIES_ARE_PLAIN
#endif
#include <cairn/template_hash.h>

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
    uint64_t hash; /* unless there was no table */
    IF_CHECKED(size_t changes;)
} T_ENTRY;

#endif
#ifndef ONLY_TYPES

/* Looking at entries. */

CAIRN_TEMPLATE T_PAIR T_(get_key_value)(T const *self, KEY const *key)
{
    T_PARTS *parts = T_(find_)(self, key);
    T_PAIR pair = {parts ? &parts->key : NULL, parts ? &parts->value : NULL};
    return pair;
}

CAIRN_TEMPLATE VALUE *T_(get)(T const *self, KEY const *key)
{
    T_PARTS *parts = T_(find_)(self, key);
    return parts ? &parts->value : NULL;
}

CAIRN_TEMPLATE bool T_(contains_key)(T const *self, KEY const *key)
{
    return T_(find_)(self, key) != NULL;
}

/* Inserting. */

/*
 * Puts a value to its key. Where there was one, *found is true, the new key is dropped, and the new
 * value takes the place of the old one, which *parts gets.
 */
CAIRN_TEMPLATE ERROR T_(set_)(T *self, T_PARTS *parts, bool *found,
                              enum cairn_fallibility fallibility)
{
    T_PARTS *at;
    ERROR error = T_(find_or_put_in_)(self, parts, &at, found, fallibility);
    if (!*found)
        return error;
    VALUE old = at->value;
    at->value = parts->value;
    parts->value = old;
    DROP_KEY(&parts->key);
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE ERROR T_(insert_)(T *self, KEY key, VALUE value, bool *is_new,
                                 enum cairn_fallibility fallibility)
{
    T_PARTS parts = T_(parts_)(&key, &value);
    bool found;
    ERROR error = T_(set_)(self, &parts, &found, fallibility);
    if (found)
        DROP_VALUE(&parts.value);
    *is_new = !found;
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_insert)(T *self, KEY key, VALUE value)
{
    bool is_new;
    return T_(insert_)(self, key, value, &is_new, CAIRN_FALLIBLE);
}

CAIRN_TEMPLATE ERROR T_(replace_)(T *self, KEY key, VALUE value, VALUE *old, bool *found,
                                  enum cairn_fallibility fallibility)
{
    T_PARTS parts = T_(parts_)(&key, &value);
    ERROR error = T_(set_)(self, &parts, found, fallibility);
    if (*found)
        *old = parts.value;
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_replace)(T *self, KEY key, VALUE value, VALUE *old,
                                                    bool *found)
{
    return T_(replace_)(self, key, value, old, found, CAIRN_FALLIBLE);
}

/* Entries: a key is looked for once, and then inserted or removed there. */

CAIRN_TEMPLATE void T_(entry_is_at_)(T_ENTRY *self, T_PARTS *at)
{
    self->key = &at->key;
    self->value = &at->value;
    IF_CHECKED(self->changes = self->of->changes;)
}

CAIRN_TEMPLATE T_ENTRY T_(entry_of)(T *self, KEY const *key)
{
    TABLE *table = self->table;
    uint64_t hash = table ? HASH(key, &table->seed) : 0;
    T_ENTRY made = {NULL, NULL, self, hash IF_CHECKED(, self->changes)};
    T_PARTS *at = table ? T_(find_hashed_)(table, hash, key) : NULL;
    if (at)
        T_(entry_is_at_)(&made, at);
    return made;
}

CAIRN_TEMPLATE ERROR T_(entry_or_insert_)(T_ENTRY *self, KEY key, VALUE value, VALUE **place,
                                          enum cairn_fallibility fallibility)
{
    T_PARTS parts = T_(parts_)(&key, &value);
    CAIRN_CHECK_UNCHANGED(self->changes == self->of->changes);
    *place = NULL;
    if (self->value) {
        T_(drop_parts_)(&parts);
    } else {
        T_PARTS *at;
        ERROR error = T_(put_in_)(self->of, self->hash, &parts, &at, fallibility);
        if (error)
            return error;
        T_(entry_is_at_)(self, at);
    }
    *place = self->value;
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_entry_or_insert)(T_ENTRY *self, KEY key, VALUE value,
                                                            VALUE **place)
{
    return T_(entry_or_insert_)(self, key, value, place, CAIRN_FALLIBLE);
}

CAIRN_TEMPLATE ERROR T_(or_insert_)(T *self, KEY key, VALUE value, VALUE **place,
                                    enum cairn_fallibility fallibility)
{
    T_ENTRY entry = T_(entry_of)(self, &key);
    return T_(entry_or_insert_)(&entry, key, value, place, fallibility);
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_or_insert)(T *self, KEY key, VALUE value, VALUE **place)
{
    return T_(or_insert_)(self, key, value, place, CAIRN_FALLIBLE);
}

/* Removing. */

CAIRN_TEMPLATE void T_(give_)(T_PARTS *parts, KEY *key, VALUE *value)
{
    if (key)
        *key = parts->key;
    else
        DROP_KEY(&parts->key);
    if (value)
        *value = parts->value;
    else
        DROP_VALUE(&parts->value);
}

CAIRN_TEMPLATE bool T_(remove_entry)(T *self, KEY const *key, KEY *its_key, VALUE *value)
{
    T_PARTS parts;
    if (!T_(find_and_take_out_)(self, key, &parts))
        return false;
    T_(give_)(&parts, its_key, value);
    return true;
}

CAIRN_TEMPLATE bool T_(remove)(T *self, KEY const *key, VALUE *value)
{
    return T_(remove_entry)(self, key, NULL, value);
}

CAIRN_TEMPLATE bool T_(entry_remove)(T_ENTRY *self, KEY *its_key, VALUE *value)
{
    CAIRN_CHECK_UNCHANGED(self->changes == self->of->changes);
    if (!self->value || !T_(remove_entry)(self->of, self->key, its_key, value))
        return false;
    self->key = NULL;
    self->value = NULL;
    IF_CHECKED(self->changes = self->of->changes;)
    return true;
}

CAIRN_TEMPLATE void T_(extract)(T_ITERATOR *self, KEY *key, VALUE *value)
{
    T_PARTS parts = T_(take_current_)(self);
    T_(give_)(&parts, key, value);
}

CAIRN_TEMPLATE void T_(retain)(T *self, bool (*keep)(KEY const *key, VALUE *value, void *context),
                               void *context)
{
    for (T_ITERATOR i = T_(begin)(self); T_(next)(&i);)
        if (!keep(i.key, i.value, context))
            T_(erase)(&i);
}

#ifdef ENTRIES_ARE_CLONABLE

/* All or nothing: so the clones make a map of their own first. */
CAIRN_TEMPLATE ERROR T_(extend_from_)(T *self, KEY const *keys, VALUE const *values, size_t count,
                                      enum cairn_fallibility fallibility)
{
    ERROR error = CAIRN_COLLECTION_OK;
    T clones = T_(new_in)(self->allocator);
    for (size_t i = 0; i < count && !error; i++) {
        T_PARTS parts;
        bool is_new;
        error = T_(clone_parts_)(&parts, &keys[i], &values[i], fallibility);
        if (!error)
            error = T_(insert_)(&clones, parts.key, parts.value, &is_new, fallibility);
    }
    if (!error)
        error = T_(append_)(self, &clones, fallibility);
    T_(drop)(&clones);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_extend_from)(T *self, KEY const *keys,
                                                        VALUE const *values, size_t count)
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

CAIRN_MUST_USE CAIRN_TEMPLATE bool T_(replace)(T *self, KEY key, VALUE value, VALUE *old)
{
    bool found;
    (void)T_(replace_)(self, key, value, old, &found, CAIRN_INFALLIBLE);
    return found;
}

CAIRN_TEMPLATE VALUE *T_(or_insert)(T *self, KEY key, VALUE value)
{
    VALUE *place;
    (void)T_(or_insert_)(self, key, value, &place, CAIRN_INFALLIBLE);
    return place;
}

CAIRN_TEMPLATE VALUE *T_(entry_or_insert)(T_ENTRY *self, KEY key, VALUE value)
{
    VALUE *place;
    (void)T_(entry_or_insert_)(self, key, value, &place, CAIRN_INFALLIBLE);
    return place;
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
#include <cairn/template_hash_end.h>
#endif
#include <cairn/template_end.h>
