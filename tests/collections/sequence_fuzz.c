/* SPDX-License-Identifier: MIT */
/*
 * What the fuzzer kept in tests/fuzz/corpus/sequence, and random cases, played once more.
 *
 * Run from the project's folder.
 */
#include "test.h"

#include <glob.h>
#include <stdio.h>

#include "sequence_case.h"

enum { CASES = 500, BYTES_MAX = 512 };

static uint8_t bytes[BYTES_MAX];

static void the_corpus(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob("tests/fuzz/corpus/sequence/*", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *file = fopen(found.gl_pathv[i], "rb");
        assert_non_null(file);
        size_t count = fread(bytes, 1, sizeof(bytes), file);
        fclose(file);
        sequence_case_play(bytes, count);
    }
    globfree(&found);
}

static void random_cases(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    for (size_t i = 0; i < CASES; i++) {
        size_t count = random_below(&random, BYTES_MAX);
        for (size_t n = 0; n < count; n++)
            bytes[n] = (uint8_t)random_next(&random);
        sequence_case_play(bytes, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus),
        cmocka_unit_test(random_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
