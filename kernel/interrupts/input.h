/* SPDX-License-Identifier: MIT */
/*
 * What is typed, on the keyboard and on the serial line alike.
 *
 * An interrupt of either device moves what it has into one queue. When the queue is full, the
 * devices keep the rest, so that the other end of a serial line waits, and nothing is lost.
 */
#ifndef INTERRUPTS_INPUT_H
#define INTERRUPTS_INPUT_H

#include <stdbool.h>

#include <cairn/base/check.h>

/* How many characters wait in the queue at most. */
#define INPUT_CAPACITY 64

/* Starts taking what is typed. Call with interrupts off, after interrupt_controller_init(). */
void input_init(void);

/*
 * Takes the oldest character that was typed; false if there is none. It asks the devices too.
 *
 * Context: any; interrupts may be on.
 */
CAIRN_MUST_USE bool input_read(char *character);

/*
 * Sleeps until something is typed, and gives that.
 *
 * Cost:    a machine without an interrupt controller does not sleep but asks all the time.
 * Context: interrupts are on.
 */
char input_wait(void);

#endif
