/* SPDX-License-Identifier: MIT */
/* Where a test's random numbers begin. */
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
    struct random_source mixer = {(uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec};
    mixer.state += (uint64_t)getpid() << 40;
    return random_next(&mixer) >> 32; /* short enough to type */
}

static uint64_t seed_from_text(const char *text)
{
    char *end;
    uint64_t seed = strtoull(text, &end, 0);
    if (end == text || *end != '\0')
        fail_msg("SEED=%s is not a number", text);
    return seed;
}

struct random_source test_random_start(void)
{
    const char *text = getenv("SEED");
    struct random_source random = {text ? seed_from_text(text) : seed_from_clock()};
    /* A line of its own that is a comment in TAP, and out before anything can crash. */
    printf("# SEED=%" PRIu64 "\n", random.state);
    fflush(stdout);
    return random;
}
