/* SPDX-License-Identifier: MIT */
#include "stacks.h"

/* The linker script puts this section on pages of its own. */
__attribute__((section(".bss.stacks"))) struct guarded_stack stacks[STACK_COUNT];

_Static_assert(STACK_BOOT == 0 && STACK_SIZE == 16 * 1024, "kernel/boot/entry.S knows both");

static const char *const names[STACK_COUNT] = {
    [STACK_BOOT] = "boot stack",
    [STACK_DOUBLE_FAULT] = "double fault stack",
    [STACK_NON_MASKABLE] = "non-maskable interrupt stack",
    [STACK_MACHINE_CHECK] = "machine check stack",
};

const char *stack_name(enum stack_name which)
{
    return names[which];
}

bool stack_of_guard(uint64_t address, enum stack_name *which)
{
    for (int i = 0; i < STACK_COUNT; i++) {
        uint64_t guard = (uint64_t)stacks[i].guard;
        if (address >= guard && address < guard + PAGE_SIZE) {
            *which = (enum stack_name)i;
            return true;
        }
    }
    return false;
}

bool address_is_in_a_stack(uint64_t address)
{
    for (int i = 0; i < STACK_COUNT; i++) {
        uint64_t bottom = (uint64_t)stacks[i].bytes;
        if (address >= bottom && address < bottom + STACK_SIZE)
            return true;
    }
    return false;
}
