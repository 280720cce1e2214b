/* SPDX-License-Identifier: MIT */
/* Writing to the kernel's own code. */
// expect-exit: failure
// expect: panicked at 'page fault: writing 0xffffffff801
// expect: backtrace:
// expect: page_fault_read_only
// expect: at tests/kernel/page_fault_read_only.c:
// expect-not: [ok]
#include "kernel_test.h"

TEST(page_fault_read_only)
{
    extern char text_begin[];
    *(volatile char *)text_begin = 0;
}
