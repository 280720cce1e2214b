/* SPDX-License-Identifier: MIT */
/*
 * A heap held full to `share` percent of its bytes: a random block is freed, then blocks are
 * allocated until the share is reached again. An operation is an alloc or a dealloc.
 *
 * A heap that is nearly empty has a block of every size at hand. This is how one works that is not:
 * what is free lies in pieces, and every dealloc may merge.
 */
#include "actions.h"
#include "clocks.h"

enum { SLICE = 2000 }; /* operations between two looks at the clock */

struct filling {
    struct bench *bench;
    size_t live, bytes, wanted; /* blocks; bytes asked for and not freed; the share */
    size_t done, refused;
};

static bool allocate(struct filling *filling)
{
    struct bench *bench = filling->bench;
    size_t size = actions_size(&bench->random, bench->options.max);
    struct cairn_layout layout = {size, actions_align(&bench->random)};
    void *block = cairn_allocator_alloc(bench->heap, layout);
    filling->done++;
    filling->refused += block == NULL;
    cairn_check(filling->live < OBJECTS_MAX, "fill: too many blocks in use");
    if (block) {
        bench->objects[filling->live++] = (struct object){block, layout};
        filling->bytes += size;
    }
    return block != NULL;
}

/* A refusal ends it, so that a subject whose memory is out of shape goes on, too. */
static void fill_up(struct filling *filling)
{
    while (filling->bytes < filling->wanted && allocate(filling)) {
    }
}

static void free_one(struct filling *filling)
{
    struct bench *bench = filling->bench;
    struct object *chosen = &bench->objects[random_below(&bench->random, filling->live)];
    struct object object = *chosen;
    *chosen = bench->objects[--filling->live];
    filling->bytes -= object.layout.size;
    filling->done++;
    cairn_allocator_dealloc(bench->heap, object.block, object.layout);
}

static void run(struct filling *filling, size_t count)
{
    for (size_t end = filling->done + count; filling->done < end;) {
        if (filling->live > 0)
            free_one(filling);
        fill_up(filling);
    }
}

void fill(struct bench *bench)
{
    const struct options *options = &bench->options;
    struct filling filling = {.bench = bench, .wanted = options->heap / 100 * options->share};
    bench_touch_arena(bench);
    bench_open_heap(bench);
    fill_up(&filling);
    run(&filling, options->count / 4);
    filling.done = filling.refused = 0;

    double begin = thread_nanoseconds(), passed = 0;
    while (filling.done < options->count && passed < (double)options->milliseconds * 1e6) {
        run(&filling, SLICE);
        passed = thread_nanoseconds() - begin;
    }
    bench_report(bench, "million_per_second", (double)filling.done / passed * 1e3);
    bench_report(bench, "refused_percent", (double)filling.refused / (double)filling.done * 100);
    bench_free_objects(bench, filling.live);
}
