/* SPDX-License-Identifier: MIT */
/*
 * What a hosted test includes: cmocka, random numbers that can be replayed, and expected panics.
 *
 * A test is one program, tests/SUITE/NAME.c: its main() gives its tests to
 * cmocka_run_group_tests(). Its panics come to support/panic.c: one that was not expected fails
 * the running test, and the next test goes on.
 */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "random_source.h"

/* Both bounds belong to the range. What cmocka 1 has for this, cmocka 2 calls outdated. */
#ifdef assert_int_in_range
#define expect_between(value, low, high) \
    assert_int_in_range((intmax_t)(value), (intmax_t)(low), (intmax_t)(high))
#else
#define expect_between(value, low, high) assert_in_range(value, low, high)
#endif

/*
 * Passes if the statement panics with a text that contains `part`, a string; fails the test else.
 * The text is the whole line: "panicked at file:line: message".
 *
 * The statement is left by longjmp(): what it holds stays held, and a local variable that it
 * changes must be volatile to be looked at afterwards. It must not itself assert.
 */
#define expect_panic(statement, part)                           \
    do {                                                        \
        test_panic.expected = true;                             \
        if (setjmp(test_panic.back) == 0) {                     \
            statement;                                          \
            test_panic_missing(#statement, __FILE__, __LINE__); \
        }                                                       \
        test_panic_compare(part, __FILE__, __LINE__);           \
    } while (0)

/* For expect_panic() only. Each thread has its own. */
struct test_panic {
    bool expected;
    jmp_buf back;
    char text[1024];
};
extern _Thread_local struct test_panic test_panic;
void test_panic_missing(const char *statement, const char *file, int line);
void test_panic_compare(const char *part, const char *file, int line);

/*
 * Random numbers from the environment's SEED, or else from a seed of their own. Prints the seed: run
 * the program with SEED=that to replay it. A SEED that is no number fails the test.
 */
struct random_source test_random_start(void);

#endif
