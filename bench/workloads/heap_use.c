/* SPDX-License-Identifier: MIT */
/*
 * How full a heap is when the first request fails: bytes asked for and not freed, of the bytes that
 * the allocator was given, its own metadata included in them. Half of the actions allocate, a tenth
 * frees, the rest resizes to anything below ten times the bound. Averaged over `runs` fresh heaps.
 *
 *     percent          of the heap
 *     beside_percent   what the allocator takes in other memory, as a share of the heap: its tables,
 *                      where it has them there; not its struct
 */
#include "actions.h"

enum { RESIZE_FACTOR = 10 };

static bool allocate(struct bench *bench, size_t *live)
{
    size_t size = actions_size(&bench->random, bench->options.max);
    struct cairn_layout layout = {size, actions_align(&bench->random)};
    void *block = cairn_allocator_alloc(bench->heap, layout);
    if (!block)
        return false;
    cairn_check(*live < OBJECTS_MAX, "heap_use: too many blocks in use");
    bench->objects[(*live)++] = (struct object){block, layout};
    return true;
}

static void free_one(struct bench *bench, size_t *live)
{
    struct object *chosen = &bench->objects[random_below(&bench->random, *live)];
    cairn_allocator_dealloc(bench->heap, chosen->block, chosen->layout);
    *chosen = bench->objects[--*live];
}

static bool resize_one(struct bench *bench, size_t live)
{
    struct object *object = &bench->objects[random_below(&bench->random, live)];
    size_t size = random_between(&bench->random, 1, bench->options.max * RESIZE_FACTOR);
    void *block = cairn_allocator_realloc(bench->heap, object->block, object->layout, size);
    if (block)
        *object = (struct object){block, {size, object->layout.align}};
    return block != NULL;
}

/* False once a request has failed. */
static bool act(struct bench *bench, size_t *live)
{
    size_t choice = random_below(&bench->random, 10);
    if (choice < 5)
        return allocate(bench, live);
    if (*live == 0)
        return true;
    if (choice > 5)
        return resize_one(bench, *live);
    free_one(bench, live);
    return true;
}

static size_t bytes_in_use_when_full(struct bench *bench)
{
    size_t live = 0, bytes = 0;
    bench_open_heap(bench);
    while (act(bench, &live)) {
    }
    for (size_t i = 0; i < live; i++)
        bytes += bench->objects[i].layout.size;
    return bytes;
}

void heap_use(struct bench *bench)
{
    double bytes = 0;
    cairn_check(bench->subject->kind == SUBJECT_ARENA, "heap_use: %s has no heap that gets full",
                bench->subject->name);
    for (size_t run = 0; run < bench->options.runs; run++)
        bytes += (double)bytes_in_use_when_full(bench);
    double given = (double)bench->options.heap * (double)bench->options.runs;
    bench_report(bench, "percent", bytes / given * 100);
    bench_report(bench, "beside_percent",
                 (double)subject_beside(bench->subject, bench->options.heap) /
                     (double)bench->options.heap * 100);
}
