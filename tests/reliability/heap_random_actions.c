/* SPDX-License-Identifier: MIT */
/*
 * Random actions on heaps of the allocator cairn, against the model.
 *
 *     CHECKED_ACTIONS=N   how many in small heaps, each followed by a whole-heap check
 *     ACTIONS=N           how many in heaps of every size, checked now and then
 *     SEED=N              repeats a run
 *
 * `make reliability` runs 10^7 with a check after each, and 10^9 with few.
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "effort.h"
#include "heap_model.h"

enum {
    CHECKED_ACTIONS_USUAL = 60000,
    ACTIONS_USUAL = 300000,
    ACTIONS_PER_HEAP = 20000,
    ALIGN_BITS = 13
};

static _Alignas(4096) unsigned char memory[HEAP_MODEL_BYTES];
static struct cairn_heap heap;
static struct heap_model model = {.heap = &heap, .memory = memory};

static struct random_source random_numbers;
static size_t action, used; /* bytes of memory that regions have */

static size_t below(size_t bound)
{
    return (size_t)random_below(&random_numbers, bound);
}

/* Mostly small; as many of each doubling up to `largest`; now and then more than there is. */
static size_t random_size(size_t largest)
{
    if (below(200) == 0)
        return 1 + below(used + used / 4);
    size_t bound = (size_t)16 << below(12);
    return 1 + below(bound < largest ? bound : largest);
}

static struct cairn_layout random_layout(size_t largest)
{
    size_t bits = below(8) == 0 ? ALIGN_BITS : 5;
    return (struct cairn_layout){random_size(largest), (size_t)1 << below(bits)};
}

/* Grows the region, or adds one that does not touch it. */
static void add_region(void)
{
    size_t gap = below(2) * 48, size = 1024 + below(used + 20000);
    if (used + gap + size <= HEAP_MODEL_BYTES && heap_model_add_region(&model, used + gap, size))
        used += gap + size;
}

static void act_rarely(void)
{
    switch (below(8)) {
    case 0:
        heap_model_flush(&model);
        break;
    case 1:
        heap_model_trim(&model, (size_t)64 << below(7));
        break;
    case 2:
        if (below(32) == 0)
            add_region();
        break;
    default:
        while (model.count > 0 && below(64) > 0) /* most of what there is, at once */
            heap_model_dealloc(&model, below(model.count));
    }
}

/* The heap fills up to `blocks` live ones and stays about there. */
static void act(size_t blocks, size_t largest)
{
    if (below(1024) == 0) {
        act_rarely();
        return;
    }
    size_t choice = below(16);
    if (model.count == 0 || (choice < 8 && model.count < blocks))
        (void)heap_model_alloc(&model, random_layout(largest), choice == 0);
    else if (choice < 10)
        (void)heap_model_realloc(&model, below(model.count), random_size(largest));
    else
        heap_model_dealloc(&model, below(model.count));
}

/* Plays in one heap of `size` bytes until `action` is `end`. */
static void play(size_t size, size_t end, size_t check_every)
{
    size_t offset = below(64) * 8, blocks = 1 + below(HEAP_MODEL_BLOCKS - 1);
    size_t largest = size / ((size_t)4 << below(5)) + 16;
    heap_model_start(&model, offset, size);
    used = offset + size;
    for (; action < end; action++) {
        act(blocks, largest);
        if (action % check_every == 0)
            heap_model_check(&model);
    }
    while (model.count > 0)
        heap_model_dealloc(&model, model.count - 1);
    heap_model_flush(&model);
    heap_model_check(&model);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
}

static void play_all(size_t bits, size_t actions, size_t check_every)
{
    random_numbers = test_random_start();
    for (action = 0; action < actions;) {
        size_t size = ((size_t)1024 << below(bits)) + below(512);
        size_t end = action + ACTIONS_PER_HEAP < actions ? action + ACTIONS_PER_HEAP : actions;
        play(size, end, check_every);
    }
    printf("# %zu actions\n", action);
}

static void small_heaps_checked_after_each_action(void **state)
{
    (void)state;
    play_all(6, effort("CHECKED_ACTIONS", CHECKED_ACTIONS_USUAL), 1); /* 1 to 32 KiB */
}

static void heaps_of_every_size_checked_now_and_then(void **state)
{
    (void)state;
    play_all(12, effort("ACTIONS", ACTIONS_USUAL), 10000); /* 1 KiB to 2 MiB */
}

/* The action that was under way, if it failed. */
static int show_action(void **state)
{
    (void)state;
    printf("# ended at action %zu\n", action);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(small_heaps_checked_after_each_action, show_action),
        cmocka_unit_test_teardown(heaps_of_every_size_checked_now_and_then, show_action),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
