/* SPDX-License-Identifier: MIT */
/*
 * A terminal on the serial port: what it sends becomes the characters that a keyboard gives.
 *
 * Enter comes as a carriage return, backspace as a delete, and arrows and the like as escape
 * sequences, which are no characters here either. Nor is the escape key, for it begins them.
 */
#ifndef INTERRUPTS_SERIAL_INPUT_H
#define INTERRUPTS_SERIAL_INPUT_H

#include <stdbool.h>

#include <cairn/base/check.h>

/*
 * Takes the next character that came in; false if none waits, or if there is no serial port.
 *
 * Cost:    bounded, also where a broken port always has more.
 * Context: one caller at a time.
 */
CAIRN_MUST_USE bool serial_input_read(char *character);

#endif
