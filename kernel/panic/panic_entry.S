/* SPDX-License-Identifier: MIT */
/*
 * cairn_host_panic(file, line, format, arguments): saves the registers before anything changes
 * them, and goes on in C:
 *
 *     panic_report(file, line, format, arguments, frame)
 *
 * The frame is struct interrupt_frame, as if the instruction after the call had been interrupted;
 * keep both alike.
 */
        .text
        .global cairn_host_panic
        .type cairn_host_panic, @function
cairn_host_panic:
        pushq %rbp                      /* a place for ss, which keeps rbp meanwhile */
        leaq 16(%rsp), %rbp
        pushq %rbp                      /* rsp as it is after the call */
        pushfq
        cli
        pushq $0                        /* a place for cs */
        movw %cs, (%rsp)
        pushq -8(%rbp)                  /* rip: the return address */
        pushq $0                        /* error code */
        pushq $0                        /* vector */
        pushq %rax
        pushq %rbx
        pushq %rcx
        pushq %rdx
        pushq %rsi
        pushq %rdi
        pushq -16(%rbp)                 /* rbp, from where ss goes now */
        pushq %r8
        pushq %r9
        pushq %r10
        pushq %r11
        pushq %r12
        pushq %r13
        pushq %r14
        pushq %r15
        movl %ss, %eax
        movq %rax, -16(%rbp)
        movq %rsp, %r8
        movq 8*8(%rsp), %rbp            /* rbp as before, so that the chain of frames is whole */
        cld
        subq $8, %rsp                   /* to a multiple of 16, past the return address's word */
        call panic_report               /* does not return */
        ud2
        .size cairn_host_panic, . - cairn_host_panic

        .section .note.GNU-stack, "", @progbits
