/* SPDX-License-Identifier: MIT */
/*
 * `live` blocks of one size allocated, then all freed in random order, again and again: `count` pairs
 * in all, or as many as a slow subject does in `milliseconds`. The orders are made before.
 */
#include "clocks.h"
#include "workload.h"

enum {
    ORDERED = 64000,      /* numbers in all orders together, or one order of more */
    BETWEEN_LOOKS = 8000, /* pairs between two looks at the clock */
};

/* Orders of `live` numbers each, one after the other. */
struct orders {
    size_t live, count;
    uint32_t *numbers;
};

/* A random permutation. Source: Knuth, volume 2, section 3.4.2, algorithm P. */
static void make_order(struct random_source *random, uint32_t *order, size_t live)
{
    for (size_t i = 0; i < live; i++)
        order[i] = (uint32_t)i;
    for (size_t i = live; i > 1; i--) {
        size_t other = random_below(random, i);
        uint32_t moved = order[other];
        order[other] = order[i - 1];
        order[i - 1] = moved;
    }
}

static struct orders make_orders(struct random_source *random, size_t live)
{
    static uint32_t numbers[OBJECTS_MAX];
    struct orders orders = {live, live < ORDERED ? ORDERED / live : 1, numbers};
    for (size_t i = 0; i < orders.count; i++)
        make_order(random, &numbers[i * live], live);
    return orders;
}

static void run_batch(struct bench *bench, struct cairn_layout layout, const uint32_t *order)
{
    struct cairn_allocator *heap = bench->heap;
    struct object *objects = bench->objects;
    size_t live = bench->options.live;
    for (size_t i = 0; i < live; i++) {
        objects[i].block = cairn_allocator_alloc(heap, layout);
        if (!objects[i].block)
            bench_out_of_memory(bench, "a batch");
    }
    for (size_t i = 0; i < live; i++)
        cairn_allocator_dealloc(heap, objects[order[i]].block, layout);
}

void batch(struct bench *bench)
{
    size_t live = bench->options.live;
    struct cairn_layout layout = {bench->options.size, 8};
    bench_touch_arena(bench);
    bench_open_heap(bench);
    struct orders orders = make_orders(&bench->random, live);
    size_t batches = 0;
    do
        run_batch(bench, layout, &orders.numbers[batches % orders.count * live]);
    while (++batches < bench->options.count / live / 20);

    double begin = thread_nanoseconds(), passed = 0;
    size_t done = 0, next_look = 0;
    while (done < bench->options.count && passed < (double)bench->options.milliseconds * 1e6) {
        run_batch(bench, layout, &orders.numbers[batches++ % orders.count * live]);
        done += live;
        if (done < next_look && done < bench->options.count)
            continue;
        passed = thread_nanoseconds() - begin;
        next_look = done + BETWEEN_LOOKS;
    }
    bench_report(bench, "nanoseconds", passed / (double)done);
}
