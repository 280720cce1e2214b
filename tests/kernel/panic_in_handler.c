/* SPDX-License-Identifier: MIT */
/* A panic in an interrupt handler: the backtrace goes on in what was interrupted. */
// expect-exit: failure
// expect: panicked at 'the handler gave up', tests/kernel/panic_in_handler.c:{PANIC}
// expect: backtrace:
// expect: give_up
// expect: interrupt_dispatch
// expect: was_interrupted
// expect: at tests/kernel/panic_in_handler.c:{INTERRUPTED}
// expect: kernel_main
#include "kernel_test.h"

#include "exceptions.h"
#include "interrupt_table.h"

static void give_up(struct interrupt_frame *frame)
{
    (void)frame;
    cairn_panic("the handler gave up"); /* PANIC */
}

static __attribute__((noinline)) void was_interrupted(void)
{
    __asm__ volatile("int3"); /* INTERRUPTED */
}

TEST(panic_in_handler)
{
    interrupt_table_set(EXCEPTION_BREAKPOINT, give_up, INTERRUPT_STACK_CURRENT);
    was_interrupted();
    println("it went on");
}
