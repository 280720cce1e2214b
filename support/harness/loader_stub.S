/* SPDX-License-Identifier: MIT */
/*
 * A boot loader of three instructions, which QEMU's -kernel starts: it enters the kernel at ENTRY
 * as Multiboot2 and PVH do, with MAGIC in eax and INFORMATION in ebx. What lies there was made by
 * a test.
 */
        .section .note.pvh, "a", @note
        .balign 4
        .long 4, 4, 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
        .asciz "Xen"
        .long _start

        .text
        .code32
        .global _start
_start: movl $MAGIC, %eax
        movl $INFORMATION, %ebx
        movl $ENTRY, %ecx
        jmp *%ecx

        .section .note.GNU-stack, "", @progbits
