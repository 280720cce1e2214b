/* SPDX-License-Identifier: MIT */
/* The timer: an interrupt 100 times a second, counted. */
#ifndef INTERRUPTS_TIMER_H
#define INTERRUPTS_TIMER_H

#include <stdint.h>

#define TIMER_HERTZ 100

/* Starts the timer. Call with interrupts off. */
void timer_init(void);

/* Interrupts since the start. Any context. */
uint64_t timer_ticks(void);

#endif
