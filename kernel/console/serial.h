/* SPDX-License-Identifier: MIT */
/*
 * The first serial port: the console that is there before all others and on every machine.
 *
 * A 16550 UART at 0x3f8, 115200 baud, 8 data bits, no parity. Writing is polled: a byte is written
 * when the port can take it, so that nothing is lost when the kernel stops right after.
 */
#ifndef CONSOLE_SERIAL_H
#define CONSOLE_SERIAL_H

#include <stdbool.h>
#include <stddef.h>

#include <cairn/base/check.h>

/* Sets the port up. Safe to call again. */
void serial_init(void);

/*
 * Writes the text as a terminal wants it: a carriage return before each line feed, and a backspace
 * wipes what it steps over.
 *
 * Cost:    where no port is, nothing; one that takes no more bytes is waited for once.
 * Context: any; not locked.
 */
void serial_write(const char *text, size_t length);

/* Takes the next byte that has arrived; false if there is none. One caller at a time. */
CAIRN_MUST_USE bool serial_read(char *byte);

/* From now on every byte that comes in raises the port's interrupt line. */
void serial_enable_receive_interrupt(void);

#endif
