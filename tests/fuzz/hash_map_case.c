/* SPDX-License-Identifier: MIT */
/*
 * Plays actions on a hash map and on a sorted array of keys with their values.
 *
 * Keys and values are counted while they are alive, and each holds its number twice, so that one that is
 * dropped twice or never made is noticed. An allocation can be made to fail.
 *
 * What it is bad at: it does not see which memory was touched; AddressSanitizer does.
 */
#include "hash_map_case.h"

#include <stdlib.h>
#include <string.h>

#include <cairn/collection.h>
#include <cairn/failing.h>
#include <cairn/global.h>
#include <cairn/hash.h>

/* ---- Memory: the C library's, which AddressSanitizer watches ---- */

static size_t live_blocks;

static void *alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    live_blocks++;
    return aligned_alloc(layout.align, cairn_layout_stride(layout));
}

static void dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self, (void)layout;
    live_blocks--;
    free(block);
}

static const struct cairn_allocator_operations operations = {
    .name = "hash_map_case",
    .alloc = alloc,
    .dealloc = dealloc,
};
static struct cairn_allocator memory = {&operations};
static struct cairn_failing failing = CAIRN_FAILING(&memory);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

/* ---- Keys and values ---- */

struct number {
    uint32_t is, again;
};

static size_t live_numbers;

static struct number make(uint32_t number)
{
    live_numbers++;
    return (struct number){number, ~number};
}

static uint32_t value_of(const struct number *number)
{
    cairn_check(number->again == ~number->is, "a number is not alive");
    return number->is;
}

static void drop_number(struct number *number)
{
    (void)value_of(number);
    number->again = number->is;
    live_numbers--;
}

static size_t clones_left;

static enum cairn_collection_error clone_number(struct number *to, const struct number *from)
{
    if (clones_left == 0)
        return CAIRN_COLLECTION_NO_MEMORY;
    clones_left--;
    *to = make(value_of(from));
    return CAIRN_COLLECTION_OK;
}

/* How many bits of the hash are as they should be; the others are 0. */
static uint64_t hash_mask;

static uint64_t hash_number(const struct number *number, const struct cairn_hash_seed *seed)
{
    return cairn_hash_integer(value_of(number), seed) & hash_mask;
}

static bool equal_numbers(const struct number *one, const struct number *other)
{
    return value_of(one) == value_of(other);
}

#define T           map
#define KEY         struct number
#define VALUE       struct number
#define HASH        hash_number
#define EQUAL       equal_numbers
#define KEY_DROP    drop_number
#define VALUE_DROP  drop_number
#define KEY_CLONE   clone_number
#define VALUE_CLONE clone_number
#include <cairn/hash_map.t.h>

/* ---- The model ---- */

enum { KEYS = 4096 };

struct model {
    struct entry {
        uint32_t key, value;
    } entries[KEYS];
    size_t length;
};

/* Where the key is, or belongs. */
static size_t model_place(const struct model *model, uint32_t key)
{
    size_t low = 0, high = model->length;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (model->entries[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Null if the key is not there. */
static struct entry *model_find(struct model *model, uint32_t key)
{
    size_t place = model_place(model, key);
    return place < model->length && model->entries[place].key == key ? &model->entries[place]
                                                                     : NULL;
}

static void model_set(struct model *model, uint32_t key, uint32_t value)
{
    size_t place = model_place(model, key);
    struct entry *entry = &model->entries[place];
    if (!model_find(model, key)) {
        memmove(entry + 1, entry, (model->length - place) * sizeof(*entry));
        model->length++;
    }
    *entry = (struct entry){key, value};
}

static void model_remove(struct model *model, uint32_t key)
{
    struct entry *entry = model_find(model, key);
    if (!entry)
        return;
    model->length--;
    memmove(entry, entry + 1, (size_t)(&model->entries[model->length] - entry) * sizeof(*entry));
}

/* ---- A table's invariants ---- */

struct found {
    size_t items;
    unsigned *passed; /* of each group, how many items should have passed by */
};

static void check_item(struct cairn_hash_table *table, size_t slot, struct found *found)
{
    const struct map_parts_ *parts = map_at_(table, slot);
    uint64_t hash = hash_number(&parts->key, &table->seed);
    size_t last = slot / CAIRN_HASH_GROUP_SLOTS, number = cairn_hash_home(table, hash);
    unsigned char control = cairn_hash_group_control(cairn_hash_group_at(table, last),
                                                     (unsigned)(slot % CAIRN_HASH_GROUP_SLOTS));
    cairn_check(slot < table->slots, "slot %zu is outside", slot);
    cairn_check(control == cairn_hash_control(hash), "slot %zu has another hash", slot);
    for (size_t step = 1; number != last; step++) {
        cairn_check(step <= table->mask, "slot %zu is not on its item's path", slot);
        found->passed[number]++;
        number = cairn_hash_step(table, number, step);
    }
    found->items++;
}

/* What has moved away may have passed by, too; counts that are as high as can be are not exact. */
static void check_group(struct cairn_hash_table *table, size_t number, unsigned should_have_passed)
{
    struct cairn_hash_group *group = cairn_hash_group_at(table, number);
    unsigned passed = cairn_hash_group_passed(group);
    bool is_exact = table->moved == 0 && passed != CAIRN_HASH_PASSED_MOST;
    cairn_check(is_exact ? passed == should_have_passed
                         : passed >= should_have_passed || passed == CAIRN_HASH_PASSED_MOST,
                "group %zu counts %u that passed instead of %u", number, passed,
                should_have_passed);
    cairn_check(number >= table->moved || cairn_hash_group_occupied(group) == 0,
                "group %zu has moved, and holds something", number);
    cairn_check(number >= table->moved || !cairn_hash_group_is_last(group),
                "group %zu has moved, and nobody goes on from it", number);
}

static size_t check_table(struct cairn_hash_table *table)
{
    struct found found = {0, calloc(table->mask + 1, sizeof(unsigned))};
    for (size_t number = 0; number <= table->mask; number++) {
        unsigned slots = cairn_hash_group_occupied(cairn_hash_group_at(table, number));
        for (; slots != 0; slots &= slots - 1)
            check_item(table, number * CAIRN_HASH_GROUP_SLOTS + (unsigned)__builtin_ctz(slots),
                       &found);
    }
    for (size_t number = 0; number <= table->mask; number++)
        check_group(table, number, found.passed[number]);
    free(found.passed);
    return found.items;
}

static void check_invariants(const map *checked)
{
    struct cairn_hash_table *table = checked->table;
    size_t items = table ? check_table(table) : 0;
    if (table && table->moved != 0)
        items += check_table(table->next);
    cairn_check(items == checked->length, "the table holds %zu items, the length is %zu", items,
                checked->length);
    cairn_check(checked->length <= cairn_hash_capacity(table), "more items than the capacity");
}

static void compare(map *compared, struct model *model)
{
    size_t seen = 0;
    cairn_check(compared->length == model->length, "the length is %zu instead of %zu",
                compared->length, model->length);
    for (map_iterator i = map_begin(compared); map_next(&i); seen++) {
        struct entry *entry = model_find(model, value_of(i.key));
        cairn_check(entry && entry->value == value_of(i.value), "key %u is another", i.key->is);
    }
    cairn_check(seen == model->length, "%zu entries instead of %zu", seen, model->length);
    for (size_t i = 0; i < model->length; i++) {
        struct number key = {model->entries[i].key, ~model->entries[i].key};
        struct number *value = map_get(compared, &key);
        cairn_check(value && value_of(value) == model->entries[i].value, "key %u is lost", key.is);
    }
}

/* ---- Choosing ---- */

struct case_state {
    const uint8_t *at;
    size_t left;
    map map;
    struct model model;
    uint32_t last_value;
};

/* 0 where no bytes are left. */
static uint32_t choose(struct case_state *self)
{
    if (self->left == 0)
        return 0;
    self->left--;
    return *self->at++;
}

static uint32_t choose_key(struct case_state *self)
{
    uint32_t high = choose(self) % (KEYS / 256);
    return high << 8 | choose(self);
}

static struct number peek(uint32_t key)
{
    return (struct number){key, ~key};
}

/* ---- Actions: each does the same to both ---- */

static void insert(struct case_state *self, uint32_t key)
{
    uint32_t value = ++self->last_value;
    if (!map_try_insert(&self->map, make(key), make(value)))
        model_set(&self->model, key, value);
}

static void replace(struct case_state *self, uint32_t key)
{
    uint32_t value = ++self->last_value;
    const struct entry *entry = model_find(&self->model, key);
    struct number old;
    bool found;
    if (map_try_replace(&self->map, make(key), make(value), &old, &found))
        return;
    cairn_check(found == (entry != NULL), "replacing %u", key);
    if (found) {
        cairn_check(value_of(&old) == entry->value, "the old value of %u", key);
        drop_number(&old);
    }
    model_set(&self->model, key, value);
}

static void or_insert(struct case_state *self, uint32_t key)
{
    uint32_t value = ++self->last_value;
    struct number *place;
    if (map_try_or_insert(&self->map, make(key), make(value), &place))
        return;
    if (!model_find(&self->model, key))
        model_set(&self->model, key, value);
    cairn_check(value_of(place) == model_find(&self->model, key)->value, "the value of %u", key);
}

static void use_entry(struct case_state *self, uint32_t key)
{
    struct number wanted = peek(key), *place;
    map_entry entry = map_entry_of(&self->map, &wanted);
    cairn_check((entry.value != NULL) == (model_find(&self->model, key) != NULL), "entry %u", key);
    if (map_try_entry_or_insert(&entry, make(key), make(++self->last_value), &place))
        return;
    if (!model_find(&self->model, key))
        model_set(&self->model, key, self->last_value);
    if (self->last_value % 2 == 0)
        return;
    cairn_check(map_entry_remove(&entry, NULL, NULL), "entry %u is there", key);
    model_remove(&self->model, key);
}

static void remove_key(struct case_state *self, uint32_t key)
{
    struct number wanted = peek(key), its_key, value;
    const struct entry *entry = model_find(&self->model, key);
    bool found = map_remove_entry(&self->map, &wanted, &its_key, &value);
    cairn_check(found == (entry != NULL), "removing %u", key);
    if (!found)
        return;
    cairn_check(value_of(&its_key) == key && value_of(&value) == entry->value, "%u", key);
    drop_number(&its_key);
    drop_number(&value);
    model_remove(&self->model, key);
}

static bool keeps(const struct number *key, struct number *value, void *context)
{
    const uint32_t *divisor = context;
    return (value_of(key) + value_of(value)) % (*divisor + 2) != 0;
}

static void retain(struct case_state *self, uint32_t divisor)
{
    map_retain(&self->map, keeps, &divisor);
    for (size_t i = 0; i < self->model.length;) {
        struct number key = peek(self->model.entries[i].key);
        struct number value = peek(self->model.entries[i].value);
        if (keeps(&key, &value, &divisor))
            i++;
        else
            model_remove(&self->model, key.is);
    }
}

static void extract_some(struct case_state *self, uint32_t divisor)
{
    for (map_iterator i = map_begin(&self->map); map_next(&i);) {
        if (value_of(i.key) % (divisor + 2) != 0)
            continue;
        struct number key, value;
        map_extract(&i, &key, &value);
        model_remove(&self->model, value_of(&key));
        drop_number(&key);
        drop_number(&value);
    }
}

static void become_clone(struct case_state *self, uint32_t clones)
{
    map clone;
    clones_left = clones % 2 == 0 ? SIZE_MAX : clones;
    enum cairn_collection_error error = map_try_clone(&clone, &self->map);
    clones_left = SIZE_MAX;
    if (error)
        return;
    map_drop(&self->map);
    self->map = clone;
}

/* Keys from `first` on, with other values. */
static void extend(struct case_state *self, uint32_t first, uint32_t count, bool by_append)
{
    struct number keys[256], values[256];
    uint32_t value = self->last_value;
    map other = map_new_in(&failing.allocator);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = peek((first + i * 7) % KEYS);
        values[i] = peek(++self->last_value);
    }
    enum cairn_collection_error error = by_append
                                            ? map_try_extend_from(&other, keys, values, count)
                                            : map_try_extend_from(&self->map, keys, values, count);
    if (!error && by_append)
        error = map_try_append(&self->map, &other);
    for (uint32_t i = 0; i < count && !error; i++)
        model_set(&self->model, (first + i * 7) % KEYS, ++value);
    map_drop(&other);
}

static void change_room(struct case_state *self, uint32_t how)
{
    size_t before = map_capacity(&self->map), additional = how % 64 * 64;
    if (how >= 128 && !map_try_shrink_to(&self->map, additional))
        cairn_check(map_capacity(&self->map) <= before, "shrinking grows");
    else if (how < 128 && !map_try_reserve(&self->map, additional))
        cairn_check(map_capacity(&self->map) >= self->map.length + additional, "too little room");
}

static void fill(struct case_state *self, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        insert(self, (first + i * 3) % KEYS);
}

static void empty(struct case_state *self, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        remove_key(self, (first + i) % KEYS);
}

static void act(struct case_state *self)
{
    uint32_t action = choose(self) % 18;
    switch (action) {
    case 0:
    case 1:
        insert(self, choose_key(self));
        break;
    case 2:
    case 3:
        fill(self, choose_key(self), choose(self));
        break;
    case 4:
        replace(self, choose_key(self));
        break;
    case 5:
        or_insert(self, choose_key(self));
        break;
    case 6:
        use_entry(self, choose_key(self));
        break;
    case 7:
    case 8:
        remove_key(self, choose_key(self));
        break;
    case 9:
        empty(self, choose_key(self), choose(self));
        break;
    case 10:
        retain(self, choose(self));
        break;
    case 11:
        extract_some(self, choose(self));
        break;
    case 12:
        become_clone(self, choose(self));
        break;
    case 13:
    case 14:
        extend(self, choose_key(self), choose(self), action == 13);
        break;
    case 15:
        change_room(self, choose(self));
        break;
    case 16:
        if (choose(self) < 64)
            map_clear(&self->map), self->model.length = 0;
        break;
    default:
        cairn_failing_at(&failing, choose(self) % 8, CAIRN_FAILING_ONCE);
        break;
    }
}

void hash_map_case_play(const uint8_t *bytes, size_t count)
{
    static const uint64_t masks[] = {UINT64_MAX, UINT64_MAX, 0x3ff, 0x700, 0};
    static struct case_state self;
    self = (struct case_state){.at = bytes, .left = count};
    hash_mask = masks[choose(&self) % (sizeof(masks) / sizeof(masks[0]))];
    clones_left = SIZE_MAX;
    live_numbers = 0;
    cairn_hash_set_key(1, 2);
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
    while (self.left > 0) {
        act(&self);
        cairn_check(live_numbers == 2 * self.model.length, "%zu numbers are alive", live_numbers);
        compare(&self.map, &self.model);
        check_invariants(&self.map);
    }
    map_drop(&self.map);
    cairn_check(live_numbers == 0 && live_blocks == 0, "something is left");
}
