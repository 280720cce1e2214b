/* SPDX-License-Identifier: MIT */
/* A backtrace names every caller and its line, also one that was inlined; it counts a recursion. */
// expect-exit: failure
// expect: panicked at 'at depth 0', tests/kernel/backtrace.c:{PANIC}:
// expect:   0: 0xffffffff* check_depth*+0x* at tests/kernel/backtrace.c:{PANIC}
// expect:   1: 0xffffffff* descend+0x* at tests/kernel/backtrace.c:{LAST}
// expect:   2: 0xffffffff* descend+0x* at tests/kernel/backtrace.c:{AGAIN}
// expect:      (the same 38 more times)
// expect:  41: 0xffffffff* inlined (inlined) at tests/kernel/backtrace.c:{INLINED}
// expect:                         backtrace+0x* at tests/kernel/backtrace.c:{OUTER}
// expect:  42: 0xffffffff* kernel_main+0x* at tests/kernel/support/kernel_test.c:
// expect:  43: 0xffffffff* kernel_start+0x* at kernel/start.c:
// expect: upper_half+0x* at kernel/boot/entry.S:
// expect-not: [ok]
// expect-not: in no known function
#include "kernel_test.h"

static __attribute__((noinline)) void check_depth(int depth)
{
    cairn_check(depth != 0, "at depth %d", depth); /* PANIC */
}

static __attribute__((noinline)) int descend(volatile int depth)
{
    check_depth(depth);                                /* LAST */
    return depth < 0 ? 0 : descend(depth - 1) + depth; /* AGAIN */
}

static inline __attribute__((always_inline)) int inlined(int depth)
{
    return descend(depth); /* INLINED */
}

TEST(backtrace)
{
    println("%d", inlined(39)); /* OUTER */
}
