/* SPDX-License-Identifier: MIT */
#include "exceptions.h"

#include "interrupt_table.h"
#include "panic.h"
#include "println.h"
#include "registers.h"
#include "stacks.h"

static const char *const names[EXCEPTION_COUNT] = {
    "divide error",
    "debug",
    "non-maskable interrupt",
    "breakpoint",
    "overflow",
    "bound range exceeded",
    "invalid opcode",
    "device not available",
    "double fault",
    "coprocessor segment overrun",
    "invalid task state segment",
    "segment not present",
    "stack segment fault",
    "general protection fault",
    "page fault",
    "reserved exception 15",
    "x87 floating-point error",
    "alignment check",
    "machine check",
    "SIMD floating-point error",
    "virtualization exception",
    "control protection exception",
    "reserved exception 22",
    "reserved exception 23",
    "reserved exception 24",
    "reserved exception 25",
    "reserved exception 26",
    "reserved exception 27",
    "hypervisor injection exception",
    "VMM communication exception",
    "security exception",
    "reserved exception 31",
};

const char *exception_name(uint64_t vector)
{
    return vector < EXCEPTION_COUNT ? names[vector] : "interrupt";
}

static void on_breakpoint(struct interrupt_frame *frame)
{
    println("breakpoint at %#llx", (unsigned long long)frame->rip);
}

static void on_exception(struct interrupt_frame *frame)
{
    if (frame->vector >= EXCEPTION_COUNT)
        panic_with_frame(frame, "interrupt %llu came, and nothing handles it",
                         (unsigned long long)frame->vector);
    panic_with_frame(frame, "%s, error code %#llx", exception_name(frame->vector),
                     (unsigned long long)frame->error_code);
}

/* Error code of a page fault: Intel SDM vol. 3A, section 4.7. */
#define FAULT_PRESENT     (1U << 0)
#define FAULT_WRITE       (1U << 1)
#define FAULT_USER        (1U << 2)
#define FAULT_RESERVED    (1U << 3)
#define FAULT_INSTRUCTION (1U << 4)

static const char *fault_access(uint64_t error_code)
{
    if (error_code & FAULT_INSTRUCTION)
        return "executing";
    return error_code & FAULT_WRITE ? "writing" : "reading";
}

static const char *fault_cause(uint64_t error_code)
{
    if (error_code & FAULT_RESERVED)
        return "a page table entry has reserved bits set";
    if (!(error_code & FAULT_PRESENT))
        return "the page is not mapped";
    if (error_code & FAULT_INSTRUCTION)
        return "the page is not executable";
    return error_code & FAULT_WRITE ? "the page is read-only" : "the page is protected";
}

static const char *fault_hint(uint64_t address)
{
    return address < PAGE_SIZE ? " (a null pointer?)" : "";
}

static void on_page_fault(struct interrupt_frame *frame)
{
    uint64_t address = cr2_read();
    enum stack_name stack;
    if (stack_of_guard(address, &stack))
        panic_with_frame(frame, "page fault: stack overflow: the guard page of the %s at %#llx",
                         stack_name(stack), (unsigned long long)address);
    panic_with_frame(frame, "page fault: %s %#llx%s in %s mode: %s",
                     fault_access(frame->error_code), (unsigned long long)address,
                     fault_hint(address), frame->error_code & FAULT_USER ? "user" : "kernel",
                     fault_cause(frame->error_code));
}

/* An overflowing stack cannot take the page fault's frame: the second fault makes it double. */
static void on_double_fault(struct interrupt_frame *frame)
{
    uint64_t address = cr2_read();
    enum stack_name stack;
    if (stack_of_guard(address, &stack))
        panic_with_frame(
            frame, "double fault: stack overflow: the %s has run into its guard page at %#llx",
            stack_name(stack), (unsigned long long)address);
    panic_with_frame(frame, "double fault: an exception came while another was being delivered");
}

void exceptions_init(void)
{
    interrupt_table_init(on_exception);
    interrupt_table_set(EXCEPTION_BREAKPOINT, on_breakpoint, INTERRUPT_STACK_CURRENT);
    interrupt_table_set(EXCEPTION_PAGE_FAULT, on_page_fault, INTERRUPT_STACK_CURRENT);
    interrupt_table_set(EXCEPTION_DOUBLE_FAULT, on_double_fault, INTERRUPT_STACK_DOUBLE_FAULT);
    interrupt_table_set(EXCEPTION_NON_MASKABLE_INTERRUPT, on_exception,
                        INTERRUPT_STACK_NON_MASKABLE);
    interrupt_table_set(EXCEPTION_MACHINE_CHECK, on_exception, INTERRUPT_STACK_MACHINE_CHECK);
}
