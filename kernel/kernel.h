/* SPDX-License-Identifier: MIT */
/*
 * The kernel as a whole: its state, and the order in which it comes to life.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include "boot_info.h"
#include "frames.h"
#include "mapper.h"
#include "options.h"

struct kernel {
    struct boot_info boot;
    struct options options;
    struct frame_allocator frames;
    struct mapper mapper;
    uint64_t heap_ready_time_stamp; /* of the processor's counter, when init_heap was done */
};

extern struct kernel kernel;

/*
 * What entry.S calls: brings up everything, in order, then calls kernel_main(), then does what the
 * option after= says.
 */
_Noreturn void kernel_start(enum boot_protocol protocol, uint32_t loader_pointer,
                            uint64_t entry_time_stamp);

/* The program that this kernel runs: main.c's, or a test's. The heap is ready, interrupts are on.
 */
void kernel_main(void);

#endif
