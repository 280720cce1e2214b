/* SPDX-License-Identifier: MIT */
/*
 * The console: print and println, to the serial port and to whatever screen there is.
 *
 * Formats are those of <cairn/base/format.h>, and the compiler checks the arguments. Text of
 * one call is not mixed with that of another. Printing never deadlocks: an exception handler that
 * interrupted a print on its own processor prints into the middle of it.
 */
#ifndef CONSOLE_PRINTLN_H
#define CONSOLE_PRINTLN_H

#include <stdarg.h>

#include <cairn/base/check.h>

#include "screen.h"

/* Makes the serial port ready; then printing works. */
void console_init(void);

/* Adds the screen. */
void console_add_screen(const struct boot_screen *screen);

/* Prints formatted text; println ends the line. Any context, also exception handlers. */
void print(const char *format, ...) CAIRN_FORMAT(1, 2);
void println(const char *format, ...) CAIRN_FORMAT(1, 2);
void print_list(const char *format, va_list arguments) CAIRN_FORMAT(1, 0);

/* The colours of what is printed from now on, where there is a screen. */
void console_set_colours(enum colour foreground, enum colour background);

/*
 * Begins a report of failure, after which the kernel does not go on. Until its end text goes to the
 * serial port alone, which cannot fail, and is kept for the screen, which may be what has failed.
 * From now on printing waits for no lock: what holds it will never run again.
 */
void console_begin_report(void);

/* Shows the report on the screen. Again, also when that itself failed, it does nothing. */
void console_end_report(void);

#endif
