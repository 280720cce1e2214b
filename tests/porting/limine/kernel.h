/* SPDX-License-Identifier: MIT */
/* The kernel that docs/porting/limine.c is part of, as main.c plays it. */
#ifndef TESTS_PORTING_KERNEL_H
#define TESTS_PORTING_KERNEL_H

#include <stddef.h>
#include <stdint.h>

uintptr_t interrupts_save(void);
void interrupts_restore(uintptr_t state);
unsigned processor_number(void);
void serial_write(const char *text, size_t length);

#endif
