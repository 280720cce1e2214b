/* SPDX-License-Identifier: MIT */
#include "interrupt_controller.h"

#include <stddef.h>

#include "interrupt_table.h"
#include "ports.h"
#include "processor.h"

#define FIRST_VECTOR 32

/* Ports and commands: Intel 8259A data sheet, "Initialization Command Words". */
#define FIRST_COMMAND    0x20
#define FIRST_DATA       0x21
#define SECOND_COMMAND   0xa0
#define SECOND_DATA      0xa1

#define INITIALIZE       0x11 /* with four command words, cascaded, edge triggered */
#define MODE_8086        0x01
#define END_OF_INTERRUPT 0x20
#define READ_IN_SERVICE  0x0b

static line_handler *handlers[LINE_COUNT];
static uint16_t masked = 0xffff;
static bool is_there;

static void write_masks(void)
{
    port_write_u8(FIRST_DATA, (uint8_t)masked);
    port_write_u8(SECOND_DATA, (uint8_t)(masked >> 8));
}

/*
 * A line that falls silent before it is acknowledged comes as the controller's last line, without
 * being in service: it must not be ended (8259A data sheet, "Spurious interrupts").
 */
static bool is_spurious(unsigned line)
{
    uint16_t command = line < 8 ? FIRST_COMMAND : SECOND_COMMAND;
    if (line % 8 != 7)
        return false;
    port_write_u8(command, READ_IN_SERVICE);
    return !(port_read_u8(command) >> 7);
}

static void on_line(struct interrupt_frame *frame)
{
    unsigned line = (unsigned)frame->vector - FIRST_VECTOR;
    bool spurious = is_spurious(line);
    if (!spurious && handlers[line])
        handlers[line]();
    if (line >= 8 && !spurious)
        port_write_u8(SECOND_COMMAND, END_OF_INTERRUPT);
    if (line >= 8 || !spurious)
        port_write_u8(FIRST_COMMAND, END_OF_INTERRUPT);
}

/* A mask reads back as it was written; a port that no device answers reads as ones. */
static bool mask_reads_back(void)
{
    uint8_t all_but_cascade = (uint8_t) ~(1U << LINE_CASCADE);
    port_write_u8(FIRST_DATA, all_but_cascade);
    return port_read_u8(FIRST_DATA) == all_but_cascade;
}

static void on_spurious(struct interrupt_frame *frame)
{
    (void)frame;
}

void interrupt_controller_init(void)
{
    port_write_u8(FIRST_COMMAND, INITIALIZE);
    port_write_u8(SECOND_COMMAND, INITIALIZE);
    port_write_u8(FIRST_DATA, FIRST_VECTOR);
    port_write_u8(SECOND_DATA, FIRST_VECTOR + 8);
    port_write_u8(FIRST_DATA, 1U << LINE_CASCADE);
    port_write_u8(SECOND_DATA, LINE_CASCADE);
    port_write_u8(FIRST_DATA, MODE_8086);
    port_write_u8(SECOND_DATA, MODE_8086);
    is_there = mask_reads_back();
    write_masks();
    for (unsigned line = 0; line < LINE_COUNT; line++)
        interrupt_table_set((uint8_t)(FIRST_VECTOR + line), on_line, INTERRUPT_STACK_CURRENT);
    interrupt_table_set(SPURIOUS_INTERRUPT_VECTOR, on_spurious, INTERRUPT_STACK_CURRENT);
}

bool interrupt_controller_is_there(void)
{
    return is_there;
}

void interrupt_line_enable(enum interrupt_line line, line_handler *handler)
{
    handlers[line] = handler;
    masked &= (uint16_t) ~(1U << line);
    if (line >= 8)
        masked &= (uint16_t) ~(1U << LINE_CASCADE);
    write_masks();
}
