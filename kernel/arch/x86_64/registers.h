/* SPDX-License-Identifier: MIT */
/*
 * The processor's registers and instructions that C has no words for. Any context.
 *
 * Names and bit numbers are those of the Intel SDM, vol. 3A, sections 2.3 (flags), 2.5 (control
 * registers), and vol. 4 (model-specific registers).
 */
#ifndef ARCH_REGISTERS_H
#define ARCH_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#define RFLAGS_INTERRUPTS_ON (1UL << 9)

#define CR0_WRITE_PROTECT    (1UL << 16)

#define CR4_PAGE_GLOBAL      (1UL << 7)
#define CR4_UMIP             (1UL << 11)
#define CR4_SMEP             (1UL << 20)
#define CR4_SMAP             (1UL << 21)

#define MSR_APIC_BASE        0x1bU
#define MSR_PAT              0x277U

#define APIC_BASE_X2APIC     (1UL << 10)
#define APIC_BASE_ENABLED    (1UL << 11)
#define APIC_BASE_ADDRESS    0x000ffffffffff000UL

#define DEFINE_CONTROL_REGISTER(name)                                       \
    static inline uint64_t name##_read(void)                                \
    {                                                                       \
        uint64_t value;                                                     \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(value) : : "memory"); \
        return value;                                                       \
    }                                                                       \
    static inline void name##_write(uint64_t value)                         \
    {                                                                       \
        __asm__ volatile("mov %0, %%" #name : : "r"(value) : "memory");     \
    }

DEFINE_CONTROL_REGISTER(cr0)
DEFINE_CONTROL_REGISTER(cr2)
DEFINE_CONTROL_REGISTER(cr3)
DEFINE_CONTROL_REGISTER(cr4)
#undef DEFINE_CONTROL_REGISTER

static inline uint64_t msr_read(uint32_t number)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

static inline void msr_write(uint32_t number, uint64_t value)
{
    __asm__ volatile("wrmsr"
                     :
                     : "c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

static inline uint64_t rflags_read(void)
{
    uint64_t value;
    __asm__ volatile("pushfq; popq %0" : "=r"(value) : : "memory");
    return value;
}

static inline uint64_t time_stamp_counter(void)
{
    uint32_t low, high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

/*
 * Asks the processor for a random number; false if it has none, which passes within 10 attempts unless
 * it is broken (Intel SDM vol. 1, section 7.3.17.1). Needs: CPUID reports RDRAND.
 */
static inline bool random_number(uint64_t *number)
{
    bool is_there = false;
    for (unsigned attempts = 0; !is_there && attempts < 10; attempts++)
        __asm__ volatile("rdrand %0" : "=r"(*number), "=@ccc"(is_there));
    return is_there;
}

static inline void interrupts_enable(void)
{
    __asm__ volatile("sti" : : : "memory");
}

static inline void interrupts_disable(void)
{
    __asm__ volatile("cli" : : : "memory");
}

/* Sleeps until an interrupt has been handled. */
static inline void wait_for_interrupt(void)
{
    __asm__ volatile("hlt" : : : "memory");
}

/* The same with interrupts off before and on afterwards: none can come between the two, since the
   processor holds it back for one instruction (Intel SDM vol. 2B, "STI"). */
static inline void interrupts_enable_and_wait(void)
{
    __asm__ volatile("sti; hlt" : : : "memory");
}

static inline void pause(void)
{
    __asm__ volatile("pause" : : : "memory");
}

#endif
