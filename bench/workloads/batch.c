/* SPDX-License-Identifier: MIT */
/*
 * A thousand blocks of one size allocated, then all freed in random order, again and again: `count`
 * pairs in all, or as many as a slow subject does in `milliseconds`. The orders are made before.
 */
#include "clocks.h"
#include "workload.h"

enum { BATCH = 1000, ORDERS = 64 };

static uint16_t orders[ORDERS][BATCH];

/* A random permutation. Source: Knuth, volume 2, section 3.4.2, algorithm P. */
static void make_order(struct random_source *random, uint16_t order[BATCH])
{
    for (size_t i = 0; i < BATCH; i++)
        order[i] = (uint16_t)i;
    for (size_t i = BATCH; i > 1; i--) {
        size_t other = random_below(random, i);
        uint16_t moved = order[other];
        order[other] = order[i - 1];
        order[i - 1] = moved;
    }
}

static void run_batch(struct bench *bench, struct cairn_layout layout, const uint16_t order[BATCH])
{
    struct cairn_allocator *heap = bench->heap;
    struct object *objects = bench->objects;
    for (size_t i = 0; i < BATCH; i++) {
        objects[i].block = cairn_allocator_alloc(heap, layout);
        if (!objects[i].block)
            bench_out_of_memory(bench, "a thousand blocks");
    }
    for (size_t i = 0; i < BATCH; i++)
        cairn_allocator_dealloc(heap, objects[order[i]].block, layout);
}

void batch(struct bench *bench)
{
    struct cairn_layout layout = {bench->options.size, 8};
    bench_touch_arena(bench);
    bench_open_heap(bench);
    for (size_t i = 0; i < ORDERS; i++)
        make_order(&bench->random, orders[i]);
    for (size_t i = 0; i < bench->options.count / BATCH / 20; i++)
        run_batch(bench, layout, orders[i % ORDERS]);

    double begin = thread_nanoseconds(), passed = 0;
    size_t done = 0;
    while (done < bench->options.count && passed < (double)bench->options.milliseconds * 1e6) {
        run_batch(bench, layout, orders[done / BATCH % ORDERS]);
        done += BATCH;
        if (done / BATCH % 8 == 0 || done >= bench->options.count)
            passed = thread_nanoseconds() - begin;
    }
    bench_report(bench, "nanoseconds", passed / (double)done);
}
