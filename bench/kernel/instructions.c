/* SPDX-License-Identifier: MIT */
/*
 * What one operation of the kernel's allocator costs, in executed instructions.
 *
 * Run with heap=4M, as bench/kernel_instructions.py does. Each operation is counted alone. The call
 * itself, its arguments and the way through the interface's table count: `harness` shows how much
 * that is, for an allocator that does nothing.
 *
 * Measured is the allocator without the lock around it, but for the workload `locked`, which is
 * pairs_64 with it. The workloads from small_holes on look for the worst: heaps prepared to be hard to
 * search, caches that overflow, a heap that is full. `refused` is an operation that gave null.
 *
 * Then collections grow in it: see collections.c.
 *
 * Prints a line for each workload and operation: median and maximum.
 */
#include <cairn/global.h>
#include <cairn/heap_inline.h>
#include <cairn/locked.h>

#include "collections.h"
#include "counting.h"
#include "kernel.h"
#include "random_source.h"
#include "registers.h"

static struct cairn_allocator *heap;

/* ---- one operation each ---- */

static void *timed_alloc(struct cairn_layout layout)
{
    uint64_t begin = time_stamp_counter();
    void *block = cairn_allocator_alloc(heap, layout);
    uint64_t end = time_stamp_counter();
    counting_note(block ? ALLOC : REFUSED, begin, end);
    return block;
}

static void timed_dealloc(void *block, struct cairn_layout layout)
{
    uint64_t begin = time_stamp_counter();
    cairn_allocator_dealloc(heap, block, layout);
    counting_note(DEALLOC, begin, time_stamp_counter());
}

static void *timed_realloc(void *block, struct cairn_layout layout, size_t new_size)
{
    uint64_t begin = time_stamp_counter();
    void *new_block = cairn_allocator_realloc(heap, block, layout, new_size);
    uint64_t end = time_stamp_counter();
    counting_note(!new_block ? REFUSED : new_block == block ? REALLOC : REALLOC_MOVED, begin, end);
    return new_block;
}

/* ---- workloads: each leaves the heap empty ---- */

#define OBJECTS 4096

static struct object {
    void *block; /* null: none */
    struct cairn_layout layout;
} objects[OBJECTS];

static struct random_source randomness;

static void object_alloc(struct object *object, struct cairn_layout layout)
{
    object->layout = layout;
    object->block = timed_alloc(layout);
}

static void object_dealloc(struct object *object)
{
    if (object->block)
        timed_dealloc(object->block, object->layout);
    object->block = NULL;
}

static void object_realloc(struct object *object, size_t new_size)
{
    void *block = timed_realloc(object->block, object->layout, new_size);
    if (!block)
        return;
    object->block = block;
    object->layout.size = new_size;
}

static void dealloc_all(void)
{
    for (size_t i = 0; i < OBJECTS; i++)
        object_dealloc(&objects[i]);
}

/* Last in, first out: a block made and dropped, while nothing else is there. */
static void pairs(size_t size)
{
    for (int i = 0; i < 1000; i++) {
        object_alloc(&objects[0], (struct cairn_layout){size, 8});
        object_dealloc(&objects[0]);
    }
}

/* The same of 64 bytes, with the operations of cairn compiled into the loop. */
static void pairs_64_inlined(void)
{
    struct cairn_heap *cairn = (struct cairn_heap *)(void *)heap;
    const struct cairn_layout layout = {64, 8};
    for (int i = 0; i < 1000; i++) {
        uint64_t begin = time_stamp_counter();
        void *block = cairn_heap_alloc(cairn, layout);
        counting_note(ALLOC, begin, time_stamp_counter());
        begin = time_stamp_counter();
        cairn_heap_dealloc(cairn, block, layout);
        counting_note(DEALLOC, begin, time_stamp_counter());
    }
}

static void shuffle(size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i > 1; i--) {
        size_t other = random_below(&randomness, i), held = order[i - 1];
        order[i - 1] = order[other];
        order[other] = held;
    }
}

#define BATCH 100

static void batch(void)
{
    size_t order[BATCH];
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < BATCH; i++)
            object_alloc(&objects[i], (struct cairn_layout){64, 8});
        shuffle(order, BATCH);
        for (size_t i = 0; i < BATCH; i++)
            object_dealloc(&objects[order[i]]);
    }
}

/* Holes with walls between them; what making them takes is not counted. */
static void make_holes(size_t count, struct cairn_layout hole, struct cairn_layout wall)
{
    for (size_t i = 0; i < count; i++) {
        object_alloc(&objects[2 * i], hole);
        object_alloc(&objects[2 * i + 1], wall);
    }
    for (size_t i = count; i > 0; i--)
        object_dealloc(&objects[2 * i - 2]);
    counting_forget();
}

/* Blocks that every hole is just too small for, or in the wrong place. */
static void among_holes(size_t count, struct cairn_layout hole, struct cairn_layout wall,
                        struct cairn_layout request)
{
    make_holes(count, hole, wall);
    for (size_t i = 0; i < 100; i++)
        object_alloc(&objects[2 * i], request);
    for (size_t i = 0; i < 100; i++)
        object_dealloc(&objects[2 * i]);
    dealloc_all();
}

static void random_actions(size_t in_use, size_t steps, size_t (*size)(void))
{
    for (size_t i = 0; i < steps; i++) {
        struct object *object = &objects[random_below(&randomness, in_use)];
        if (!object->block)
            object_alloc(object, (struct cairn_layout){size(), 8});
        else if (random_below(&randomness, 3) == 0)
            object_realloc(object, size());
        else
            object_dealloc(object);
    }
    dealloc_all();
}

static size_t small_size(void)
{
    return random_between(&randomness, 1, 1000);
}

/* Every order of magnitude up to 64 KiB is as likely. */
static size_t any_size(void)
{
    return random_between(&randomness, 1, (size_t)32 << random_below(&randomness, 12));
}

/* Many blocks of one size, all freed, again for another size: caches fill, overflow and go cold. */
static void floods(void)
{
    for (int round = 0; round < 40; round++) {
        struct cairn_layout layout = {any_size() % 8192 + 1, 8};
        for (size_t i = 0; i < 400; i++)
            object_alloc(&objects[i], layout);
        dealloc_all();
    }
}

/* Of the heap of 4 MiB: nearly all. */
#define EMPTIED_BYTES ((size_t)3900 * 1024)

/* The caches are full, and what is asked for is more than there is. */
static void too_large(void)
{
    floods();
    counting_forget();
    for (int i = 0; i < 10; i++)
        object_alloc(&objects[0], (struct cairn_layout){(size_t)1 << 30, 8});
}

/* The caches are full, and what is asked for is there when they are emptied. */
static void emptied(void)
{
    for (int i = 0; i < 10; i++) {
        floods();
        counting_forget();
        object_alloc(&objects[0], (struct cairn_layout){EMPTIED_BYTES, 8});
        object_dealloc(&objects[0]);
    }
}

/* ---- all of them ---- */

static void pairs_16(void)
{
    pairs(16);
}

static void pairs_64(void)
{
    pairs(64);
}

static void pairs_1024(void)
{
    pairs(1024);
}

static void pairs_4096(void)
{
    pairs(4096);
}

static void page_among_holes(void)
{
    among_holes(300, (struct cairn_layout){4096 + 1024, 8}, (struct cairn_layout){48, 8},
                (struct cairn_layout){4096, 4096});
}

static void random_small(void)
{
    random_actions(1000, 10000, small_size);
}

static void small_holes(void)
{
    among_holes(2000, (struct cairn_layout){48, 8}, (struct cairn_layout){16, 8},
                (struct cairn_layout){1000, 8});
}

static void near_holes(void)
{
    among_holes(2000, (struct cairn_layout){960, 8}, (struct cairn_layout){16, 8},
                (struct cairn_layout){990, 8});
}

static void full(void)
{
    random_actions(2048, 20000, any_size);
}

static void *harness_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)layout;
    return self;
}

static void harness_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self, (void)block, (void)layout;
}

static const struct cairn_allocator_operations harness_operations = {
    .name = "harness",
    .alloc = harness_alloc,
    .dealloc = harness_dealloc,
};
static struct cairn_allocator harness = {&harness_operations};

static uint64_t instructions_between_readings(void)
{
    uint64_t begin = time_stamp_counter();
    return time_stamp_counter() - begin;
}

static void run(const char *name, void (*workload)(void))
{
    randomness = (struct random_source){2026};
    workload();
    counting_tell(name);
}

static void run_all(void)
{
    run("pairs_16", pairs_16);
    run("pairs_64", pairs_64);
    if (heap->operations == &cairn_heap_operations)
        run("pairs_64_inlined", pairs_64_inlined);
    run("pairs_1024", pairs_1024);
    run("pairs_4096", pairs_4096);
    run("batch_100", batch);
    count_collections(heap);
    run("page_among_holes", page_among_holes);
    run("random_actions", random_small);
    run("small_holes", small_holes);
    run("near_holes", near_holes);
    run("floods", floods);
    run("full", full);
    run("too_large", too_large);
    run("emptied", emptied);
}

void kernel_main(void)
{
    struct cairn_allocator *global = cairn_global_allocator();
    cairn_check(global->operations == &cairn_locked_operations, "the allocator is not locked");
    interrupts_disable();
    counting_begin(instructions_between_readings());
    heap = &harness;
    run("harness", pairs_64);
    heap = ((struct cairn_locked *)(void *)global)->inner;
    run_all();
    heap = global;
    run("locked", pairs_64);
    interrupts_enable();
}
