/* SPDX-License-Identifier: MIT */
/*
 * Runs adversaries that come in by the serial port, and prints what their operations cost.
 *
 * For each program, ended by an empty line, it answers with median and maximum of each operation,
 * in instructions as counting.h has them, and a line "end" with their sum. The heap is made anew for each, and is
 * the kernel's allocator without the lock around it. Another empty line ends the kernel.
 *
 * What memcpy and memmove take is taken off: the linker puts the functions below in their place
 * (--wrap). A realloc has to move the bytes that its caller wants to keep, and how many these are
 * says nothing about the allocator.
 *
 * A program that takes more than BUDGET instructions is given up: so a search does not wait. What a
 * search keeps takes much less, for another compiler's code may take more.
 */
#include <string.h>

#include <cairn/base/bits.h>
#include <cairn/global.h>
#include <cairn/locked.h>

#include "counting.h"
#include "heap.h"
#include "kernel.h"
#include "ports.h"
#include "println.h"
#include "program.h"
#include "registers.h"

#define BUDGET        30000000
#define REGION_ALIGN  ((uint64_t)1 << 21) /* as that of the hosted benchmarks */
#define REGION_MEMORY (PROGRAM_HEAP_MAX + REGION_ALIGN)

/* ---- the counter, without what copying takes ---- */

static uint64_t copying;

static uint64_t instructions_now(void)
{
    return time_stamp_counter() - copying;
}

void *__real_memcpy(void *restrict to, const void *restrict from, size_t size);
void *__real_memmove(void *to, const void *from, size_t size);
void *__wrap_memcpy(void *restrict to, const void *restrict from, size_t size);
void *__wrap_memmove(void *to, const void *from, size_t size);

void *__wrap_memcpy(void *restrict to, const void *restrict from, size_t size)
{
    uint64_t begin = time_stamp_counter();
    __real_memcpy(to, from, size);
    copying += time_stamp_counter() - begin;
    return to;
}

void *__wrap_memmove(void *to, const void *from, size_t size)
{
    uint64_t begin = time_stamp_counter();
    __real_memmove(to, from, size);
    copying += time_stamp_counter() - begin;
    return to;
}

/* ---- the serial port ---- */

#define SERIAL_DATA   0x3f8
#define SERIAL_STATUS (SERIAL_DATA + 5)
#define DATA_READY    0x01

static char read_character(void)
{
    while (!(port_read_u8(SERIAL_STATUS) & DATA_READY))
        ;
    return (char)port_read_u8(SERIAL_DATA);
}

/* Reads lines up to an empty one, which is kept. */
static void read_text(char *text, size_t size)
{
    size_t length = 0;
    do {
        cairn_check(length < size - 1, "a program longer than %zu characters", size - 1);
        text[length++] = read_character();
    } while (text[length - 1] != '\n' || (length > 1 && text[length - 2] != '\n'));
    text[length] = '\0';
}

/* ---- running ---- */

static struct program_object objects[PROGRAM_OPERATIONS_MAX];
static uint32_t chosen[PROGRAM_OPERATIONS_MAX];
static uint64_t spent;

static bool note(struct program_run *run, enum program_operation operation, uint64_t begin,
                 uint64_t end)
{
    static const enum operation counted[] = {
        [PROGRAM_ALLOC] = ALLOC,     [PROGRAM_DEALLOC] = DEALLOC,
        [PROGRAM_REALLOC] = REALLOC, [PROGRAM_REALLOC_MOVED] = REALLOC_MOVED,
        [PROGRAM_REFUSED] = REFUSED,
    };
    (void)run;
    counting_note(counted[operation], begin, end);
    spent += end - begin;
    return spent <= BUDGET;
}

/* Memory of zeros, so that what was there before does not count. */
static struct cairn_allocator *make_heap(size_t bytes)
{
    void *start = (void *)cairn_align_up(HEAP_START, REGION_ALIGN);
    memset(start, 0, bytes);
    global_allocator_init(start, bytes);
    return ((struct cairn_locked *)(void *)cairn_global_allocator())->inner;
}

static void run(const struct program *program)
{
    struct program_run run = {
        .heap = make_heap(program->heap),
        .room = SIZE_MAX,
        .now = instructions_now,
        .note = note,
        .objects = objects,
        .chosen = chosen,
    };
    spent = 0;
    program_run(program, &run);
    if (spent <= BUDGET)
        counting_tell("adversary");
    counting_forget();
    println("end %llu", (unsigned long long)spent);
}

static uint64_t instructions_between_readings(void)
{
    uint64_t (*volatile now)(void) = instructions_now;
    uint64_t begin = now();
    return now() - begin;
}

void kernel_main(void)
{
    static struct program program;
    cairn_check(cairn_global_allocator()->operations == &cairn_locked_operations,
                "the allocator is not locked");
    cairn_check(kernel.options.heap_size >= REGION_MEMORY, "heap=%llu is too small",
                (unsigned long long)kernel.options.heap_size);
    interrupts_disable();
    counting_begin(instructions_between_readings());
    println("ready");
    for (;;) {
        static char text[2048];
        const char *next = text;
        read_text(text, sizeof(text));
        const char *wrong = program_read(&next, &program);
        cairn_check(!wrong, "%s: %s", wrong, next);
        if (program.step_count == 0)
            break;
        run(&program);
    }
    interrupts_enable();
}
