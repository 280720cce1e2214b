/* SPDX-License-Identifier: MIT */
/* A breakpoint is reported, and the program goes on with every register as it was. */
// expect: the_program_goes_on... breakpoint at 0x
// expect: [ok]
#include "kernel_test.h"

TEST(the_program_goes_on)
{
    uint64_t a = 0x1111, b = 0x2222, c = 0x3333, d = 0x4444;
    __asm__ volatile("movq %0, %%r8\n\t"
                     "movq %1, %%r15\n\t"
                     "int3\n\t"
                     "movq %%r8, %2\n\t"
                     "movq %%r15, %3"
                     : "+r"(a), "+r"(b), "=r"(c), "=r"(d)
                     :
                     : "r8", "r15");
    cairn_check(a == 0x1111 && b == 0x2222 && c == 0x1111 && d == 0x2222,
                "registers changed: %#llx %#llx %#llx %#llx", (unsigned long long)a,
                (unsigned long long)b, (unsigned long long)c, (unsigned long long)d);
}
