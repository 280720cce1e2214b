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

/* False where there cannot be so many slots. */
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
