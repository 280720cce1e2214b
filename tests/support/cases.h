/* SPDX-License-Identifier: MIT */
/* Playing a fuzz target's cases without a fuzzer. */
#ifndef CASES_H
#define CASES_H

#include <stddef.h>
#include <stdint.h>

typedef void test_case_play(const uint8_t *bytes, size_t count);

/*
 * What the fuzzer kept in tests/fuzz/corpus/NAME, once more; there must be some. Needs: it runs in the
 * project's folder.
 */
void test_play_corpus(const char *name, test_case_play *play);

/* As many cases of random bytes; SEED=... replays them. */
void test_play_random(size_t cases, test_case_play *play);

#endif
