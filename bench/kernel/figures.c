/* SPDX-License-Identifier: MIT */
/*
 * Counts instructions: from the kernel's first one until its heap is ready, and for a box that is
 * made and dropped.
 *
 * Run with -icount shift=0,sleep=off: then the time-stamp counter counts executed instructions, the
 * same number in every run. Elsewhere it counts time, and the figures mean nothing.
 */
#include "kernel.h"
#include "println.h"
#include "registers.h"

#define T    box_int
#define ITEM int
#include <cairn/box.t.h>

#define PAIRS 1000

static uint64_t measure(void (*work)(void))
{
    interrupts_disable();
    uint64_t begin = time_stamp_counter();
    for (int i = 0; i < PAIRS; i++)
        work();
    uint64_t end = time_stamp_counter();
    interrupts_enable();
    return (end - begin) / PAIRS;
}

static void nothing(void)
{
    __asm__ volatile("");
}

static void box_pair(void)
{
    box_int box = box_int_new(41);
    __asm__ volatile("" : : "r"(box.value) : "memory");
    box_int_drop(&box);
}

void kernel_main(void)
{
    println("entry to heap ready: %llu",
            (unsigned long long)(kernel.heap_ready_time_stamp - kernel.boot.entry_time_stamp));
    println("box made and dropped: %llu",
            (unsigned long long)(measure(box_pair) - measure(nothing)));
}
