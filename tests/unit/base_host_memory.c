/* SPDX-License-Identifier: MIT */
/* hosts/posix: addresses that are reserved, memory that is put behind them, and given back. */
#include "child.h"
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory.h"

#define PAGE     ((size_t)sysconf(_SC_PAGESIZE))
#define RESERVED ((size_t)64 << 30)

static char *reserve(void)
{
    char *start = cairn_host_memory_reserve(RESERVED);
    assert_non_null(start);
    assert_int_equal((uintptr_t)start % PAGE, 0);
    return start;
}

static void forget(char *start)
{
    assert_int_equal(munmap(start, RESERVED), 0);
}

static bool is_zero(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* Pages that have memory behind them. */
static size_t resident_pages(char *start, size_t pages)
{
    unsigned char resident[64];
    size_t count = 0;
    assert_true(pages <= sizeof(resident));
    assert_int_equal(mincore(start, pages * PAGE, resident), 0);
    for (size_t i = 0; i < pages; i++)
        count += resident[i] & 1;
    return count;
}

static void committed_memory_is_zero_and_can_be_written(void **state)
{
    (void)state;
    char *start = reserve();
    assert_true(cairn_host_memory_commit(start, 10 * PAGE));
    assert_true(is_zero(start, 10 * PAGE));
    memset(start, 'x', 10 * PAGE);
    assert_true(cairn_host_memory_commit(start, 12 * PAGE)); /* again, and two more */
    assert_int_equal(start[10 * PAGE - 1], 'x');
    assert_true(is_zero(start + 10 * PAGE, 2 * PAGE));
    forget(start);
}

static void the_far_end_can_be_committed(void **state)
{
    (void)state;
    char *start = reserve();
    assert_true(cairn_host_memory_commit(start + RESERVED - 1, 1));
    start[RESERVED - 1] = 1;
    start[RESERVED - PAGE] = 1;
    forget(start);
}

static void commit_is_widened_to_pages(void **state)
{
    (void)state;
    char *start = reserve();
    assert_true(cairn_host_memory_commit(start + PAGE + 100, PAGE));
    memset(start + PAGE, 'x', 2 * PAGE);
    forget(start);
}

static char *untouchable;

static int touch(void)
{
    /* The sanitizer would make a report of the signal. */
    signal(SIGSEGV, SIG_DFL);
    *(volatile char *)untouchable = 1;
    return 0;
}

static void what_is_not_committed_cannot_be_touched(void **state)
{
    (void)state;
    struct test_ending ending;
    char *start = reserve();
    assert_true(cairn_host_memory_commit(start, PAGE));
    untouchable = start + PAGE;
    test_run_in_child(touch, &ending);
    test_expect_signal(&ending, SIGSEGV);
    untouchable = start;
    test_run_in_child(touch, &ending);
    test_expect_exit(&ending, 0);
    forget(start);
}

static void released_pages_are_gone_and_usable(void **state)
{
    (void)state;
    char *start = reserve();
    assert_true(cairn_host_memory_commit(start, 8 * PAGE));
    memset(start, 'x', 8 * PAGE);
    assert_int_equal(resident_pages(start, 8), 8);
    assert_true(cairn_host_memory_release(start + 2 * PAGE, 4 * PAGE));
    assert_int_equal(resident_pages(start, 8), 4);
    assert_true(is_zero(start + 2 * PAGE, 4 * PAGE));
    assert_int_equal(start[2 * PAGE - 1], 'x');
    assert_int_equal(start[6 * PAGE], 'x');
    memset(start, 'y', 8 * PAGE);
    forget(start);
}

static void release_is_narrowed_to_pages(void **state)
{
    (void)state;
    char *start = reserve();
    assert_true(cairn_host_memory_commit(start, 4 * PAGE));
    memset(start, 'x', 4 * PAGE);
    assert_false(cairn_host_memory_release(start + 1, 2 * PAGE - 2));
    assert_false(cairn_host_memory_release(start + 1, 10));
    assert_false(cairn_host_memory_release(start, 0));
    assert_int_equal(resident_pages(start, 4), 4);
    assert_true(cairn_host_memory_release(start + 1, 2 * PAGE - 1));
    assert_int_equal(resident_pages(start, 4), 3);
    for (size_t i = 0; i < 4 * PAGE; i++)
        assert_int_equal(start[i], i / PAGE == 1 ? 0 : 'x');
    forget(start);
}

static void locked_memory_is_not_released(void **state)
{
    (void)state;
    char *start = reserve();
    assert_true(cairn_host_memory_commit(start, 2 * PAGE));
    memset(start, 'x', 2 * PAGE);
    assert_int_equal(syscall(SYS_mlock, start, 2 * PAGE),
                     0); /* the sanitizer's mlock does nothing */
    assert_false(cairn_host_memory_release(start, 2 * PAGE));
    assert_int_equal(start[0], 'x');
    forget(start);
}

static void what_cannot_be_is_refused_and_errno_kept(void **state)
{
    (void)state;
    char *start = reserve();
    errno = 77;
    assert_null(cairn_host_memory_reserve(SIZE_MAX - PAGE));
    assert_null(cairn_host_memory_reserve(0));
    forget(start);
    assert_false(cairn_host_memory_commit(start, PAGE));
    assert_false(cairn_host_memory_release(start, PAGE));
    assert_int_equal(errno, 77);
}

static int use_little_address_space(void)
{
    struct rlimit before, little;
    getrlimit(RLIMIT_AS, &before);
    little = before;
    little.rlim_cur = 1 << 20;
    if (setrlimit(RLIMIT_AS, &little) != 0)
        return 2;
    bool refused = cairn_host_memory_reserve(RESERVED) == NULL;
    setrlimit(RLIMIT_AS, &before); /* the sanitizer needs memory to end */
    return refused ? 0 : 1;
}

static void a_limit_on_addresses_is_obeyed(void **state)
{
    (void)state;
    struct test_ending ending;
    test_run_in_child(use_little_address_space, &ending);
    test_expect_exit(&ending, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(committed_memory_is_zero_and_can_be_written),
        cmocka_unit_test(the_far_end_can_be_committed),
        cmocka_unit_test(commit_is_widened_to_pages),
        cmocka_unit_test(what_is_not_committed_cannot_be_touched),
        cmocka_unit_test(released_pages_are_gone_and_usable),
        cmocka_unit_test(release_is_narrowed_to_pages),
        cmocka_unit_test(locked_memory_is_not_released),
        cmocka_unit_test(what_cannot_be_is_refused_and_errno_kept),
        cmocka_unit_test(a_limit_on_addresses_is_obeyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
