/* SPDX-License-Identifier: MIT */
/* The kernel's command line: what it takes, and what it says of what it does not take. */
#include "test.h"

#include <string.h>

#include "options.h"

static struct options options;
static struct options_error error;

static void accepts(const char *line)
{
    memset(&error, 0, sizeof(error));
    assert_true(options_parse(line, &options, &error));
    assert_string_equal(error.message, "");
}

static void refuses(const char *line, const char *part)
{
    memset(&error, 0, sizeof(error));
    assert_false(options_parse(line, &options, &error));
    if (!strstr(error.message, part))
        fail_msg("'%s' says '%s', not '%s'", line, error.message, part);
}

static void defaults(void **state)
{
    (void)state;
    accepts("");
    assert_int_equal(options.heap_size, 100 * 1024);
    assert_true(options.memory_limit == UINT64_MAX);
    assert_int_equal(options.after, AFTER_IDLE);
    assert_false(options.verbose);
    accepts(" \t\r\n  ");
    assert_int_equal(options.heap_size, 100 * 1024);
}

static void sizes(void **state)
{
    (void)state;
    accepts("heap=1");
    assert_int_equal(options.heap_size, 1);
    accepts("heap=4096 memory=16m");
    assert_int_equal(options.heap_size, 4096);
    assert_int_equal(options.memory_limit, 16 << 20);
    accepts("heap=3K");
    assert_int_equal(options.heap_size, 3 << 10);
    accepts("heap=2G");
    assert_true(options.heap_size == 2ULL << 30);
    accepts("heap=17179869183G");
    assert_true(options.heap_size == 17179869183ULL << 30);
    accepts("heap=18446744073709551615");
    assert_true(options.heap_size == UINT64_MAX);
}

static void choices_and_the_last_counts(void **state)
{
    (void)state;
    accepts("after=poweroff log=verbose");
    assert_int_equal(options.after, AFTER_POWEROFF);
    assert_true(options.verbose);
    accepts("after=poweroff   after=idle log=verbose log=quiet heap=1M heap=2M");
    assert_int_equal(options.after, AFTER_IDLE);
    assert_false(options.verbose);
    assert_int_equal(options.heap_size, 2 << 20);
}

static void malformed_values(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "heap=",
        "heap",
        "heap=x",
        "heap=0",
        "heap=0K",
        "heap=1T",
        "heap=1KB",
        "heap=-1",
        "heap=0x1000",
        "heap=K",
        "heap=18446744073709551616",
        "heap=1.5M",
        "heap==1",
        "heap=+1",
        "heap=17179869184G",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        refuses(lines[i], "heap= expects a size like 100K, 1M or 2G, not 0");
    refuses("after=",
            "option 'after=' on the kernel's command line: after= expects idle or poweroff");
    refuses("after=never", "after= expects idle or poweroff");
    refuses("after=idleX", "after= expects idle or poweroff");
    refuses("log=loud", "log= expects quiet or verbose");
    refuses("memory=none", "memory= expects a size");
}

static void unknown_options(void **state)
{
    (void)state;
    refuses("heep=1M",
            "unknown option 'heep=1M' on the kernel's command line; known are heap=SIZE");
    refuses("quiet", "unknown option 'quiet'");
    refuses("=1", "unknown option '=1'");
    refuses("hea=1", "unknown option 'hea=1'");
    refuses("heapx=1", "unknown option 'heapx=1'");
    refuses("HEAP=1M", "unknown option 'HEAP=1M'");
    refuses("heap=1M splash log=quiet", "unknown option 'splash'");
}

/* A word of any length gives a message that fits, and names the beginning of the word. */
static void long_words(void **state)
{
    (void)state;
    char line[1000];
    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = 0;
    refuses(line, "unknown option 'xxxx");
    assert_true(strlen(error.message) < sizeof(error.message) - 1);
    memcpy(line, "heap=", 5);
    refuses(line, "heap= expects a size");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(sizes),
        cmocka_unit_test(choices_and_the_last_counts),
        cmocka_unit_test(malformed_values),
        cmocka_unit_test(unknown_options),
        cmocka_unit_test(long_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
