/* SPDX-License-Identifier: MIT */
/*
 * The global descriptor table and the task state segment.
 *
 * In 64-bit mode they say little: which code is the kernel's, and on which stacks the exceptions
 * run that cannot trust the current one.
 */
#ifndef ARCH_DESCRIPTORS_H
#define ARCH_DESCRIPTORS_H

#define SEGMENT_KERNEL_CODE 0x08
#define SEGMENT_KERNEL_DATA 0x10
#define SEGMENT_TASK_STATE  0x18

/* Numbers in the interrupt stack table; 0 stays on the current stack. */
enum interrupt_stack {
    INTERRUPT_STACK_CURRENT = 0,
    INTERRUPT_STACK_DOUBLE_FAULT = 1,
    INTERRUPT_STACK_NON_MASKABLE = 2,
    INTERRUPT_STACK_MACHINE_CHECK = 3,
};

/* Loads both tables. Call once, at start, before the interrupt table is loaded. */
void descriptors_init(void);

#endif
