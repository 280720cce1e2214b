/* SPDX-License-Identifier: MIT */
/* What lies on the stack when a handler runs: interrupt_stubs.S pushes it, so keep both alike. */
#ifndef ARCH_INTERRUPT_FRAME_H
#define ARCH_INTERRUPT_FRAME_H

#include <stdint.h>

struct interrupt_frame {
    /* pushed by the common stub */
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    /* pushed by the vector's own stub; the error code by the processor, or 0 */
    uint64_t vector, error_code;
    /* pushed by the processor (Intel SDM vol. 3A, section 6.14.2) */
    uint64_t rip, cs, rflags, rsp, ss;
};
_Static_assert(sizeof(struct interrupt_frame) == 22 * 8, "interrupt_stubs.S pushes 22 words");

#endif
