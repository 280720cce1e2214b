/* SPDX-License-Identifier: MIT */
/*
 * Random numbers that cost next to nothing, so that the measured part is the allocator.
 *
 * The generator is wyrand: one 64-bit state, one wide multiplication a number. The same seed gives
 * the same numbers everywhere, so every subject is asked for the very same blocks.
 * Source: Wang Yi, wyhash, final version 4.2 (the function wyrand); a number below a bound as in
 * Lemire, "Fast Random Integer Generation in an Interval", 2019, section 4, without its correction:
 * for the bounds here the bias is below 2^-40.
 */
#ifndef RANDOM_SOURCE_H
#define RANDOM_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct random_source {
    uint64_t state;
};

__extension__ typedef unsigned __int128 random_wide;

static inline uint64_t random_next(struct random_source *random)
{
    random->state += 0x2d358dccaa6c78a5;
    random_wide product = (random_wide)random->state * (random->state ^ 0x8bb84b93962eacc9);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* From 0 to bound - 1. Needs: bound is not 0. */
static inline size_t random_below(struct random_source *random, size_t bound)
{
    return (size_t)(((random_wide)random_next(random) * bound) >> 64);
}

/* From low to high - 1. Needs: low < high. */
static inline size_t random_between(struct random_source *random, size_t low, size_t high)
{
    return low + random_below(random, high - low);
}

#endif
