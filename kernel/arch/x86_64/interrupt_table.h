/* SPDX-License-Identifier: MIT */
/*
 * The interrupt descriptor table: 256 vectors, each with a stub that saves the registers and calls
 * the handler in C.
 */
#ifndef ARCH_INTERRUPT_TABLE_H
#define ARCH_INTERRUPT_TABLE_H

#include <stdint.h>

#include "descriptors.h"
#include "interrupt_frame.h"

#define INTERRUPT_VECTORS 256

/* Runs with interrupts off. What it changes in the frame is what the interrupted code finds. */
typedef void interrupt_handler(struct interrupt_frame *frame);

/* Loads the table, with `unexpected` as the handler of every vector. Call once, at start. */
void interrupt_table_init(interrupt_handler *unexpected);

/* Sets a vector's handler and the stack that it runs on. Call with interrupts off. */
void interrupt_table_set(uint8_t vector, interrupt_handler *handler, enum interrupt_stack stack);

#endif
