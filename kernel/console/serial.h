/* SPDX-License-Identifier: MIT */
/*
 * The first serial port: the console that is there before all others and on every machine.
 *
 * A 16550 UART at 0x3f8, 115200 baud, 8 data bits, no parity, polled: a byte is written when the
 * port can take it, so that nothing is lost when the kernel stops right after.
 */
#ifndef CONSOLE_SERIAL_H
#define CONSOLE_SERIAL_H

#include <stddef.h>

/* Sets the port up. Safe to call again. */
void serial_init(void);

/* Writes the text, with a carriage return before each line feed. Any context; not locked. */
void serial_write(const char *text, size_t length);

#endif
