/* SPDX-License-Identifier: MIT */
/* Running something in a child process, for what ends a program: a panic, a failed test. */
#ifndef CHILD_H
#define CHILD_H

#include <stddef.h>

struct test_ending {
    int status;      /* as waitpid() gives it */
    char text[8192]; /* what it wrote, with a terminator */
    size_t length;
};

/* Runs `body` in a child, which exits with what that returns. */
void test_run_in_child(int (*body)(void), struct test_ending *ending);

/* Each fails the test, and shows the text, if the child ended in another way. */
void test_expect_exit(const struct test_ending *ending, int status);
void test_expect_signal(const struct test_ending *ending, int signal);

/* Fails the test if the text does not contain `part`. */
void test_expect_text(const struct test_ending *ending, const char *part);

#endif
