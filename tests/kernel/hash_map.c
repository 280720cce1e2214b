/* SPDX-License-Identifier: MIT */
/* Hash maps and sets on the kernel's heap, whose groups are compared word by word. */
#include "kernel_test.h"

#include <cairn/base/host.h>

#define T     map_u64
#define KEY   uint64_t
#define VALUE uint64_t
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>

#define T     set_u64
#define ITEM  uint64_t
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_set.t.h>

enum { KEYS = 1000 };

TEST(grows_while_it_is_used)
{
    owned(map_u64) map = {0};
    for (uint64_t i = 0; i < KEYS; i++) {
        map_u64_insert(&map, i << 40, i);
        uint64_t *value = map_u64_get(&map, &(uint64_t){i / 2 << 40});
        cairn_check(value && *value == i / 2, "%llu is lost", (unsigned long long)i / 2);
    }
    uint64_t sum = 0;
    for (map_u64_iterator i = map_u64_begin(&map); map_u64_next(&i);) {
        sum += *i.value;
        if (*i.value % 2 == 0)
            map_u64_erase(&i);
    }
    cairn_check(sum == (uint64_t)KEYS * (KEYS - 1) / 2, "the sum is %llu", (unsigned long long)sum);
    cairn_check(map.length == KEYS / 2, "%zu are left", map.length);
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
    cairn_check(set.length == 0, "%zu are left", set.length);
}

TEST(tables_have_seeds_of_their_own)
{
    owned(set_u64) one = {0}, other = {0};
    set_u64_insert(&one, 1);
    set_u64_insert(&other, 1);
    cairn_check(one.table->seed.halves[0] != other.table->seed.halves[0], "they have the same");
    cairn_check(cairn_host_random() != cairn_host_random(), "the host's numbers are not random");
}
