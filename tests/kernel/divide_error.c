/* SPDX-License-Identifier: MIT */
/* Dividing by zero. */
// expect-exit: failure
// expect: panicked at 'divide error, error code 0
// expect: backtrace:
// expect: divide_error
// expect: at tests/kernel/divide_error.c:
// expect-not: [ok]
#include "kernel_test.h"

TEST(divide_error)
{
    volatile int seven = 7, zero = 0;
    println("%d", seven / zero);
}
