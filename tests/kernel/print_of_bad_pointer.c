/* SPDX-License-Identifier: MIT */
/* A fault inside println, while the console is locked: the report is still printed. */
// expect-exit: failure
// expect: panicked at 'page fault: reading 0xdeadbeef000
// expect: backtrace:
// expect: print_of_bad_pointer
// expect: at tests/kernel/print_of_bad_pointer.c:
// expect-not: [ok]
#include "kernel_test.h"

TEST(print_of_bad_pointer)
{
    println("%s", (const char *)0xdeadbeef000);
}
