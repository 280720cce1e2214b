/* SPDX-License-Identifier: MIT */
/*
 * Plays the kernel and its loader, as a program: physical memory is an array that the direct map
 * shows elsewhere, and only its largest usable run may be touched.
 */
#include <limine.h>
#include <stdio.h>

#include "kernel.h"
#include "use_heap.h"

bool heap_begin(const struct limine_memmap_response *map, const struct limine_hhdm_response *hhdm);

enum { PAGE = 4096, PAGES = 64, FIRST = 16, LENGTH = 40 };

static unsigned char physical[PAGES * PAGE];
static int depth; /* of interrupts_save() without a restore */
static int deepest;
static char said[1000];
static size_t said_length;

uintptr_t interrupts_save(void)
{
    depth++;
    deepest = depth > deepest ? depth : deepest;
    return (uintptr_t)depth;
}

void interrupts_restore(uintptr_t state)
{
    depth = state == (uintptr_t)depth ? depth - 1 : -1000;
}

unsigned processor_number(void)
{
    return 0;
}

void serial_write(const char *text, size_t length)
{
    for (; length > 0 && said_length < sizeof(said) - 1; length--)
        said[said_length++] = *text++;
}

static bool is_untouched(size_t from, size_t to)
{
    for (size_t at = from * PAGE; at < to * PAGE; at++)
        if (physical[at] != 0xee)
            return false;
    return true;
}

int main(void)
{
    const uint64_t base = 0x100000; /* where the machine has `physical` */
    struct limine_memmap_entry low = {base, 8 * PAGE, LIMINE_MEMMAP_USABLE},
                               larger = {base + 8 * PAGE, 8 * PAGE, LIMINE_MEMMAP_RESERVED},
                               largest = {base + FIRST * PAGE, LENGTH * PAGE, LIMINE_MEMMAP_USABLE},
                               far = {base + PAGES * PAGE, 1 << 30, LIMINE_MEMMAP_RESERVED};
    struct limine_memmap_entry *entries[] = {&low, &larger, &largest, &far};
    struct limine_memmap_response map = {0, 4, entries}, empty = {0, 2, entries + 1};
    struct limine_hhdm_response hhdm = {0, (uintptr_t)physical - base};
    __builtin_memset(physical, 0xee, sizeof(physical));

    entries[2] = &far;
    bool began_without_memory = heap_begin(&empty, &hhdm);
    entries[2] = &largest;
    bool began = heap_begin(&map, &hhdm);
    bool worked = began && use_heap();
    struct cairn_spinlock lock = CAIRN_SPINLOCK("lock");
    cairn_spinlock_lock(&lock);
    cairn_spinlock_unlock(&lock);
    cairn_host_write("said", 4);

    const struct {
        bool holds;
        const char *what;
    } expected[] = {
        {!began_without_memory, "a map without usable memory makes no heap"},
        {began, "the heap begins"},
        {worked, "the heap works"},
        {is_untouched(0, FIRST) && is_untouched(FIRST + LENGTH, PAGES),
         "other memory is left alone"},
        {!is_untouched(FIRST, FIRST + LENGTH), "the largest run is used"},
        {depth == 0 && deepest == 1, "interrupts are off while the lock is held, and on after it"},
        {said_length == 4 && said[0] == 's', "messages go to the serial port"},
    };
    int failed = 0;
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        if (!expected[i].holds)
            failed = printf("not so: %s\n", expected[i].what);
    return failed != 0;
}
