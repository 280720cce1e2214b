/* SPDX-License-Identifier: MIT */
#include "cases.h"

#include <glob.h>
#include <stdio.h>

#include "test.h"

enum { BYTES_MAX = 512 };

static uint8_t bytes[BYTES_MAX];

static void play_file(const char *path, test_case_play *play)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t count = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    play(bytes, count);
}

void test_play_corpus(const char *name, test_case_play *play)
{
    char pattern[128];
    glob_t found;
    snprintf(pattern, sizeof(pattern), "tests/fuzz/corpus/%s/*", name);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        play_file(found.gl_pathv[i], play);
    globfree(&found);
}

void test_play_random(size_t cases, test_case_play *play)
{
    struct random_source random = test_random_start();
    for (size_t i = 0; i < cases; i++) {
        size_t count = random_below(&random, BYTES_MAX);
        for (size_t n = 0; n < count; n++)
            bytes[n] = (uint8_t)random_next(&random);
        play(bytes, count);
    }
}
