/* SPDX-License-Identifier: MIT */
/*
 * As pairs, of 64 bytes, but where a subject has functions that are compiled into the caller, and
 * the compiler knows the size: so is cairn called by who knows that it is cairn. null is the loop
 * alone. The others are called through their tables, as in pairs.
 */
#include <cairn/heap_inline.h>

#include "clocks.h"
#include "workload.h"

static const struct cairn_layout layout = {64, 8};
static void *volatile last_block; /* so that the compiler leaves out neither call */

static void run_cairn(struct cairn_heap *heap, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *block = cairn_heap_alloc(heap, layout);
        last_block = block;
        cairn_heap_dealloc(heap, block, layout);
    }
}

static void run_null(void *memory, size_t count)
{
    for (size_t i = 0; i < count; i++)
        last_block = memory;
}

static void run_table(struct cairn_allocator *heap, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *block = cairn_allocator_alloc(heap, layout);
        last_block = block;
        cairn_allocator_dealloc(heap, block, layout);
    }
}

static void run_pairs(const struct bench *bench, size_t count)
{
    if (bench->heap->operations == &cairn_heap_operations)
        run_cairn((struct cairn_heap *)(void *)bench->heap, count);
    else if (bench->subject->kind == SUBJECT_NULL)
        run_null(bench->arena, count);
    else
        run_table(bench->heap, count);
}

void pairs_inlined(struct bench *bench)
{
    size_t count = bench->options.count;
    bench_touch_arena(bench);
    bench_open_heap(bench);
    run_pairs(bench, count / 8);
    if (!last_block)
        bench_out_of_memory(bench, "one block");
    double begin = thread_nanoseconds();
    run_pairs(bench, count);
    bench_report(bench, "nanoseconds", (thread_nanoseconds() - begin) / (double)count);
}
