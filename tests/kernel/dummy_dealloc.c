/* SPDX-License-Identifier: MIT */
/* The dummy allocator's dealloc. */
// expect-exit: failure
// expect: panicked at 'dealloc should be never called', alloc/classic/dummy.c:
// expect: backtrace:
// expect: dummy_dealloc
// expect: at tests/kernel/dummy_dealloc.c:
// expect-not: [ok]
#include "kernel_test.h"

#include <cairn/dummy.h>

TEST(dummy_dealloc)
{
    struct cairn_dummy dummy = CAIRN_DUMMY;
    int block;
    cairn_allocator_dealloc(&dummy.allocator, &block, CAIRN_LAYOUT_OF(int));
}
