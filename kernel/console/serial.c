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
#define FIFO_ENABLE_CLEAR    0x07 /* and interrupt for every byte */
#define READY_TO_TALK        0x0b
#define DATA_RECEIVED        0x01
#define TRANSMIT_EMPTY       0x20
#define NOTHING              0xff /* what a port reads that no device answers */

/*
 * How often to ask before a port counts as stuck. One byte takes 87 microseconds, and asking for
 * it takes about one.
 */
#define PATIENCE 100000

static bool is_there, is_stuck;

void serial_init(void)
{
    is_there = port_read_u8(LINE_STATUS) != NOTHING;
    if (!is_there)
        return;
    port_write_u8(INTERRUPT_ENABLE, 0);
    port_write_u8(LINE_CONTROL, DIVISOR_LATCH_ACCESS);
    port_write_u8(DATA, 1); /* divisor 1: 115200 baud */
    port_write_u8(INTERRUPT_ENABLE, 0);
    port_write_u8(LINE_CONTROL, EIGHT_BITS_NO_PARITY);
    port_write_u8(FIFO_CONTROL, FIFO_ENABLE_CLEAR);
    port_write_u8(MODEM_CONTROL, READY_TO_TALK);
}

/* A port that is stuck is asked once for each byte, until it takes one again. */
static bool can_take_byte(void)
{
    for (int tries = is_stuck ? 1 : PATIENCE; tries > 0; tries--)
        if (port_read_u8(LINE_STATUS) & TRANSMIT_EMPTY)
            return true;
    return false;
}

static void write_byte(char byte)
{
    is_stuck = !can_take_byte();
    if (!is_stuck)
        port_write_u8(DATA, (uint8_t)byte);
}

static void write_character(char character)
{
    switch (character) {
    case '\n':
        write_byte('\r');
        write_byte('\n');
        break;
    case '\b':
        write_byte('\b');
        write_byte(' ');
        write_byte('\b');
        break;
    default:
        write_byte(character);
    }
}

void serial_write(const char *text, size_t length)
{
    for (size_t i = 0; i < length && is_there; i++)
        write_character(text[i]);
}

bool serial_read(char *byte)
{
    if (!is_there || !(port_read_u8(LINE_STATUS) & DATA_RECEIVED))
        return false;
    *byte = (char)port_read_u8(DATA);
    return true;
}

void serial_enable_receive_interrupt(void)
{
    if (is_there)
        port_write_u8(INTERRUPT_ENABLE, DATA_RECEIVED);
}
