/* SPDX-License-Identifier: MIT */
/* A program's heap, in the middle of whose work it grows and the program forks. */
#include "test.h"

#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cairn/base/check.h>

#include "program_heap.h"

enum { THREADS = 3, FORKS = 15, BLOCKS = 64, SECONDS = 30 };

static bool ends;

/* Every block holds its number until it is freed. */
static void work(size_t rounds)
{
    struct cairn_allocator *allocator = &cairn_program_heap.allocator;
    unsigned char *blocks[BLOCKS] = {0};
    for (size_t i = 0; i < rounds; i++) {
        size_t at = i * 7 % BLOCKS;
        struct cairn_layout layout = {16 + at * 80, 16};
        for (size_t byte = 0; blocks[at] && byte < layout.size; byte++)
            cairn_check(blocks[at][byte] == at, "a block was overwritten");
        if (blocks[at])
            cairn_allocator_dealloc(allocator, blocks[at], layout);
        blocks[at] = i + BLOCKS < rounds ? cairn_allocator_alloc(allocator, layout) : NULL;
        if (blocks[at])
            memset(blocks[at], (int)at, layout.size);
    }
}

static void *work_on(void *nothing)
{
    while (!__atomic_load_n(&ends, __ATOMIC_RELAXED))
        work(1000);
    return nothing;
}

/* A deadlock in the child ends by the alarm. */
static void fork_once(void)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(SECONDS);
        work(5000);
        (void)cairn_shared_heap_flush(&cairn_program_heap);
        work(1000);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_fork_finds_the_heap_at_rest(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    assert_int_equal(pthread_atfork(cairn_program_heap_before_fork, cairn_program_heap_after_fork,
                                    cairn_program_heap_after_fork_in_child),
                     0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work_on, NULL), 0);
    for (int i = 0; i < FORKS; i++)
        fork_once();
    __atomic_store_n(&ends, true, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_true(cairn_shared_heap_flush(&cairn_program_heap) > 0);
    assert_int_equal(cairn_shared_heap_statistics(&cairn_program_heap).cached, 0);
}

/* ---- growing ---- */

enum { MANY = 6000 }; /* blocks of 16 to 5056 bytes: 15 MiB for each thread */

static struct cairn_layout layout_of(size_t number)
{
    return (struct cairn_layout){16 + number * 7 % BLOCKS * 80, 16};
}

static unsigned char *get_numbered(size_t number)
{
    struct cairn_layout layout = layout_of(number);
    unsigned char *block = cairn_allocator_alloc(&cairn_program_heap.allocator, layout);
    cairn_check(block, "there is no memory");
    memset(block, (int)(number & 0xff), layout.size);
    return block;
}

static void give_numbered(unsigned char *block, size_t number)
{
    struct cairn_layout layout = layout_of(number);
    for (size_t byte = 0; byte < layout.size; byte += 15)
        cairn_check(block[byte] == (number & 0xff), "a block was overwritten");
    cairn_allocator_dealloc(&cairn_program_heap.allocator, block, layout);
}

/* The second half of the blocks comes while some of the first are freed. */
static void *hold_many(void *place)
{
    unsigned char **blocks = place;
    for (size_t i = 0; i < MANY; i++) {
        blocks[i] = get_numbered(i);
        if (i % 3 == 2) {
            give_numbered(blocks[i / 2], i / 2);
            blocks[i / 2] = get_numbered(i / 2);
        }
    }
    for (size_t i = 0; i < MANY; i++)
        give_numbered(blocks[i], i);
    return NULL;
}

/* The records that the threads look into move, time and again. */
static void the_heap_grows_while_threads_work(void **state)
{
    (void)state;
    static unsigned char *blocks[THREADS][MANY];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hold_many, blocks[i]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_true(cairn_program_heap_trim() > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_heap_grows_while_threads_work),
        cmocka_unit_test(a_fork_finds_the_heap_at_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
