/* SPDX-License-Identifier: MIT */
/*
 * A kernel of a few instructions, which ends in the way that BEHAVIOUR names. With it the tests of
 * the harness show that it tells each way to end from success, and the tests of tools/check-kernel
 * that it refuses what is broken by NOTE_ALIGNMENT, EXTRA_NOTE and NO_MULTIBOOT2.
 */
#define EXIT_SUCCESS   1 /* MACHINE_EXIT_SUCCESS */
#define EXIT_FAILURE   2 /* MACHINE_EXIT_FAILURE */
#define EXIT_OTHER     3 /* a status that means nothing */
#define EXIT_ZERO      4 /* QEMU makes its own status 1 of it */
#define TRIPLE_FAULT   5
#define RESET          6 /* through the keyboard controller */
#define HANG           7 /* asleep for ever */
#define SPIN           8 /* awake for ever */

#ifndef NOTE_ALIGNMENT
#define NOTE_ALIGNMENT 4
#endif

        .section .note.pvh, "a", @note
        .balign NOTE_ALIGNMENT
        .long 4, 4, 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
        .asciz "Xen"
        .long _start
#ifdef EXTRA_NOTE
        .balign 4
        .long 4, 4, 1
        .asciz "XYZ"
        .long 0
#endif

#ifndef NO_MULTIBOOT2
        .section .multiboot2, "a", @progbits
        .balign 8
header: .long 0xe85250d6, 0, header_end - header, -(0xe85250d6 + header_end - header)
        .short 0, 0
        .long 8
header_end:
#endif

        .text
        .code32
        .global _start
_start: cli
#if BEHAVIOUR == EXIT_SUCCESS
        movb $0x10, %al
        outb %al, $0xf4
#elif BEHAVIOUR == EXIT_FAILURE
        movb $0x11, %al
        outb %al, $0xf4
#elif BEHAVIOUR == EXIT_OTHER
        movb $0x12, %al
        outb %al, $0xf4
#elif BEHAVIOUR == EXIT_ZERO
        movb $0, %al
        outb %al, $0xf4
#elif BEHAVIOUR == TRIPLE_FAULT
        lidt no_interrupt_table
        int3
#elif BEHAVIOUR == RESET
        movb $0xfe, %al
        outb %al, $0x64
#elif BEHAVIOUR == SPIN
        jmp .
#endif
1:      hlt
        jmp 1b

        .balign 4
no_interrupt_table:
        .short 0
        .long 0

        .section .note.GNU-stack, "", @progbits
