/* SPDX-License-Identifier: MIT */
#include "descriptors.h"

#include <stdint.h>

#include "stacks.h"

/* Intel SDM vol. 3A, section 8.7, "Task Management in 64-bit Mode". */
struct __attribute__((packed)) task_state_segment {
    uint32_t reserved0;
    uint64_t privilege_stacks[3];
    uint64_t reserved1;
    uint64_t interrupt_stacks[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t port_map_offset;
};
_Static_assert(sizeof(struct task_state_segment) == 104, "the processor reads 104 bytes");

struct __attribute__((packed)) table_pointer {
    uint16_t limit;
    uint64_t base;
};

/* Access bits of a descriptor, in the upper half of its 8 bytes (section 3.4.5). */
#define DESCRIPTOR_PRESENT    (1ULL << 47)
#define DESCRIPTOR_CODE_DATA  (1ULL << 44)
#define DESCRIPTOR_EXECUTABLE (1ULL << 43)
#define DESCRIPTOR_WRITABLE   (1ULL << 41) /* of data; of code: readable */
#define DESCRIPTOR_ACCESSED   (1ULL << 40) /* set here, so that the processor need not write it */
#define DESCRIPTOR_LONG_MODE  (1ULL << 53)
#define DESCRIPTOR_TASK_STATE (9ULL << 40)

static struct task_state_segment task_state;

static uint64_t descriptor_table[5] = {
    [SEGMENT_KERNEL_CODE / 8] = DESCRIPTOR_PRESENT | DESCRIPTOR_CODE_DATA | DESCRIPTOR_EXECUTABLE |
                                DESCRIPTOR_WRITABLE | DESCRIPTOR_ACCESSED | DESCRIPTOR_LONG_MODE,
    [SEGMENT_KERNEL_DATA / 8] =
        DESCRIPTOR_PRESENT | DESCRIPTOR_CODE_DATA | DESCRIPTOR_WRITABLE | DESCRIPTOR_ACCESSED,
};

static void set_interrupt_stack(enum interrupt_stack number, enum stack_name stack)
{
    task_state.interrupt_stacks[number - 1] = (uint64_t)stack_top(stack);
}

/* A system descriptor is 16 bytes long, its base in four pieces (section 8.2.3). */
static void describe_task_state(void)
{
    uint64_t base = (uint64_t)&task_state;
    uint64_t limit = sizeof(task_state) - 1;
    uint64_t *descriptor = &descriptor_table[SEGMENT_TASK_STATE / 8];
    descriptor[0] = limit | (base & 0xffffff) << 16 | DESCRIPTOR_TASK_STATE | DESCRIPTOR_PRESENT |
                    (base >> 24 & 0xff) << 56;
    descriptor[1] = base >> 32;
}

static void load_tables(void)
{
    struct table_pointer pointer = {sizeof(descriptor_table) - 1, (uint64_t)descriptor_table};
    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "movl %2, %%eax\n\t"
                     "movl %%eax, %%ds\n\t"
                     "movl %%eax, %%es\n\t"
                     "movl %%eax, %%ss\n\t"
                     "xorl %%eax, %%eax\n\t"
                     "movl %%eax, %%fs\n\t"
                     "movl %%eax, %%gs\n\t"
                     "movl %3, %%eax\n\t"
                     "ltr %%ax"
                     :
                     : "m"(pointer), "i"(SEGMENT_KERNEL_CODE), "i"(SEGMENT_KERNEL_DATA),
                       "i"(SEGMENT_TASK_STATE)
                     : "rax", "memory");
}

void descriptors_init(void)
{
    task_state.port_map_offset = sizeof(task_state);
    set_interrupt_stack(INTERRUPT_STACK_DOUBLE_FAULT, STACK_DOUBLE_FAULT);
    set_interrupt_stack(INTERRUPT_STACK_NON_MASKABLE, STACK_NON_MASKABLE);
    set_interrupt_stack(INTERRUPT_STACK_MACHINE_CHECK, STACK_MACHINE_CHECK);
    describe_task_state();
    load_tables();
}
