/* SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cairn/locked.h>

#include "system_memory.h"

const struct workload workloads[] = {
    {"random_actions", random_actions},
    {"fill", fill},
    {"heap_use", heap_use},
    {"pairs", pairs},
    {"pairs_inlined", pairs_inlined},
    {"batch", batch},
    {"many_boxes", many_boxes},
    {"worst_case", worst_case},
    {"adversary", adversary},
    {"two_threads", two_threads},
    {"producer_consumer", producer_consumer},
    {"trace_time", trace_time},
    {"trace_memory", trace_memory},
};
const size_t workload_count = sizeof(workloads) / sizeof(workloads[0]);

const struct workload *workload_find(const char *name)
{
    for (size_t i = 0; i < workload_count; i++) {
        if (strcmp(workloads[i].name, name) == 0)
            return &workloads[i];
    }
    return NULL;
}

void bench_begin(struct bench *bench, const struct subject *subject, struct options options)
{
    *bench = (struct bench){
        .subject = subject,
        .options = options,
        .arena = system_memory_map(options.heap),
        .objects = system_memory_map(OBJECTS_MAX * sizeof(struct object)),
        .random = {options.seed},
    };
}

void bench_end(struct bench *bench)
{
    system_memory_unmap(bench->objects, OBJECTS_MAX * sizeof(struct object));
    system_memory_unmap(bench->arena, bench->options.heap);
}

bool bench_try_open_heap(struct bench *bench, size_t bytes)
{
    bench->heap = bench->subject->open(bench->arena, bytes);
    return bench->heap != NULL;
}

void bench_open_heap(struct bench *bench)
{
    if (!bench_try_open_heap(bench, bench->options.heap))
        bench_out_of_memory(bench, "any request");
}

void bench_touch_arena(const struct bench *bench)
{
    system_memory_touch(bench->objects, OBJECTS_MAX * sizeof(struct object));
    if (bench->subject->kind == SUBJECT_ARENA)
        system_memory_touch(bench->arena, bench->options.heap);
}

void bench_report(struct bench *bench, const char *name, double value)
{
    cairn_check(bench->figure_count < FIGURES_MAX, "%s is one figure too many", name);
    bench->figures[bench->figure_count++] = (struct figure){name, value};
}

void bench_out_of_memory(const struct bench *bench, const char *what)
{
    fprintf(stderr, "%s is out of memory: %zu bytes do not serve %s\n", bench->subject->name,
            bench->options.heap, what);
    exit(EXIT_OUT_OF_MEMORY);
}

struct cairn_allocator *bench_shared_heap(struct bench *bench)
{
    static struct cairn_locked locked;
    if (bench->subject->thread_safe)
        return bench->heap;
    locked = (struct cairn_locked)CAIRN_LOCKED(bench->heap, "bench");
    return &locked.allocator;
}

void bench_free_objects(struct bench *bench, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cairn_allocator_dealloc(bench->heap, bench->objects[i].block, bench->objects[i].layout);
}
