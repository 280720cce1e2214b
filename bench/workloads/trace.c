/* SPDX-License-Identifier: MIT */
/*
 * A recorded trace (`file`), in three figures:
 *
 *     trace_time  nanoseconds a record, the least of `runs` replays after one that warms up, each
 *                 on a fresh heap with its pages in place
 *     trace_peak  bytes of anonymous memory that came to the process while it replayed, the most of
 *                 500 looks on the way: what the machine must have. For an arena these are the
 *                 pages of it that were ever used.
 *     trace_fit   the smallest heap that the trace fits in, its metadata included (arenas only).
 *                 The search halves the distance; that a larger heap always fits too is taken for
 *                 granted, so a lucky smaller one may be missed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clocks.h"
#include "replay.h"
#include "system_memory.h"
#include "workload.h"

enum { LOOKS = 500 };

/* Reads the trace, or ends the program with what is wrong with it. */
static struct trace open_trace(const struct bench *bench)
{
    struct trace trace;
    char error[TRACE_ERROR_MAX];
    const char *file = bench->options.file;
    if (file && trace_read(file, &trace, error))
        return trace;
    if (file)
        fprintf(stderr, "%s %s\n", file, error);
    else
        fprintf(stderr, "which trace? Name it: file=NAME\n");
    exit(EXIT_FAILURE);
}

/* A heap that gives even a wasteful allocator room, unless the caller has asked for a larger one. */
static void make_room(struct bench *bench, const struct trace *trace)
{
    size_t wanted = cairn_align_up(4 * trace->peak_bytes, SYSTEM_MEMORY_ALIGN);
    if (wanted <= bench->options.heap)
        return;
    system_memory_unmap(bench->arena, bench->options.heap);
    bench->arena = system_memory_map(wanted);
    bench->options.heap = wanted;
}

/* Verifies wherever blocks are real. */
static void begin(struct bench *bench, struct replay *replay, const struct trace *trace)
{
    replay_begin(replay, trace, bench->heap, bench->subject->kind != SUBJECT_NULL);
}

/* One replay from beginning to end. Gives: its nanoseconds. */
static double time_replay(struct bench *bench, const struct trace *trace)
{
    struct replay replay;
    bench_open_heap(bench);
    begin(bench, &replay, trace);
    system_memory_touch(replay.slots, trace->slot_count * sizeof(struct replay_slot));
    memset(replay.slots, 0, trace->slot_count * sizeof(struct replay_slot));
    double start = thread_nanoseconds();
    bool served = replay_run(&replay, 0, trace->record_count);
    double passed = thread_nanoseconds() - start;
    if (!served)
        bench_out_of_memory(bench, "this trace");
    replay_end(&replay);
    return passed;
}

void trace_time(struct bench *bench)
{
    struct trace trace = open_trace(bench);
    make_room(bench, &trace);
    bench_touch_arena(bench);
    double least = 0;
    time_replay(bench, &trace);
    for (size_t run = 0; run < bench->options.runs; run++) {
        double passed = time_replay(bench, &trace);
        if (run == 0 || passed < least)
            least = passed;
    }
    bench_report(bench, "nanoseconds", least / (double)trace.record_count);
    trace_release(&trace);
}

static bool replay_and_look(struct replay *replay, size_t *most)
{
    size_t records = replay->trace->record_count;
    for (size_t look = 0; look < LOOKS; look++) {
        if (!replay_run(replay, records * look / LOOKS, records * (look + 1) / LOOKS))
            return false;
        size_t now = system_memory_resident();
        if (now > *most)
            *most = now;
    }
    return true;
}

void trace_peak(struct bench *bench)
{
    struct trace trace = open_trace(bench);
    struct replay replay;
    make_room(bench, &trace);
    replay_begin(&replay, &trace, NULL, bench->subject->kind != SUBJECT_NULL);
    memset(replay.slots, 0, trace.slot_count * sizeof(struct replay_slot));
    size_t before = system_memory_resident(), most = before;
    bench_open_heap(bench);
    replay.heap = bench->heap;
    if (!replay_and_look(&replay, &most))
        bench_out_of_memory(bench, "this trace");
    replay_end(&replay);
    bench_report(bench, "bytes", (double)(most - before));
    trace_release(&trace);
}

static bool fits(struct bench *bench, const struct trace *trace, size_t bytes)
{
    struct replay replay;
    if (!bench_try_open_heap(bench, bytes))
        return false;
    begin(bench, &replay, trace);
    bool served = replay_run(&replay, 0, trace->record_count);
    replay_end(&replay);
    return served;
}

/* Between what is in use at the peak and the whole arena, to a 2000th part of the former. */
static size_t smallest_heap(struct bench *bench, const struct trace *trace)
{
    size_t step = cairn_align_up(trace->peak_bytes / 2000 + 1, 64);
    size_t too_small = cairn_align_down(trace->peak_bytes - 1, 64), enough = too_small;
    for (size_t more = trace->peak_bytes / 16 + step; !fits(bench, trace, enough); more *= 2) {
        too_small = enough;
        if (enough == bench->options.heap)
            bench_out_of_memory(bench, "this trace");
        enough = cairn_align_up(enough + more, 64);
        if (enough > bench->options.heap)
            enough = bench->options.heap;
    }
    while (enough - too_small > step) {
        size_t middle = cairn_align_up((too_small + enough) / 2, 64);
        if (fits(bench, trace, middle))
            enough = middle;
        else
            too_small = middle;
    }
    return enough;
}

void trace_fit(struct bench *bench)
{
    struct trace trace = open_trace(bench);
    cairn_check(bench->subject->kind == SUBJECT_ARENA, "trace_fit: %s takes as much as it wants",
                bench->subject->name);
    make_room(bench, &trace);
    bench_report(bench, "bytes", (double)smallest_heap(bench, &trace));
    trace_release(&trace);
}
