/* SPDX-License-Identifier: MIT */
/* Port input and output (Intel SDM vol. 1, chapter 19). Any context. */
#ifndef ARCH_PORTS_H
#define ARCH_PORTS_H

#include <stdint.h>

static inline void port_write_u8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint8_t port_read_u8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

#endif
