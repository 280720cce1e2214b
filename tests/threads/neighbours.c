/* SPDX-License-Identifier: MIT */
/*
 * A thread looks at its own block without the lock, while another makes and frees the blocks beside
 * it: what the live map is sure of must be right at every moment.
 */
#include "test.h"

#include <pthread.h>

#include <cairn/heap.h>
#include <cairn/live_map.h>
#include <cairn/locked.h>

enum { LARGE = 4 << 20, SMALL = 64 << 10, ROUNDS = 20000 };

static _Alignas(1024) unsigned char memory[LARGE];
static struct cairn_heap heap;
static struct cairn_locked locked;
static bool ends;
static size_t rounds; /* of the neighbour */

static void *block_of(size_t size)
{
    return cairn_allocator_alloc(&locked.allocator, (struct cairn_layout){size, 8});
}

/* Blocks of every kind come and go on both sides, until the test ends. */
static void *be_a_neighbour(void *nothing)
{
    static const size_t sizes[] = {512, 16, 256, 5000, 272};
    for (; !__atomic_load_n(&ends, __ATOMIC_RELAXED);
         __atomic_fetch_add(&rounds, 1, __ATOMIC_RELAXED))
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            void *block = block_of(sizes[i]);
            cairn_check(block, "no memory for %zu bytes", sizes[i]);
            cairn_allocator_dealloc(&locked.allocator, block, (struct cairn_layout){sizes[i], 8});
        }
    return nothing;
}

/* Until the neighbour has done many rounds more. Nothing here may pace them, as a lock would. */
static bool goes_on(size_t from)
{
    return __atomic_load_n(&rounds, __ATOMIC_RELAXED) - from < ROUNDS;
}

/* What the map is sure of is right; `is_sure`: and it always is. */
static void look_at(const void *block, size_t real_size, bool is_sure)
{
    struct cairn_live_map map;
    assert_true(locked.allocator.operations->live_map(&locked.allocator, &map));
    for (size_t from = __atomic_load_n(&rounds, __ATOMIC_RELAXED); goes_on(from);) {
        size_t seen = cairn_class_granules[cairn_live_map_class(&map, block)] * 16;
        cairn_check(seen == real_size || (seen == 0 && !is_sure),
                    "the block of %zu bytes is seen as one of %zu", real_size, seen);
        cairn_check(!cairn_live_map_class(&map, (const char *)block + 16),
                    "a block is seen in the middle of ours");
    }
}

static void look_among_neighbours(size_t heap_size, size_t size, bool is_sure)
{
    pthread_t neighbour;
    assert_int_equal(cairn_heap_init(&heap, memory, heap_size), CAIRN_REGION_OK);
    locked = (struct cairn_locked)CAIRN_LOCKED(&heap.allocator, "heap");
    for (int i = 0; i < 10; i++) /* from the fifth on, a large heap carves a run */
        assert_non_null(block_of(size));
    void *block = block_of(size);
    size_t real_size = cairn_heap_usable_size(&heap, block);
    __atomic_store_n(&ends, false, __ATOMIC_RELAXED);
    __atomic_store_n(&rounds, 0, __ATOMIC_RELAXED);
    assert_int_equal(pthread_create(&neighbour, NULL, be_a_neighbour, NULL), 0);
    look_at(block, real_size, is_sure);
    __atomic_store_n(&ends, true, __ATOMIC_RELAXED);
    assert_int_equal(pthread_join(neighbour, NULL), 0);
    cairn_heap_check(&heap);
}

static void in_a_small_heap(void **state)
{
    (void)state;
    look_among_neighbours(SMALL, 256, false);
    look_among_neighbours(SMALL, 2000, false);
}

static void in_a_large_heap(void **state)
{
    (void)state;
    look_among_neighbours(LARGE, 256, true);
    look_among_neighbours(LARGE, 2000, false);
    look_among_neighbours(LARGE, 10000, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_a_small_heap),
        cmocka_unit_test(in_a_large_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
