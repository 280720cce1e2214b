/* SPDX-License-Identifier: MIT */
/* Cairn on a microcontroller: here a Cortex-M, whose messages go to the debugger. */
#include "cairn.h"

static unsigned char memory[64 * 1024];
static struct cairn_heap heap = CAIRN_HEAP_EMPTY;
static struct cairn_locked locked = CAIRN_LOCKED(&heap.allocator, "heap");
CAIRN_GLOBAL_ALLOCATOR(&locked.allocator);

bool heap_begin(void)
{
    return cairn_heap_init(&heap, memory, sizeof(memory)) == CAIRN_REGION_OK;
}

cairn_host_interrupt_state cairn_host_interrupts_disable(void)
{
    cairn_host_interrupt_state state;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(state) : : "memory");
    return state;
}

void cairn_host_interrupts_restore(cairn_host_interrupt_state state)
{
    __asm__ volatile("msr primask, %0" : : "r"(state) : "memory");
}

/* Semihosting, a character a call (Arm, Semihosting for AArch32 and AArch64: SYS_WRITEC). */
void cairn_host_write(const char *text, size_t length)
{
    for (; length > 0; length--, text++) {
        register int operation __asm__("r0") = 3;
        register const char *character __asm__("r1") = text;
        __asm__ volatile("bkpt 0xab" : "+r"(operation) : "r"(character) : "memory");
    }
}
