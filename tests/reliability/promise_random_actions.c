/* SPDX-License-Identifier: MIT */
/*
 * Random promises, and random actions on each against a model, while a timer's signal interrupts them
 * at arbitrary instructions and takes and gives back, too.
 *
 *     PROMISE_ACTIONS=N   how many
 *     SEED=N              repeats a run, but for the moments of the signals
 *
 * The model is how many blocks each row has left. It says which row must serve a request, or that it
 * must be refused. The handler gives back all that it takes, so to whomever it interrupts the rows
 * are as they were. It may find nothing left; what it interrupts may not be refused for its sake.
 *
 * What it is bad at: a signal comes between two instructions by chance alone.
 * tests/kernel/promise_at_every_instruction.c interrupts after every single one. `make reliability` runs
 * 10^8 of each.
 */
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include <cairn/heap.h>
#include <cairn/promise.h>

#include "effort.h"

enum {
    ACTIONS_USUAL = 1000000,
    ACTIONS_PER_PROMISE = 20000,
    ROWS_MAX = 5,
    COUNT_MAX = 150,
    BLOCKS_MAX = ROWS_MAX * COUNT_MAX,
    WORDS = ROWS_MAX * CAIRN_PROMISE_WORDS(COUNT_MAX),
    HANDLER_BLOCKS = 6,
    MICROSECONDS = 100,
};

static _Alignas(4096) unsigned char memory[2 << 20];
static struct cairn_heap heap;
static struct cairn_promised rows[ROWS_MAX];
static uintptr_t words[WORDS];
static struct cairn_promise promise;

static struct random_source random_numbers;
static size_t action;

static size_t below(size_t bound)
{
    return (size_t)random_below(&random_numbers, bound);
}

/* ---- the handler ---- */

static volatile sig_atomic_t may_interrupt;
static size_t signals, handler_took;

static void on_timer(int number)
{
    (void)number;
    signals++;
    if (!may_interrupt)
        return;
    void *blocks[HANDLER_BLOCKS];
    for (size_t i = 0; i < HANDLER_BLOCKS; i++) {
        struct cairn_layout layout = rows[(signals + i) % promise.rows].layout;
        blocks[i] = cairn_allocator_alloc(&promise.allocator, layout);
        if (blocks[i])
            memset(blocks[i], 0xff, layout.size);
        handler_took += blocks[i] != NULL;
    }
    for (size_t i = 0; i < HANDLER_BLOCKS; i++)
        if (blocks[i])
            cairn_allocator_dealloc_unsized(&promise.allocator, blocks[i]);
}

static void set_timer(int microseconds)
{
    const struct itimerval timer = {{0, microseconds}, {0, microseconds}};
    assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

/* ---- the model ---- */

static size_t left[ROWS_MAX];

static struct block {
    unsigned char *start;
    struct cairn_layout layout;
    size_t row;
    unsigned char number;
} blocks[BLOCKS_MAX];
static size_t count, refusals;

static bool row_serves(const struct cairn_promised *row, struct cairn_layout layout)
{
    if (row->up_to)
        return layout.size <= row->layout.size && layout.align <= row->layout.align;
    return layout.size == row->layout.size && layout.align == row->layout.align;
}

/* The row that must serve it; promise.rows if none can. */
static size_t serving_row(struct cairn_layout layout)
{
    size_t row = 0;
    while (row < promise.rows && !(left[row] > 0 && row_serves(&rows[row], layout)))
        row++;
    return row;
}

static struct cairn_layout random_layout(void)
{
    return (struct cairn_layout){1 + below(below(8) ? 100 : 2000), (size_t)1 << below(8)};
}

/* Mostly what was promised. */
static struct cairn_layout request(void)
{
    return below(4) ? rows[below(promise.rows)].layout : random_layout();
}

static void take(void)
{
    struct cairn_layout layout = request();
    size_t row = serving_row(layout);
    unsigned char *start = cairn_allocator_alloc(&promise.allocator, layout);
    cairn_check((start == NULL) == (row == promise.rows),
                "action %zu: %zu bytes aligned to %zu came to %p", action, layout.size,
                layout.align, (void *)start);
    if (!start) {
        refusals++;
        return;
    }
    uintptr_t offset = (uintptr_t)start - rows[row].start;
    cairn_check(offset < rows[row].count * rows[row].stride && offset % rows[row].stride == 0,
                "action %zu: %p is no block of row %zu", action, (void *)start, row);
    cairn_check(cairn_is_aligned((uintptr_t)start, layout.align), "action %zu: %p is not aligned",
                action, (void *)start);
    blocks[count] = (struct block){start, layout, row, (unsigned char)action};
    memset(start, blocks[count++].number, layout.size);
    left[row]--;
}

static void give_back(size_t index)
{
    struct block *block = &blocks[index];
    for (size_t at = 0; at < block->layout.size; at++)
        cairn_check(block->start[at] == block->number, "action %zu: %p was overwritten", action,
                    (void *)block->start);
    cairn_allocator_dealloc(&promise.allocator, block->start, block->layout);
    left[block->row]++;
    *block = blocks[--count];
}

/* ---- a promise's life ---- */

static void make(void)
{
    promise = (struct cairn_promise)CAIRN_PROMISE(rows, words);
    promise.rows = 1 + below(ROWS_MAX);
    for (size_t i = 0; i < promise.rows; i++) {
        struct cairn_layout layout = random_layout();
        left[i] = 1 + below(below(2) ? 5 : COUNT_MAX);
        rows[i] = (struct cairn_promised){layout, left[i], below(2) == 0, 0, 0, 0};
    }
    assert_int_equal(cairn_heap_init(&heap, memory, sizeof(memory)), CAIRN_REGION_OK);
    assert_true(cairn_promise_make(&promise, &heap.allocator));
}

/* Goes towards empty and towards full in turn. */
static void live(size_t actions)
{
    size_t bias = 5;
    for (size_t i = 0; i < actions; i++, action++) {
        if (i % 1000 == 0)
            bias = 3 + below(5);
        if (below(10) < bias)
            take();
        else if (count > 0)
            give_back(below(count));
    }
    while (count > 0)
        give_back(count - 1);
}

static void no_failure_within_a_promise(void **state)
{
    (void)state;
    size_t actions = effort("PROMISE_ACTIONS", ACTIONS_USUAL);
    random_numbers = test_random_start();
    assert_true(signal(SIGALRM, on_timer) != SIG_ERR);
    set_timer(MICROSECONDS);
    while (action < actions) {
        make();
        may_interrupt = true;
        live(ACTIONS_PER_PROMISE);
        may_interrupt = false;
        cairn_promise_end(&promise);
        assert_int_equal(cairn_heap_statistics(&heap).used, 0);
    }
    set_timer(0);
    printf("# %zu actions, %zu refused beyond a promise, %zu signals took %zu blocks\n", action,
           refusals, signals, handler_took);
    assert_true(refusals > action / 1000 && refusals < action / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_failure_within_a_promise)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
