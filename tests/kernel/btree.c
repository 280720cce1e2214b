/* SPDX-License-Identifier: MIT */
/* B-trees on the kernel's heap. */
#include "kernel_test.h"

#define T       map_u64
#define KEY     uint64_t
#define VALUE   uint64_t
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>

#define T       set_u64
#define ITEM    uint64_t
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_set.t.h>

/* Odd, so that it meets each of 2048 keys once. */
enum { KEYS = 2048, STRIDE = 1117 };

TEST(map_in_order)
{
    owned(map_u64) map = {0};
    for (uint64_t i = 0; i < KEYS; i++)
        map_u64_insert(&map, i * STRIDE % KEYS, i);
    uint64_t next = 0;
    for (map_u64_iterator i = map_u64_begin(&map); map_u64_next(&i); next++)
        cairn_check(*i.key == next && *i.value * STRIDE % KEYS == next, "%llu comes after %llu",
                    (unsigned long long)*i.key, (unsigned long long)next);
    cairn_check(next == KEYS, "the map has %llu entries", (unsigned long long)next);
}

/* Removing allocates nothing, so a set goes away on a heap that is full. */
TEST(set_until_the_heap_is_full)
{
    owned(set_u64) set = {0};
    uint64_t count = 0;
    while (set_u64_try_insert(&set, count) == CAIRN_COLLECTION_OK)
        count++;
    cairn_check(count > 1000 && set.length == count, "%zu of %llu are there", set.length,
                (unsigned long long)count);
    for (uint64_t i = 0; i < count; i++)
        cairn_check(set_u64_remove(&set, &i), "%llu is missing", (unsigned long long)i);
    cairn_check(set.length == 0 && !set.root, "%zu are left", set.length);
}

TEST(range_and_split)
{
    owned(map_u64) map = {0};
    for (uint64_t i = 0; i < 500; i++)
        map_u64_insert(&map, i * 2, i);
    uint64_t sum = 0;
    for (map_u64_iterator i = map_u64_range(&map, &(uint64_t){100}, &(uint64_t){200});
         map_u64_next(&i);)
        sum += *i.value;
    cairn_check(sum == (50 + 99) * 25, "the sum is %llu", (unsigned long long)sum);
    owned(map_u64) tail = map_u64_split_off(&map, &(uint64_t){301});
    cairn_check(map.length == 151 && *map_u64_first(&tail).key == 302, "%zu stay", map.length);
    map_u64_append(&map, &tail);
    cairn_check(map.length == 500 && *map_u64_last(&map).value == 499, "%zu again", map.length);
}
