/* SPDX-License-Identifier: MIT */
#include "interrupt_table.h"

/* Intel SDM vol. 3A, section 6.14.1, "64-Bit Mode IDT". */
struct gate {
    uint16_t offset_low;
    uint16_t segment;
    uint8_t stack;
    uint8_t attributes;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};
_Static_assert(sizeof(struct gate) == 16, "a gate is 16 bytes");

#define GATE_PRESENT_INTERRUPT 0x8e

struct __attribute__((packed)) table_pointer {
    uint16_t limit;
    uint64_t base;
};

/* The stubs stand in a row, each as long as this: see interrupt_stubs.S. */
#define STUB_SIZE 16
extern const uint8_t interrupt_stubs[INTERRUPT_VECTORS][STUB_SIZE];
void interrupt_dispatch(struct interrupt_frame *frame);

static _Alignas(16) struct gate gates[INTERRUPT_VECTORS];
static interrupt_handler *handlers[INTERRUPT_VECTORS];

/* Called by the stubs. */
void interrupt_dispatch(struct interrupt_frame *frame)
{
    handlers[frame->vector](frame);
}

void interrupt_table_set(uint8_t vector, interrupt_handler *handler, enum interrupt_stack stack)
{
    uint64_t stub = (uint64_t)interrupt_stubs[vector];
    handlers[vector] = handler;
    gates[vector] = (struct gate){
        .offset_low = (uint16_t)stub,
        .segment = SEGMENT_KERNEL_CODE,
        .stack = (uint8_t)stack,
        .attributes = GATE_PRESENT_INTERRUPT,
        .offset_middle = (uint16_t)(stub >> 16),
        .offset_high = (uint32_t)(stub >> 32),
    };
}

void interrupt_table_init(interrupt_handler *unexpected)
{
    for (unsigned vector = 0; vector < INTERRUPT_VECTORS; vector++)
        interrupt_table_set((uint8_t)vector, unexpected, INTERRUPT_STACK_CURRENT);
    struct table_pointer pointer = {sizeof(gates) - 1, (uint64_t)gates};
    __asm__ volatile("lidt %0" : : "m"(pointer) : "memory");
}
