/* SPDX-License-Identifier: MIT */
/*
 * Many threads on one promise, which is exactly as large as all of them need at once: nobody is ever
 * refused, no block is handed out twice, and ThreadSanitizer sees no race.
 */
#include "test.h"

#include <pthread.h>
#include <string.h>

#include <cairn/linked_list.h>
#include <cairn/promise.h>

enum { THREADS = 4, ROUNDS = 300000, SHARE = 17 };

static _Alignas(16) unsigned char memory[64 * 1024];
static struct cairn_linked_list list;
static struct cairn_promise promise;

/* Blocks that a thread holds at most, and of what layout. */
static size_t share;
static struct cairn_layout layout;

static void check_whole(const unsigned char *block, unsigned char number)
{
    for (size_t at = 0; at < layout.size; at++)
        cairn_check(block[at] == number, "a block of thread %u was overwritten", number);
}

static void *take_and_give_back(void *number)
{
    const unsigned char own = (unsigned char)(uintptr_t)number;
    struct random_source random = {own};
    unsigned char *blocks[SHARE] = {0};
    for (size_t round = 0; round < ROUNDS + SHARE; round++) {
        size_t at = round < ROUNDS ? random_below(&random, share) : round - ROUNDS;
        if (at < share && blocks[at]) {
            check_whole(blocks[at], own);
            cairn_allocator_dealloc(&promise.allocator, blocks[at], layout);
            blocks[at] = NULL;
        } else if (round < ROUNDS) {
            blocks[at] = cairn_allocator_alloc(&promise.allocator, layout);
            cairn_check(blocks[at], "refused in round %zu, within what was promised", round);
            memset(blocks[at], own, layout.size);
        }
    }
    return NULL;
}

static void run(void)
{
    pthread_t threads[THREADS];
    assert_int_equal(cairn_linked_list_init(&list, memory, sizeof(memory)), CAIRN_REGION_OK);
    assert_true(cairn_promise_make(&promise, &list.allocator));
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_give_back, (void *)(i + 1)), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(promise.refused, 0);
    assert_true(promise.promised[0].given_back > ROUNDS / 10);
    cairn_promise_end(&promise);
    assert_int_equal(cairn_linked_list_statistics(&list).used, 0);
}

/* Two words of bitmap on 64 bits. */
static void in_one_row(void **state)
{
    (void)state;
    static struct cairn_promised rows[] = {CAIRN_PROMISED_EXACTLY(24, 8, THREADS * SHARE)};
    static uintptr_t words[CAIRN_PROMISE_WORDS(THREADS * SHARE)];
    promise = (struct cairn_promise)CAIRN_PROMISE(rows, words);
    share = SHARE;
    layout = (struct cairn_layout){24, 8};
    run();
}

/*
 * A block for each: a thread that looks for one often passes a row that is given back a moment later, and
 * finds the last row taken by then.
 */
static void in_as_many_rows_as_threads(void **state)
{
    (void)state;
    static struct cairn_promised rows[] = {
        CAIRN_PROMISED_EXACTLY(24, 8, 1),
        CAIRN_PROMISED_UP_TO(24, 8, 1),
        CAIRN_PROMISED_UP_TO(32, 16, 1),
        CAIRN_PROMISED_UP_TO(64, 16, THREADS - 3),
    };
    static uintptr_t words[THREADS];
    promise = (struct cairn_promise)CAIRN_PROMISE(rows, words);
    share = 1;
    layout = (struct cairn_layout){24, 8};
    run();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_one_row),
        cmocka_unit_test(in_as_many_rows_as_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
