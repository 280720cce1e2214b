/* SPDX-License-Identifier: MIT */
/*
 * Random numbers that cost next to nothing, so that what is measured is the allocator.
 *
 * The same seed gives the same numbers on every machine: benchmarks ask every subject for the very
 * same blocks, and a test that failed can be run again.
 *
 * The generator is wyrand: one 64-bit state, one wide multiplication a number.
 * Sources: Wang Yi, wyhash, final version 4.2 (the function wyrand); for a number below a bound
 * Lemire, "Fast Random Integer Generation in an Interval", 2019, section 4, without its correction.
 * The bias is below 2^-40 for bounds below 2^24.
 */
#ifndef RANDOM_SOURCE_H
#define RANDOM_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

struct random_source {
    uint64_t state; /* at first the seed, any number */
};

/* The product's low 64 bits, and its high ones in *high. */
#if UINTPTR_MAX > UINT32_MAX
__extension__ typedef unsigned __int128 random_wide;

static inline uint64_t random_multiply(uint64_t a, uint64_t b, uint64_t *high)
{
    random_wide product = (random_wide)a * b;
    *high = (uint64_t)(product >> 64);
    return (uint64_t)product;
}
#else
static inline uint64_t random_multiply(uint64_t a, uint64_t b, uint64_t *high)
{
    uint64_t a_low = (uint32_t)a, a_high = a >> 32, b_low = (uint32_t)b, b_high = b >> 32;
    uint64_t middle = a_high * b_low + (a_low * b_low >> 32); /* never overflows */
    uint64_t carry = (uint32_t)middle + a_low * b_high;       /* nor does this */
    *high = a_high * b_high + (middle >> 32) + (carry >> 32);
    return a * b;
}
#endif

/* Any 64 bits. */
static inline uint64_t random_next(struct random_source *random)
{
    random->state += 0x2d358dccaa6c78a5;
    uint64_t high, low = random_multiply(random->state, random->state ^ 0x8bb84b93962eacc9, &high);
    return low ^ high;
}

/* From 0 to bound - 1. Needs: bound is not 0. */
static inline uint64_t random_below(struct random_source *random, uint64_t bound)
{
    uint64_t high;
    random_multiply(random_next(random), bound, &high);
    return high;
}

/* From low to high - 1. Needs: low < high. */
static inline uint64_t random_between(struct random_source *random, uint64_t low, uint64_t high)
{
    return low + random_below(random, high - low);
}

/* True once in `count` times. */
static inline bool random_one_in(struct random_source *random, uint64_t count)
{
    return random_below(random, count) == 0;
}

#endif
