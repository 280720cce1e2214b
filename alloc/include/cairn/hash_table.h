/* SPDX-License-Identifier: MIT */
/*
 * The untyped core of hash_map and hash_set: tables, where items are in them, and how one grows into
 * the next a little at a time. The items themselves belong to the typed template.
 *
 * A table is one block:
 *
 *     slot n-1 ... slot 1 slot 0 | struct cairn_hash_table | group 0, group 1, ...
 *                                ^ its address
 *
 * An item belongs into the group that its hash says, its home. If that is full, it goes on along the
 * path of its hash, to the groups home + 1, home + 3, home + 6, ..., and each that it passes counts it,
 * see <cairn/hash_group.h>. A table may be full up to 28 of 31 slots; then it grows:
 *
 *     1. The next table is allocated, twice as large: all that can fail.
 *     2. Each insertion clears 16 of its groups. The old table takes in a few more items meanwhile.
 *     3. Each insertion moves one group, `moved` of them in order. New items go to the old table only
 *        if their home has not moved and is not full. Whoever looks for a key goes on to the next table
 *        only from a home that has moved, or that was full.
 *     4. All have moved, and the old table is freed.
 *
 * So an insertion costs O(1) however large the table is, and nearly every key is looked for in one
 * table alone, also while the table grows.
 *
 * What it is bad at: while it grows there are two tables; nothing shrinks by itself.
 */
#ifndef CAIRN_HASH_TABLE_H
#define CAIRN_HASH_TABLE_H

#include <cairn/collection.h>
#include <cairn/hash.h>
#include <cairn/hash_group.h>

CAIRN_C_BEGIN

enum {
    CAIRN_HASH_GROUP_LOAD = 28,      /* items that a table takes for each of its groups */
    CAIRN_HASH_CLEARED_AT_ONCE = 16, /* groups that an insertion clears */
};

/*
 * Invariants: mask + 1 is a power of two; slots is 31 for each group, or fewer and one group
 *             next is null unless the table grows; moved is 0 unless all of `next` is cleared
 *             the slots of the groups before `moved` are free
 */
struct cairn_hash_table {
    CAIRN_ALIGNED(32) struct cairn_hash_seed seed;
    size_t mask;     /* groups, less one */
    size_t moved;    /* groups */
    size_t capacity; /* items, up to which it does not grow */
    size_t slots;
    struct cairn_hash_table *next;
    size_t cleared; /* groups */
};

static inline struct cairn_hash_group *cairn_hash_group_at(struct cairn_hash_table *table,
                                                           size_t group)
{
    return (struct cairn_hash_group *)(void *)(table + 1) + group;
}

/* What the core must know of the items to find and to move them. A slot begins with its key. */
struct cairn_hash_shape {
    struct cairn_layout slot;
    uint64_t (*hash)(const void *key, const struct cairn_hash_seed *seed);
    bool (*equal)(const void *one, const void *other);
};

/* A path: `step` counts from 1. As many steps as there are groups come to each of them once. */
static inline size_t cairn_hash_home(const struct cairn_hash_table *table, uint64_t hash)
{
    return (size_t)(hash >> 8) & table->mask;
}

static inline size_t cairn_hash_step(const struct cairn_hash_table *table, size_t group,
                                     size_t step)
{
    return (group + step) & table->mask;
}

/*
 * A table for at least `count` items, whose groups must be cleared before it is used.
 *
 * Needs:  `slot` is the layout of a slot.
 * Errors: NO_MEMORY; TOO_LARGE; *table is null then.
 */
enum cairn_collection_error cairn_hash_table_new(struct cairn_hash_table **table,
                                                 struct cairn_allocator *allocator,
                                                 struct cairn_layout slot, size_t count,
                                                 const struct cairn_hash_seed *seed,
                                                 enum cairn_fallibility fallibility);

/* Gives back the table's memory, and that of the next one. */
void cairn_hash_table_free(struct cairn_hash_table *table, struct cairn_allocator *allocator,
                           struct cairn_layout slot);

/* Clears `groups` more, if there are so many; says whether all are cleared. Frees all their slots. */
bool cairn_hash_table_clear(struct cairn_hash_table *table, size_t groups);

/* Copies all slots and groups to a table of the same capacity. */
void cairn_hash_table_copy(struct cairn_hash_table *to, struct cairn_hash_table *from,
                           struct cairn_layout slot);

/* How many items the table for `count` items takes; 0 for none; SIZE_MAX if there can be none. */
size_t cairn_hash_capacity_for(size_t count);

/* How many items the table takes without allocating. */
static inline size_t cairn_hash_capacity(const struct cairn_hash_table *table)
{
    if (!table)
        return 0;
    return table->next ? table->next->capacity : table->capacity;
}

/* Takes a slot on the path, and gives its number. Needs: one is free. */
static inline size_t cairn_hash_occupy(struct cairn_hash_table *table, uint64_t hash)
{
    size_t number = cairn_hash_home(table, hash);
    struct cairn_hash_group *group = cairn_hash_group_at(table, number);
    unsigned free = cairn_hash_group_free(group);
    for (size_t step = 1; __builtin_expect(free == 0, 0); step++) {
        cairn_hash_group_pass(group);
        number = cairn_hash_step(table, number, step);
        group = cairn_hash_group_at(table, number);
        free = cairn_hash_group_free(group);
    }
    unsigned slot = (unsigned)__builtin_ctz(free);
    cairn_hash_group_set(group, slot, cairn_hash_control(hash));
    return number * CAIRN_HASH_GROUP_SLOTS + slot;
}

/* In which of the two a new item with this hash belongs, while the first is moving to the next. */
struct cairn_hash_table *cairn_hash_choose(struct cairn_hash_table *table, uint64_t hash);

/* Frees the slot of an item that has this hash. */
static inline void cairn_hash_vacate(struct cairn_hash_table *table, size_t slot, uint64_t hash)
{
    size_t number = cairn_hash_home(table, hash), last = slot / CAIRN_HASH_GROUP_SLOTS;
    cairn_hash_group_set(cairn_hash_group_at(table, last),
                         (unsigned)(slot % CAIRN_HASH_GROUP_SLOTS), 0);
    for (size_t step = 1; __builtin_expect(number != last, 0); step++) {
        cairn_hash_group_unpass(cairn_hash_group_at(table, number));
        number = cairn_hash_step(table, number, step);
    }
}

/* The slot's address. */
static inline void *cairn_hash_at(const struct cairn_hash_shape *shape,
                                  struct cairn_hash_table *table, size_t slot)
{
    return (void *)((uintptr_t)table - (slot + 1) * shape->slot.size);
}

/* What maps and sets begin with, whatever their types: they are handed on as this. */
struct __attribute__((may_alias)) cairn_hash_owner {
    struct cairn_hash_table *table; /* null: there is no room, and so no item */
    size_t length;
    struct cairn_allocator *allocator; /* null: the global one */
};

/* Looks for the key in the table, and in the next one; null if it is not there. */
void *cairn_hash_find(const struct cairn_hash_shape *shape, struct cairn_hash_table *table,
                      uint64_t hash, const void *key);

/* The parts of growing: allocates the next table, unless it is there; clears some of it, and says
 * whether all is cleared; and once all groups have moved, takes it instead of the old one. */
enum cairn_collection_error cairn_hash_begin_growth(struct cairn_hash_table *table,
                                                    struct cairn_allocator *allocator,
                                                    struct cairn_layout slot,
                                                    enum cairn_fallibility fallibility);
static inline bool cairn_hash_is_cleared(struct cairn_hash_table *table)
{
    return table->moved != 0 || cairn_hash_table_clear(table->next, CAIRN_HASH_CLEARED_AT_ONCE);
}
void cairn_hash_end_growth(struct cairn_hash_table **table, struct cairn_allocator *allocator,
                           struct cairn_layout slot);

/*
 * One step of growing: begins it if the table is not growing, and clears or moves groups.
 *
 * Errors: NO_MEMORY, TOO_LARGE, and nothing has changed.
 */
enum cairn_collection_error cairn_hash_grow(const struct cairn_hash_shape *shape,
                                            struct cairn_hash_table **table,
                                            struct cairn_allocator *allocator,
                                            enum cairn_fallibility fallibility);

/* Looks for the key; null if it is not there. */
void *cairn_hash_look_for(const struct cairn_hash_shape *shape,
                          const struct cairn_hash_owner *owner, const void *key);

/*
 * Moves an item in whose key is not there yet, and writes to *place where it is; grows before, if there
 * are as many as there can be. Errors as before.
 */
enum cairn_collection_error cairn_hash_put_in(const struct cairn_hash_shape *shape,
                                              struct cairn_hash_owner *owner, const void *item,
                                              enum cairn_fallibility fallibility, void **place);

/* Looks for the key and moves its item out; false if it is not there. */
bool cairn_hash_move_out(const struct cairn_hash_shape *shape, struct cairn_hash_owner *owner,
                         const void *key, void *item);

/* Frees the slot of an item, whose bytes stay until it is taken again. */
void cairn_hash_take_out(const struct cairn_hash_shape *shape, struct cairn_hash_table *table,
                         uint64_t hash, const void *item);

/* Moves all items to a table for `count` items, at once; *table may be null. Errors as before. */
enum cairn_collection_error cairn_hash_rebuild(const struct cairn_hash_shape *shape,
                                               struct cairn_hash_table **table,
                                               struct cairn_allocator *allocator, size_t count,
                                               enum cairn_fallibility fallibility);

/* Makes room for `needed` items; gives back what `wanted` items do not need. Errors as before. */
enum cairn_collection_error cairn_hash_reserve(const struct cairn_hash_shape *shape,
                                               struct cairn_hash_table **table,
                                               struct cairn_allocator *allocator, size_t needed,
                                               enum cairn_fallibility fallibility);
enum cairn_collection_error cairn_hash_shrink(const struct cairn_hash_shape *shape,
                                              struct cairn_hash_table **table,
                                              struct cairn_allocator *allocator, size_t wanted,
                                              enum cairn_fallibility fallibility);

/*
 * Empty tables like those of another one, as large and growing as far, so that every item has the same
 * place there. Errors as before; then *table is null.
 */
enum cairn_collection_error cairn_hash_new_like(const struct cairn_hash_shape *shape,
                                                struct cairn_hash_table **table,
                                                struct cairn_allocator *allocator,
                                                const struct cairn_hash_table *like,
                                                enum cairn_fallibility fallibility);

/* Frees all slots; the larger one of two tables stays. Needs: *table is not null. */
void cairn_hash_clear(const struct cairn_hash_shape *shape, struct cairn_hash_table **table,
                      struct cairn_allocator *allocator);

/* Walking through all items, and through those of the next table if this one is moving. */
struct cairn_hash_walk {
    struct cairn_hash_table *table; /* of the current item; null: there is none */
    size_t group;
    size_t slot;   /* of the current item */
    unsigned left; /* slots of this group that are still to come */
};

static inline struct cairn_hash_walk cairn_hash_walk_start(struct cairn_hash_table *table)
{
    struct cairn_hash_walk walk = {table, 0, 0, 0};
    if (table)
        walk.left = cairn_hash_group_occupied(cairn_hash_group_at(table, 0));
    return walk;
}

/* Goes to the next group that holds an item; false if there is none. */
bool cairn_hash_walk_to_group(struct cairn_hash_walk *walk);

/* Goes to the next item; false if there is none. */
static inline bool cairn_hash_walk_on(struct cairn_hash_walk *walk)
{
    if (walk->left == 0 && !cairn_hash_walk_to_group(walk))
        return false;
    walk->slot = walk->group * CAIRN_HASH_GROUP_SLOTS + (unsigned)__builtin_ctz(walk->left);
    walk->left &= walk->left - 1;
    return true;
}

CAIRN_C_END

#endif
