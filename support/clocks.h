/* SPDX-License-Identifier: MIT */
/*
 * The three clocks: a thread's own time for work that never waits, the time of the day where
 * waiting is what is measured, and the processor's cycles for one single operation.
 */
#ifndef CLOCKS_H
#define CLOCKS_H

#include <stdint.h>
#include <time.h>

static inline double clock_nanoseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Processor time of the calling thread: other programs on the machine do not count. */
static inline double thread_nanoseconds(void)
{
    return clock_nanoseconds(CLOCK_THREAD_CPUTIME_ID);
}

static inline double wall_nanoseconds(void)
{
    return clock_nanoseconds(CLOCK_MONOTONIC);
}

/*
 * The time stamp counter, read after everything before it has been executed. Other processors keep
 * theirs from programs: there nanoseconds stand in for cycles.
 */
#if defined(__x86_64__)
#include <x86intrin.h>

static inline uint64_t cycles_now(void)
{
    unsigned processor;
    return __rdtscp(&processor);
}
#else
static inline uint64_t cycles_now(void)
{
    return (uint64_t)wall_nanoseconds();
}
#endif

#endif
