/* SPDX-License-Identifier: MIT */
/* Writing where nothing is mapped. */
// expect-exit: failure
// expect: panicked at 'page fault: writing 0xdeadbeef000 in kernel mode: the page is not mapped'
// expect: backtrace:
// expect: page_fault_unmapped
// expect: at tests/kernel/page_fault_unmapped.c:
// expect-not: [ok]
#include "kernel_test.h"

TEST(page_fault_unmapped)
{
    *(volatile int *)0xdeadbeef000 = 1;
}
