/* SPDX-License-Identifier: MIT */
/*
 * The adversary: the cycles of the most expensive operation in programs (`file`) that were searched
 * for, each to make some allocator slow. program.h says what a program is.
 *
 * Each program runs in a heap of its own size, of zeros, whose pages are in place; a system's malloc
 * is asked for no more than such a heap would have. Which operation is the worst, of all programs, is found
 * first: the one with the largest least cycles of some runs. Then its program runs up to 3 * `count`
 * times, or for `milliseconds`, and of three times that operation the least counts, for an interrupt
 * does not hit them all.
 *
 * Not counted are an operation in which a page of memory came to the process, and a realloc that
 * moved the block: it has copied, and how much of its time that took cannot be told.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clocks.h"
#include "program.h"
#include "system_memory.h"
#include "workload.h"

enum { SCOUTING_RUNS = 7, LEAST_OF = 3, TEXT_MAX = 1 << 20 };

/* A run that is watched. It comes first, so that note() finds the rest. */
struct watched_run {
    struct program_run run;
    const struct bench *bench;
    uint64_t *least; /* of each operation; UINT64_MAX: never counted */
    size_t last;     /* after which the run may end */
    long faults;     /* of this process, before the operation */
};

static long faults_now(const struct bench *bench)
{
    struct rusage usage = {0};
    if (bench->subject->kind == SUBJECT_SYSTEM)
        getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_minflt;
}

static bool note(struct program_run *run, enum program_operation operation, uint64_t begin,
                 uint64_t end)
{
    struct watched_run *watched = (struct watched_run *)(void *)run;
    long faults = faults_now(watched->bench);
    bool counts = operation != PROGRAM_REALLOC_MOVED && faults == watched->faults;
    watched->faults = faults;
    if (counts && end - begin < watched->least[run->operations])
        watched->least[run->operations] = end - begin;
    return run->operations < watched->last;
}

static void run_once(struct bench *bench, const struct program *program,
                     struct watched_run *watched)
{
    if (bench->subject->kind == SUBJECT_ARENA)
        memset(bench->arena, 0, program->heap);
    if (!bench_try_open_heap(bench, program->heap))
        return; /* what lives in no such heap has no operation in it */
    watched->run.heap = bench->heap;
    watched->run.room = bench->subject->kind == SUBJECT_ARENA ? SIZE_MAX : program->heap;
    watched->faults = faults_now(bench);
    program_run(program, &watched->run);
    if (bench->subject->kind == SUBJECT_SYSTEM)
        program_free_all(&watched->run);
}

static void forget(struct watched_run *watched)
{
    memset(watched->least, 0xff, PROGRAM_OPERATIONS_MAX * sizeof(uint64_t));
}

/* ---- which operation is the worst ---- */

struct worst {
    struct program program;
    size_t program_number; /* from 1 */
    size_t operation;
    uint64_t cycles;
};

static void note_worst(const struct watched_run *watched, const struct program *program,
                       size_t number, struct worst *worst)
{
    for (size_t i = 0; i < PROGRAM_OPERATIONS_MAX; i++) {
        if (watched->least[i] != UINT64_MAX && watched->least[i] > worst->cycles)
            *worst = (struct worst){*program, number, i, watched->least[i]};
    }
}

static struct worst find_worst(struct bench *bench, const char *text, struct watched_run *watched)
{
    struct worst worst = {.cycles = 0};
    struct program program;
    for (size_t number = 1;; number++) {
        const char *wrong = program_read(&text, &program);
        cairn_check(!wrong, "adversary: %s: %s", wrong, text);
        if (program.step_count == 0)
            break;
        forget(watched);
        watched->last = PROGRAM_OPERATIONS_MAX;
        for (int i = 0; i < SCOUTING_RUNS; i++)
            run_once(bench, &program, watched);
        note_worst(watched, &program, number, &worst);
    }
    cairn_check(worst.cycles > 0, "adversary: no operation was counted");
    return worst;
}

/* ---- how bad it is ---- */

/* Gives: how many times it was done. */
static size_t repeat(struct bench *bench, const struct worst *worst, struct watched_run *watched,
                     uint64_t *cycles)
{
    double end = thread_nanoseconds() + (double)bench->options.milliseconds * 1e6;
    size_t done = 0;
    watched->last = worst->operation;
    while (done == 0 || (done < bench->options.count && thread_nanoseconds() < end)) {
        forget(watched);
        for (int i = 0; i < LEAST_OF; i++)
            run_once(bench, &worst->program, watched);
        if (watched->least[worst->operation] != UINT64_MAX)
            cycles[done++] = watched->least[worst->operation];
    }
    return done;
}

static int compare_cycles(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

static void report(struct bench *bench, uint64_t *cycles, size_t count, size_t program)
{
    qsort(cycles, count, sizeof(uint64_t), compare_cycles);
    bench_report(bench, "median_cycles", (double)cycles[count / 2]);
    bench_report(bench, "p999_cycles", (double)cycles[count - 1 - count / 1000]);
    bench_report(bench, "largest_cycles", (double)cycles[count - 1]);
    bench_report(bench, "program", (double)program);
}

/* ---- the file ---- */

static _Noreturn void end_with_error(const char *file, const char *what)
{
    fprintf(stderr, "%s %s\n", file ? file : "adversary: file=NAME", what);
    exit(EXIT_FAILURE);
}

static char *read_text(const char *file)
{
    char *text = system_memory_map(TEXT_MAX);
    int descriptor = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t length = descriptor < 0 ? -1 : read(descriptor, text, TEXT_MAX - 1);
    if (length <= 0 || length == TEXT_MAX - 1)
        end_with_error(file, length < 0 ? strerror(errno) : "has not the size of such a file");
    close(descriptor);
    return text;
}

/* ---- all of it ---- */

static struct watched_run make_run(struct bench *bench)
{
    static struct program_object objects[PROGRAM_OPERATIONS_MAX];
    static uint32_t chosen[PROGRAM_OPERATIONS_MAX];
    static uint64_t least[PROGRAM_OPERATIONS_MAX];
    return (struct watched_run){
        .run = {.now = cycles_now, .note = note, .objects = objects, .chosen = chosen},
        .bench = bench,
        .least = least,
    };
}

void adversary(struct bench *bench)
{
    char *text = read_text(bench->options.file);
    size_t bytes = bench->options.count * sizeof(uint64_t);
    uint64_t *cycles = system_memory_map(bytes);
    struct watched_run watched = make_run(bench);
    cairn_check(bench->options.heap >= PROGRAM_HEAP_MAX, "adversary: heap=%zu is too small",
                bench->options.heap);
    bench_touch_arena(bench);
    struct worst worst = find_worst(bench, text, &watched);
    size_t done = repeat(bench, &worst, &watched, cycles);
    report(bench, cycles, done, worst.program_number);
    system_memory_unmap(cycles, bytes);
    system_memory_unmap(text, TEXT_MAX);
}
