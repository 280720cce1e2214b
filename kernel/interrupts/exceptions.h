/* SPDX-License-Identifier: MIT */
/*
 * Exceptions: what the processor reports about the code that it runs.
 *
 * Each is named and decoded; all but the breakpoint end in a panic that tells who did what where.
 */
#ifndef INTERRUPTS_EXCEPTIONS_H
#define INTERRUPTS_EXCEPTIONS_H

#include "interrupt_frame.h"

/* The processor's exceptions (Intel SDM vol. 3A, table 6-1). */
enum exception {
    EXCEPTION_DIVIDE_ERROR = 0,
    EXCEPTION_NON_MASKABLE_INTERRUPT = 2,
    EXCEPTION_BREAKPOINT = 3,
    EXCEPTION_DOUBLE_FAULT = 8,
    EXCEPTION_PAGE_FAULT = 14,
    EXCEPTION_MACHINE_CHECK = 18,
    EXCEPTION_COUNT = 32,
};

/* Loads the interrupt table with handlers for all exceptions. Call once, after descriptors_init. */
void exceptions_init(void);

/* The name of a vector: "page fault", or "interrupt" from 32 on. */
const char *exception_name(uint64_t vector);

#endif
