/* SPDX-License-Identifier: MIT */
/*
 * Workloads: what subjects are made to do. A workload is one file and one function, which runs on
 * one subject and leaves its figures in the bench.
 *
 * Sizes, shares and shapes are those of talc's benchmarks (Shaun Beautement, github.com/SFBdragon/
 * talc, benches/src/bin), so that figures can be laid beside its own, except where a file says so.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "random_source.h"
#include "subject.h"

/* A block in use. */
struct object {
    void *block;
    struct cairn_layout layout;
};

/* More objects than any workload has at once. */
#define OBJECTS_MAX ((size_t)1 << 18)

/* What may be said on the command line as NAME=NUMBER, and what stands where it is not. */
struct options {
    size_t heap;         /* bytes of the arena */
    size_t max;          /* bytes: bound of the sizes that are asked for */
    size_t size;         /* bytes of every block */
    size_t realloc;      /* 1: with reallocs, 0: without */
    size_t count;        /* operations; what one is, the workload says */
    size_t milliseconds; /* after which a slow subject may stop before `count` */
    size_t runs;         /* repetitions on a fresh heap */
    size_t scenario;     /* of worst_case: 1 to 3 */
    size_t share;        /* of fill: percent of the heap that is held in use */
    size_t live;         /* of batch: blocks at once */
    size_t patience;     /* of traces: nanoseconds a record that a replay may take; 0: any */
    size_t parts;        /* of trace_memory: the smallest heap is exact to this part of the peak */
    size_t looks;        /* of trace_memory: how often it looks for the peak */
    size_t seed;
    const char *file; /* of a trace: the trace; of adversary: its programs */
};
#define OPTIONS_DEFAULT                                                                           \
    {                                                                                             \
        .heap = (size_t)128 << 20, .max = 1000, .size = 64, .count = 1000000,                     \
        .milliseconds = 1000, .runs = 1, .scenario = 1, .share = 50, .live = 1000, .parts = 2000, \
        .looks = 500, .seed = 1                                                                   \
    }

/* A result: its name and unit in one, as "nanoseconds". */
struct figure {
    const char *name;
    double value;
};
#define FIGURES_MAX 4

/* One run of one workload on one subject. */
struct bench {
    const struct subject *subject;
    struct options options;
    void *arena;                  /* options.heap bytes */
    struct object *objects;       /* OBJECTS_MAX */
    struct random_source random;  /* begins at options.seed */
    struct cairn_allocator *heap; /* made by bench_open_heap() */
    size_t figure_count;
    struct figure figures[FIGURES_MAX];
};

/* Maps the tables and the arena; the arena is not backed by pages yet. */
void bench_begin(struct bench *bench, const struct subject *subject, struct options options);
void bench_end(struct bench *bench);

/*
 * Makes the subject anew over the first `bytes` of the arena, as bench->heap.
 *
 * Errors: false if the subject cannot live in so little memory.
 */
CAIRN_MUST_USE bool bench_try_open_heap(struct bench *bench, size_t bytes);

/* Makes the subject anew over the whole arena; ends the program with a message if it cannot. */
void bench_open_heap(struct bench *bench);

/* Backs an arena with pages now. What gets its memory from the system is left to do so itself. */
void bench_touch_arena(const struct bench *bench);

/* Leaves a result. Needs: at most FIGURES_MAX. */
void bench_report(struct bench *bench, const char *name, double value);

/* The status of a program whose subject had too little memory. */
#define EXIT_OUT_OF_MEMORY 3

/* The status of a program whose subject took longer than options.patience. */
#define EXIT_GIVEN_UP 4

/* Ends the program: the subject has refused what the workload cannot do without. */
_Noreturn void bench_out_of_memory(const struct bench *bench, const char *what);

/* bench->heap as many threads may use it: itself, or behind a lock. */
struct cairn_allocator *bench_shared_heap(struct bench *bench);

/* Frees the first `count` objects. */
void bench_free_objects(struct bench *bench, size_t count);

struct workload {
    const char *name;
    void (*run)(struct bench *bench);
};
extern const struct workload workloads[];
extern const size_t workload_count;

/* The workload of that name, or null. */
const struct workload *workload_find(const char *name);

/* Million actions a second, and the percentage that was refused. */
void random_actions(struct bench *bench);
/* The same with the heap held at a share in use. */
void fill(struct bench *bench);
/* The percentage of the heap in use when the first request fails. */
void heap_use(struct bench *bench);
/* Nanoseconds for an alloc and its dealloc. */
void pairs(struct bench *bench);
void pairs_inlined(struct bench *bench);
void batch(struct bench *bench);
void many_boxes(struct bench *bench);
/* Cycles of one alloc: median, p99.9, largest. */
void worst_case(struct bench *bench);
void adversary(struct bench *bench);
/* Million operations a second, by the clock on the wall. */
void two_threads(struct bench *bench);
void producer_consumer(struct bench *bench);
/* A recorded trace: its time, its memory, the smallest heap. */
void trace_time(struct bench *bench);
void trace_memory(struct bench *bench);

#endif
