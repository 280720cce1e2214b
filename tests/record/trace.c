/* SPDX-License-Identifier: MIT */
/* tools/record: from a log of addresses to a trace of slots. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "blocks.h"
#include "messages.h"
#include "threads.h"
#include "trace.h"

/* How the sources give up here: in the test. */
static jmp_buf gave_up;
static char reason[256];

void give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof(reason), format, arguments);
    va_end(arguments);
    longjmp(gave_up, 1);
}

void *need_memory(void *block)
{
    assert_non_null(block);
    return block;
}

/* ---- blocks ---- */

#define ADDRESSES 3000

/* The table against an array. The addresses are dense, so that probing meets many neighbours. */
static void blocks_are_found_moved_and_removed(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    struct blocks blocks = {0};
    static int64_t slots[ADDRESSES]; /* -1: the address is not there */
    memset(slots, 0xff, sizeof(slots));
    size_t used = 0, most = 0;
    for (int action = 0; action < 300000; action++) {
        uint64_t at = random_below(&random, ADDRESSES), to = random_below(&random, ADDRESSES);
        uint32_t slot = UINT32_MAX;
        if (slots[at] < 0) {
            assert_false(blocks_remove(&blocks, 16 * (at + 1), &slot));
            slots[at] = blocks_add(&blocks, 16 * (at + 1));
            most = ++used > most ? used : most;
        } else if (slots[to] < 0) {
            assert_true(blocks_move(&blocks, 16 * (at + 1), 16 * (to + 1), &slot));
            assert_int_equal(slot, slots[at]);
            slots[to] = slot;
            slots[at] = -1;
        } else {
            assert_true(blocks_remove(&blocks, 16 * (at + 1), &slot));
            assert_int_equal(slot, slots[at]);
            slots[at] = -1;
            used--;
        }
    }
    assert_int_equal(blocks.used, used);
    assert_int_equal(blocks.slots, most);
    blocks_forget(&blocks);
}

/* ---- traces ---- */

#define A 0x1000
#define B 0x2000

static struct log_event alloc(uint64_t block, uint64_t size)
{
    return (struct log_event){
        .operation = TRACE_ALLOC, .align_log2 = 4, .block = block, .size = size};
}

static struct log_event change(uint64_t before, uint64_t block, uint64_t size)
{
    return (struct log_event){.operation = TRACE_REALLOC,
                              .align_log2 = 4,
                              .before = before,
                              .block = block,
                              .size = size};
}

static struct log_event release(uint64_t block)
{
    return (struct log_event){.operation = TRACE_DEALLOC, .before = block};
}

/* The events' trace is these records, each {op, slot, size}. */
#define expect_trace(events, slot_count, ...)                                           \
    do {                                                                                \
        const uint64_t expected[][3] = {__VA_ARGS__};                                   \
        struct trace trace = trace_make(events, sizeof(events) / sizeof((events)[0]));  \
        assert_int_equal(trace.header.records, sizeof(expected) / sizeof(expected[0])); \
        assert_int_equal(trace.header.slots, slot_count);                               \
        for (size_t i = 0; i < trace.header.records; i++) {                             \
            assert_int_equal(trace.records[i].operation, expected[i][0]);               \
            assert_int_equal(trace.records[i].slot, expected[i][1]);                    \
            assert_int_equal(trace.records[i].size, expected[i][2]);                    \
            assert_int_equal(trace.records[i].align_log2, expected[i][0] == 3 ? 0 : 4); \
        }                                                                               \
        trace_forget(&trace);                                                           \
    } while (0)

static void slots_are_used_again(void **state)
{
    (void)state;
    const struct log_event events[] = {alloc(A, 10), alloc(B, 20),     release(A),
                                       alloc(A, 30), change(B, B, 40), release(B)};
    expect_trace(events, 2, {0, 0, 10}, {0, 1, 20}, {3, 0, 0}, {0, 0, 30}, {2, 1, 40}, {3, 1, 0});
}

static void a_moved_block_keeps_its_slot(void **state)
{
    (void)state;
    const struct log_event events[] = {alloc(A, 10), change(A, B, 20), alloc(A, 30), release(B)};
    expect_trace(events, 2, {0, 0, 10}, {2, 0, 20}, {0, 1, 30}, {3, 0, 0});
}

static void what_was_not_seen_allocated_is_not_freed(void **state)
{
    (void)state;
    const struct log_event events[] = {release(A), change(A, B, 20), release(A), release(B)};
    expect_trace(events, 1, {0, 0, 20}, {3, 0, 0});
}

static void what_was_freed_unseen_is_freed(void **state)
{
    (void)state;
    const struct log_event events[] = {alloc(A, 10), alloc(A, 20), alloc(B, 30), change(B, A, 40)};
    expect_trace(events, 2, {0, 0, 10}, {3, 0, 0}, {0, 0, 20}, {0, 1, 30}, {3, 0, 0}, {2, 1, 40});
}

static void what_is_too_large_is_left_out_and_counted(void **state)
{
    (void)state;
    const uint64_t large = (uint64_t)1 << 32;
    const struct log_event events[] = {alloc(A, large),     release(A),       alloc(A, large - 1),
                                       change(A, B, large), change(B, A, 10), release(A)};
    expect_trace(events, 1, {0, 0, large - 1}, {3, 0, 0}, {0, 0, 10}, {3, 0, 0});
    struct trace trace = trace_make(events, 6);
    assert_int_equal(trace.left_out, 2);
    trace_forget(&trace);
}

#define MANY 70000

/* Each thread's first event, and in the second half of the array its last one. */
static struct log_event many_events[2 * MANY];

static void threads_in_turn(void)
{
    for (uint32_t i = 0; i < MANY; i++) {
        many_events[2 * i] = alloc(A, 10);
        many_events[2 * i + 1] = release(A);
        many_events[2 * i].thread = many_events[2 * i + 1].thread = i;
    }
}

/* The numbers are used again, those of the first threads first. */
static void any_number_of_threads_may_work_in_turn(void **state)
{
    (void)state;
    threads_in_turn();
    struct trace trace = trace_make(many_events, 2 * MANY);
    assert_int_equal(trace.header.threads, TRACE_THREADS_MAX);
    assert_int_equal(trace.header.records, 2 * MANY);
    for (uint32_t i = 0; i < 2 * MANY; i++)
        assert_int_equal(trace.records[i].thread, i / 2 % TRACE_THREADS_MAX);
    trace_forget(&trace);
}

/* The first thread goes on working to the end: nobody else gets its number. */
static void a_working_thread_keeps_its_number(void **state)
{
    (void)state;
    threads_in_turn();
    many_events[2 * MANY - 1].thread = 0;
    struct trace trace = trace_make(many_events, 2 * MANY);
    assert_int_equal(trace.records[2 * MANY - 1].thread, 0);
    for (uint32_t i = 2; i < 2 * MANY - 1; i++)
        assert_int_not_equal(trace.records[i].thread, 0);
    trace_forget(&trace);
}

static void too_many_threads_at_the_same_time_are_refused(void **state)
{
    (void)state;
    static struct threads threads;
    for (uint32_t i = 0; i < MANY; i++)
        many_events[i].thread = many_events[MANY + i].thread = i;
    threads = threads_find(many_events, 2 * MANY);
    if (setjmp(gave_up) == 0) {
        for (uint32_t i = 0; i < MANY; i++)
            assert_int_equal(threads_number(&threads, &many_events[i], i), i);
    }
    assert_int_equal(threads.used, TRACE_THREADS_MAX);
    assert_non_null(strstr(reason, "more than 65536 threads"));
    threads_forget(&threads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_found_moved_and_removed),
        cmocka_unit_test(slots_are_used_again),
        cmocka_unit_test(a_moved_block_keeps_its_slot),
        cmocka_unit_test(what_was_not_seen_allocated_is_not_freed),
        cmocka_unit_test(what_was_freed_unseen_is_freed),
        cmocka_unit_test(what_is_too_large_is_left_out_and_counted),
        cmocka_unit_test(any_number_of_threads_may_work_in_turn),
        cmocka_unit_test(a_working_thread_keeps_its_number),
        cmocka_unit_test(too_many_threads_at_the_same_time_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
