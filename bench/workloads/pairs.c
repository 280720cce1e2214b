/* SPDX-License-Identifier: MIT */
/*
 * A block allocated and at once freed, `count` times: the fastest that a subject ever is. The first
 * eighth warms up and is not timed.
 */
#include "clocks.h"
#include "workload.h"

static void *volatile last_block; /* so that the compiler leaves out neither call */

static void run_pairs(struct cairn_allocator *heap, struct cairn_layout layout, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *block = cairn_allocator_alloc(heap, layout);
        last_block = block;
        cairn_allocator_dealloc(heap, block, layout);
    }
}

static bool is_served(struct cairn_allocator *heap, struct cairn_layout layout)
{
    void *block = cairn_allocator_alloc(heap, layout);
    if (block)
        cairn_allocator_dealloc(heap, block, layout);
    return block != NULL;
}

void pairs(struct bench *bench)
{
    struct cairn_layout layout = {bench->options.size, 8};
    size_t count = bench->options.count;
    bench_touch_arena(bench);
    bench_open_heap(bench);
    if (!is_served(bench->heap, layout))
        bench_out_of_memory(bench, "one block");
    run_pairs(bench->heap, layout, count / 8);
    double begin = thread_nanoseconds();
    run_pairs(bench->heap, layout, count);
    bench_report(bench, "nanoseconds", (thread_nanoseconds() - begin) / (double)count);
}
