/* SPDX-License-Identifier: MIT */
/*
 * A hash map beside a sorted array: what the fuzzers kept in tests/fuzz/corpus/hash_map, and random
 * cases; SEED=... replays them. Run from the project's folder.
 */
#include "test.h"

#include <dirent.h>
#include <stdio.h>

#include "hash_map_case.h"

#define CORPUS "tests/fuzz/corpus/hash_map"

enum { CASES = 50, BYTES_MAX = 600 };

static uint8_t bytes[BYTES_MAX];

static void play_file(const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), CORPUS "/%s", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t count = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    hash_map_case_play(bytes, count);
}

static void the_corpus(void **state)
{
    (void)state;
    size_t count = 0;
    DIR *folder = opendir(CORPUS);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)); count++)
        if (entry->d_name[0] != '.')
            play_file(entry->d_name);
    closedir(folder);
    assert_true(count > 10);
}

static void random_cases(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    for (int i = 0; i < CASES; i++) {
        size_t count = random_below(&random, BYTES_MAX);
        for (size_t at = 0; at < count; at++)
            bytes[at] = (uint8_t)random_next(&random);
        hash_map_case_play(bytes, count);
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
