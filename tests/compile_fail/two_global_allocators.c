/* SPDX-License-Identifier: MIT */
/* Two source files that each register a global allocator. */
// expect: (multiple definition of|duplicate symbol:) .?no_global_memory_allocator_found
// link tests/compile_fail/support/second_global_allocator.c
#include <cairn/dummy.h>
#include <cairn/global.h>

#ifndef CORRECT
static struct cairn_dummy dummy = CAIRN_DUMMY;
CAIRN_GLOBAL_ALLOCATOR(&dummy.allocator);
#endif

int main(void)
{
    void *block = cairn_global_alloc(CAIRN_LAYOUT_OF(int));
    return block != 0;
}
