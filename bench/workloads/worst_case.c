/* SPDX-License-Identifier: MIT */
/*
 * The worst case: the cycles of single allocs in a heap that was prepared to be hard to search.
 *
 *     scenario 1  100,000 holes of 48 bytes, and a request of 1000
 *     scenario 2  100,000 holes of 960 bytes, and a request of 990: a size class, if classes are
 *                 coarse, in which every block is just too small
 *     scenario 3  20,000 holes of 5 KiB, and a page on a page's boundary: a hole that is large
 *                 enough seldom has the boundary in the right place
 *
 * Behind the holes there is plenty of memory, so every request can be met. Each scenario is built
 * `runs` times and asks `count` times; every second block is freed again, so the holes go on being
 * used and left. Of the runs each request counts with its least cycles: an allocator does the same
 * work in each, and an interrupt that hits one does not hit them all. A slow subject is asked less
 * often: as often as it answers in `milliseconds`.
 */
#include <stdlib.h>
#include <string.h>

#include "clocks.h"
#include "system_memory.h"
#include "workload.h"

struct scenario {
    size_t holes;
    struct cairn_layout hole;
    struct cairn_layout wall; /* stays allocated between two holes */
    struct cairn_layout request;
};

static const struct scenario scenarios[] = {
    {100000, {48, 8}, {16, 8}, {1000, 8}},
    {100000, {960, 8}, {16, 8}, {990, 8}},
    {20000, {4096 + 1024, 8}, {48, 8}, {4096, 4096}},
};
enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]), KEPT = 2 * 100000 };

static void *must_alloc(struct bench *bench, struct cairn_layout layout)
{
    void *block = cairn_allocator_alloc(bench->heap, layout);
    if (!block)
        bench_out_of_memory(bench, "the scenario");
    return block;
}

/*
 * Objects: hole, wall, hole, wall, ..., and from KEPT on the requests that stay. The holes are
 * freed from the last to the first: a list in order of addresses would else be walked from its
 * beginning each time, which is not what is timed.
 */
static void make_holes(struct bench *bench, const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->holes; i++) {
        bench->objects[2 * i].block = must_alloc(bench, scenario->hole);
        bench->objects[2 * i + 1].block = must_alloc(bench, scenario->wall);
    }
    for (size_t i = scenario->holes; i > 0; i--)
        cairn_allocator_dealloc(bench->heap, bench->objects[2 * i - 2].block, scenario->hole);
}

/* Asks once. Gives: the cycles. */
static uint64_t time_request(struct bench *bench, struct cairn_layout request, size_t number)
{
    uint64_t begin = cycles_now();
    void *block = cairn_allocator_alloc(bench->heap, request);
    uint64_t passed = cycles_now() - begin;
    if (!block)
        bench_out_of_memory(bench, "the scenario's request");
    if (number % 2 != 0)
        cairn_allocator_dealloc(bench->heap, block, request);
    else
        bench->objects[KEPT + number / 2].block = block;
    return passed;
}

/* Keeps the least cycles that each request has ever taken. Gives: how many were asked in time. */
static size_t time_requests(struct bench *bench, struct cairn_layout request, size_t count,
                            uint64_t *least)
{
    double end = thread_nanoseconds() + (double)bench->options.milliseconds * 1e6;
    for (size_t i = 0; i < count; i++) {
        uint64_t cycles = time_request(bench, request, i);
        if (cycles < least[i])
            least[i] = cycles;
        if (i % 16 == 15 && thread_nanoseconds() > end)
            return i + 1;
    }
    return count;
}

/* Leaves a subject that is not made anew for the next run as it was found. */
static void free_all(struct bench *bench, const struct scenario *scenario, size_t count)
{
    for (size_t i = 0; i < scenario->holes; i++)
        cairn_allocator_dealloc(bench->heap, bench->objects[2 * i + 1].block, scenario->wall);
    for (size_t i = 0; i < count; i += 2)
        cairn_allocator_dealloc(bench->heap, bench->objects[KEPT + i / 2].block, scenario->request);
}

static int compare_cycles(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

static void report(struct bench *bench, uint64_t *least, size_t count)
{
    qsort(least, count, sizeof(uint64_t), compare_cycles);
    bench_report(bench, "median_cycles", (double)least[count / 2]);
    bench_report(bench, "p999_cycles", (double)least[count - 1 - count / 1000]);
    bench_report(bench, "largest_cycles", (double)least[count - 1]);
}

static const struct scenario *chosen_scenario(const struct options *options)
{
    cairn_check(options->scenario - 1 < SCENARIOS, "worst_case: scenario is 1 to %d", SCENARIOS);
    cairn_check(options->count / 2 < OBJECTS_MAX - KEPT, "worst_case: count=%zu is too large",
                options->count);
    return &scenarios[options->scenario - 1];
}

void worst_case(struct bench *bench)
{
    const struct scenario *scenario = chosen_scenario(&bench->options);
    size_t count = bench->options.count, bytes = count * sizeof(uint64_t);
    uint64_t *least = system_memory_map(bytes);
    memset(least, 0xff, bytes);
    bench_touch_arena(bench);
    for (size_t run = 0; run < bench->options.runs; run++) {
        bench_open_heap(bench);
        make_holes(bench, scenario);
        count = time_requests(bench, scenario->request, count, least);
        free_all(bench, scenario, count);
    }
    report(bench, least, count);
    system_memory_unmap(least, bytes);
}
