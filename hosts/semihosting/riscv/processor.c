/* SPDX-License-Identifier: MIT */
/*
 * A RISC-V hart in machine mode: its start, and its part of the host seam. Other harts than number
 * 0 are left asleep.
 *
 * Source: The RISC-V Instruction Set Manual, volume II, 3.1.6 (mstatus).
 */
#include <cairn/base/host.h>

#include "../semihosting.h"

/* The three instructions are the call; they must not be compressed, nor cross a page. */
__attribute__((noinline)) uintptr_t semihosting_call(uintptr_t operation, const void *argument)
{
    register uintptr_t a0 __asm__("a0") = operation;
    register const void *a1 __asm__("a1") = argument;
    __asm__ volatile(".option push\n\t"
                     ".option norvc\n\t"
                     ".balign 16\n\t"
                     "slli zero, zero, 0x1f\n\t"
                     "ebreak\n\t"
                     "srai zero, zero, 7\n\t"
                     ".option pop"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
    return a0;
}

/* ---- interrupts: the bit MIE of mstatus ---- */

#define MIE 8

cairn_host_interrupt_state cairn_host_interrupts_disable(void)
{
    cairn_host_interrupt_state mstatus;
    __asm__ volatile("csrrci %0, mstatus, %1" : "=r"(mstatus) : "i"(MIE) : "memory");
    return mstatus & MIE;
}

void cairn_host_interrupts_restore(cairn_host_interrupt_state mie)
{
    __asm__ volatile("csrs mstatus, %0" : : "r"(mie) : "memory");
}

/* ---- from reset to main() ---- */

void fault(void) __attribute__((aligned(4)));

/* An exception that nobody expects. A hang would say nothing about it. */
void fault(void)
{
    static const char text[] = "stopped by a processor fault\n";
    semihosting_write(text, sizeof(text) - 1);
    semihosting_exit(3);
}

void _start(void);

/* QEMU has loaded what is not zero, and cleared the rest. */
__attribute__((naked, section(".start"))) void _start(void)
{
    __asm__("csrr t0, mhartid\n\t"
            "bnez t0, 1f\n\t"
            "la t0, fault\n\t"
            "csrw mtvec, t0\n\t"
            "la sp, stack_top\n\t"
            "call semihosting_run_main\n"
            "1:\n\t"
            "wfi\n\t"
            "j 1b");
}
