/* SPDX-License-Identifier: MIT */
/*
 * Random actions by one thread: `count` of them after a twentieth as many to warm up, or as many as
 * a slow subject does in `milliseconds`.
 */
#include "actions.h"
#include "clocks.h"

enum { SLICE = 20000 }; /* actions between two looks at the clock, which costs as much as ten */

void random_actions(struct bench *bench)
{
    const struct options *options = &bench->options;
    bench_touch_arena(bench);
    bench_open_heap(bench);
    struct actions actions = actions_make(bench->heap, bench->objects, options);
    actions_run(&actions, options->count / 20);
    actions.refused = 0;

    double begin = thread_nanoseconds(), passed = 0;
    size_t done = 0;
    while (done < options->count && passed < (double)options->milliseconds * 1e6) {
        actions_run(&actions, SLICE);
        done += SLICE;
        passed = thread_nanoseconds() - begin;
    }
    bench_report(bench, "million_per_second", (double)done / passed * 1e3);
    bench_report(bench, "refused_percent", (double)actions.refused / (double)done * 100);
    actions_end(&actions);
}
