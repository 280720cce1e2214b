/* SPDX-License-Identifier: MIT */
/*
 * A handler that allocates and frees at every instruction of alloc, dealloc and realloc.
 *
 * The trap flag makes the processor raise a debug exception after each instruction, wherever it is,
 * with the heap's lock held and interrupts off, too. Whatever the handler asks for then, nothing
 * may deadlock, nothing may be handed out twice, and in the end nothing may be lost. Of a promise,
 * the handler asks in a non-maskable interrupt, on the stack of those.
 */
// memory: 32M
// timeout: 60
#include "kernel_test.h"

#include <string.h>

#include <cairn/linked_list.h>
#include <cairn/locked.h>
#include <cairn/promise.h>
#include <cairn/shared_heap.h>

#include "interrupt_table.h"

#define TRAP_FLAG       (1UL << 8)
#define DEBUG_EXCEPTION 1
#define NON_MASKABLE    2

static _Alignas(16) uint8_t memory[256 * 1024];
static struct cairn_linked_list list;
static struct cairn_locked locked;

static _Alignas(1024) uint8_t large_memory[4 << 20]; /* a heap with slabs */
static struct cairn_heap cairn;
static struct cairn_processor processors[1];
static struct cairn_shared_heap shared =
    CAIRN_SHARED_HEAP(&cairn, &locked, &locked.allocator, processors);

static struct cairn_allocator *heap; /* what the handler uses */

static struct cairn_promised promised[] = {CAIRN_PROMISED_UP_TO(80, 16, 16)};
static uintptr_t words[CAIRN_PROMISE_WORDS(16)];
static struct cairn_promise promise;

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

static void check_nothing_is_lost(void)
{
    cairn_linked_list_check(&list);
    struct cairn_linked_list_statistics statistics = cairn_linked_list_statistics(&list);
    cairn_check(statistics.used == 0, "%zu bytes are lost", statistics.used);
}

TEST(deferred)
{
    start(&locked.allocator);
    cairn_locked_set_reentry(&locked, CAIRN_REENTRY_DEFERRED);
    run(1);
    cairn_check(nothing_left == locked.refused && nothing_left > 0, "%zu were counted",
                locked.refused);
    check_nothing_is_lost();
}

static void allow_reentry(void)
{
    promise = (struct cairn_promise)CAIRN_PROMISE(promised, words);
    cairn_check(cairn_promise_make(&promise, &locked.allocator), "no promise");
    cairn_locked_allow_reentry(&locked, &promise);
}

TEST(allowed)
{
    start(&locked.allocator);
    allow_reentry();
    run(1);
    cairn_check(nothing_left == 0 && locked.refused == 0, "%llu were refused",
                (unsigned long long)nothing_left);
    cairn_promise_end(&promise); /* which is whole again */
    check_nothing_is_lost();
}

/* ---- the shared heap: inside its own slabs, in its lock, and elsewhere ---- */

static void start_shared(void)
{
    start(&shared.allocator);
    locked = (struct cairn_locked)CAIRN_LOCKED(&cairn.allocator, "stepped heap");
    cairn_check(!cairn_shared_heap_init(&shared, large_memory, sizeof(large_memory)), "no heap");
}

static void check_shared(void)
{
    cairn_check(processors[0].owner.number != 0, "the processor owns no slab");
    cairn_shared_heap_flush(&shared);
    cairn_heap_check(&cairn);
    size_t used = cairn_heap_statistics(&cairn).used;
    cairn_check(used == 0, "%zu bytes are lost", used);
}

TEST(shared_deferred)
{
    start_shared();
    cairn_locked_set_reentry(&locked, CAIRN_REENTRY_DEFERRED);
    run(6);
    check_shared();
}

TEST(shared_allowed)
{
    start_shared();
    allow_reentry();
    run(6);
    cairn_check(nothing_left == 0, "%llu were refused", (unsigned long long)nothing_left);
    cairn_promise_end(&promise);
    check_shared();
}

/* ---- a promise by itself: the handler and what it interrupts share two rows of two words ---- */

enum { OURS = 65, LAYOUTS = 2, EACH = OURS + KEPT / LAYOUTS };

static const struct cairn_layout layouts[LAYOUTS] = {{24, 8}, {64, 64}};

static struct cairn_promised shared_promised[] = {
    CAIRN_PROMISED_EXACTLY(24, 8, EACH), CAIRN_PROMISED_UP_TO(64, 64, EACH),
    CAIRN_PROMISED_EXACTLY(100, 4, 1), /* which the handler leaves alone */
};
static uintptr_t shared_words[2 * CAIRN_PROMISE_WORDS(EACH) + 1];

/* In the middle of everything else an NMI comes, and finds the processor in the debug handler. */
static void raise_non_maskable(struct interrupt_frame *frame)
{
    (void)frame;
    __asm__ volatile("int %0" : : "i"(NON_MASKABLE) : "memory");
}

static void on_non_maskable(struct interrupt_frame *frame)
{
    (void)frame;
    unsigned i = (unsigned)(steps % KEPT);
    give_back_kept(i);
    kept[i].layout = layouts[steps % LAYOUTS];
    kept[i].number = (uint8_t)steps;
    kept[i].block = cairn_allocator_alloc(heap, kept[i].layout);
    cairn_check(kept[i].block, "refused at step %llu, within what was promised",
                (unsigned long long)steps);
    memset(kept[i].block, kept[i].number, kept[i].layout.size);
    steps++;
}

/* All blocks that the handler does not need, so that in the end each finds the last one. */
static void use_up_the_promise(void)
{
    static uint8_t *blocks[OURS * LAYOUTS];
    for (unsigned i = 0; i < OURS * LAYOUTS; i++) {
        blocks[i] = cairn_allocator_alloc(heap, layouts[i % LAYOUTS]);
        cairn_check(blocks[i], "refused within what was promised");
        memset(blocks[i], 0x5a, layouts[i % LAYOUTS].size);
    }
    for (unsigned i = 0; i < OURS * LAYOUTS; i++) {
        for (size_t at = 0; at < layouts[i % LAYOUTS].size; at++)
            cairn_check(blocks[i][at] == 0x5a, "a block was overwritten");
        blocks[i] = cairn_allocator_realloc(heap, blocks[i], layouts[i % LAYOUTS],
                                            layouts[i % LAYOUTS].size);
        cairn_allocator_dealloc(heap, blocks[i], layouts[i % LAYOUTS]);
    }
}

/* However much is given back elsewhere, what is beyond the promise comes to an end, too. */
static void ask_for_too_much(void)
{
    const struct cairn_layout one = {100, 4};
    void *block = cairn_allocator_alloc(heap, one);
    cairn_check(block && !cairn_allocator_alloc(heap, one), "one is promised, and no more");
    cairn_allocator_dealloc(heap, block, one);
    block = cairn_allocator_alloc(heap, one);
    cairn_check(block && !cairn_allocator_alloc(heap, one), "it is there again, and no more");
    cairn_allocator_dealloc(heap, block, one);
}

TEST(promise_in_a_non_maskable_interrupt)
{
    start(&promise.allocator);
    promise = (struct cairn_promise)CAIRN_PROMISE(shared_promised, shared_words);
    cairn_check(cairn_promise_make(&promise, &list.allocator), "no promise");
    interrupt_table_set(DEBUG_EXCEPTION, raise_non_maskable, INTERRUPT_STACK_CURRENT);
    interrupt_table_set(NON_MASKABLE, on_non_maskable, INTERRUPT_STACK_NON_MASKABLE);
    step(true);
    use_up_the_promise();
    ask_for_too_much();
    use_up_the_promise();
    step(false);
    for (unsigned i = 0; i < KEPT; i++)
        give_back_kept(i);
    println("%llu steps", (unsigned long long)steps);
    cairn_check(steps > 1000 && promise.refused == 2, "%zu were refused", promise.refused);
    cairn_promise_end(&promise);
    check_nothing_is_lost();
}

/* ---- a block that moves from the row that is still to be asked to one that has been ---- */

static struct cairn_promised two_promised[] = {
    CAIRN_PROMISED_UP_TO(24, 8, 1),
    CAIRN_PROMISED_UP_TO(64, 16, 1),
};
static uintptr_t two_words[2];
static uint32_t moves_random;

/* At random, about every 16th step: in a fixed rhythm, its victim might never come to its end. */
static bool moves_now(void)
{
    moves_random = moves_random * 1664525 + 1013904223; /* Numerical Recipes, section 7.1 */
    return moves_random >> 28 == 0;
}

/* Holds one of the two blocks, the first and the second in turn where the other is free. */
static void on_step_move(struct interrupt_frame *frame)
{
    (void)frame;
    steps++;
    if (!moves_now())
        return;
    bool to_second = kept[0].layout.size == 24;
    give_back_kept(0);
    kept[0].layout = (struct cairn_layout){to_second ? 64 : 24, 8};
    kept[0].block = cairn_allocator_alloc(heap, kept[0].layout);
    if (!kept[0].block) {
        kept[0].layout.size = 24;
        kept[0].block = cairn_allocator_alloc(heap, kept[0].layout);
    }
    cairn_check(kept[0].block, "the handler was refused within what was promised");
    memset(kept[0].block, kept[0].number, kept[0].layout.size);
}

TEST(promise_whose_rows_change_while_they_are_asked)
{
    const struct cairn_layout layout = {24, 8};
    start(&promise.allocator);
    promise = (struct cairn_promise)CAIRN_PROMISE(two_promised, two_words);
    cairn_check(cairn_promise_make(&promise, &list.allocator), "no promise");
    interrupt_table_set(DEBUG_EXCEPTION, on_step_move, INTERRUPT_STACK_CURRENT);
    step(true);
    for (int i = 0; i < 500; i++) {
        void *block = cairn_allocator_alloc(heap, layout);
        cairn_check(block, "refused in round %d, within what was promised", i);
        cairn_allocator_dealloc(heap, block, layout);
    }
    step(false);
    give_back_kept(0);
    println("%llu steps", (unsigned long long)steps);
    cairn_check(two_promised[1].given_back > 100, "the handler moved nothing");
    cairn_promise_end(&promise);
    check_nothing_is_lost();
}
