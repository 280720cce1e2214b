/* SPDX-License-Identifier: MIT */
/*
 * What hash_map and hash_set have in common, over the untyped core of <cairn/hash_table.h>: looking
 * for keys, inserting and removing, growing, iterating, and whole tables. Included by these two alone,
 * once by each of their includes: it has no guard.
 *
 * It is written for maps. In a set the items are the keys, and there are no values: IF_MAP() takes
 * away what concerns them. CURRENT is what an iterator calls the key that it stands on.
 */

#define T_PARTS     struct T_(parts_)
#define T_ITERATOR  T_(iterator)
#define SLOT_LAYOUT CAIRN_LAYOUT_OF(T_PARTS)
#define T_SHAPE     (&T_(shape_))
#define TABLE       struct cairn_hash_table
#define ERROR       enum cairn_collection_error

/*
 * Where size counts, not speed, what several functions share is a call, and what the core can do as
 * well it does alone.
 */
#ifdef __OPTIMIZE_SIZE__
#define SHARED_TEMPLATE CAIRN_TEMPLATE_CALL
#define FOR_SPEED       false
#else
#define SHARED_TEMPLATE CAIRN_TEMPLATE
#define FOR_SPEED       true
#endif

/* In a checked build the table counts its changes, so that iterators see those made without them. */
#ifdef CAIRN_CHECKED_ITERATION
#define IF_CHECKED(...)      __VA_ARGS__
#define NOTE_CHANGE(changed) ((void)(changed)->changes++)
#else
#define IF_CHECKED(...)
#define NOTE_CHANGE(changed) ((void)0)
#endif

#ifndef ONLY_FUNCTIONS

/* Invariant: length is the number of items in the table and, while that is moving, the next one. */
typedef struct T {
    TABLE *table; /* null: there is no room, and so no item */
    size_t length;
    struct cairn_allocator *allocator; /* null: the global one */
    IF_CHECKED(size_t changes;)
} T;

typedef struct T_ITERATOR {
    KEY const *CURRENT; /* what next came to; null: nothing */
    IF_MAP(VALUE *value;)
    T *of;
    struct cairn_hash_walk walk;
    IF_CHECKED(size_t changes;)
} T_ITERATOR;

#endif
#ifndef ONLY_TYPES

/* What is in a slot. */
T_PARTS
{
    KEY key;
    IF_MAP(VALUE value;)
};

CAIRN_TEMPLATE uint64_t T_(hash_)(void const *key, struct cairn_hash_seed const *seed)
{
    return HASH((KEY const *)key, seed);
}

CAIRN_TEMPLATE bool T_(equal_)(void const *one, void const *other)
{
    return EQUAL((KEY const *)one, (KEY const *)other);
}

static const struct cairn_hash_shape T_(shape_)
    __attribute__((unused)) = {{sizeof(T_PARTS), CAIRN_ALIGNOF(T_PARTS)}, T_(hash_), T_(equal_)};

/* The untyped face: the same fields come first. */
CAIRN_TEMPLATE struct cairn_hash_owner *T_(owner_)(T const *self)
{
    CAIRN_STATIC_ASSERT(offsetof(T, allocator) == offsetof(struct cairn_hash_owner, allocator),
                        "hash: a field more or less");
    return (struct cairn_hash_owner *)(uintptr_t)self;
}

CAIRN_TEMPLATE T_PARTS *T_(at_)(TABLE *table, size_t slot)
{
    return (T_PARTS *)(uintptr_t)table - 1 - slot;
}

/* The number of a slot from its address. There is only one item without size. */
CAIRN_TEMPLATE size_t T_(slot_of_)(TABLE *table, T_PARTS const *parts)
{
    size_t bytes = (uintptr_t)table - (uintptr_t)parts;
    return sizeof(T_PARTS) == 0 ? 0 : bytes / (sizeof(T_PARTS) + !sizeof(T_PARTS)) - 1;
}

/* The one of the two tables that has this slot. */
CAIRN_TEMPLATE TABLE *T_(table_of_)(TABLE *table, T_PARTS const *parts)
{
    return table->moved == 0 || T_(slot_of_)(table, parts) < table->slots ? table : table->next;
}

/* Of what was passed by value. */
CAIRN_TEMPLATE T_PARTS T_(parts_)(KEY const *key IF_MAP(, VALUE const *value))
{
    T_PARTS parts;
    PUT_KEY(&parts.key, key);
    IF_MAP(PUT_VALUE(&parts.value, value);)
    return parts;
}

CAIRN_TEMPLATE void T_(drop_parts_)(T_PARTS *parts)
{
    DROP_KEY(&parts->key);
    IF_MAP(DROP_VALUE(&parts->value);)
}

/* Looking for a key. */

/* In one group; null if it is not there. */
CAIRN_TEMPLATE T_PARTS *T_(find_in_group_)(TABLE *table, size_t number, uint64_t hash,
                                           KEY const *key)
{
    struct cairn_hash_group *group = cairn_hash_group_at(table, number);
    unsigned slots = cairn_hash_group_match(group, cairn_hash_control(hash));
    for (; slots != 0; slots &= slots - 1) {
        T_PARTS *parts =
            T_(at_)(table, number * CAIRN_HASH_GROUP_SLOTS + (unsigned)__builtin_ctz(slots));
        if (__builtin_expect(EQUAL(&parts->key, key), 1))
            return parts;
    }
    return NULL;
}

CAIRN_TEMPLATE T_PARTS *T_(find_hashed_)(TABLE *table, uint64_t hash, KEY const *key);

/* On the path after the first group, and in the next table. */
CAIRN_TEMPLATE_CALL T_PARTS *T_(find_further_)(TABLE *table, uint64_t hash, KEY const *key)
{
    size_t number = cairn_hash_home(table, hash);
    for (size_t step = 1; step <= table->mask; step++) {
        if (cairn_hash_group_passed(cairn_hash_group_at(table, number)) == 0)
            break;
        number = cairn_hash_step(table, number, step);
        T_PARTS *parts = T_(find_in_group_)(table, number, hash, key);
        if (parts)
            return parts;
    }
    return table->moved == 0 ? NULL : T_(find_hashed_)(table->next, hash, key);
}

CAIRN_TEMPLATE T_PARTS *T_(find_hashed_)(TABLE *table, uint64_t hash, KEY const *key)
{
    if (!FOR_SPEED)
        return (T_PARTS *)cairn_hash_find(T_SHAPE, table, hash, key);
    size_t home = cairn_hash_home(table, hash);
    T_PARTS *parts = T_(find_in_group_)(table, home, hash, key);
    if (parts || cairn_hash_group_is_last(cairn_hash_group_at(table, home)))
        return parts;
    return T_(find_further_)(table, hash, key);
}

/* Null if the key is not there. */
SHARED_TEMPLATE T_PARTS *T_(find_)(T const *self, KEY const *key)
{
    TABLE *table = self->table;
    if (!FOR_SPEED)
        return (T_PARTS *)cairn_hash_look_for(T_SHAPE, T_(owner_)(self), key);
    return table ? T_(find_hashed_)(table, HASH(key, &table->seed), key) : NULL;
}

/* Room. */

/* Moves the items of a group to another table. */
CAIRN_TEMPLATE_CALL void T_(move_group_)(TABLE *from, size_t number, TABLE *to)
{
    struct cairn_hash_group *group = cairn_hash_group_at(from, number);
    for (unsigned slots = cairn_hash_group_occupied(group); slots != 0; slots &= slots - 1) {
        T_PARTS const *parts =
            T_(at_)(from, number * CAIRN_HASH_GROUP_SLOTS + (unsigned)__builtin_ctz(slots));
        *T_(at_)(to, cairn_hash_occupy(to, HASH(&parts->key, &to->seed))) = *parts;
    }
    cairn_hash_group_leave(group);
}

/* What an insertion does while the table grows, or when it begins to. */
CAIRN_TEMPLATE_CALL ERROR T_(grow_)(T *self, enum cairn_fallibility fallibility)
{
    TABLE *table = self->table;
    if (!table)
        return cairn_hash_rebuild(T_SHAPE, &self->table, self->allocator, 1, fallibility);
    if (!FOR_SPEED)
        return cairn_hash_grow(T_SHAPE, &self->table, self->allocator, fallibility);
    ERROR error = cairn_hash_begin_growth(table, self->allocator, SLOT_LAYOUT, fallibility);
    if (error || !cairn_hash_is_cleared(table))
        return error;
    T_(move_group_)(table, table->moved++, table->next);
    cairn_hash_end_growth(&self->table, self->allocator, SLOT_LAYOUT);
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE ERROR T_(reserve_)(T *self, size_t additional, enum cairn_fallibility fallibility)
{
    size_t needed;
    if (__builtin_add_overflow(self->length, additional, &needed))
        needed = SIZE_MAX;
    NOTE_CHANGE(self);
    return cairn_hash_reserve(T_SHAPE, &self->table, self->allocator, needed, fallibility);
}

CAIRN_TEMPLATE ERROR T_(shrink_to_)(T *self, size_t capacity, enum cairn_fallibility fallibility)
{
    size_t wanted = capacity > self->length ? capacity : self->length;
    NOTE_CHANGE(self);
    return cairn_hash_shrink(T_SHAPE, &self->table, self->allocator, wanted, fallibility);
}

CAIRN_TEMPLATE size_t T_(capacity)(T const *self)
{
    return cairn_hash_capacity(self->table);
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_reserve)(T *self, size_t additional)
{
    return T_(reserve_)(self, additional, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_shrink_to)(T *self, size_t capacity)
{
    return T_(shrink_to_)(self, capacity, CAIRN_FALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_shrink_to_fit)(T *self)
{
    return T_(shrink_to_)(self, 0, CAIRN_FALLIBLE);
}

/* Putting items in and taking them out. */

/* Takes a slot for an item that is not there. `hash` is that of its key, unless there is no table. */
CAIRN_TEMPLATE ERROR T_(occupy_)(T *self, uint64_t hash, KEY const *key, T_PARTS **at,
                                 enum cairn_fallibility fallibility)
{
    TABLE *table = self->table;
    if (__builtin_expect(!table || self->length >= table->capacity || table->next, 0)) {
        ERROR error = T_(grow_)(self, fallibility);
        if (error)
            return error;
        if (!table)
            hash = HASH(key, &self->table->seed);
        table = self->table;
        if (table->moved != 0)
            table = cairn_hash_choose(table, hash);
    }
    *at = T_(at_)(table, cairn_hash_occupy(table, hash));
    return CAIRN_COLLECTION_OK;
}

CAIRN_TEMPLATE ERROR T_(put_in_by_shape_)(T *self, T_PARTS const *parts, T_PARTS **at,
                                          enum cairn_fallibility fallibility)
{
    void *place = NULL;
    ERROR error = cairn_hash_put_in(T_SHAPE, T_(owner_)(self), parts, fallibility, &place);
    *at = (T_PARTS *)place;
    return error;
}

CAIRN_TEMPLATE ERROR T_(put_in_for_speed_)(T *self, uint64_t hash, T_PARTS const *parts,
                                           T_PARTS **at, enum cairn_fallibility fallibility)
{
    ERROR error = T_(occupy_)(self, hash, &parts->key, at, fallibility);
    if (error)
        return error;
    self->length++;
    cairn_collection_put(*at, parts, sizeof(T_PARTS));
    return CAIRN_COLLECTION_OK;
}

/* Puts in an item that is not there. If that fails, its parts are dropped. */
SHARED_TEMPLATE ERROR T_(put_in_)(T *self, uint64_t hash, T_PARTS *parts, T_PARTS **at,
                                  enum cairn_fallibility fallibility)
{
    ERROR error = FOR_SPEED ? T_(put_in_for_speed_)(self, hash, parts, at, fallibility)
                            : T_(put_in_by_shape_)(self, parts, at, fallibility);
    if (error)
        T_(drop_parts_)(parts);
    else
        NOTE_CHANGE(self);
    return error;
}

/* Looks for the key, and puts the item in where it is not there: then *found is false. */
SHARED_TEMPLATE ERROR T_(find_or_put_in_)(T *self, T_PARTS *parts, T_PARTS **at, bool *found,
                                          enum cairn_fallibility fallibility)
{
    uint64_t hash = FOR_SPEED && self->table ? HASH(&parts->key, &self->table->seed) : 0;
    if (!FOR_SPEED)
        *at = T_(find_)(self, &parts->key);
    else
        *at = self->table ? T_(find_hashed_)(self->table, hash, &parts->key) : NULL;
    *found = *at != NULL;
    return *found ? CAIRN_COLLECTION_OK : T_(put_in_)(self, hash, parts, at, fallibility);
}

/* Takes an item out; what it holds belongs to the caller. */
CAIRN_TEMPLATE T_PARTS T_(take_out_)(T *self, uint64_t hash, T_PARTS const *at)
{
    TABLE *table = self->table;
    self->length--;
    NOTE_CHANGE(self);
    if (FOR_SPEED) {
        table = T_(table_of_)(table, at);
        cairn_hash_vacate(table, T_(slot_of_)(table, at), hash);
    } else {
        cairn_hash_take_out(T_SHAPE, table, hash, at);
    }
    return *at;
}

CAIRN_TEMPLATE bool T_(find_and_take_out_for_speed_)(T *self, KEY const *key, T_PARTS *parts)
{
    TABLE *table = self->table;
    uint64_t hash = table ? HASH(key, &table->seed) : 0;
    T_PARTS *at = table ? T_(find_hashed_)(table, hash, key) : NULL;
    if (at)
        *parts = T_(take_out_)(self, hash, at);
    return at != NULL;
}

SHARED_TEMPLATE bool T_(find_and_take_out_)(T *self, KEY const *key, T_PARTS *parts)
{
    if (FOR_SPEED)
        return T_(find_and_take_out_for_speed_)(self, key, parts);
    bool is_there = cairn_hash_move_out(T_SHAPE, T_(owner_)(self), key, parts);
    IF_CHECKED(self->changes += is_there;)
    return is_there;
}

/* Iterating. */

CAIRN_TEMPLATE T_ITERATOR T_(begin)(T const *self)
{
    T_ITERATOR made = {NULL, IF_MAP(NULL, )(T *)(uintptr_t)self,
                       cairn_hash_walk_start(self->table) IF_CHECKED(, self->changes)};
    return made;
}

CAIRN_TEMPLATE bool T_(next)(T_ITERATOR *self)
{
    CAIRN_CHECK_UNCHANGED(self->changes == self->of->changes);
    bool is_there = cairn_hash_walk_on(&self->walk);
    T_PARTS *parts = is_there ? T_(at_)(self->walk.table, self->walk.slot) : NULL;
    self->CURRENT = parts ? &parts->key : NULL;
    IF_MAP(self->value = parts ? &parts->value : NULL;)
    return is_there;
}

/* Takes the current item out, and leaves the iterator where it was. */
CAIRN_TEMPLATE T_PARTS T_(take_current_)(T_ITERATOR *self)
{
    cairn_check(self->CURRENT, "%s: the iterator stands on nothing; it must be moved first",
                __func__);
    CAIRN_CHECK_UNCHANGED(self->changes == self->of->changes);
    uint64_t hash = HASH(self->CURRENT, &self->walk.table->seed);
    self->CURRENT = NULL;
    IF_MAP(self->value = NULL;)
    IF_CHECKED(self->changes++;)
    return T_(take_out_)(self->of, hash, T_(at_)(self->walk.table, self->walk.slot));
}

CAIRN_TEMPLATE void T_(erase)(T_ITERATOR *self)
{
    T_PARTS parts = T_(take_current_)(self);
    T_(drop_parts_)(&parts);
}

/* Whole tables. */

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(new_in)(struct cairn_allocator *allocator)
{
    T made = {NULL, 0, allocator IF_CHECKED(, 0)};
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_with_capacity_in)(T *self,
                                                             struct cairn_allocator *allocator,
                                                             size_t capacity)
{
    *self = T_(new_in)(allocator);
    ERROR error = T_(reserve_)(self, capacity, CAIRN_FALLIBLE);
    if (error)
        *self = CAIRN_ZERO(T);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_with_capacity)(T *self, size_t capacity)
{
    return T_(try_with_capacity_in)(self, NULL, capacity);
}

#if defined(KEY_DROP) || defined(VALUE_DROP)

CAIRN_TEMPLATE void T_(drop_all_)(TABLE *table)
{
    struct cairn_hash_walk walk = cairn_hash_walk_start(table);
    while (cairn_hash_walk_on(&walk))
        T_(drop_parts_)(T_(at_)(walk.table, walk.slot));
}

#else

CAIRN_TEMPLATE void T_(drop_all_)(TABLE *table)
{
    (void)table;
}

#endif

CAIRN_TEMPLATE void T_(drop)(T *self)
{
    T all = *self;
    *self = CAIRN_ZERO(T);
    T_(drop_all_)(all.table);
    cairn_hash_table_free(all.table, all.allocator, SLOT_LAYOUT);
}

/* The larger table stays, without items. */
CAIRN_TEMPLATE void T_(clear)(T *self)
{
    TABLE *table = self->table;
    if (!table)
        return;
    T_(drop_all_)(table);
    self->length = 0;
    cairn_hash_clear(T_SHAPE, &self->table, self->allocator);
    NOTE_CHANGE(self);
}

/* Moves all entries of another one over; their values win. */
CAIRN_TEMPLATE ERROR T_(append_)(T *self, T *other, enum cairn_fallibility fallibility)
{
    cairn_check(self != other, "%s: a table cannot be appended to itself", __func__);
    ERROR error = T_(reserve_)(self, other->length, fallibility);
    if (error)
        return error;
    struct cairn_hash_walk walk = cairn_hash_walk_start(other->table);
    while (cairn_hash_walk_on(&walk)) {
        T_PARTS *at, *parts = T_(at_)(walk.table, walk.slot);
        bool found;
        (void)T_(find_or_put_in_)(self, parts, &at, &found, fallibility);
        if (!found)
            continue;
        DROP_KEY(&parts->key);
        IF_MAP(DROP_VALUE(&at->value); at->value = parts->value;)
    }
    cairn_hash_table_free(other->table, other->allocator, SLOT_LAYOUT);
    other->table = NULL;
    other->length = 0;
    NOTE_CHANGE(other);
    return CAIRN_COLLECTION_OK;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_append)(T *self, T *other)
{
    return T_(append_)(self, other, CAIRN_FALLIBLE);
}

#ifdef ENTRIES_ARE_CLONABLE

CAIRN_TEMPLATE ERROR T_(clone_parts_)(T_PARTS *to, KEY const *key IF_MAP(, VALUE const *value),
                                      enum cairn_fallibility fallibility)
{
    ERROR error = TRY_CLONE_KEY(&to->key, key);
    if (error)
        return cairn_collection_clone_failed(error, KEY_LAYOUT, fallibility);
    IF_MAP(error = TRY_CLONE_VALUE(&to->value, value); if (error) {
        DROP_KEY(&to->key);
        return cairn_collection_clone_failed(error, VALUE_LAYOUT, fallibility);
    })
    return CAIRN_COLLECTION_OK;
}

#ifdef ENTRIES_ARE_PLAIN

CAIRN_TEMPLATE ERROR T_(clone_slots_)(TABLE *to, TABLE *from, enum cairn_fallibility fallibility)
{
    (void)fallibility;
    cairn_hash_table_copy(to, from, SLOT_LAYOUT);
    return CAIRN_COLLECTION_OK;
}

#else

/* A group of the clone counts an item when it is there, so that it can be dropped at any time. */
CAIRN_TEMPLATE ERROR T_(clone_slots_)(TABLE *to, TABLE *from, enum cairn_fallibility fallibility)
{
    for (size_t number = 0; number <= from->mask; number++) {
        struct cairn_hash_group *group = cairn_hash_group_at(from, number);
        struct cairn_hash_group *clone = cairn_hash_group_at(to, number);
        for (unsigned slots = cairn_hash_group_occupied(group); slots != 0; slots &= slots - 1) {
            unsigned which = (unsigned)__builtin_ctz(slots);
            size_t slot = number * CAIRN_HASH_GROUP_SLOTS + which;
            T_PARTS const *parts = T_(at_)(from, slot);
            ERROR error = T_(clone_parts_)(T_(at_)(to, slot), &parts->key IF_MAP(, &parts->value),
                                           fallibility);
            if (error)
                return error;
            cairn_hash_group_set(clone, which, cairn_hash_group_control(group, which));
        }
        *clone = *group;
    }
    return CAIRN_COLLECTION_OK;
}

#endif

/* Every item has the same place in the clone. */
SHARED_TEMPLATE ERROR T_(clone_)(T *self, T const *from, enum cairn_fallibility fallibility)
{
    TABLE *source = from->table;
    *self = T_(new_in)(from->allocator);
    if (from->length == 0)
        return CAIRN_COLLECTION_OK;
    ERROR error = cairn_hash_new_like(T_SHAPE, &self->table, self->allocator, source, fallibility);
    if (!error)
        error = T_(clone_slots_)(self->table, source, fallibility);
    if (!error && source->moved != 0)
        error = T_(clone_slots_)(self->table->next, source->next, fallibility);
    self->length = from->length;
    if (error)
        T_(drop)(self);
    return error;
}

CAIRN_MUST_USE CAIRN_TEMPLATE ERROR T_(try_clone)(T *self, T const *from)
{
    return T_(clone_)(self, from, CAIRN_FALLIBLE);
}

#endif

/* The infallible forms. */

#ifndef CAIRN_ONLY_FALLIBLE

CAIRN_TEMPLATE void T_(reserve)(T *self, size_t additional)
{
    (void)T_(reserve_)(self, additional, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(shrink_to)(T *self, size_t capacity)
{
    (void)T_(shrink_to_)(self, capacity, CAIRN_INFALLIBLE);
}

CAIRN_TEMPLATE void T_(shrink_to_fit)(T *self)
{
    (void)T_(shrink_to_)(self, 0, CAIRN_INFALLIBLE);
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(with_capacity_in)(struct cairn_allocator *allocator,
                                                     size_t capacity)
{
    T made = T_(new_in)(allocator);
    (void)T_(reserve_)(&made, capacity, CAIRN_INFALLIBLE);
    return made;
}

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(with_capacity)(size_t capacity)
{
    return T_(with_capacity_in)(NULL, capacity);
}

CAIRN_TEMPLATE void T_(append)(T *self, T *other)
{
    (void)T_(append_)(self, other, CAIRN_INFALLIBLE);
}

#ifdef ENTRIES_ARE_CLONABLE

CAIRN_MUST_USE CAIRN_TEMPLATE T T_(clone)(T const *from)
{
    T made;
    (void)T_(clone_)(&made, from, CAIRN_INFALLIBLE);
    return made;
}

#endif
#endif
#endif
