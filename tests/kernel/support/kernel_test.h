/* SPDX-License-Identifier: MIT */
/*
 * Tests that run inside a kernel of their own, in QEMU.
 *
 * A file in tests/kernel is the program of such a kernel. It holds test cases:
 *
 *     TEST(simple_allocation)
 *     {
 *         cairn_check(*box.value == 41, "the box holds %d", *box.value);
 *     }
 *
 * The kernel boots, prints "Running 4 tests", then "simple_allocation... [ok]" for each, and ends
 * with success. A check that does not hold panics, which ends it with failure.
 */
#ifndef KERNEL_TEST_H
#define KERNEL_TEST_H

#include <cairn/base/check.h>

#include "kernel.h"
#include "println.h"

struct test_case {
    const char *name;
    void (*run)(void);
};

/* The linker sorts the sections by the line in their names: the source's order. */
#define TEST(test_name)    TEST_IN_SECTION(test_name, ".test_cases." TEST_STRING(__LINE__))
#define TEST_STRING(line)  TEST_STRING_(line)
#define TEST_STRING_(line) #line
#define TEST_IN_SECTION(test_name, section_name)                                \
    static void test_name(void);                                                \
    static const struct test_case test_name##_case                              \
        __attribute__((used, section(section_name))) = {#test_name, test_name}; \
    static void test_name(void)

#endif
