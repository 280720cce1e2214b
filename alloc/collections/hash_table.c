/* SPDX-License-Identifier: MIT */
#include <cairn/hash_table.h>

/* ---- How large ---- */

/* A table of one group needs no more slots than it takes items: whoever looks for one sees all. */
struct table_shape {
    size_t groups;
    size_t slots;
    size_t capacity;
};

static bool shape_of_one_group(size_t count, struct table_shape *shape)
{
    size_t capacity = count <= 3 ? 3 : count <= 7 ? 7 : count <= 14 ? 14 : CAIRN_HASH_GROUP_LOAD;
    *shape = CAIRN_LITERAL(struct table_shape){1, capacity, capacity};
    return true;
}

/* False if a table cannot have that many slots. */
static bool shape_for(size_t count, struct table_shape *shape)
{
    if (count <= CAIRN_HASH_GROUP_LOAD)
        return shape_of_one_group(count, shape);
    size_t least = (count - 1) / CAIRN_HASH_GROUP_LOAD; /* groups, less one */
    size_t groups = (size_t)1 << cairn_log2_floor(least) << 1;
    if (groups > SIZE_MAX / 2 / CAIRN_HASH_GROUP_SLOTS)
        return false;
    *shape = CAIRN_LITERAL(struct table_shape){groups, groups * CAIRN_HASH_GROUP_SLOTS,
                                               groups * CAIRN_HASH_GROUP_LOAD};
    return true;
}

size_t cairn_hash_capacity_for(size_t count)
{
    struct table_shape shape;
    if (count == 0)
        return 0;
    return shape_for(count, &shape) ? shape.capacity : SIZE_MAX;
}

/* The block of a table, and where in it the table's address is. */
static bool block_layout(struct cairn_layout slot, size_t slots, size_t groups,
                         struct cairn_layout *layout, size_t *offset)
{
    struct cairn_layout header = CAIRN_LAYOUT_OF(struct cairn_hash_table), rest;
    size_t ignored;
    if (!cairn_layout_array(slot, slots, layout) ||
        !cairn_layout_array(CAIRN_LAYOUT_OF(struct cairn_hash_group), groups, &rest))
        return false;
    /* The slots end at the table's address, which so must suit both. */
    header.align = slot.align > header.align ? slot.align : header.align;
    return cairn_layout_extend(layout, header, offset) &&
           cairn_layout_extend(layout, rest, &ignored);
}

/* ---- Tables ---- */

enum cairn_collection_error cairn_hash_table_new(struct cairn_hash_table **table,
                                                 struct cairn_allocator *allocator,
                                                 struct cairn_layout slot, size_t count,
                                                 const struct cairn_hash_seed *seed,
                                                 enum cairn_fallibility fallibility)
{
    struct table_shape shape;
    struct cairn_layout layout;
    size_t offset;
    *table = NULL;
    if (!shape_for(count, &shape) ||
        !block_layout(slot, shape.slots, shape.groups, &layout, &offset)) {
        layout = CAIRN_LITERAL(struct cairn_layout){CAIRN_CAPACITY_OVERFLOW, slot.align};
        return cairn_collection_failed(layout, fallibility);
    }
    void *block = cairn_allocator_alloc(cairn_collection_allocator(allocator), layout);
    if (!block)
        return cairn_collection_failed(layout, fallibility);
    *table = (struct cairn_hash_table *)((uintptr_t)block + offset);
    **table = CAIRN_ZERO(struct cairn_hash_table);
    (*table)->seed = *seed;
    (*table)->mask = shape.groups - 1;
    (*table)->capacity = shape.capacity;
    (*table)->slots = shape.slots;
    return CAIRN_COLLECTION_OK;
}

static void free_one(struct cairn_hash_table *table, struct cairn_allocator *allocator,
                     struct cairn_layout slot)
{
    struct cairn_layout layout = {0, 1};
    size_t offset = 0;
    bool was_made = block_layout(slot, table->slots, table->mask + 1, &layout, &offset);
    (void)was_made;
    cairn_allocator_dealloc(cairn_collection_allocator(allocator),
                            (void *)((uintptr_t)table - offset), layout);
}

void cairn_hash_table_free(struct cairn_hash_table *table, struct cairn_allocator *allocator,
                           struct cairn_layout slot)
{
    if (!table)
        return;
    if (table->next)
        free_one(table->next, allocator, slot);
    free_one(table, allocator, slot);
}

bool cairn_hash_table_clear(struct cairn_hash_table *table, size_t groups)
{
    size_t left = table->mask + 1 - table->cleared;
    size_t count = groups < left ? groups : left;
    __builtin_memset(cairn_hash_group_at(table, table->cleared), 0,
                     count * sizeof(struct cairn_hash_group));
    table->cleared += count;
    return count == left;
}

void cairn_hash_table_copy(struct cairn_hash_table *to, struct cairn_hash_table *from,
                           struct cairn_layout slot)
{
    size_t bytes = from->slots * slot.size;
    cairn_collection_copy((char *)to - bytes, (const char *)from - bytes, bytes);
    __builtin_memcpy(cairn_hash_group_at(to, 0), cairn_hash_group_at(from, 0),
                     (from->mask + 1) * sizeof(struct cairn_hash_group));
}

/* ---- Places ---- */

struct cairn_hash_table *cairn_hash_choose(struct cairn_hash_table *table, uint64_t hash)
{
    size_t home = cairn_hash_home(table, hash);
    struct cairn_hash_group *group = cairn_hash_group_at(table, home);
    if (home < table->moved)
        return table->next;
    if (cairn_hash_group_free(group) != 0)
        return table;
    cairn_hash_group_pass(group);
    return table->next;
}

bool cairn_hash_walk_to_group(struct cairn_hash_walk *walk)
{
    if (!walk->table)
        return false;
    do {
        if (walk->group < walk->table->mask) {
            walk->group++;
        } else if (walk->table->moved != 0) {
            walk->table = walk->table->next;
            walk->group = 0;
        } else {
            return false;
        }
        walk->left = cairn_hash_group_occupied(cairn_hash_group_at(walk->table, walk->group));
    } while (walk->left == 0);
    return true;
}

/* ---- Items, by their shape ---- */

static void *find_in_hash_group(const struct cairn_hash_shape *shape,
                                struct cairn_hash_table *table, size_t number, uint64_t hash,
                                const void *key)
{
    struct cairn_hash_group *group = cairn_hash_group_at(table, number);
    unsigned slots = cairn_hash_group_match(group, cairn_hash_control(hash));
    for (; slots != 0; slots &= slots - 1) {
        size_t slot = number * CAIRN_HASH_GROUP_SLOTS + (unsigned)__builtin_ctz(slots);
        if (shape->equal(cairn_hash_at(shape, table, slot), key))
            return cairn_hash_at(shape, table, slot);
    }
    return NULL;
}

static void *find_on_hash_path(const struct cairn_hash_shape *shape, struct cairn_hash_table *table,
                               uint64_t hash, const void *key)
{
    size_t number = cairn_hash_home(table, hash);
    for (size_t step = 1;; step++) {
        void *found = find_in_hash_group(shape, table, number, hash, key);
        if (found || step > table->mask ||
            cairn_hash_group_passed(cairn_hash_group_at(table, number)) == 0)
            return found;
        number = cairn_hash_step(table, number, step);
    }
}

void *cairn_hash_find(const struct cairn_hash_shape *shape, struct cairn_hash_table *table,
                      uint64_t hash, const void *key)
{
    void *found = find_on_hash_path(shape, table, hash, key);
    if (found || table->moved == 0)
        return found;
    return find_on_hash_path(shape, table->next, hash, key);
}

static void move_hash_group(const struct cairn_hash_shape *shape, struct cairn_hash_table *from,
                            size_t number, struct cairn_hash_table *to)
{
    struct cairn_hash_group *group = cairn_hash_group_at(from, number);
    for (unsigned slots = cairn_hash_group_occupied(group); slots != 0; slots &= slots - 1) {
        size_t slot = number * CAIRN_HASH_GROUP_SLOTS + (unsigned)__builtin_ctz(slots);
        const void *item = cairn_hash_at(shape, from, slot);
        slot = cairn_hash_occupy(to, shape->hash(item, &to->seed));
        cairn_collection_copy(cairn_hash_at(shape, to, slot), item, shape->slot.size);
    }
    cairn_hash_group_leave(group);
}

static void move_hash_table(const struct cairn_hash_shape *shape, struct cairn_hash_table *from,
                            struct cairn_hash_table *to)
{
    for (size_t number = from->moved; number <= from->mask; number++)
        move_hash_group(shape, from, number, to);
}

enum cairn_collection_error cairn_hash_rebuild(const struct cairn_hash_shape *shape,
                                               struct cairn_hash_table **table,
                                               struct cairn_allocator *allocator, size_t count,
                                               enum cairn_fallibility fallibility)
{
    struct cairn_hash_table *old = *table, *made;
    struct cairn_hash_seed seed = old ? old->seed : cairn_hash_new_seed();
    enum cairn_collection_error error =
        cairn_hash_table_new(&made, allocator, shape->slot, count, &seed, fallibility);
    if (error)
        return error;
    (void)cairn_hash_table_clear(made, made->mask + 1);
    if (old && old->moved != 0)
        move_hash_table(shape, old->next, made);
    if (old)
        move_hash_table(shape, old, made);
    cairn_hash_table_free(old, allocator, shape->slot);
    *table = made;
    return CAIRN_COLLECTION_OK;
}

enum cairn_collection_error cairn_hash_reserve(const struct cairn_hash_shape *shape,
                                               struct cairn_hash_table **table,
                                               struct cairn_allocator *allocator, size_t needed,
                                               enum cairn_fallibility fallibility)
{
    if (needed <= cairn_hash_capacity(*table))
        return CAIRN_COLLECTION_OK;
    return cairn_hash_rebuild(shape, table, allocator, needed, fallibility);
}

enum cairn_collection_error cairn_hash_shrink(const struct cairn_hash_shape *shape,
                                              struct cairn_hash_table **table,
                                              struct cairn_allocator *allocator, size_t wanted,
                                              enum cairn_fallibility fallibility)
{
    size_t capacity = cairn_hash_capacity_for(wanted);
    if (capacity >= cairn_hash_capacity(*table))
        return CAIRN_COLLECTION_OK;
    if (capacity != 0)
        return cairn_hash_rebuild(shape, table, allocator, capacity, fallibility);
    cairn_hash_table_free(*table, allocator, shape->slot);
    *table = NULL;
    return CAIRN_COLLECTION_OK;
}

enum cairn_collection_error cairn_hash_begin_growth(struct cairn_hash_table *table,
                                                    struct cairn_allocator *allocator,
                                                    struct cairn_layout slot,
                                                    enum cairn_fallibility fallibility)
{
    if (table->next)
        return CAIRN_COLLECTION_OK;
    return cairn_hash_table_new(&table->next, allocator, slot, table->capacity + 1, &table->seed,
                                fallibility);
}

void cairn_hash_end_growth(struct cairn_hash_table **table, struct cairn_allocator *allocator,
                           struct cairn_layout slot)
{
    struct cairn_hash_table *old = *table;
    if (old->moved <= old->mask)
        return;
    *table = old->next;
    old->next = NULL;
    cairn_hash_table_free(old, allocator, slot);
}

enum cairn_collection_error cairn_hash_grow(const struct cairn_hash_shape *shape,
                                            struct cairn_hash_table **table,
                                            struct cairn_allocator *allocator,
                                            enum cairn_fallibility fallibility)
{
    struct cairn_hash_table *old = *table;
    enum cairn_collection_error error =
        cairn_hash_begin_growth(old, allocator, shape->slot, fallibility);
    if (error || !old->next || !cairn_hash_is_cleared(old))
        return error;
    move_hash_group(shape, old, old->moved++, old->next);
    cairn_hash_end_growth(table, allocator, shape->slot);
    return CAIRN_COLLECTION_OK;
}

/* Beyond all slots if the item is in another table. Without size there is one item, in slot 0. */
static size_t hash_slot_of(const struct cairn_hash_shape *shape,
                           const struct cairn_hash_table *table, const void *item)
{
    size_t bytes = (uintptr_t)table - (uintptr_t)item;
    return shape->slot.size == 0 ? 0 : bytes / shape->slot.size - 1;
}

void cairn_hash_take_out(const struct cairn_hash_shape *shape, struct cairn_hash_table *table,
                         uint64_t hash, const void *item)
{
    size_t slot = hash_slot_of(shape, table, item);
    if (table->moved != 0 && slot >= table->slots) {
        table = table->next;
        slot = hash_slot_of(shape, table, item);
    }
    cairn_hash_vacate(table, slot, hash);
}

/* ---- Items in and out ---- */

void *cairn_hash_look_for(const struct cairn_hash_shape *shape,
                          const struct cairn_hash_owner *owner, const void *key)
{
    struct cairn_hash_table *table = owner->table;
    return table ? cairn_hash_find(shape, table, shape->hash(key, &table->seed), key) : NULL;
}

static enum cairn_collection_error make_room(const struct cairn_hash_shape *shape,
                                             struct cairn_hash_owner *owner,
                                             enum cairn_fallibility fallibility)
{
    struct cairn_hash_table *table = owner->table;
    if (!table)
        return cairn_hash_rebuild(shape, &owner->table, owner->allocator, 1, fallibility);
    if (table->next || owner->length >= table->capacity)
        return cairn_hash_grow(shape, &owner->table, owner->allocator, fallibility);
    return CAIRN_COLLECTION_OK;
}

enum cairn_collection_error cairn_hash_put_in(const struct cairn_hash_shape *shape,
                                              struct cairn_hash_owner *owner, const void *item,
                                              enum cairn_fallibility fallibility, void **place)
{
    enum cairn_collection_error error = make_room(shape, owner, fallibility);
    if (error)
        return error;
    struct cairn_hash_table *table = owner->table;
    uint64_t hash = shape->hash(item, &table->seed);
    if (table->moved != 0)
        table = cairn_hash_choose(table, hash);
    *place = cairn_hash_at(shape, table, cairn_hash_occupy(table, hash));
    cairn_collection_copy(*place, item, shape->slot.size);
    owner->length++;
    return CAIRN_COLLECTION_OK;
}

bool cairn_hash_move_out(const struct cairn_hash_shape *shape, struct cairn_hash_owner *owner,
                         const void *key, void *item)
{
    const void *place = cairn_hash_look_for(shape, owner, key);
    if (!place)
        return false;
    cairn_collection_copy(item, place, shape->slot.size);
    cairn_hash_take_out(shape, owner->table, shape->hash(key, &owner->table->seed), place);
    owner->length--;
    return true;
}

static enum cairn_collection_error new_empty_like(const struct cairn_hash_shape *shape,
                                                  struct cairn_hash_table **table,
                                                  struct cairn_allocator *allocator,
                                                  const struct cairn_hash_table *like,
                                                  enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = cairn_hash_table_new(
        table, allocator, shape->slot, like->capacity, &like->seed, fallibility);
    if (!error)
        (void)cairn_hash_table_clear(*table, (*table)->mask + 1);
    return error;
}

enum cairn_collection_error cairn_hash_new_like(const struct cairn_hash_shape *shape,
                                                struct cairn_hash_table **table,
                                                struct cairn_allocator *allocator,
                                                const struct cairn_hash_table *like,
                                                enum cairn_fallibility fallibility)
{
    enum cairn_collection_error error = new_empty_like(shape, table, allocator, like, fallibility);
    if (!error && like->next)
        error = new_empty_like(shape, &(*table)->next, allocator, like->next, fallibility);
    if (!error) {
        (*table)->moved = like->moved;
        return CAIRN_COLLECTION_OK;
    }
    cairn_hash_table_free(*table, allocator, shape->slot);
    *table = NULL;
    return error;
}

void cairn_hash_clear(const struct cairn_hash_shape *shape, struct cairn_hash_table **table,
                      struct cairn_allocator *allocator)
{
    struct cairn_hash_table *old = *table;
    if (old->next) {
        *table = old->next;
        old->next = NULL;
        cairn_hash_table_free(old, allocator, shape->slot);
    }
    (*table)->cleared = 0;
    (void)cairn_hash_table_clear(*table, (*table)->mask + 1);
}
