/* SPDX-License-Identifier: MIT */
/*
 * An Arm Cortex-M: its vector table, what happens at reset, and its part of the host seam.
 *
 * Source: ARMv6-M Architecture Reference Manual, B1.5.
 */
#include <cairn/base/host.h>

#include "../semihosting.h"

uintptr_t semihosting_call(uintptr_t operation, const void *argument)
{
    register uintptr_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

/* ---- interrupts ---- */

cairn_host_interrupt_state cairn_host_interrupts_disable(void)
{
    cairn_host_interrupt_state primask;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask) : : "memory");
    return primask;
}

void cairn_host_interrupts_restore(cairn_host_interrupt_state primask)
{
    __asm__ volatile("msr primask, %0" : : "r"(primask) : "memory");
}

/* ---- from reset to main() ---- */

/* The linker script's. Words, so that they can be copied as such. */
extern uint32_t data_start[], data_end[], data_in_flash[], bss_start[], bss_end[], stack_top[];

void reset(void);
void fault(void);

void reset(void)
{
    const uint32_t *from = data_in_flash;
    for (uint32_t *to = data_start; to < data_end; to++)
        *to = *from++;
    for (uint32_t *to = bss_start; to < bss_end; to++)
        *to = 0;
    semihosting_run_main();
}

/* An exception that nobody expects. A hang would say nothing about it. */
void fault(void)
{
    static const char text[] = "stopped by a processor fault\n";
    semihosting_write(text, sizeof(text) - 1);
    semihosting_exit(3);
}

/* The first stack pointer, then 15 handlers; numbers 4 to 10 an M0 has none of. */
__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    stack_top,     (void *)reset, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
    (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
    (void *)fault, (void *)fault, (void *)fault, (void *)fault,
};
