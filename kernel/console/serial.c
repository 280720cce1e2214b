/* SPDX-License-Identifier: MIT */
#include "serial.h"

#include "ports.h"

/* Registers and bits: PC16550D data sheet, table II; 0 and 1 are the divisor while DLAB is set. */
#define SERIAL_PORT          0x3f8
#define DATA                 (SERIAL_PORT + 0)
#define INTERRUPT_ENABLE     (SERIAL_PORT + 1)
#define FIFO_CONTROL         (SERIAL_PORT + 2)
#define LINE_CONTROL         (SERIAL_PORT + 3)
#define MODEM_CONTROL        (SERIAL_PORT + 4)
#define LINE_STATUS          (SERIAL_PORT + 5)

#define DIVISOR_LATCH_ACCESS 0x80
#define EIGHT_BITS_NO_PARITY 0x03
#define FIFO_ENABLE_CLEAR    0xc7
#define READY_TO_TALK        0x0b
#define TRANSMIT_EMPTY       0x20

/*
 * How often to ask before a byte is given up. A port that is not there reads as 0xff, which says
 * "empty"; one that is stuck must not hold the kernel for ever.
 */
#define PATIENCE 1000000

void serial_init(void)
{
    port_write_u8(INTERRUPT_ENABLE, 0);
    port_write_u8(LINE_CONTROL, DIVISOR_LATCH_ACCESS);
    port_write_u8(DATA, 1); /* divisor 1: 115200 baud */
    port_write_u8(INTERRUPT_ENABLE, 0);
    port_write_u8(LINE_CONTROL, EIGHT_BITS_NO_PARITY);
    port_write_u8(FIFO_CONTROL, FIFO_ENABLE_CLEAR);
    port_write_u8(MODEM_CONTROL, READY_TO_TALK);
}

static void write_byte(char byte)
{
    for (int tries = 0; tries < PATIENCE; tries++) {
        if (port_read_u8(LINE_STATUS) & TRANSMIT_EMPTY) {
            port_write_u8(DATA, (uint8_t)byte);
            return;
        }
    }
}

void serial_write(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            write_byte('\r');
        write_byte(text[i]);
    }
}
