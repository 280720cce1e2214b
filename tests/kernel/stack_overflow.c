/* SPDX-License-Identifier: MIT */
/* A stack that overflows is reported as that, from the double fault's own stack. */
// expect-exit: failure
// expect: stack_overflow...
// expect: panicked at 'double fault: stack overflow: the boot stack has run into its guard page at
// expect: backtrace:
// expect: recurse
// expect: at tests/kernel/stack_overflow.c:
// expect-not: [ok]
#include "kernel_test.h"

static __attribute__((noinline)) int recurse(volatile int depth)
{
    return depth == -1 ? 0 : recurse(depth + 1) + depth;
}

TEST(stack_overflow)
{
    println("%d", recurse(0));
}
