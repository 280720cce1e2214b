/* SPDX-License-Identifier: MIT */
/*
 * The PS/2 keyboard: keys become characters of the US layout.
 *
 * What it is bad at: it knows no control and no alt, and it lights no lamps.
 */
#ifndef INTERRUPTS_KEYBOARD_H
#define INTERRUPTS_KEYBOARD_H

#include <stdbool.h>

#include <cairn/base/check.h>

/* Takes over the firmware's Num Lock. Call once, before keyboard_read(). */
void keyboard_init(void);

/*
 * Takes the next character from the keyboard's controller.
 *
 * Gives:   false if no character waits there, or if there is no controller.
 * Cost:    bounded, also where a broken controller always has more.
 * Context: one caller at a time.
 */
CAIRN_MUST_USE bool keyboard_read(char *character);

#endif
