/* SPDX-License-Identifier: MIT */
/* A panic whose own message cannot be printed: one line says so, and it ends. */
// expect-exit: failure
// expect: panicked at 'the message is
// expect: panicked again while reporting, at 'page fault: reading 0xdeadbeef000 *', base/format.c:*:
// expect-not: backtrace:
// expect-not: [ok]
#include "kernel_test.h"

TEST(panic_in_panic)
{
    cairn_panic("the message is %s", (const char *)0xdeadbeef000);
}
