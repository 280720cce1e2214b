/* SPDX-License-Identifier: MIT */
/*
 * A handler that allocates and frees at every instruction of alloc, dealloc and realloc.
 *
 * The trap flag makes the processor raise a debug exception after each instruction, wherever it is,
 * with the heap's lock held and interrupts off, too. Whatever the handler asks for then, nothing
 * may deadlock, nothing may be handed out twice, and in the end nothing may be lost.
 */
// memory: 32M
// timeout: 60
#include "kernel_test.h"

#include <string.h>

#include <cairn/linked_list.h>
#include <cairn/locked.h>
#include <cairn/magazines.h>

#include "interrupt_table.h"

#define TRAP_FLAG       (1UL << 8)
#define DEBUG_EXCEPTION 1

static _Alignas(16) uint8_t memory[256 * 1024];
static struct cairn_linked_list list;
static struct cairn_locked locked;
static struct cairn_magazines magazines;
static struct cairn_magazine_slot slots[1];

static struct cairn_allocator *heap; /* what the handler uses */

/* ---- the handler: keeps a few blocks, each filled with its own number ---- */

#define KEPT 8

static struct {
    uint8_t *block;
    struct cairn_layout layout;
    uint8_t number;
} kept[KEPT];

static uint64_t steps, served, nothing_left;

static void give_back_kept(unsigned i)
{
    if (!kept[i].block)
        return;
    for (size_t at = 0; at < kept[i].layout.size; at++)
        cairn_check(kept[i].block[at] == kept[i].number, "a block of the handler was overwritten");
    uint8_t *block = kept[i].block;
    kept[i].block = NULL;
    cairn_allocator_dealloc(heap, block, kept[i].layout);
}

static void on_step(struct interrupt_frame *frame)
{
    (void)frame;
    unsigned i = (unsigned)(steps % KEPT);
    give_back_kept(i);
    kept[i].layout = (struct cairn_layout){16 + steps % 5 * 16, 8};
    kept[i].number = (uint8_t)steps;
    uint8_t *block = cairn_allocator_alloc(heap, kept[i].layout);
    if (block) {
        memset(block, kept[i].number, kept[i].layout.size);
        served++;
    } else {
        nothing_left++;
    }
    kept[i].block = block;
    steps++;
}

static void step(bool on)
{
    uint64_t flags;
    __asm__ volatile("pushfq; popq %0" : "=r"(flags));
    flags = on ? flags | TRAP_FLAG : flags & ~TRAP_FLAG;
    __asm__ volatile("pushq %0; popfq" : : "r"(flags) : "memory", "cc");
}

/* ---- what is interrupted ---- */

static void work(void)
{
    for (size_t size = 1; size < 3000; size = size * 2 + 13) {
        struct cairn_layout layout = {size, 16};
        uint8_t *block = cairn_allocator_alloc(heap, layout);
        cairn_check(block, "no memory for %zu bytes", size);
        memset(block, 0x5a, size);
        block = cairn_allocator_realloc(heap, block, layout, size + 100);
        layout.size = size + 100;
        cairn_check(block, "no memory for %zu bytes", layout.size);
        for (size_t at = 0; at < size; at++)
            cairn_check(block[at] == 0x5a, "a block was overwritten");
        cairn_allocator_dealloc(heap, block, layout);
    }
}

static void start(struct cairn_allocator *chosen)
{
    interrupt_table_set(DEBUG_EXCEPTION, on_step, INTERRUPT_STACK_CURRENT);
    list = (struct cairn_linked_list)CAIRN_LINKED_LIST_EMPTY;
    locked = (struct cairn_locked)CAIRN_LOCKED(&list.allocator, "stepped heap");
    magazines = (struct cairn_magazines)CAIRN_MAGAZINES(&locked.allocator, slots, 64 * 1024);
    cairn_check(!cairn_linked_list_init(&list, memory, sizeof(memory)), "no heap");
    heap = chosen;
    steps = served = nothing_left = 0;
}

static void run(int rounds)
{
    step(true);
    for (int i = 0; i < rounds; i++)
        work();
    step(false);
    for (unsigned i = 0; i < KEPT; i++)
        give_back_kept(i);
    cairn_locked_settle(&locked);
    println("%llu steps, %llu served, %llu refused", (unsigned long long)steps,
            (unsigned long long)served, (unsigned long long)nothing_left);
    cairn_check(steps > 1000, "only %llu steps", (unsigned long long)steps);
}

static void check_nothing_is_lost(size_t set_aside)
{
    cairn_linked_list_check(&list);
    struct cairn_linked_list_statistics statistics = cairn_linked_list_statistics(&list);
    cairn_check(statistics.used == set_aside, "%zu bytes are lost", statistics.used - set_aside);
}

TEST(deferred)
{
    start(&locked.allocator);
    cairn_locked_set_reentry(&locked, CAIRN_REENTRY_DEFERRED);
    run(1);
    cairn_check(nothing_left == locked.refused && nothing_left > 0, "%zu were counted",
                locked.refused);
    check_nothing_is_lost(0);
}

TEST(allowed)
{
    start(&locked.allocator);
    cairn_check(cairn_locked_allow_reentry(&locked, 80, 16), "no reserve");
    run(1);
    cairn_check(nothing_left == 0 && locked.refused == 0, "%llu were refused",
                (unsigned long long)nothing_left);
    cairn_check(locked.reserve.free == 0xffff, "the reserve is not whole");
    check_nothing_is_lost(CAIRN_RESERVE_ALIGN + 80 * 16);
}

TEST(deferred_with_magazines)
{
    start(&magazines.allocator);
    cairn_locked_set_reentry(&locked, CAIRN_REENTRY_DEFERRED);
    run(6);
    cairn_magazines_flush(&magazines);
    check_nothing_is_lost(0);
}

TEST(allowed_with_magazines)
{
    start(&magazines.allocator);
    cairn_check(cairn_locked_allow_reentry(&locked, 80, 16), "no reserve");
    run(6);
    cairn_check(nothing_left == 0, "%llu were refused", (unsigned long long)nothing_left);
    cairn_magazines_flush(&magazines);
    check_nothing_is_lost(CAIRN_RESERVE_ALIGN + 80 * 16);
}
