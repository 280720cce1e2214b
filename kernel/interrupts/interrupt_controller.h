/* SPDX-License-Identifier: MIT */
/*
 * The PC's pair of interrupt controllers, two 8259A in a row.
 *
 * Their 16 lines come as vectors 32 to 47, after the exceptions. Every line is masked until it
 * has a handler.
 */
#ifndef INTERRUPTS_INTERRUPT_CONTROLLER_H
#define INTERRUPTS_INTERRUPT_CONTROLLER_H

#include <stdbool.h>
#include <stdint.h>

enum interrupt_line {
    LINE_TIMER = 0,
    LINE_KEYBOARD = 1,
    LINE_CASCADE = 2, /* where the second controller is connected to the first */
    LINE_SERIAL = 4,  /* of the first serial port */
    LINE_COUNT = 16,
};

/* Runs with interrupts off, on the interrupted code's stack. */
typedef void line_handler(void);

/* Moves the lines to their vectors, all masked. Call once, after exceptions_init. */
void interrupt_controller_init(void);

/* Whether the machine has the controllers; without them no line ever interrupts. */
bool interrupt_controller_is_there(void);

/* Sets the line's handler and unmasks it. Call with interrupts off. */
void interrupt_line_enable(enum interrupt_line line, line_handler *handler);

#endif
