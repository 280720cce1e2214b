/* SPDX-License-Identifier: MIT */
/* A block is given back twice. */
// expect-exit: failure
// expect: panicked at 'linked_list: dealloc of 0x444444440000, size 4, align 4: double free:
// expect: backtrace:
// expect: double_free
// expect: at tests/kernel/double_free.c:
// expect-not: [ok]
#include "kernel_test.h"

#include <cairn/global.h>

TEST(double_free)
{
    struct cairn_layout layout = CAIRN_LAYOUT_OF(int);
    void *block = cairn_global_alloc(layout);
    cairn_global_dealloc(block, layout);
    cairn_global_dealloc(block, layout);
}
