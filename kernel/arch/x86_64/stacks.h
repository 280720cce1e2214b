/* SPDX-License-Identifier: MIT */
/*
 * The kernel's stacks, each above a guard page that is never mapped.
 *
 * A stack that overflows runs into its guard page. The page fault cannot push its frame there
 * either, so it becomes a double fault, which has a stack of its own and can tell what happened.
 */
#ifndef ARCH_STACKS_H
#define ARCH_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"

#define STACK_SIZE ((size_t)16 * 1024)

struct guarded_stack {
    _Alignas(4096) uint8_t guard[PAGE_SIZE];
    uint8_t bytes[STACK_SIZE];
};

enum stack_name {
    STACK_BOOT,         /* what the kernel starts on */
    STACK_DOUBLE_FAULT, /* these three may strike while the current stack is unusable */
    STACK_NON_MASKABLE,
    STACK_MACHINE_CHECK,
    STACK_COUNT,
};

extern struct guarded_stack stacks[STACK_COUNT];

/* The name for messages: "boot stack". */
const char *stack_name(enum stack_name which);

/* The highest address, where an empty stack begins. */
static inline uint8_t *stack_top(enum stack_name which)
{
    return stacks[which].bytes + STACK_SIZE;
}

/* Finds the stack that has the address in its guard page; false if none has. */
bool stack_of_guard(uint64_t address, enum stack_name *which);

/* Whether the address lies in the usable part of a stack. */
bool address_is_in_a_stack(uint64_t address);

#endif
