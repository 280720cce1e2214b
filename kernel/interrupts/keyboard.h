/* SPDX-License-Identifier: MIT */
/*
 * The PS/2 keyboard: keys become characters of the US layout.
 *
 * What it is bad at: it knows no keys beyond the main block, no control and no alt.
 */
#ifndef INTERRUPTS_KEYBOARD_H
#define INTERRUPTS_KEYBOARD_H

#include <stdbool.h>
#include <stdint.h>

#include <cairn/base/check.h>

/* Starts taking keys. Call with interrupts off. */
void keyboard_init(void);

/*
 * Takes the oldest character that was typed; false if there is none.
 *
 * At most 64 wait; those typed beyond are dropped, and counted by keyboard_dropped().
 * Context: one reader; interrupts may be on.
 */
CAIRN_MUST_USE bool keyboard_read(char *character);
uint64_t keyboard_dropped(void);

#endif
