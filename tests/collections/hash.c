/* SPDX-License-Identifier: MIT */
/* Hash functions and seeds, and what someone can do who chooses the keys of a table. */
#include "test.h"

#include <cairn/global.h>
#include <cairn/hash.h>

#include "strict_heap.h"

CAIRN_GLOBAL_ALLOCATOR(&strict_heap.allocator);

#define T     set_number
#define ITEM  uint64_t
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_set.t.h>

/* ---- SipHash ---- */

/* Source: Rust 1.95's DefaultHasher, which is SipHash-1-3 with a key of zeros; Python 3.11 agrees. */
static const struct {
    size_t length;
    uint64_t hash;
} sip_hashes[] = {
    {0, UINT64_C(0xd1fba762150c532c)},  {1, UINT64_C(0x44bc103b1f8540ed)},
    {2, UINT64_C(0xb238744ea7a5a1d0)},  {7, UINT64_C(0xb41012aeee05c7d4)},
    {8, UINT64_C(0xd22d9341176d0728)},  {9, UINT64_C(0x4ec42971d570753b)},
    {15, UINT64_C(0x566f711d32f59152)}, {16, UINT64_C(0x7e6bfb8bf1d36ac4)},
    {17, UINT64_C(0xe11516de8399dc83)}, {63, UINT64_C(0x5c34c6b66e3070ff)},
    {64, UINT64_C(0x814eabd66a4299eb)}, {200, UINT64_C(0xb1c7edf765cc417d)},
};

static void bytes_have_the_hashes_of_siphash(void **state)
{
    (void)state;
    const struct cairn_hash_seed zeros = {{0, 0}};
    unsigned char aligned[201], *bytes = aligned + 1;
    for (size_t i = 0; i < 200; i++)
        bytes[i] = (unsigned char)(i * 7 + 1);
    for (size_t i = 0; i < sizeof(sip_hashes) / sizeof(sip_hashes[0]); i++)
        assert_int_equal(cairn_hash_bytes(bytes, sip_hashes[i].length, &zeros), sip_hashes[i].hash);
}

/* ---- Folding ---- */

/* The product again, from quarters. */
static uint64_t folded(uint64_t one, uint64_t other)
{
    uint64_t low = 0, high = 0;
    for (unsigned bit = 0; bit < 64; bit++) {
        if (!(other >> bit & 1))
            continue;
        uint64_t sum = low + (one << bit);
        high += (bit == 0 ? 0 : one >> (64 - bit)) + (sum < low);
        low = sum;
    }
    return low ^ high;
}

static void folds_the_whole_product(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    assert_int_equal(cairn_hash_fold(UINT64_MAX, UINT64_MAX), folded(UINT64_MAX, UINT64_MAX));
    for (int i = 0; i < 1000; i++) {
        uint64_t one = random_next(&random) >> random_below(&random, 64);
        uint64_t other = random_next(&random) >> random_below(&random, 64);
        assert_int_equal(cairn_hash_fold(one, other), folded(one, other));
    }
}

/* ---- Seeds ---- */

static bool same_seed(struct cairn_hash_seed one, struct cairn_hash_seed other)
{
    return one.halves[0] == other.halves[0] || one.halves[1] == other.halves[1];
}

static void every_table_has_a_seed_of_its_own(void **state)
{
    (void)state;
    owned(set_number) one = {0}, other = {0};
    set_number_insert(&one, 1);
    set_number_insert(&other, 1);
    assert_false(same_seed(one.table->seed, other.table->seed));
    assert_int_equal(one.table->seed.halves[1] % 2, 1);
}

static void seeds_follow_from_the_key(void **state)
{
    (void)state;
    cairn_hash_set_key(1, 2);
    struct cairn_hash_seed first = cairn_hash_new_seed(), second = cairn_hash_new_seed();
    cairn_hash_set_key(1, 2);
    assert_true(same_seed(first, cairn_hash_new_seed()));
    assert_true(same_seed(second, cairn_hash_new_seed()));
    cairn_hash_set_key(1, 3);
    assert_false(same_seed(first, cairn_hash_new_seed()));
}

/* ---- Flooding: the groups that are looked at, for keys that somebody chose ---- */

enum { KEYS = 100000 };

static uint64_t keys[KEYS];

/* How many groups are on the paths to all items. */
static size_t cost(const set_number *set)
{
    size_t groups = 0;
    struct cairn_hash_walk walk = cairn_hash_walk_start(set->table);
    while (cairn_hash_walk_on(&walk)) {
        const struct set_number_parts_ *parts = set_number_at_(walk.table, walk.slot);
        uint64_t hash = cairn_hash_integer(parts->key, &walk.table->seed);
        size_t number = cairn_hash_home(walk.table, hash), step = 1;
        for (; number != walk.group; step++)
            number = cairn_hash_step(walk.table, number, step);
        groups += step;
    }
    return groups;
}

/* The cost of the keys in a table with this seed. */
static size_t cost_with(struct cairn_hash_seed seed)
{
    owned(set_number) set = set_number_with_capacity(KEYS);
    set.table->seed = seed;
    for (size_t i = 0; i < KEYS; i++)
        set_number_insert(&set, keys[i]);
    assert_int_equal(set.length, KEYS);
    return cost(&set);
}

static size_t cost_of_random_keys(void)
{
    struct random_source random = test_random_start();
    for (size_t i = 0; i < KEYS; i++)
        keys[i] = random_next(&random);
    return cost_with(cairn_hash_new_seed());
}

static void expect_at_most_twice(size_t random_cost, const char *what)
{
    for (int i = 0; i < 3; i++) {
        size_t chosen_cost = cost_with(cairn_hash_new_seed());
        if (chosen_cost > 2 * random_cost)
            fail_msg("%s look at %zu groups, random keys at %zu", what, chosen_cost, random_cost);
    }
}

/* Distances at which a table of powers of two, and of groups of 31, would put all in one place. */
static void keys_at_distances(void **state)
{
    (void)state;
    static const uint64_t distances[] = {
        1,
        31,
        32,
        256,
        4096 * 256,
        UINT64_C(1) << 32,
        UINT64_C(1) << 46,
        31 * 4096,
        1000003,
        UINT64_MAX / KEYS,
        UINT64_C(0x9e3779b97f4a7c15),
        UINT64_C(0x100000001),
        UINT64_C(0xf1de83e19937733d), /* 1 / 0x9e3779b97f4a7c15 */
    };
    size_t random_cost = cost_of_random_keys();
    for (size_t i = 0; i < sizeof(distances) / sizeof(distances[0]); i++) {
        for (size_t key = 0; key < KEYS; key++)
            keys[key] = key * distances[i];
        expect_at_most_twice(random_cost, "keys at a distance");
    }
}

/* All combinations of some bits, high and low. */
static void keys_of_few_bits(void **state)
{
    (void)state;
    size_t random_cost = cost_of_random_keys();
    for (unsigned apart = 2; apart <= 3; apart++) {
        for (uint64_t key = 0; key < KEYS; key++) {
            keys[key] = 0;
            for (unsigned bit = 0; bit < 17; bit++)
                keys[key] |= (key >> bit & 1) << (63 - apart * bit);
        }
        expect_at_most_twice(random_cost, "keys of few bits");
    }
}

/* Who knows the seed of one table chooses keys that have their homes in the same few groups there. */
static void keys_for_a_seed_that_is_known(void **state)
{
    (void)state;
    size_t random_cost = cost_of_random_keys();
    struct cairn_hash_seed known = cairn_hash_new_seed();
    size_t found = 0;
    for (uint64_t key = 0; found < KEYS; key++)
        if ((cairn_hash_integer(key, &known) >> 8 & 15) == 0)
            keys[found++] = key;
    expect_at_most_twice(random_cost, "keys for another seed");
    assert_true(cost_with(known) > 5 * random_cost);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_have_the_hashes_of_siphash),
        cmocka_unit_test(folds_the_whole_product),
        cmocka_unit_test(every_table_has_a_seed_of_its_own),
        cmocka_unit_test(seeds_follow_from_the_key),
        cmocka_unit_test(keys_at_distances),
        cmocka_unit_test(keys_of_few_bits),
        cmocka_unit_test(keys_for_a_seed_that_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
