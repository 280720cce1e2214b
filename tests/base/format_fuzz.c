/* SPDX-License-Identifier: MIT */
/* The formatter against the host's snprintf, on random cases; SEED=... replays them. */
#include "test.h"

#include "format_case.h"

enum {
    CASES = 250000,
    BYTES_PER_CASE = 192, /* enough for nearly every case to be chosen by random bytes only */
};

static void fill(struct random_source *random, uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)random_next(random);
}

static void agrees_with_snprintf(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    uint8_t bytes[BYTES_PER_CASE];
    for (int i = 0; i < CASES; i++) {
        fill(&random, bytes, sizeof(bytes));
        if (!format_case_agrees(bytes, sizeof(bytes)))
            fail_msg("case %d of %d differs; what differs stands above", i, CASES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_snprintf)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
