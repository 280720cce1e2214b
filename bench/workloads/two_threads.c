/* SPDX-License-Identifier: MIT */
/*
 * Random actions by two threads on one heap, each with blocks of its own: `count` actions each, or
 * as many as a slow subject does in `milliseconds`. The sum of both rates.
 */
#include "actions.h"
#include "clocks.h"
#include "threads.h"

enum { SLICE = 20000 };

struct worker {
    struct actions actions;
    const struct options *options;
    size_t done;
};

/* In the thread itself, since a subject may keep caches for each. */
static void warm_up(void *context)
{
    struct worker *worker = context;
    actions_run(&worker->actions, worker->options->count / 20);
}

static void work(void *context)
{
    struct worker *worker = context;
    double limit = wall_nanoseconds() + (double)worker->options->milliseconds * 1e6;
    while (worker->done < worker->options->count && wall_nanoseconds() < limit) {
        actions_run(&worker->actions, SLICE);
        worker->done += SLICE;
    }
}

void two_threads(struct bench *bench)
{
    bench_touch_arena(bench);
    bench_open_heap(bench);
    struct cairn_allocator *heap = bench_shared_heap(bench);
    struct options second = bench->options;
    second.seed += 1000003; /* another sequence */
    struct worker workers[] = {
        {actions_make(heap, bench->objects, &bench->options), &bench->options, 0},
        {actions_make(heap, bench->objects + OBJECTS_MAX / 2, &second), &second, 0},
    };
    double passed = threads_run_two(&(struct thread_work){warm_up, work, &workers[0]},
                                    &(struct thread_work){warm_up, work, &workers[1]});
    bench_report(bench, "million_per_second",
                 (double)(workers[0].done + workers[1].done) / passed * 1e3);
    for (int i = 0; i < 2; i++)
        actions_end(&workers[i].actions);
}
