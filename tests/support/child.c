/* SPDX-License-Identifier: MIT */
/* The child is a fork of the test program, whose output is a pipe that is read to the end. */
#include "child.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Ends by exit(), so that LeakSanitizer looks for leaks. Its tests are not in the program's report:
 * cmocka 1 would look into the environment again, and cmocka 2 remembers what it found there.
 */
static void become_child(int (*body)(void), int output)
{
    unsetenv("CMOCKA_MESSAGE_OUTPUT");
    unsetenv("CMOCKA_XML_FILE");
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    dup2(output, STDERR_FILENO);
    dup2(output, STDOUT_FILENO); /* where cmocka 2 says why a test failed */
    exit(body());
}

static void read_all(int from, struct test_ending *ending)
{
    size_t room = sizeof(ending->text) - 1;
    ssize_t count;
    while ((count = read(from, ending->text + ending->length, room - ending->length)) > 0)
        ending->length += (size_t)count;
    assert_int_equal(count, 0);
    ending->text[ending->length] = '\0';
}

void test_run_in_child(int (*body)(void), struct test_ending *ending)
{
    int ends[2];
    memset(ending, 0, sizeof(*ending));
    fflush(stdout);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0)
        become_child(body, ends[1]);
    close(ends[1]);
    read_all(ends[0], ending);
    close(ends[0]);
    assert_int_equal(waitpid(child, &ending->status, 0), child);
}

void test_expect_exit(const struct test_ending *ending, int status)
{
    if (!WIFEXITED(ending->status) || WEXITSTATUS(ending->status) != status)
        fail_msg("expected exit with %d, but waitpid gave 0x%x, after: %s", status, ending->status,
                 ending->text);
}

void test_expect_signal(const struct test_ending *ending, int signal)
{
    if (!WIFSIGNALED(ending->status) || WTERMSIG(ending->status) != signal)
        fail_msg("expected the end by signal %d, but waitpid gave 0x%x, after: %s", signal,
                 ending->status, ending->text);
}

void test_expect_text(const struct test_ending *ending, const char *part)
{
    if (!strstr(ending->text, part))
        fail_msg("expected \"%s\" in: %s", part, ending->text);
}
