/* SPDX-License-Identifier: MIT */
/*
 * The generator is SplitMix64: 64 bits of state, every seed as good as another.
 * Source: Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014,
 * fig. 16.
 */
#include "test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static uint64_t seed_from_clock(void)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
    struct test_random mixer = {(uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec};
    mixer.state += (uint64_t)getpid() << 40;
    return test_random_next(&mixer) >> 32; /* short enough to type */
}

static uint64_t seed_from_text(const char *text)
{
    char *end;
    uint64_t seed = strtoull(text, &end, 0);
    if (end == text || *end != '\0')
        fail_msg("SEED=%s is not a number", text);
    return seed;
}

struct test_random test_random_start(void)
{
    const char *text = getenv("SEED");
    struct test_random random = {text ? seed_from_text(text) : seed_from_clock()};
    /* A line of its own that is a comment in TAP, and out before anything can crash. */
    printf("# SEED=%" PRIu64 "\n", random.state);
    fflush(stdout);
    return random;
}

uint64_t test_random_next(struct test_random *random)
{
    random->state += 0x9e3779b97f4a7c15;
    uint64_t bits = random->state;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
    return bits ^ bits >> 31;
}

uint64_t test_random_below(struct test_random *random, uint64_t bound)
{
    return test_random_next(random) % bound;
}

bool test_random_one_in(struct test_random *random, uint64_t count)
{
    return test_random_below(random, count) == 0;
}
