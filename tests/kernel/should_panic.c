/* SPDX-License-Identifier: MIT */
/* A panic reports message, place, registers and a backtrace with names, files and lines. */
// expect-exit: success
// expect: Running 1 tests
// expect: should_panic...
// expect: panicked at '1 + 1 is 2, not 3', tests/kernel/should_panic.c:
// expect: rip
// expect: backtrace:
// expect: add_up
// expect: at tests/kernel/should_panic.c:
// expect: should_panic+
// expect: kernel_main+
// expect: at tests/kernel/support/kernel_test.c:
// expect: kernel_start+
// expect: at kernel/start.c:
// expect: the panic was reported
#include "kernel_test.h"

#include "machine.h"
#include "panic.h"

static void succeed(void)
{
    println("the panic was reported");
    machine_exit(MACHINE_EXIT_SUCCESS);
}

static __attribute__((noinline)) void add_up(int expected)
{
    int sum = 1 + 1;
    cairn_check(sum == expected, "1 + 1 is %d, not %d", sum, expected);
}

TEST(should_panic)
{
    panic_set_hook(succeed);
    add_up(3);
    println("it went on");
    machine_exit(MACHINE_EXIT_FAILURE);
}
