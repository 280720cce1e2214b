/* SPDX-License-Identifier: MIT */
/*
 * Backtraces: who called whom, read from the chain of frame pointers on the stack.
 *
 * Everything is compiled with -fno-omit-frame-pointer: rbp points to a pair of words, the caller's
 * rbp and the address to return to. Nothing on a stack is trusted: a pair is read only if it lies
 * in a stack, and the chain may only go up.
 *
 * A chain goes on through an interrupt: its stub leaves such a pair, too.
 *
 * What it is bad at: of a function that was interrupted, the line may be that of the instruction
 * before, since a return address is taken to follow a call.
 */
#ifndef PANIC_BACKTRACE_H
#define PANIC_BACKTRACE_H

#include <stdbool.h>
#include <stdint.h>

/* What `push %rbp; mov %rsp, %rbp` leaves after a call (System V ABI for AMD64, section 3.2.2). */
struct call_frame {
    uint64_t caller_rbp;
    uint64_t return_address;
};

/* The most callers that are listed; a recursion that calls itself from one place counts as one. */
#define BACKTRACE_CALLERS_MAX 32

/* What an instruction pointer points to. */
enum rip_kind {
    RIP_AT_INSTRUCTION, /* the instruction that was about to run, or that faulted */
    RIP_BEHIND_CALL,    /* a return address: the call is what the reader wants to see */
};

/*
 * Prints a line for the code at `rip`, then one for each caller that the frame at `rbp` leads to:
 *
 *       0: 0xffffffff80101234 box_int_new (inlined) at alloc/include/cairn/box.t.h:83
 *                             kernel_main+0x24 at kernel/main.c:41
 *
 * A function that was inlined has no frame: it is listed before the one that it is part of.
 *
 * Context: any; reads only memory that lies in a stack.
 */
void backtrace_print(uint64_t rip, enum rip_kind kind, uint64_t rbp);

/*
 * Goes one frame up: *rbp becomes the caller's, and *return_address where the callee returns to.
 *
 * Gives:   false, and both untouched, where the chain ends or cannot be trusted. A caller's rbp
 *          that does not go up is given as 0, which lies in no stack and so ends the chain.
 * Context: as above.
 */
bool backtrace_next(uint64_t *rbp, uint64_t *return_address);

#endif
