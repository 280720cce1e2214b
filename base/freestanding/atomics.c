/* SPDX-License-Identifier: MIT */
/*
 * Atomic operations for a processor that has none, as Arm's Cortex-M0 and RISC-V without the
 * extension A: the functions that gcc and clang call there instead. Link it where the linker misses
 * them, and nowhere else.
 *
 * The idea: the host turns interrupts off (<cairn/base/host.h>); on a machine with one processor
 * nothing comes in between then.
 *
 * What it is bad at: two processors, which it does not keep apart (there, write these with the
 * machine's own lock); and a non-maskable interrupt, which must stay out of the heap.
 *
 * Only what Cairn uses is here: words, and bytes to load and store.
 *
 * Source: GCC Wiki, Atomic/GCCMM/LIbrary (names and parameters).
 */
#include <stdbool.h>
#include <stdint.h>

#include <cairn/base/host.h>

/*
 * The compilers know these names as their own and would complain, so they are given to the linker
 * alone. `order` asks for no more than interrupts that are off give.
 */
#define NAMED(name) __asm__("__atomic_" #name)

uint8_t load_1(const volatile void *from, int order) NAMED(load_1);
uint32_t load_4(const volatile void *from, int order) NAMED(load_4);
void store_1(volatile void *to, uint8_t value, int order) NAMED(store_1);
void store_4(volatile void *to, uint32_t value, int order) NAMED(store_4);
uint32_t exchange_4(volatile void *at, uint32_t value, int order) NAMED(exchange_4);
uint32_t fetch_add_4(volatile void *at, uint32_t value, int order) NAMED(fetch_add_4);
uint32_t fetch_sub_4(volatile void *at, uint32_t value, int order) NAMED(fetch_sub_4);
uint32_t fetch_or_4(volatile void *at, uint32_t value, int order) NAMED(fetch_or_4);
uint32_t fetch_and_4(volatile void *at, uint32_t value, int order) NAMED(fetch_and_4);
bool compare_exchange_4(volatile void *at, void *expected, uint32_t desired, bool weak, int success,
                        int failure) NAMED(compare_exchange_4);

/* ---- one access: no more is needed ---- */

uint8_t load_1(const volatile void *from, int order)
{
    (void)order;
    return *(const volatile uint8_t *)from;
}

uint32_t load_4(const volatile void *from, int order)
{
    (void)order;
    return *(const volatile uint32_t *)from;
}

void store_1(volatile void *to, uint8_t value, int order)
{
    (void)order;
    *(volatile uint8_t *)to = value;
}

void store_4(volatile void *to, uint32_t value, int order)
{
    (void)order;
    *(volatile uint32_t *)to = value;
}

/* ---- two accesses, and nothing between them ---- */

bool compare_exchange_4(volatile void *at, void *expected, uint32_t desired, bool weak, int success,
                        int failure)
{
    (void)weak, (void)success, (void)failure;
    volatile uint32_t *word = (volatile uint32_t *)at;
    uint32_t *wanted = (uint32_t *)expected;
    cairn_host_interrupt_state interrupts = cairn_host_interrupts_disable();
    uint32_t found = *word;
    bool is_same = found == *wanted;
    if (is_same)
        *word = desired;
    else
        *wanted = found;
    cairn_host_interrupts_restore(interrupts);
    return is_same;
}

uint32_t exchange_4(volatile void *at, uint32_t value, int order)
{
    uint32_t found = load_4(at, order);
    while (!compare_exchange_4(at, &found, value, false, order, order))
        continue;
    return found;
}

uint32_t fetch_add_4(volatile void *at, uint32_t value, int order)
{
    uint32_t found = load_4(at, order);
    while (!compare_exchange_4(at, &found, found + value, false, order, order))
        continue;
    return found;
}

uint32_t fetch_sub_4(volatile void *at, uint32_t value, int order)
{
    return fetch_add_4(at, 0 - value, order);
}

uint32_t fetch_or_4(volatile void *at, uint32_t value, int order)
{
    uint32_t found = load_4(at, order);
    while (!compare_exchange_4(at, &found, found | value, false, order, order))
        continue;
    return found;
}

uint32_t fetch_and_4(volatile void *at, uint32_t value, int order)
{
    uint32_t found = load_4(at, order);
    while (!compare_exchange_4(at, &found, found & value, false, order, order))
        continue;
    return found;
}
