/* SPDX-License-Identifier: MIT */
#include "processor.h"

#include <stdint.h>

#include "address.h"
#include "registers.h"

struct cpuid_leaf {
    uint32_t eax, ebx, ecx, edx;
};

static struct cpuid_leaf cpuid(uint32_t leaf)
{
    struct cpuid_leaf result;
    __asm__ volatile("cpuid"
                     : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx), "=d"(result.edx)
                     : "a"(leaf), "c"(0));
    return result;
}

/* The leaf, or zeros where the processor has none of that number. */
static struct cpuid_leaf cpuid_if_there(uint32_t leaf)
{
    uint32_t range = leaf & 0x80000000;
    return cpuid(range).eax >= leaf ? cpuid(leaf) : (struct cpuid_leaf){0};
}

struct processor_features processor_features(void)
{
    struct cpuid_leaf basic = cpuid_if_there(1);
    struct cpuid_leaf structured = cpuid_if_there(7);
    struct cpuid_leaf extended = cpuid_if_there(0x80000001);
    uint32_t address_bits = cpuid_if_there(0x80000008).eax & 0xff;
    return (struct processor_features){
        .physical_address_bits = address_bits ? address_bits : 36,
        .gigabyte_pages = extended.edx >> 26 & 1,
        .local_apic = basic.edx >> 9 & 1,
        .page_attribute_table = basic.edx >> 16 & 1,
        .global_pages = basic.edx >> 13 & 1,
        .random_numbers = basic.ecx >> 30 & 1,
        .smep = structured.ebx >> 7 & 1,
        .smap = structured.ebx >> 20 & 1,
        .umip = structured.ecx >> 2 & 1,
    };
}

/* The local APIC's registers (Intel SDM vol. 3A, table 11-1) and what they are set to. */
#define APIC_SPURIOUS_INTERRUPT 0xf0
#define APIC_LOCAL_INTERRUPT_0  0x350
#define APIC_SOFTWARE_ENABLE    0x100
#define APIC_FROM_CONTROLLERS   0x700 /* the vector comes from outside, as from an 8259A */

/* "Virtual wire mode": Intel's MultiProcessor Specification 1.4, section 3.6.2.2. One that is in
   its newer mode, x2APIC, has other registers and stays as the firmware left it. */
void processor_connect_interrupts(const struct processor_features *features)
{
    uint64_t base = features->local_apic ? msr_read(MSR_APIC_BASE) : 0;
    uint64_t registers = base & APIC_BASE_ADDRESS;
    if (!(base & APIC_BASE_ENABLED) || base & APIC_BASE_X2APIC || registers >= FIRST_TABLES_REACH)
        return;
    volatile uint8_t *apic = physical_to_pointer(physical(registers));
    *(volatile uint32_t *)(apic + APIC_SPURIOUS_INTERRUPT) =
        APIC_SOFTWARE_ENABLE | SPURIOUS_INTERRUPT_VECTOR;
    *(volatile uint32_t *)(apic + APIC_LOCAL_INTERRUPT_0) = APIC_FROM_CONTROLLERS;
}

/*
 * The eight memory types that page table bits choose from (Intel SDM vol. 3A, section 11.12).
 * As after reset, but number 1 (PWT alone) is write-combining: what a framebuffer wants.
 */
#define PAT_WITH_WRITE_COMBINING 0x0007040600070106ULL

void processor_protect(const struct processor_features *features)
{
    cr0_write(cr0_read() | CR0_WRITE_PROTECT);
    uint64_t cr4 = cr4_read();
    if (features->global_pages)
        cr4 |= CR4_PAGE_GLOBAL;
    if (features->smep)
        cr4 |= CR4_SMEP;
    if (features->smap)
        cr4 |= CR4_SMAP;
    if (features->umip)
        cr4 |= CR4_UMIP;
    cr4_write(cr4);
    if (features->page_attribute_table)
        msr_write(MSR_PAT, PAT_WITH_WRITE_COMBINING);
}
