/* SPDX-License-Identifier: MIT */
/*
 * The text's many_boxes: a box of one 64-bit number, made, read and dropped, `count` times, on a
 * heap of 100 KiB (`heap`).
 */
#include "clocks.h"
#include "workload.h"

static void run_boxes(struct bench *bench, size_t count)
{
    const struct cairn_layout layout = CAIRN_LAYOUT_OF(uint64_t);
    struct cairn_allocator *heap = bench->heap;
    for (size_t i = 0; i < count; i++) {
        uint64_t *box = cairn_allocator_alloc(heap, layout);
        if (!box)
            bench_out_of_memory(bench, "one box");
        *(volatile uint64_t *)box = i;
        cairn_check(*(volatile uint64_t *)box == i, "many_boxes: box %zu holds something else", i);
        cairn_allocator_dealloc(heap, box, layout);
    }
}

void many_boxes(struct bench *bench)
{
    size_t count = bench->options.count;
    bench_touch_arena(bench);
    bench_open_heap(bench);
    run_boxes(bench, count / 8);
    double begin = thread_nanoseconds();
    run_boxes(bench, count);
    bench_report(bench, "nanoseconds", (thread_nanoseconds() - begin) / (double)count);
}
