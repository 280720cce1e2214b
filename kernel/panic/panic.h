/* SPDX-License-Identifier: MIT */
/*
 * How the kernel fails: it says what happened and where, and ends the machine with a status that
 * is not success.
 *
 * A panic is a broken invariant: cairn_panic() and cairn_check() of <cairn/base/check.h> come here
 * through cairn_host_panic(). It reports the message, the place, the registers and a backtrace.
 * It goes to the serial port first, and to the screen when it is whole: what fails on the way loses
 * nothing that was told before.
 * An error is something that the person at the keyboard can change, such as a bad option: it is
 * one line, without registers.
 *
 * What it is bad at: after a panic the caller's rax, rcx, rdx, rsi, rdi and r8 to r11 are gone,
 * since they carried the panic's own arguments; the report shows these. An exception's registers
 * are exact.
 */
#ifndef PANIC_PANIC_H
#define PANIC_PANIC_H

#include <cairn/base/check.h>

#include "interrupt_frame.h"

/*
 * Panics with the registers of what an exception interrupted; the place is the faulting line.
 *
 * Needs:   `format` as in cairn_panic().
 * Context: exception handlers.
 */
_Noreturn void panic_with_frame(const struct interrupt_frame *frame, const char *format, ...)
    CAIRN_FORMAT(2, 3) __attribute__((cold));

/* Prints "error: " and the message, which says what is wrong and what to do, and ends. */
_Noreturn void stop(const char *format, ...) CAIRN_FORMAT(1, 2) __attribute__((cold));

/*
 * Sets what is called when a panic has been reported, before the machine ends with failure; null,
 * the default, for nothing. For tests that expect a panic: their hook ends with success.
 */
void panic_set_hook(void (*hook)(void));

#endif
