/* SPDX-License-Identifier: MIT */
/*
 * A Cortex-M4 from reset on: it uses the heap of docs/porting/bare_metal.c, then frees a block twice.
 * The heap's message, and the fault that ends it, are what must come out.
 */
#include "use_heap.h"

extern uint32_t data_start[], data_end[], data_image[], bss_start[], bss_end[], stack_end[];

bool heap_begin(void);
void reset(void);
void fault(void);

/* Semihosting's SYS_EXIT_EXTENDED, for a program that ended by itself. */
static CAIRN_NORETURN void leave(uint32_t status)
{
    uint32_t block[2] = {0x20026, status};
    register uint32_t operation __asm__("r0") = 0x20;
    register const uint32_t *parameters __asm__("r1") = block;
    __asm__ volatile("bkpt 0xab" : : "r"(operation), "r"(parameters) : "memory");
    __builtin_unreachable();
}

static bool interrupts_are_on(void)
{
    uint32_t primask;
    __asm__ volatile("mrs %0, primask" : "=r"(primask));
    return primask == 0;
}

static void say(const char *text)
{
    cairn_host_write(text, __builtin_strlen(text));
}

void reset(void)
{
    for (uint32_t *to = data_start, *from = data_image; to < data_end;)
        *to++ = *from++;
    for (uint32_t *to = bss_start; to < bss_end;)
        *to++ = 0;
    if (!heap_begin() || !use_heap() || !interrupts_are_on())
        leave(1);
    say("the heap works\n");

    struct cairn_layout layout = CAIRN_LAYOUT_OF(uint64_t);
    void *block = cairn_global_alloc(layout);
    cairn_global_dealloc(block, layout);
    cairn_global_dealloc(block, layout);
    leave(2);
}

/* The trap of cairn_host_panic() comes here. */
void fault(void)
{
    leave(3);
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    stack_end, reset, fault, fault, fault, fault, fault,
};
