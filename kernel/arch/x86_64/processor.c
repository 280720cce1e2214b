/* SPDX-License-Identifier: MIT */
#include "processor.h"

#include <stdint.h>

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
    return (struct processor_features){
        .gigabyte_pages = extended.edx >> 26 & 1,
        .page_attribute_table = basic.edx >> 16 & 1,
        .global_pages = basic.edx >> 13 & 1,
        .smep = structured.ebx >> 7 & 1,
        .smap = structured.ebx >> 20 & 1,
        .umip = structured.ecx >> 2 & 1,
    };
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
