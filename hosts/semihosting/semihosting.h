/* SPDX-License-Identifier: MIT */
/*
 * Semihosting: a processor without an operating system asks its debugger, or QEMU, for a console,
 * its command line, and to end.
 *
 * What it is bad at: without a debugger attached a board stops at the first call.
 *
 * Sources: Arm, Semihosting for AArch32 and AArch64, 2.0; RISC-V International, Semihosting
 * Specification 1.0, which has the same operations.
 */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

#include <stddef.h>
#include <stdint.h>

#include <cairn/base/language.h>

/* One operation, by its number; gives its result. Each processor's folder has its own. */
uintptr_t semihosting_call(uintptr_t operation, const void *argument);

void semihosting_write(const char *text, size_t length);

/* Seconds since 1970 in the high half, hundredths of a second since the start in the low one. */
uint64_t semihosting_time(void);

/* Ends the program with an exit status: 0, or any other. */
CAIRN_NORETURN void semihosting_exit(int status);

/* Calls main() with the words of the command line, and ends with what it returns. */
CAIRN_NORETURN void semihosting_run_main(void);

#endif
