/* SPDX-License-Identifier: MIT */
/* Reading through a null pointer. */
// expect-exit: failure
// expect: panicked at 'page fault: reading 0x8 (a null pointer?) in kernel mode: the page is not mapped', tests/kernel/page_fault_null.c:{READ}:
// expect: backtrace:
// expect:   0: 0xffffffff* page_fault_null+0x* at tests/kernel/page_fault_null.c:{READ}
// expect: kernel_main+
// expect-not: [ok]
#include "kernel_test.h"

TEST(page_fault_null)
{
    uint64_t *volatile nothing = NULL;
    (void)*(volatile uint64_t *)(nothing + 1); /* READ */
}
