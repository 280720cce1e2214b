/* SPDX-License-Identifier: MIT */
/*
 * What this processor can do, and the protections that it offers.
 *
 * Long mode and no-execute are needed and were checked by the boot code; the rest is used where
 * CPUID reports it.
 */
#ifndef ARCH_PROCESSOR_H
#define ARCH_PROCESSOR_H

#include <stdbool.h>

struct processor_features {
    unsigned physical_address_bits;
    bool gigabyte_pages;
    bool page_attribute_table;
    bool global_pages;
    bool smep; /* the kernel cannot execute user pages */
    bool smap; /* the kernel cannot touch user pages by accident */
    bool local_apic;
    bool random_numbers; /* RDRAND */
    bool umip;           /* user code cannot read the descriptor tables' addresses */
};

/* Asks CPUID (Intel SDM vol. 2A, "CPUID"). Cheap enough to ask again: no state is kept. */
struct processor_features processor_features(void);

/* The interrupt that a local APIC sends in place of one that has gone away: nothing to do. */
#define SPURIOUS_INTERRUPT_VECTOR 255

/*
 * Lets the interrupts of the PC's controllers pass the processor's local APIC, which stands between
 * them. Most firmware has done so; that of QEMU's microvm has not.
 *
 * Needs: the first page tables, which map the local APIC's registers.
 */
void processor_connect_interrupts(const struct processor_features *features);

/* Switches on every protection among `features`, and write protection for the kernel itself. */
void processor_protect(const struct processor_features *features);

#endif
