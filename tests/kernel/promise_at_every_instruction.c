/* SPDX-License-Identifier: MIT */
/*
 * Random promises and random actions on each, with a non-maskable interrupt after every instruction of
 * every action, whose handler takes and gives back, too. Nothing within a promise is refused.
 *
 *     make test TEST=promise_at_every CPPFLAGS='-DSEED=2 -DOPERATIONS=10000000'
 *
 * The trap flag makes the processor raise a debug exception after each instruction, and its handler
 * raises the interrupt. The model is which blocks the interrupted side has, and the handler, which has
 * one at most. If more is left for a request than the one that the other side may have just now, it must
 * be served; if nothing is left, refused. So a block often moves from where an interrupted walk has not
 * been yet to where it has. `make reliability` does 10^8 operations.
 */
// memory: 32M
// timeout: 60
#include "kernel_test.h"

#include <cairn/linked_list.h>
#include <cairn/promise.h>

#include "interrupt_table.h"
#include "random_source.h"

#ifndef SEED
#define SEED 1 /* the machine does the same in each run, so that a failure comes again */
#endif
#ifndef OPERATIONS
#define OPERATIONS 1000000
#endif

#define TRAP_FLAG       (1UL << 8)
#define DEBUG_EXCEPTION 1
#define NON_MASKABLE    2

enum {
    ACTIONS_PER_PROMISE = 1000,
    ROWS_MAX = 4,
    COUNT_MAX = 70, /* more than a word of bitmap has */
    BLOCKS_MAX = ROWS_MAX * COUNT_MAX,
    WORDS = ROWS_MAX * CAIRN_PROMISE_WORDS(COUNT_MAX),
    PROGRESS = 10000000,
};

static _Alignas(16) uint8_t memory[256 * 1024];
static struct cairn_linked_list heap;
static struct cairn_promised rows[ROWS_MAX];
static uintptr_t words[WORDS];
static struct cairn_promise promise;

static uint64_t operations, served, refused;

/* ---- what either side has ---- */

struct block {
    uint8_t *start; /* null: there is none */
    struct cairn_layout layout;
    size_t row;
    uint8_t number; /* which its first and its last byte have */
};

struct side {
    struct random_source random;
    size_t has[ROWS_MAX]; /* blocks of each row */
};

static struct side ours, handlers;
static struct block blocks[BLOCKS_MAX], kept; /* ours, and the handler's */
static size_t count;
static bool is_giving_back; /* what is interrupted */

static size_t below(struct side *side, size_t bound)
{
    return (size_t)random_below(&side->random, bound);
}

static bool row_serves(const struct cairn_promised *row, struct cairn_layout layout)
{
    if (row->up_to)
        return layout.size <= row->layout.size && layout.align <= row->layout.align;
    return layout.size == row->layout.size && layout.align == row->layout.align;
}

/*
 * Blocks that serve the layout, less those that we have; for the handler also less its own. That can be
 * -1: it has one that we are just giving back.
 */
static ptrdiff_t left_for(const struct side *side, struct cairn_layout layout)
{
    ptrdiff_t left = 0;
    for (size_t i = 0; i < promise.rows; i++)
        if (row_serves(&rows[i], layout))
            left += (ptrdiff_t)(rows[i].count - ours.has[i]) -
                    (ptrdiff_t)(side == &handlers ? handlers.has[i] : 0);
    return left;
}

static struct cairn_layout random_layout(struct side *side)
{
    return (struct cairn_layout){1 + below(side, 200), (size_t)1 << below(side, 7)};
}

/* Mostly what was promised. */
static struct cairn_layout request(struct side *side)
{
    return below(side, 4) ? rows[below(side, promise.rows)].layout : random_layout(side);
}

static size_t row_of(const uint8_t *start)
{
    size_t row = 0;
    while (row < promise.rows &&
           (uintptr_t)start - rows[row].start >= rows[row].count * rows[row].stride)
        row++;
    cairn_check(row < promise.rows && ((uintptr_t)start - rows[row].start) % rows[row].stride == 0,
                "operation %llu: %p is no block of the promise", (unsigned long long)operations,
                (const void *)start);
    return row;
}

/* Puts down what alloc gave. */
static void begin_block(struct side *side, struct block *block, uint8_t *start,
                        struct cairn_layout layout)
{
    *block = (struct block){start, layout, 0, (uint8_t)operations};
    operations++;
    if (!start) {
        refused++;
        return;
    }
    served++;
    block->row = row_of(start);
    cairn_check(row_serves(&rows[block->row], layout) &&
                    cairn_is_aligned((uintptr_t)start, layout.align),
                "operation %llu: %p is not for %zu bytes aligned to %zu",
                (unsigned long long)operations, (void *)start, layout.size, layout.align);
    side->has[block->row]++;
    start[0] = start[layout.size - 1] = block->number;
}

static void check_block(const struct block *block)
{
    cairn_check(
        block->start[0] == block->number && block->start[block->layout.size - 1] == block->number,
        "operation %llu: %p was overwritten", (unsigned long long)operations, (void *)block->start);
}

static void expect_fair(bool must_be_served, bool must_be_refused, const void *start,
                        struct cairn_layout layout)
{
    cairn_check(start ? !must_be_refused : !must_be_served,
                "operation %llu: %zu bytes aligned to %zu came to %p",
                (unsigned long long)operations, layout.size, layout.align, start);
}

/* ---- the handler ---- */

/* What it interrupts may have taken one block more than we know of, or given one back. */
static void handler_take(void)
{
    struct cairn_layout layout = request(&handlers);
    ptrdiff_t left = left_for(&handlers, layout);
    uint8_t *start = cairn_allocator_alloc(&promise.allocator, layout);
    expect_fair(left > 1, left <= 0 && !is_giving_back, start, layout);
    begin_block(&handlers, &kept, start, layout);
}

static void handler_give_back(void)
{
    check_block(&kept);
    handlers.has[kept.row]--;
    cairn_allocator_dealloc(&promise.allocator, kept.start, kept.layout);
    kept.start = NULL;
    operations++;
}

static void on_non_maskable(struct interrupt_frame *frame)
{
    (void)frame;
    if (kept.start)
        handler_give_back();
    else
        handler_take();
}

static void raise_non_maskable(struct interrupt_frame *frame)
{
    (void)frame;
    __asm__ volatile("int %0" : : "i"(NON_MASKABLE) : "memory");
}

/* ---- what is interrupted ---- */

static void step(bool on)
{
    uint64_t flags;
    __asm__ volatile("pushfq; popq %0" : "=r"(flags));
    flags = on ? flags | TRAP_FLAG : flags & ~TRAP_FLAG;
    __asm__ volatile("pushq %0; popfq" : : "r"(flags) : "memory", "cc");
}

static void take(void)
{
    struct cairn_layout layout = request(&ours);
    ptrdiff_t left = left_for(&ours, layout);
    step(true);
    uint8_t *start = cairn_allocator_alloc(&promise.allocator, layout);
    step(false);
    expect_fair(left > 1, left == 0, start, layout);
    begin_block(&ours, &blocks[count], start, layout);
    count += start != NULL;
}

static void give_back(size_t index)
{
    struct block block = blocks[index];
    check_block(&block);
    is_giving_back = true;
    step(true);
    cairn_allocator_dealloc(&promise.allocator, block.start, block.layout);
    step(false);
    is_giving_back = false;
    ours.has[block.row]--;
    blocks[index] = blocks[--count];
    operations++;
}

/* Goes towards empty and towards full in turn. */
static void live(void)
{
    size_t bias = 5;
    for (size_t i = 0; i < ACTIONS_PER_PROMISE; i++) {
        if (i % 100 == 0)
            bias = 3 + below(&ours, 5);
        if (below(&ours, 10) < bias)
            take();
        else if (count > 0)
            give_back(below(&ours, count));
    }
}

static void make(void)
{
    promise = (struct cairn_promise)CAIRN_PROMISE(rows, words);
    promise.rows = 1 + below(&ours, ROWS_MAX);
    for (size_t i = 0; i < promise.rows; i++) {
        size_t number = 1 + below(&ours, below(&ours, 2) ? 5 : COUNT_MAX);
        rows[i] =
            (struct cairn_promised){random_layout(&ours), number, below(&ours, 2) == 0, 0, 0, 0};
    }
    cairn_check(cairn_promise_make(&promise, &heap.allocator), "no promise");
}

/* When all is given back, the promise is whole again, and so is the heap. */
static void end(void)
{
    while (count > 0)
        give_back(count - 1);
    if (kept.start)
        handler_give_back();
    cairn_check(cairn_promise_taken(&promise) == 0, "a block is lost");
    cairn_promise_end(&promise);
    cairn_check(cairn_linked_list_statistics(&heap).used == 0, "memory is lost");
}

TEST(no_failure_within_a_promise)
{
    uint64_t progress = PROGRESS;
    cairn_check(!cairn_linked_list_init(&heap, memory, sizeof(memory)), "no heap");
    interrupt_table_set(DEBUG_EXCEPTION, raise_non_maskable, INTERRUPT_STACK_CURRENT);
    interrupt_table_set(NON_MASKABLE, on_non_maskable, INTERRUPT_STACK_NON_MASKABLE);
    ours.random.state = SEED;
    handlers.random.state = ~(uint64_t)SEED;
    while (operations < OPERATIONS) {
        make();
        live();
        end();
        if (operations < progress)
            continue;
        println("%llu operations", (unsigned long long)operations);
        progress += PROGRESS;
    }
    println("%llu operations, %llu served, %llu refused", (unsigned long long)operations,
            (unsigned long long)served, (unsigned long long)refused);
    cairn_check(refused > operations / 100 && served > operations / 4, "too few of one kind");
}
