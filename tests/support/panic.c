/* SPDX-License-Identifier: MIT */
/* The panic of a hosted test, in the place of hosts/posix/panic.c. */
#include "test.h"

#include <string.h>

#include <cairn/base/format.h>
#include <cairn/base/host.h>

_Thread_local struct test_panic test_panic;

void cairn_host_panic(const char *file, int line, const char *format, va_list arguments)
{
    char *text = test_panic.text;
    size_t size = sizeof(test_panic.text);
    size_t used = cairn_format_buffer(text, size, "panicked at %s:%d: ", file, line);
    if (used < size)
        cairn_format_buffer_list(text + used, size - used, format, arguments);
    if (!test_panic.expected)
        fail_msg("%s", text);
    longjmp(test_panic.back, 1);
}

void test_panic_missing(const char *statement, const char *file, int line)
{
    test_panic.expected = false;
    print_error("%s did not panic\n", statement);
    _fail(file, line);
}

void test_panic_compare(const char *part, const char *file, int line)
{
    test_panic.expected = false;
    if (strstr(test_panic.text, part))
        return;
    print_error("expected a panic with: %s\nbut it says: %s\n", part, test_panic.text);
    _fail(file, line);
}
