/* SPDX-License-Identifier: MIT */
/*
 * Many threads on one shared heap: no memory is handed out twice, none is lost, what one thread owns
 * serves any other that needs it, and ThreadSanitizer sees no race.
 *
 * Blocks lie in a table that all threads share, each filled with a byte of its own; whoever takes
 * one out looks whether it is whole.
 */
#include "test.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include <cairn/base/host.h>
#include <cairn/shared_heap.h>

enum {
    THREADS = 4,
    PROCESSORS = 16,
    TABLE = 256,
    LARGE = 8 << 20,
    SCARCE = 2200 << 10,
    SMALL = 200 << 10
};

static _Alignas(4096) unsigned char memory[LARGE];
static struct cairn_heap heap;
static struct cairn_locked locked;
static struct cairn_processor processors[PROCESSORS];
static struct cairn_shared_heap shared;

static void begin(size_t size)
{
    locked = (struct cairn_locked)CAIRN_LOCKED(&heap.allocator, "heap");
    memset(processors, 0, sizeof(processors));
    shared =
        (struct cairn_shared_heap)CAIRN_SHARED_HEAP(&heap, &locked, &locked.allocator, processors);
    assert_int_equal(cairn_shared_heap_init(&shared, memory, size), CAIRN_REGION_OK);
}

static void expect_nothing_is_lost(void)
{
    (void)cairn_shared_heap_flush(&shared);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
    assert_int_equal(cairn_heap_statistics(&heap).cached, 0);
    cairn_heap_check(&heap);
}

static void run_threads(void *(*body)(void *), size_t count, uint64_t seed)
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, body, (void *)(seed + i)), 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

/* ---- blocks that know their size and pattern ---- */

struct block {
    size_t size;
    unsigned char pattern;
    unsigned char bytes[];
};

static struct cairn_layout layout_of(size_t size)
{
    return (struct cairn_layout){size, 16};
}

/* Null where there is no memory. */
static struct block *make(size_t size, unsigned char pattern)
{
    struct block *block = cairn_allocator_alloc(&shared.allocator, layout_of(size));
    if (!block)
        return NULL;
    block->size = size;
    block->pattern = pattern;
    memset(block->bytes, pattern, size - sizeof(*block));
    return block;
}

static void check_whole(const struct block *block)
{
    for (size_t i = 0; i < block->size - sizeof(*block); i++)
        cairn_check(block->bytes[i] == block->pattern, "byte %zu of %zu was overwritten", i,
                    block->size);
}

static void drop(struct block *block)
{
    if (!block)
        return;
    check_whole(block);
    if (block->pattern % 2 == 0)
        cairn_allocator_dealloc(&shared.allocator, block, layout_of(block->size));
    else
        cairn_allocator_dealloc_unsized(&shared.allocator, block);
}

static struct block *resize(struct block *block, size_t size)
{
    check_whole(block);
    size_t old_size = block->size;
    struct block *resized =
        cairn_allocator_realloc(&shared.allocator, block, layout_of(old_size), size);
    if (!resized)
        return block;
    resized->size = size < old_size ? size : old_size;
    check_whole(resized);
    resized->size = size;
    memset(resized->bytes, resized->pattern, size - sizeof(*resized));
    return resized;
}

/* ---- random actions ---- */

static struct block *table[TABLE]; /* exchanged atomically */
static size_t actions, largest;

static struct block *exchange(size_t at, struct block *block)
{
    return __atomic_exchange_n(&table[at], block, __ATOMIC_ACQ_REL);
}

static void *act(void *seed)
{
    struct random_source random = {(uintptr_t)seed};
    for (size_t i = 0; i < actions; i++) {
        size_t at = random_below(&random, TABLE);
        size_t size = sizeof(struct block) + 1 +
                      random_below(&random, random_one_in(&random, 8) ? largest : 300);
        struct block *block = exchange(at, NULL);
        if (block && random_one_in(&random, 3)) {
            drop(exchange(at, resize(block, size)));
        } else {
            drop(block);
            drop(exchange(at, make(size, (unsigned char)random_next(&random))));
        }
    }
    return NULL;
}

static void act_with(size_t heap_size, size_t count, size_t largest_size)
{
    begin(heap_size);
    actions = count;
    largest = largest_size;
    run_threads(act, THREADS, test_random_start().state);
    for (size_t i = 0; i < TABLE; i++)
        drop(exchange(i, NULL));
    expect_nothing_is_lost();
}

static void threads_act_at_random(void **state)
{
    (void)state;
    act_with(LARGE, 20000, 6000);
}

/* Memory runs out all the time, so that threads take back what others own. */
static void threads_act_where_memory_runs_out(void **state)
{
    (void)state;
    act_with(SCARCE, 3000, 40000);
}

static void threads_act_without_slabs(void **state)
{
    (void)state;
    act_with(SMALL, 5000, 6000);
}

/* The metadata moves each time: nobody may look where it was. */
static void threads_act_while_the_heap_grows(void **state)
{
    (void)state;
    enum { STEP = LARGE / 8 };
    pthread_t threads[THREADS];
    uint64_t seed = test_random_start().state;
    begin(STEP);
    actions = 20000;
    largest = 2000;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, act, (void *)(seed + i)), 0);
    for (size_t size = STEP; size < LARGE; size += STEP) {
        cairn_shared_heap_stop(&shared);
        cairn_locked_lock(&locked);
        assert_int_equal(cairn_heap_add_region(&heap, memory + size, STEP), CAIRN_REGION_OK);
        cairn_locked_unlock(&locked);
        cairn_shared_heap_go_on(&shared);
        usleep(1000);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < TABLE; i++)
        drop(exchange(i, NULL));
    expect_nothing_is_lost();
}

/* ---- from one thread to another ---- */

enum { RING = 512, SENT = 50000 };

static struct block *ring[RING];

static void *produce(void)
{
    for (size_t i = 0; i < SENT; i++) {
        struct block *none = NULL, *block = make(64, (unsigned char)i);
        cairn_check(block, "no memory for block %zu", i);
        while (!__atomic_compare_exchange_n(&ring[i % RING], &none, block, false, __ATOMIC_ACQ_REL,
                                            __ATOMIC_RELAXED)) {
            none = NULL;
            cairn_host_relax();
        }
    }
    return NULL;
}

static void *consume(void)
{
    for (size_t i = 0; i < SENT; i++) {
        struct block *block;
        while (!(block = __atomic_exchange_n(&ring[i % RING], NULL, __ATOMIC_ACQ_REL)))
            cairn_host_relax();
        drop(block);
    }
    return NULL;
}

static void *produce_or_consume(void *number)
{
    return (uintptr_t)number == 0 ? produce() : consume();
}

/* 50000 blocks go through, and the heap never holds more than what is on the way or waits. */
static void memory_freed_elsewhere_comes_home(void **state)
{
    (void)state;
    begin(LARGE);
    run_threads(produce_or_consume, 2, 0);
    assert_true(cairn_heap_statistics(&heap).peak < (size_t)RING * 64 + 256 * 1024);
    expect_nothing_is_lost();
}

/* ---- threads end ---- */

static unsigned highest_ever;

static void *live_shortly(void *seed)
{
    unsigned slot = cairn_host_slot(), highest = __atomic_load_n(&highest_ever, __ATOMIC_RELAXED);
    while (slot > highest && !__atomic_compare_exchange_n(&highest_ever, &highest, slot, false,
                                                          __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
    struct block *blocks[50];
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 50; i++)
            blocks[i] = make(64 + i, (unsigned char)((uintptr_t)seed + i));
        for (size_t i = 0; i < 50; i++)
            drop(blocks[i]);
    }
    return NULL;
}

/* Whoever gets the number of a thread that ended finds its slabs, and goes on with them. */
static void slabs_of_ended_threads_are_used_again(void **state)
{
    (void)state;
    begin(LARGE);
    highest_ever = 0;
    run_threads(live_shortly, THREADS, 0);
    for (uint64_t i = 0; i < 50; i++)
        run_threads(live_shortly, THREADS, i);
    assert_true(highest_ever <= THREADS);
    assert_true(cairn_shared_heap_statistics(&shared).cached > 0);
    assert_true(cairn_heap_statistics(&heap).peak < (size_t)(THREADS + 1) * 100 * 1024);
    expect_nothing_is_lost();
}

/* ---- memory that others own ---- */

static pthread_barrier_t cached, served;

static void *cache_and_wait(void *pattern)
{
    enum { MANY = 200 };
    struct block *blocks[MANY];
    for (size_t i = 0; i < MANY; i++)
        blocks[i] = make(1000, (unsigned char)(uintptr_t)pattern);
    for (size_t i = 0; i < MANY; i++)
        drop(blocks[i]);
    pthread_barrier_wait(&cached);
    pthread_barrier_wait(&served);
    return make(1000, 1); /* and what it owns is sound */
}

static void a_large_block_gets_what_others_own(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    void *block;
    begin(LARGE);
    assert_int_equal(pthread_barrier_init(&cached, NULL, THREADS + 1), 0);
    assert_int_equal(pthread_barrier_init(&served, NULL, THREADS + 1), 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, cache_and_wait, (void *)i), 0);
    pthread_barrier_wait(&cached);
    assert_true(cairn_shared_heap_statistics(&shared).cached > 100 * 1000);
    struct cairn_layout all = {cairn_heap_statistics(&heap).size, 16};
    block = cairn_allocator_alloc(&shared.allocator, all);
    assert_non_null(block);
    cairn_allocator_dealloc(&shared.allocator, block, all);
    pthread_barrier_wait(&served);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &block), 0);
        drop(block);
    }
    expect_nothing_is_lost();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_act_at_random),
        cmocka_unit_test(threads_act_where_memory_runs_out),
        cmocka_unit_test(threads_act_without_slabs),
        cmocka_unit_test(threads_act_while_the_heap_grows),
        cmocka_unit_test(memory_freed_elsewhere_comes_home),
        cmocka_unit_test(slabs_of_ended_threads_are_used_again),
        cmocka_unit_test(a_large_block_gets_what_others_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
