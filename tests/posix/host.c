/* SPDX-License-Identifier: MIT */
/* hosts/posix: what a program writes and how it ends when it panics, seen in a child process. */
#include "child.h"
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cairn/base/check.h>
#include <cairn/base/host.h>

static int panic(void)
{
    cairn_panic_at("stones.c", 42, "%zu stones of %s, %d left", (size_t)3, "granite", -1);
}

static void a_panic_says_what_and_where_and_aborts(void **state)
{
    (void)state;
    struct test_ending ending;
    test_run_in_child(panic, &ending);
    test_expect_signal(&ending, SIGABRT);
    assert_string_equal(ending.text, "panicked at stones.c:42: 3 stones of granite, -1 left\n");
}

static int fail_check(void)
{
    cairn_check(1 + 1 == 2, "this check holds");
    cairn_check(1 + 1 == 3, "sum of %d", 2);
    return 0;
}

static void a_check_panics_at_its_own_line(void **state)
{
    (void)state;
    struct test_ending ending;
    char expected[256];
    test_run_in_child(fail_check, &ending);
    test_expect_signal(&ending, SIGABRT);
    int line = __LINE__ - 11; /* of the check that fails */
    snprintf(expected, sizeof(expected), "panicked at %s:%d: sum of 2\n", __FILE__, line);
    assert_string_equal(ending.text, expected);
}

static int panic_at_length(void)
{
    cairn_panic_at("long.c", 1, "%05000d", 7);
}

static void a_long_panic_is_whole(void **state)
{
    (void)state;
    struct test_ending ending;
    test_run_in_child(panic_at_length, &ending);
    test_expect_signal(&ending, SIGABRT);
    const char *start = "panicked at long.c:1: ";
    assert_int_equal(ending.length, strlen(start) + 5000 + 1);
    assert_memory_equal(ending.text, start, strlen(start));
    assert_int_equal(strspn(ending.text + strlen(start), "0"), 4999);
    assert_string_equal(ending.text + ending.length - 2, "7\n");
}

/* AddressSanitizer's: clang has a header for it, gcc has none. */
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void *, size_t),
                                              void (*free_hook)(const volatile void *));

static void exit_at_malloc(const volatile void *block, size_t size)
{
    (void)block;
    (void)size;
    _exit(3);
}

static void ignore_free(const volatile void *block)
{
    (void)block;
}

/* A panic may be about the heap, and may hold its lock: it must not ask for memory. */
static int panic_without_a_heap(void)
{
    __sanitizer_install_malloc_and_free_hooks(exit_at_malloc, ignore_free);
    return panic();
}

static void a_panic_needs_no_heap(void **state)
{
    (void)state;
    struct test_ending ending;
    test_run_in_child(panic_without_a_heap, &ending);
    test_expect_signal(&ending, SIGABRT);
    test_expect_text(&ending, "3 stones");
}

static int write_pieces(void)
{
    cairn_host_write("", 0);
    cairn_host_write("a heap", 2);
    cairn_host_write("of\0stones", 9);
    return 0;
}

static void write_goes_to_standard_error_as_it_is(void **state)
{
    (void)state;
    struct test_ending ending;
    test_run_in_child(write_pieces, &ending);
    test_expect_exit(&ending, 0);
    assert_int_equal(ending.length, 11);
    assert_memory_equal(ending.text, "a of\0stones", 11);
}

static int write_to_a_closed_end(void)
{
    close(STDERR_FILENO);
    cairn_host_write("lost", 4);
    return 0;
}

static void write_comes_back_when_nobody_takes_it(void **state)
{
    (void)state;
    struct test_ending ending;
    test_run_in_child(write_to_a_closed_end, &ending);
    test_expect_exit(&ending, 0);
    assert_int_equal(ending.length, 0);
}

static void *note_execution_id(void *id)
{
    *(uintptr_t *)id = cairn_host_execution_id();
    return NULL;
}

static void threads_have_ids_of_their_own(void **state)
{
    (void)state;
    uintptr_t mine = cairn_host_execution_id(), other = 0;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, note_execution_id, &other), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_not_equal(mine, 0);
    assert_int_not_equal(other, 0);
    assert_int_not_equal(mine, other);
    assert_int_equal(mine, cairn_host_execution_id());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_panic_says_what_and_where_and_aborts),
        cmocka_unit_test(a_check_panics_at_its_own_line),
        cmocka_unit_test(a_long_panic_is_whole),
        cmocka_unit_test(a_panic_needs_no_heap),
        cmocka_unit_test(write_goes_to_standard_error_as_it_is),
        cmocka_unit_test(write_comes_back_when_nobody_takes_it),
        cmocka_unit_test(threads_have_ids_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
