/* SPDX-License-Identifier: MIT */
/*
 * Reading through a null pointer. mapped' expect: backtrace: expect: page_fault_null expect: at
 * tests/kernel/page_fault_null.c:
 */
// expect-exit: failure
// expect: panicked at 'page fault: reading 0x8 (a null pointer?) in kernel mode: the page is not
// expect-not: [ok]
#include "kernel_test.h"

TEST(page_fault_null)
{
    uint64_t *volatile nothing = NULL;
    (void)*(volatile uint64_t *)(nothing + 1);
}
