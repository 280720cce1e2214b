/* SPDX-License-Identifier: MIT */
/*
 * From the boot loader to C.
 *
 * PVH (QEMU's -kernel) and Multiboot2 (GRUB on BIOS and on UEFI) both come here in 32-bit
 * protected mode without paging, each with its magic number and a pointer. What follows is
 * the same for both: check the processor, map the first 4 GiB, switch to 64-bit mode, jump to the
 * upper half, call kernel_start(protocol, pointer, time stamp).
 *
 * Until then nothing is there but these lines, so an error is reported from here: on the serial port
 * and on the text screen.
 *
 * Sources: Xen's docs/misc/pvh.pandoc and public/arch-x86/hvm/start_info.h; Multiboot2
 * Specification 2.0, section 3.1 (header) and 3.3 (machine state); Intel SDM vol. 3A, section
 * 9.8.5 (into IA-32e mode).
 */

#define IMAGE_OFFSET 0xffffffff80000000
#define PHYSICAL(symbol) ((symbol) - IMAGE_OFFSET)

#define PROTOCOL_PVH        0 /* enum boot_protocol */
#define PROTOCOL_MULTIBOOT2 1

#define PVH_MAGIC                0x336ec578
#define MULTIBOOT2_LOADER_MAGIC  0x36d76289
#define MULTIBOOT2_HEADER_MAGIC  0xe85250d6

#define PAGE_PRESENT_WRITABLE 0x3
#define PAGE_LARGE            0x80

        /* ---- headers ---- */

        .section .note.pvh, "a", @note
        .balign 4
        .long 4, 4, 18                  /* name size, value size, XEN_ELFNOTE_PHYS32_ENTRY */
        .asciz "Xen"
        .long pvh_entry

        .section .boot.multiboot2, "a", @progbits
        .balign 8
multiboot2_header:
        .long MULTIBOOT2_HEADER_MAGIC
        .long 0                         /* architecture: 32-bit protected mode */
        .long multiboot2_header_end - multiboot2_header
        .long -(MULTIBOOT2_HEADER_MAGIC + (multiboot2_header_end - multiboot2_header))
        .balign 8
        .short 5, 1                     /* framebuffer, optional: boot without it too */
        .long 20, 1024, 768, 32
        .balign 8
        .short 0, 0                     /* end of the tags */
        .long 8
multiboot2_header_end:

        /* ---- 32-bit entries ---- */

        .section .boot.text, "ax", @progbits
        .code32
        .global pvh_entry
        .type pvh_entry, @function
pvh_entry:
        cli
        cld
        movl $boot_stack_top_physical, %esp
        call note_time_stamp
        movl $PROTOCOL_PVH, %ebp
        movl $text_bad_pvh_magic, %esi
        cmpl $PVH_MAGIC, (%ebx)
        jne boot_error
        jmp enter_long_mode
        .size pvh_entry, . - pvh_entry

        .global multiboot2_entry
        .type multiboot2_entry, @function
multiboot2_entry:
        cli
        cld
        movl $boot_stack_top_physical, %esp
        movl %eax, %edi
        call note_time_stamp
        movl $PROTOCOL_MULTIBOOT2, %ebp
        movl $text_bad_multiboot2_magic, %esi
        cmpl $MULTIBOOT2_LOADER_MAGIC, %edi
        jne boot_error
        jmp enter_long_mode
        .size multiboot2_entry, . - multiboot2_entry

/* Keeps when the kernel was entered; uses eax and edx. */
        .type note_time_stamp, @function
note_time_stamp:
        rdtsc
        movl %eax, PHYSICAL(entry_time_stamp)
        movl %edx, PHYSICAL(entry_time_stamp + 4)
        ret
        .size note_time_stamp, . - note_time_stamp

/* ebx: the loader's pointer; ebp: the protocol. Both reach kernel_start. */
        .type enter_long_mode, @function
enter_long_mode:
        movl %ebx, PHYSICAL(loader_pointer)
        call check_processor
        call build_first_page_tables

        movl %cr4, %eax
        orl $0x20, %eax                 /* physical address extension */
        movl %eax, %cr4
        movl $PHYSICAL(first_page_map), %eax
        movl %eax, %cr3
        movl $0xc0000080, %ecx          /* EFER */
        rdmsr
        orl $0x900, %eax                /* long mode enable, no-execute enable */
        wrmsr
        movl %cr0, %eax
        orl $0x80010000, %eax           /* paging, write protect */
        movl %eax, %cr0

        lgdt first_descriptor_pointer
        ljmp $8, $long_mode
        .size enter_long_mode, . - enter_long_mode

/* Goes on to boot_error unless CPUID reports long mode and no-execute. */
        .type check_processor, @function
check_processor:
        movl $text_no_long_mode, %esi
        pushfl                          /* CPUID is there if the ID flag can be changed */
        popl %eax
        movl %eax, %ecx
        xorl $0x200000, %eax
        pushl %eax
        popfl
        pushfl
        popl %eax
        cmpl %eax, %ecx
        je boot_error
        movl $0x80000000, %eax
        cpuid
        cmpl $0x80000001, %eax
        jb boot_error
        movl $0x80000001, %eax
        cpuid
        btl $29, %edx
        jnc boot_error
        movl $text_no_execute_missing, %esi
        btl $20, %edx
        jnc boot_error
        ret
        .size check_processor, . - check_processor

/* The first 4 GiB in 2 MiB pages, seen at 0, at the physical memory offset, and (1 GiB of it) at
   the image offset. Good until paging_init() builds the tables with the right rights. */
        .type build_first_page_tables, @function
build_first_page_tables:
        movl $PHYSICAL(first_page_pointers) + PAGE_PRESENT_WRITABLE, %eax
        movl %eax, PHYSICAL(first_page_map)
        movl %eax, PHYSICAL(first_page_map) + 256 * 8
        movl $PHYSICAL(first_image_pointers) + PAGE_PRESENT_WRITABLE, %eax
        movl %eax, PHYSICAL(first_page_map) + 511 * 8
        movl $PHYSICAL(first_page_directories) + PAGE_PRESENT_WRITABLE, %eax
        movl %eax, PHYSICAL(first_image_pointers) + 510 * 8
        xorl %ecx, %ecx
1:      movl %eax, PHYSICAL(first_page_pointers)(, %ecx, 8)
        addl $0x1000, %eax
        incl %ecx
        cmpl $4, %ecx
        jne 1b
        movl $PAGE_PRESENT_WRITABLE | PAGE_LARGE, %eax
        xorl %ecx, %ecx
2:      movl %eax, PHYSICAL(first_page_directories)(, %ecx, 8)
        addl $0x200000, %eax
        incl %ecx
        cmpl $2048, %ecx
        jne 2b
        ret
        .size build_first_page_tables, . - build_first_page_tables

/* ---- errors before C ---- */

#define SERIAL_PORT     0x3f8
#define PATIENCE        0x1000000       /* how often to ask it for room: seconds */
#define TEXT_SCREEN     0xb8000
#define DEBUG_EXIT_PORT 0xf4
#define EXIT_FAILURE    0x11 /* MACHINE_EXIT_FAILURE */

/* esi: the message. Tells it on the serial port and on the text screen, and stops for good. */
        .type boot_error, @function
boot_error:
        movl $serial_settings, %ebx
1:      movzwl (%ebx), %edx             /* pairs of port and value, ended by port 0 */
        testl %edx, %edx
        jz 2f
        movb 2(%ebx), %al
        outb %al, %dx
        addl $3, %ebx
        jmp 1b
2:      movl $TEXT_SCREEN, %edi
        movl $PATIENCE, %ecx            /* for all bytes together */
3:      movb (%esi), %bl
        testb %bl, %bl
        jz stop
        incl %esi
        movw $SERIAL_PORT + 5, %dx
4:      inb %dx, %al                    /* until the port can take a byte, or patience ends */
        testb $0x20, %al
        loopz 4b
        incl %ecx                       /* a try is left for each byte to come */
        movw $SERIAL_PORT, %dx
        movb %bl, %al
        outb %al, %dx
        cmpb $'\n', %bl                 /* the last one; the screen has no use for it */
        je 3b
        movb $0x0c, %bh                 /* red on black */
        movw %bx, (%edi)
        addl $2, %edi
        jmp 3b
stop:   movb $EXIT_FAILURE, %al
        outb %al, $DEBUG_EXIT_PORT
5:      hlt
        jmp 5b
        .size boot_error, . - boot_error

        .section .boot.rodata, "a", @progbits
serial_settings:                        /* 115200 baud, 8N1; see kernel/console/serial.c */
        .macro serial_setting port, value
        .short SERIAL_PORT + \port
        .byte \value
        .endm
        serial_setting 1, 0x00
        serial_setting 3, 0x80
        serial_setting 0, 0x01
        serial_setting 1, 0x00
        serial_setting 3, 0x03
        serial_setting 2, 0x07
        serial_setting 4, 0x0b
        .short 0x3d4                    /* hide the text screen's cursor; see vga_text.c */
        .byte 0x0a
        .short 0x3d5
        .byte 0x20
        .short 0
text_bad_pvh_magic:
        .asciz "error: the PVH start info has a wrong magic number; boot with QEMU's -kernel, or through GRUB's multiboot2\n"
text_bad_multiboot2_magic:
        .asciz "error: the boot loader is not a Multiboot2 one (wrong magic number); in GRUB use the command multiboot2, or boot with QEMU's -kernel\n"
text_no_long_mode:
        .asciz "error: this processor has no 64-bit (long) mode; use one that has (in QEMU: -cpu max or -cpu qemu64)\n"
text_no_execute_missing:
        .asciz "error: this processor cannot protect pages from execution (NX); enable it in the firmware, or use one that can (in QEMU: -cpu max or -cpu qemu64)\n"

        .balign 8
first_descriptor_table:
        .quad 0
        .quad 0x00af9b000000ffff        /* 64-bit code */
first_descriptor_pointer:
        .short . - first_descriptor_table - 1
        .long first_descriptor_table

/* ---- 64-bit ---- */

        .section .boot.text, "ax", @progbits
        .code64
        .type long_mode, @function
long_mode:
        movabsq $upper_half, %rax
        jmp *%rax
        .size long_mode, . - long_mode

        .text
        .type upper_half, @function
upper_half:
        xorl %eax, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl %eax, %fs
        movl %eax, %gs
        movq $boot_stack_top, %rsp
        movl %ebp, %edi
        movl loader_pointer, %esi
        movq entry_time_stamp, %rdx
        xorl %ebp, %ebp                 /* the end of every backtrace */
        call kernel_start               /* does not return */
        ud2
        .size upper_half, . - upper_half

/* stacks[STACK_BOOT] is the first of them; see kernel/arch/x86_64/stacks.h. */
        .set boot_stack_top, stacks + 4096 + 16 * 1024
        .set boot_stack_top_physical, PHYSICAL(stacks) + 4096 + 16 * 1024

        .bss
        .balign 4096
first_page_map:         .skip 4096
first_page_pointers:    .skip 4096
first_image_pointers:   .skip 4096
first_page_directories: .skip 4 * 4096
        .balign 8
entry_time_stamp:       .skip 8
loader_pointer:         .skip 8

        .section .note.GNU-stack, "", @progbits
