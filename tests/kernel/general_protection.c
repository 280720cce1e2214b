/* SPDX-License-Identifier: MIT */
/* Using an address that is not canonical. */
// expect-exit: failure
// expect: panicked at 'general protection fault, error code 0
// expect: backtrace:
// expect: general_protection
// expect: at tests/kernel/general_protection.c:
// expect-not: [ok]
#include "kernel_test.h"

TEST(general_protection)
{
    *(volatile int *)0x8000000000000000 = 1;
}
