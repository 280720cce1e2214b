/* SPDX-License-Identifier: MIT */
/*
 * One stub for each of the 256 vectors: push what the processor did not, save the registers, call
 * interrupt_dispatch(frame). The frame is struct interrupt_frame; keep both alike.
 */

/* Vectors for which the processor pushes an error code (Intel SDM vol. 3A, table 6-1). */
#define PUSHES_ERROR_CODE(vector)                                                                  \
    ((vector) == 8 || ((vector) >= 10 && (vector) <= 14) || (vector) == 17 || (vector) == 21 ||    \
     (vector) == 29 || (vector) == 30)

        .text
        .balign 16
        .global interrupt_stubs
        .type interrupt_stubs, @function
interrupt_stubs:
        .set vector, 0
        .rept 256
        .balign 16
        .if !PUSHES_ERROR_CODE(vector)
        pushq $0
        .endif
        pushq $vector
        jmp save_and_dispatch
        .set vector, vector + 1
        .endr
        .balign 16
        .size interrupt_stubs, . - interrupt_stubs

        .type save_and_dispatch, @function
save_and_dispatch:
        pushq %rax
        pushq %rbx
        pushq %rcx
        pushq %rdx
        pushq %rsi
        pushq %rdi
        pushq %rbp
        pushq %r8
        pushq %r9
        pushq %r10
        pushq %r11
        pushq %r12
        pushq %r13
        pushq %r14
        pushq %r15
        cld
        movq %rsp, %rdi
        /* A pair of frame pointer and return address, as a call would have left it, so that a
           backtrace goes on in what was interrupted. The processor aligned the stack to 16 before it
           pushed; 22 words and these two keep it so. */
        pushq 136(%rdi)                 /* rip */
        pushq %rbp
        movq %rsp, %rbp
        call interrupt_dispatch
        addq $16, %rsp
        popq %r15
        popq %r14
        popq %r13
        popq %r12
        popq %r11
        popq %r10
        popq %r9
        popq %r8
        popq %rbp
        popq %rdi
        popq %rsi
        popq %rdx
        popq %rcx
        popq %rbx
        popq %rax
        addq $16, %rsp
        iretq
        .size save_and_dispatch, . - save_and_dispatch

        .section .note.GNU-stack, "", @progbits
