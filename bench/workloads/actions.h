/* SPDX-License-Identifier: MIT */
/*
 * The random actions of talc's benchmark, for one thread: allocate, free and resize blocks of
 * random sizes, with at least 300 in use once it has warmed up.
 *
 * Small sizes are likelier than large ones: each size is drawn below a bound that is drawn first.
 */
#ifndef ACTIONS_H
#define ACTIONS_H

#include "workload.h"

/* The state of one thread's actions. */
struct actions {
    struct cairn_allocator *heap;
    struct random_source random;
    struct object *objects; /* OBJECTS_MAX / 2; the first `live` are in use */
    size_t live;
    size_t max;     /* bytes */
    size_t choices; /* 7 with realloc, 6 without: of these 3 allocate, 3 free, 1 resizes */
    size_t refused; /* requests that gave null */
};

struct actions actions_make(struct cairn_allocator *heap, struct object *objects,
                            const struct options *options);

/* Does `count` actions. */
void actions_run(struct actions *actions, size_t count);

/* Frees everything in use. */
void actions_end(struct actions *actions);

/* From 4 to max - 1 bytes, small ones likelier. */
static inline size_t actions_size(struct random_source *random, size_t max)
{
    size_t bound = random_between(random, 16, max);
    return random_between(random, 4, bound);
}

/* 8 bytes mostly; every further doubling is a quarter as likely as the one before. */
static inline size_t actions_align(struct random_source *random)
{
    unsigned bits = (uint16_t)random_next(random) | 1U << 16;
    return (size_t)8 << (__builtin_ctz(bits) / 2);
}

#endif
