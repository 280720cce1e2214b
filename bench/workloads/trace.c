/* SPDX-License-Identifier: MIT */
/*
 * A recorded trace (`file`), in three figures:
 *
 *     nanoseconds          a record, the least of `runs` replays after one that warms up, each on a
 *                          fresh heap; the first has put the pages in place that all of them use
 *     smallest_heap_bytes  the smallest heap that the trace fits in, with the allocator's own tables
 *                          wherever they lie; arenas only. The search halves the distance, until that
 *                          is a `parts`th of the peak; that a larger heap always fits too is taken
 *                          for granted, so a lucky smaller one may be missed.
 *     peak_bytes           anonymous memory that came to the process while it replayed, the most of
 *                          `looks` on the way: what the machine must have. An arena replays in
 *                          its smallest heap, so this is what of it was ever touched.
 *
 * A replay that takes longer than `patience` nanoseconds a record ends the program: it is given up.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "clocks.h"
#include "replay.h"
#include "system_memory.h"
#include "workload.h"

enum { LIMIT_LEAST_NS = 50000000 };

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

static size_t machine_memory(void)
{
    return (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
}

/*
 * A heap that gives even a wasteful allocator room, unless the caller has asked for a larger one. Of
 * its pages only those come that are used; but tables may be as large as the heap wants them, so it
 * is no larger than the machine's memory.
 */
static void make_room(struct bench *bench, const struct trace *trace)
{
    size_t bytes = 4 * trace->peak_bytes + ((size_t)2 << trace->largest_align_log2);
    size_t wanted =
        cairn_align_up(bytes < machine_memory() ? bytes : machine_memory(), SYSTEM_MEMORY_ALIGN);
    if (bench->subject->kind == SUBJECT_SYSTEM)
        return;
    if (wanted > bench->options.heap) {
        system_memory_unmap(bench->arena, bench->options.heap);
        bench->arena = system_memory_map(wanted);
        bench->options.heap = wanted;
    }
    if (trace->peak_bytes > bench->options.heap)
        bench_out_of_memory(bench, "this trace");
}

static void give_up(int number)
{
    (void)number;
    _exit(EXIT_GIVEN_UP);
}

/*
 * Limits the processor time that this process may use from now on; 0 is no limit. Time in the system,
 * which goes into fresh pages, does not count. The system counts in ticks of up to 10 ms, so below
 * LIMIT_LEAST_NS chance would decide.
 */
static void limit_time(double nanoseconds)
{
    if (nanoseconds > 0 && nanoseconds < LIMIT_LEAST_NS)
        nanoseconds = LIMIT_LEAST_NS;
    struct itimerval limit = {.it_value = {.tv_sec = (time_t)(nanoseconds / 1e9)}};
    limit.it_value.tv_usec = (suseconds_t)(nanoseconds / 1e3 - 1e6 * (double)limit.it_value.tv_sec);
    signal(SIGVTALRM, give_up);
    setitimer(ITIMER_VIRTUAL, &limit, NULL);
}

/* Verifies wherever blocks are real. */
static void begin(struct bench *bench, struct replay *replay, const struct trace *trace)
{
    limit_time((double)bench->options.patience * (double)trace->record_count);
    replay_begin(replay, trace, bench->heap, bench->subject->kind != SUBJECT_NULL);
}

/* Freeing one by one is needless in an arena, and takes a slow subject longer than the trace. */
static void end(const struct bench *bench, struct replay *replay)
{
    if (bench->subject->kind == SUBJECT_SYSTEM)
        replay_free(replay);
    replay_end(replay);
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
    end(bench, &replay);
    return passed;
}

void trace_time(struct bench *bench)
{
    struct trace trace = open_trace(bench);
    make_room(bench, &trace);
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

static bool replay_and_look(struct replay *replay, size_t looks, size_t *most)
{
    size_t records = replay->trace->record_count;
    for (size_t look = 0; look < looks; look++) {
        if (!replay_run(replay, records * look / looks, records * (look + 1) / looks))
            return false;
        size_t now = system_memory_resident();
        if (now > *most)
            *most = now;
    }
    return true;
}

/* Replays in a heap of this size and watches. */
static size_t peak_in(struct bench *bench, const struct trace *trace, size_t bytes)
{
    struct replay replay;
    limit_time(0);
    replay_begin(&replay, trace, NULL, true);
    memset(replay.slots, 0, trace->slot_count * sizeof(struct replay_slot));
    size_t before = system_memory_resident(), most = before;
    if (!bench_try_open_heap(bench, bytes))
        bench_out_of_memory(bench, "this trace");
    replay.heap = bench->heap;
    if (!replay_and_look(&replay, bench->options.looks, &most))
        bench_out_of_memory(bench, "this trace");
    end(bench, &replay);
    return most - before;
}

static bool fits(struct bench *bench, const struct trace *trace, size_t bytes)
{
    struct replay replay;
    if (!bench_try_open_heap(bench, bytes))
        return false;
    begin(bench, &replay, trace);
    bool served = replay_run(&replay, 0, trace->record_count);
    end(bench, &replay);
    return served;
}

/* Between what is in use at the peak and the whole arena, to a `parts`th of the former. */
static size_t smallest_heap(struct bench *bench, const struct trace *trace)
{
    size_t step = cairn_align_up(trace->peak_bytes / bench->options.parts + 1, 64);
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

void trace_memory(struct bench *bench)
{
    struct trace trace = open_trace(bench);
    size_t heap = bench->options.heap;
    cairn_check(bench->subject->kind != SUBJECT_NULL, "trace_memory: null has none");
    if (bench->subject->kind == SUBJECT_ARENA) {
        make_room(bench, &trace);
        heap = smallest_heap(bench, &trace);
        bench_report(bench, "smallest_heap_bytes",
                     (double)(heap + subject_beside(bench->subject, heap)));
        system_memory_discard(bench->arena, bench->options.heap);
    }
    bench_report(bench, "peak_bytes", (double)peak_in(bench, &trace, heap));
    trace_release(&trace);
}
