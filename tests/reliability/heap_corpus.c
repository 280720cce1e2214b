/* SPDX-License-Identifier: MIT */
/*
 * What the fuzzers kept in tests/fuzz/corpus/heap, and random cases, played once more.
 *
 * A case that fails is the last one that was named. Run from the project's folder.
 */
#include "test.h"

#include <dirent.h>
#include <stdio.h>

#include "effort.h"
#include "heap_case.h"

#define CORPUS "tests/fuzz/corpus/heap"

enum { CASES_USUAL = 1000, BYTES_MAX = 4096 };

static uint8_t bytes[BYTES_MAX];
static char name[512];

static void play_file(void)
{
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    size_t count = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    heap_case_play(bytes, count);
}

static void the_corpus(void **state)
{
    (void)state;
    size_t count = 0;
    DIR *folder = opendir(CORPUS);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof(name), CORPUS "/%s", entry->d_name);
        play_file();
        count++;
    }
    closedir(folder);
    assert_true(count > 0);
}

static void random_cases(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    for (size_t left = effort("CASES", CASES_USUAL); left > 0; left--) {
        size_t count = random_below(&random, 600);
        for (size_t i = 0; i < count; i++)
            bytes[i] = (uint8_t)random_next(&random);
        heap_case_play(bytes, count);
    }
    snprintf(name, sizeof(name), "the random cases");
}

/* The file that was played, if it failed. */
static int show_name(void **state)
{
    (void)state;
    printf("# the last was %s\n", name);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_corpus, show_name),
        cmocka_unit_test(random_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
