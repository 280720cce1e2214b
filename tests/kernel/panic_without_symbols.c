/* SPDX-License-Identifier: MIT */
/* A fault inside the backtrace loses nothing of what was told before. */
// expect-exit: failure
// expect: panicked at 'the message is 42', tests/kernel/panic_without_symbols.c:{PANIC}:
// expect: rip ffffffff80
// expect: backtrace:
// expect: panicked again while reporting, at 'page fault: reading 0xffffffff80
// expect-not: [ok]
#include "kernel_test.h"
#include "no_symbols.h"

TEST(panic_without_symbols)
{
    unmap_symbols();
    cairn_panic("the message is %d", 42); /* PANIC */
}
