/* SPDX-License-Identifier: MIT */
#include "threads.h"

#include <pthread.h>
#include <stddef.h>

#include <cairn/base/check.h>

#include "clocks.h"

struct runner {
    const struct thread_work *work;
    pthread_t thread;
    pthread_barrier_t *start;
    double begin, end;
};

static void *run(void *context)
{
    struct runner *runner = context;
    const struct thread_work *work = runner->work;
    if (work->prepare)
        work->prepare(work->argument);
    pthread_barrier_wait(runner->start);
    runner->begin = wall_nanoseconds();
    work->work(work->argument);
    runner->end = wall_nanoseconds();
    return NULL;
}

static void start(struct runner *runner)
{
    int error = pthread_create(&runner->thread, NULL, run, runner);
    cairn_check(error == 0, "no thread can be made, error %d: raise the limit (ulimit -u)", error);
}

double threads_run_two(const struct thread_work *first, const struct thread_work *second)
{
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 2);
    struct runner one = {.work = first, .start = &barrier};
    struct runner two = {.work = second, .start = &barrier};
    start(&one);
    start(&two);
    pthread_join(one.thread, NULL);
    pthread_join(two.thread, NULL);
    pthread_barrier_destroy(&barrier);
    double begin = one.begin < two.begin ? one.begin : two.begin;
    double end = one.end > two.end ? one.end : two.end;
    return end - begin;
}
