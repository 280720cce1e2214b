/* SPDX-License-Identifier: MIT */
/* An exception is reported before its place is looked for, which may fail. */
// expect-exit: failure
// expect: panicked at 'page fault: reading 0xdeadbeef000 in kernel mode: the page is not mapped'
// expect: panicked again while reporting, at 'page fault: reading 0xffffffff80
// expect-not: [ok]
#include "kernel_test.h"
#include "no_symbols.h"

TEST(page_fault_without_symbols)
{
    unmap_symbols();
    (void)*(volatile const char *)0xdeadbeef000;
}
