/* SPDX-License-Identifier: MIT */
/*
 * One thread allocates blocks of random sizes and hands them over, another frees them: `count`
 * blocks, each one operation, or as many as a slow subject does in `milliseconds`.
 *
 * They go through a ring of 1024 places with one writer and one reader. Each side keeps its own
 * copy of where the other is and looks again only when that says full or empty, so that the ring
 * costs little beside the allocator.
 * Source: Lamport, "Specifying Concurrent Program Modules", 1983, section 3 (the ring); the cached
 * copies: Lee, Bu, Chandranmenon, "A Lock-Free, Cache-Efficient Shared Ring Buffer", 2009.
 */
#include <cairn/base/host.h>

#include "actions.h"
#include "clocks.h"
#include "threads.h"

enum { PLACES = 1024, CACHE_LINE = 64, LOOK_EVERY = 4096 };

struct ring {
    _Alignas(CACHE_LINE) size_t written; /* by the writer only: places ever filled */
    size_t read_as_known;                /* the writer's copy of `read` */
    _Alignas(CACHE_LINE) size_t read;    /* by the reader only: places ever emptied */
    size_t written_as_known;             /* the reader's copy of `written` */
    _Alignas(CACHE_LINE) struct object places[PLACES];
};

struct line {
    struct ring ring;
    struct cairn_allocator *heap;
    const struct options *options;
    size_t done;
    bool out_of_memory;
};

/* Waits until *progress is not `seen`; gives it. The other thread may need this processor. */
static size_t wait_for_change(const size_t *progress, size_t seen)
{
    size_t now;
    while ((now = __atomic_load_n(progress, __ATOMIC_ACQUIRE)) == seen)
        cairn_host_relax();
    return now;
}

static void ring_put(struct ring *ring, struct object object)
{
    size_t written = ring->written;
    if (written - ring->read_as_known == PLACES)
        ring->read_as_known = wait_for_change(&ring->read, ring->read_as_known);
    ring->places[written % PLACES] = object;
    __atomic_store_n(&ring->written, written + 1, __ATOMIC_RELEASE);
}

static struct object ring_take(struct ring *ring)
{
    size_t read = ring->read;
    if (read == ring->written_as_known)
        ring->written_as_known = wait_for_change(&ring->written, read);
    struct object object = ring->places[read % PLACES];
    __atomic_store_n(&ring->read, read + 1, __ATOMIC_RELEASE);
    return object;
}

/* Ends with an empty object, which tells the consumer. */
static void produce(void *context)
{
    struct line *line = context;
    struct random_source random = {line->options->seed};
    double limit = wall_nanoseconds() + (double)line->options->milliseconds * 1e6;
    while (line->done < line->options->count && !line->out_of_memory) {
        struct cairn_layout layout = {actions_size(&random, line->options->max), 8};
        void *block = cairn_allocator_alloc(line->heap, layout);
        line->out_of_memory = !block;
        ring_put(&line->ring, (struct object){block, layout});
        line->done++;
        if (line->done % LOOK_EVERY == 0 && wall_nanoseconds() > limit)
            break;
    }
    ring_put(&line->ring, (struct object){0});
}

static void consume(void *context)
{
    struct line *line = context;
    for (;;) {
        struct object object = ring_take(&line->ring);
        if (!object.block)
            return;
        cairn_allocator_dealloc(line->heap, object.block, object.layout);
    }
}

void producer_consumer(struct bench *bench)
{
    static struct line line;
    bench_touch_arena(bench);
    bench_open_heap(bench);
    line = (struct line){.heap = bench_shared_heap(bench), .options = &bench->options};
    double passed = threads_run_two(&(struct thread_work){NULL, produce, &line},
                                    &(struct thread_work){NULL, consume, &line});
    if (line.out_of_memory)
        bench_out_of_memory(bench, "what lies in the ring");
    bench_report(bench, "million_per_second", (double)line.done / passed * 1e3);
}
