/* SPDX-License-Identifier: MIT */
/*
 * Running data: the heap is not executable. executable' expect: backtrace: expect:
 * page_fault_execute expect: at tests/kernel/page_fault_execute.c: expect-not: [ok]
 */
// expect-exit: failure
// expect: panicked at 'page fault: executing 0x444444440000 in kernel mode: the page is not
#include "kernel_test.h"

TEST(page_fault_execute)
{
    uint8_t *code = (uint8_t *)0x444444440000;
    *code = 0xc3; /* ret */
    ((void (*)(void))code)();
}
