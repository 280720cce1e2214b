/* SPDX-License-Identifier: MIT */
/*
 * The worst insertion into a hash map on its way to 10^6 entries, in exact instructions.
 *
 * The processor traps after each instruction while its trap flag is set, and the handler counts: Intel
 * SDM vol. 3B, section 17.3.1.4. That is slow. So only those insertions are counted that can be the
 * worst: when one of the last growths begins, clears, moves a group that is full, or ends. The memory
 * comes from an arena in next to no instructions.
 *
 *     hash_insert ENTRIES     prints the number of insertions that were counted, and the most of one
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <cairn/global.h>
#include <cairn/hash.h>

static _Alignas(64) unsigned char arena[256 << 20];
static size_t arena_used;

static void *alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    size_t begin = cairn_align_up(arena_used, layout.align);
    arena_used = begin + layout.size;
    return arena_used <= sizeof(arena) ? arena + begin : NULL;
}

static void dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self, (void)block, (void)layout;
}

static const struct cairn_allocator_operations operations = {
    .name = "arena",
    .alloc = alloc,
    .dealloc = dealloc,
};
static struct cairn_allocator allocator = {&operations};
CAIRN_GLOBAL_ALLOCATOR(&allocator);

#define T     map_u64
#define KEY   uint64_t
#define VALUE uint64_t
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>

/* ---- Counting ---- */

static volatile size_t instructions;

static void count_one(int signal)
{
    (void)signal;
    instructions++;
}

__attribute__((noinline)) static void insert(map_u64 *map, uint64_t key)
{
    map_u64_insert(map, key, key);
}

static size_t counted_insert(map_u64 *map, uint64_t key)
{
    instructions = 0;
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" : : : "memory", "cc");
    insert(map, key);
    __asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" : : : "memory", "cc");
    return instructions;
}

/* ---- Which are counted ---- */

enum { FULL_GROUPS = 5 }; /* of each growth */

static size_t full_groups_left;

static bool can_be_the_worst(const map_u64 *map)
{
    struct cairn_hash_table *table = map->table;
    if (!table->next) {
        full_groups_left = FULL_GROUPS;
        return map->length >= table->capacity;
    }
    if (table->moved == 0)
        return table->next->cleared == CAIRN_HASH_CLEARED_AT_ONCE;
    if (table->moved == table->mask)
        return true;
    size_t free = cairn_hash_group_free(cairn_hash_group_at(table, table->moved));
    return free == 0 && full_groups_left > 0 && full_groups_left--;
}

int main(int count, char *words[])
{
    size_t entries = count == 2 ? strtoul(words[1], NULL, 10) : 0, counted = 0, most = 0;
    map_u64 map = {0};
    signal(SIGTRAP, count_one);
    for (uint64_t key = 0; key < entries; key++) {
        if (key < entries / 20 || !can_be_the_worst(&map)) {
            insert(&map, key);
            continue;
        }
        size_t cost = counted_insert(&map, key);
        most = cost > most ? cost : most;
        counted++;
    }
    printf("%zu %zu\n", counted, most);
    return map.length == entries ? 0 : 1;
}
