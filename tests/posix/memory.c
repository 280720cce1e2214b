/* SPDX-License-Identifier: MIT */
/* hosts/posix: memory from the system, more of it in the same place, and back. */
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

#define PAGE   ((size_t)sysconf(_SC_PAGESIZE))
#define MAPPED (16 * PAGE)

static char *map(void)
{
    char *start = cairn_host_memory_map(MAPPED);
    assert_non_null(start);
    assert_int_equal((uintptr_t)start % PAGE, 0);
    return start;
}

static void forget(char *start)
{
    cairn_host_memory_unmap(start, MAPPED);
}

static bool is_zero(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* Pages that are backed by memory. */
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

static void mapped_memory_is_zero_and_can_be_written(void **state)
{
    (void)state;
    char *start = map();
    assert_true(is_zero(start, MAPPED));
    memset(start, 'x', MAPPED);
    forget(start);
}

/* Mappings that others make meanwhile are not in the way. */
static void there_is_room_to_grow(void **state)
{
    (void)state;
    char *start = cairn_host_memory_map_with_room(MAPPED), *end = start + MAPPED, *others[20];
    assert_non_null(start);
    for (int i = 0; i < 20; i++) {
        assert_non_null(others[i] = cairn_host_memory_map(((size_t)1 << 30) + MAPPED));
        assert_true(cairn_host_memory_map_at(end, PAGE));
        end += PAGE;
    }
    assert_true(is_zero(start, (size_t)(end - start)));
    for (int i = 0; i < 20; i++)
        cairn_host_memory_unmap(others[i], ((size_t)1 << 30) + MAPPED);
    cairn_host_memory_unmap(start, (size_t)(end - start));
}

static void what_is_mapped_is_not_mapped_over(void **state)
{
    (void)state;
    char *start = map();
    start[0] = 'x';
    assert_false(cairn_host_memory_map_at(start, PAGE));
    assert_int_equal(start[0], 'x');
    forget(start);
}

static void a_larger_mapping_keeps_its_contents(void **state)
{
    (void)state;
    char *start = map();
    memset(start, 'x', MAPPED);
    start = cairn_host_memory_enlarge(start, MAPPED, 100 * MAPPED);
    assert_non_null(start);
    assert_int_equal(start[0], 'x');
    assert_int_equal(start[MAPPED - 1], 'x');
    assert_true(is_zero(start + MAPPED, 99 * MAPPED));
    cairn_host_memory_unmap(start, 100 * MAPPED);
}

static char *untouchable;

static int touch(void)
{
    /* The sanitizer would make a report of the signal. */
    signal(SIGSEGV, SIG_DFL);
    *(volatile char *)untouchable = 1;
    return 0;
}

static void what_is_unmapped_cannot_be_touched(void **state)
{
    (void)state;
    struct test_ending ending;
    char *start = map();
    cairn_host_memory_unmap(start + PAGE, MAPPED - PAGE);
    untouchable = start + PAGE;
    test_run_in_child(touch, &ending);
    test_expect_signal(&ending, SIGSEGV);
    untouchable = start;
    test_run_in_child(touch, &ending);
    test_expect_exit(&ending, 0);
    cairn_host_memory_unmap(start, PAGE);
}

static void released_pages_are_gone_and_usable(void **state)
{
    (void)state;
    char *start = map();
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
    char *start = map();
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
    char *start = map();
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
    char *start = map();
    errno = 77;
    assert_null(cairn_host_memory_map(SIZE_MAX - 2 * PAGE + 1));
    assert_null(cairn_host_memory_map(0));
    assert_null(cairn_host_memory_enlarge(start, MAPPED, SIZE_MAX - 2 * PAGE + 1));
    assert_false(cairn_host_memory_map_at(start, PAGE));
    forget(start);
    assert_false(cairn_host_memory_release(start, PAGE));
    assert_int_equal(errno, 77);
}

static int use_little_address_space(void)
{
    struct rlimit before, little;
    bool was_limited = cairn_host_memory_is_limited();
    getrlimit(RLIMIT_AS, &before);
    little = before;
    little.rlim_cur = 1 << 20;
    if (setrlimit(RLIMIT_AS, &little) != 0)
        return 2;
    bool refused = cairn_host_memory_map((size_t)2 << 20) == NULL;
    bool is_limited = cairn_host_memory_is_limited();
    setrlimit(RLIMIT_AS, &before); /* the sanitizer needs memory to end */
    return refused && is_limited && !was_limited ? 0 : 1;
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
        cmocka_unit_test(mapped_memory_is_zero_and_can_be_written),
        cmocka_unit_test(there_is_room_to_grow),
        cmocka_unit_test(what_is_mapped_is_not_mapped_over),
        cmocka_unit_test(a_larger_mapping_keeps_its_contents),
        cmocka_unit_test(what_is_unmapped_cannot_be_touched),
        cmocka_unit_test(released_pages_are_gone_and_usable),
        cmocka_unit_test(release_is_narrowed_to_pages),
        cmocka_unit_test(locked_memory_is_not_released),
        cmocka_unit_test(what_cannot_be_is_refused_and_errno_kept),
        cmocka_unit_test(a_limit_on_addresses_is_obeyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
