/* SPDX-License-Identifier: MIT */
#include "panic.h"

#include <stdarg.h>
#include <stdbool.h>

#include <cairn/base/host.h>

#include "backtrace.h"
#include "machine.h"
#include "println.h"
#include "registers.h"
#include "symbols.h"

static void (*panic_hook)(void);

void panic_set_hook(void (*hook)(void))
{
    panic_hook = hook;
}

static _Noreturn void end(void)
{
    console_end_report();
    if (panic_hook)
        panic_hook();
    machine_exit(MACHINE_EXIT_FAILURE);
}

static _Noreturn void give_up(void)
{
    print("\n");
    console_end_report();
    machine_exit(MACHINE_EXIT_FAILURE);
}

static int depth; /* 1 in a report, 2 where that has panicked itself */

/*
 * Tells the message before anything that may fail, which is all the rest. And keeps the report from
 * failing for ever: a panic inside it is one line, and one inside that line is not reported.
 */
static void begin_report(const char *format, va_list arguments)
{
    interrupts_disable();
    if (++depth > 2)
        give_up();
    console_begin_report();
    console_set_colours(COLOUR_LIGHT_RED, COLOUR_BLACK);
    print(depth == 1 ? "panicked at '" : "\npanicked again while reporting, at '");
    print_list(format, arguments);
    print("'");
}

static void tell_place(const char *file, int line)
{
    print(", %s:%d:", file, line);
    console_set_colours(COLOUR_LIGHT_GREY, COLOUR_BLACK);
    if (depth > 1)
        give_up();
    print("\n");
}

static void print_registers(const struct interrupt_frame *frame)
{
    println("  rip %016lx  rsp %016lx  rbp %016lx", frame->rip, frame->rsp, frame->rbp);
    println("  rax %016lx  rbx %016lx  rcx %016lx", frame->rax, frame->rbx, frame->rcx);
    println("  rdx %016lx  rsi %016lx  rdi %016lx", frame->rdx, frame->rsi, frame->rdi);
    println("  r8  %016lx  r9  %016lx  r10 %016lx", frame->r8, frame->r9, frame->r10);
    println("  r11 %016lx  r12 %016lx  r13 %016lx", frame->r11, frame->r12, frame->r13);
    println("  r14 %016lx  r15 %016lx  flags %08lx", frame->r14, frame->r15, frame->rflags);
    println("  cr2 %016lx  cr3 %016lx  cr0 %08lx  cr4 %08lx", cr2_read(), cr3_read(), cr0_read(),
            cr4_read());
}

static _Noreturn void report(const struct interrupt_frame *frame, enum rip_kind kind)
{
    print_registers(frame);
    println("backtrace:");
    backtrace_print(frame->rip, kind, frame->rbp);
    end();
}

/* Called by panic_entry.S, which is called by cairn_panic_at(). */
_Noreturn void panic_report(const char *file, int line, const char *format, va_list arguments,
                            struct interrupt_frame *frame);

void panic_report(const char *file, int line, const char *format, va_list arguments,
                  struct interrupt_frame *frame)
{
    begin_report(format, arguments);
    tell_place(file, line);
    /* From cairn_panic_at() to the line that it was called from, if the stack can be trusted. */
    uint64_t frame_of_panic_at = frame->rbp;
    if (backtrace_next(&frame->rbp, &frame->rip))
        frame->rsp = frame_of_panic_at + sizeof(struct call_frame);
    report(frame, RIP_BEHIND_CALL);
}

void panic_with_frame(const struct interrupt_frame *frame, const char *format, ...)
{
    struct code_place places[CODE_PLACES_MAX];
    va_list arguments;
    va_start(arguments, format);
    begin_report(format, arguments);
    va_end(arguments);
    code_places_of(frame->rip, places);
    tell_place(places[0].file ? places[0].file : "(unknown)", (int)places[0].line);
    report(frame, RIP_AT_INSTRUCTION);
}

void stop(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    console_begin_report();
    console_set_colours(COLOUR_LIGHT_RED, COLOUR_BLACK);
    print("error: ");
    print_list(format, arguments);
    va_end(arguments);
    give_up();
}
