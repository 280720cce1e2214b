/* SPDX-License-Identifier: MIT */
/* The end of the machine's run. */
#ifndef ARCH_MACHINE_H
#define ARCH_MACHINE_H

/*
 * What the kernel ends with. QEMU's isa-debug-exit makes exit status (value << 1 | 1) of it, so
 * that success is 33 and failure 35: neither is the 0 of a triple fault, nor QEMU's own 1.
 */
enum machine_exit_status {
    MACHINE_EXIT_SUCCESS = 0x10,
    MACHINE_EXIT_FAILURE = 0x11,
};

/* Ends QEMU with that status; on a machine without isa-debug-exit, halts for ever. Any context. */
_Noreturn void machine_exit(enum machine_exit_status status);

#endif
