/* SPDX-License-Identifier: MIT */
/* Random actions over each allocator and wrapper; afterwards its statistics say that all is free. */
#include "cross.h"

#include <cairn/buddy.h>
#include <cairn/bump.h>
#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/fixed_size_block.h>
#include <cairn/linked_list.h>
#include <cairn/locked.h>
#include <cairn/promise.h>
#include <cairn/tlsf.h>

#include "random_actions.h"

enum { ACTIONS = 10000 };

/* Given neither from its first byte nor to its last. */
enum { FIRST = 3, USED = CROSS_MEMORY - 7 };
#define memory cross_memory

static struct cairn_bump bump;
static struct cairn_linked_list linked_list;
static struct cairn_buddy buddy;
static struct cairn_tlsf tlsf;
#define heap cross_heap

/* The largest layouts that there are, where sums in a size_t come near to its end. */
static void refuse_what_cannot_be(struct cairn_allocator *allocator)
{
    const struct cairn_layout small = {24, 8};
    void *block = cairn_allocator_alloc(allocator, small);
    expect(block, "a small block");
    for (size_t align = 1; align != 0; align *= 2) {
        size_t largest = (size_t)PTRDIFF_MAX + 1 - align;
        for (size_t less = 0; less < 64 && less < largest; less++)
            expect(!cairn_allocator_alloc(allocator, (struct cairn_layout){largest - less, align}),
                   "no heap has half of all addresses");
    }
    expect(!cairn_allocator_realloc(allocator, block, small, (size_t)PTRDIFF_MAX - 7),
           "nor does a block grow to that");
    cairn_allocator_dealloc(allocator, block, small);
}

static void act(const char *name, struct cairn_allocator *allocator, void (*check)(void),
                bool never_merges, uint64_t seed)
{
    const struct conformance_subject subject = {name,         allocator, memory + FIRST,
                                                USED - FIRST, check,     never_merges};
    refuse_what_cannot_be(allocator);
    struct conformance_report report = conformance_run(&subject, seed, ACTIONS);
    expect(report.allocs > ACTIONS / 10 && report.zeroed_allocs > ACTIONS / 40 &&
               report.reallocs > ACTIONS / 40 && report.failures > 0,
           name);
    cross_print("%s: %zu allocs, %zu reallocs, %zu refused, at most %zu blocks", name,
                report.allocs + report.zeroed_allocs, report.reallocs, report.failures,
                report.most_blocks);
}

/* one(name): has cairn_name_init() and cairn_name_check(); `is_one_block` says that all is free. */
#define ALLOCATOR(name, is_one_block)                                                 \
    static void check_##name(void)                                                    \
    {                                                                                 \
        cairn_##name##_check(&name);                                                  \
    }                                                                                 \
    static void run_##name(uint64_t seed)                                             \
    {                                                                                 \
        expect(cairn_##name##_init(&name, memory + FIRST, USED - FIRST) == 0, #name); \
        act(#name, &name.allocator, check_##name, false, seed);                       \
        struct cairn_##name##_statistics all = cairn_##name##_statistics(&name);      \
        expect(all.used == 0 && all.free == all.size && (is_one_block), #name);       \
    }

ALLOCATOR(bump, all.blocks == 0)
ALLOCATOR(linked_list, all.holes == 1 && all.largest_hole == all.size)
ALLOCATOR(buddy, all.largest_free > all.size / 4)
ALLOCATOR(tlsf, all.free_blocks == 1)
ALLOCATOR(heap, all.cached == 0 && all.largest_free >= all.size)

/* What waits is free after a flush. */
/* one(name, initialiser): a struct cairn_name around the linked list. */
#define WRAPPER(name, ...)                                                                      \
    static void run_##name(uint64_t seed)                                                       \
    {                                                                                           \
        static struct cairn_##name name;                                                        \
        name = (struct cairn_##name)__VA_ARGS__;                                                \
        expect(cairn_linked_list_init(&linked_list, memory + FIRST, USED - FIRST) == 0, #name); \
        act(#name, &name.allocator, check_linked_list, false, seed);                            \
        expect(cairn_linked_list_statistics(&linked_list).holes == 1, #name);                   \
    }

WRAPPER(locked, CAIRN_LOCKED(&linked_list.allocator, "cross"))
WRAPPER(counted, CAIRN_COUNTED(&linked_list.allocator))
WRAPPER(failing, CAIRN_FAILING(&linked_list.allocator))

static struct cairn_fixed_size_block blocks = CAIRN_FIXED_SIZE_BLOCK(&linked_list.allocator);

static void check_blocks(void)
{
    cairn_fixed_size_block_check(&blocks);
    check_linked_list();
}

static void run_fixed_size_block(uint64_t seed)
{
    expect(cairn_linked_list_init(&linked_list, memory + FIRST, USED - FIRST) == 0, "blocks");
    act("fixed_size_block", &blocks.allocator, check_blocks, true, seed);
    expect(cairn_fixed_size_block_statistics(&blocks).used == 0, "all blocks are free");
}

/* The small blocks' bitmap has more than one word wherever a word has 32 bits. */
static void run_promise(uint64_t seed)
{
    struct cairn_promised rows[] = {
        CAIRN_PROMISED_UP_TO(16, 16, 35),
        CAIRN_PROMISED_UP_TO(CROSS_MEMORY / 32, 16, 8),
        CAIRN_PROMISED_UP_TO(CROSS_MEMORY / 4, 64, 1),
    };
    uintptr_t words[2 + 1 + 1] = {0};
    struct cairn_promise promise = CAIRN_PROMISE(rows, words);
    expect(cairn_linked_list_init(&linked_list, memory + FIRST, USED - FIRST) == 0, "promise");
    expect(cairn_promise_make(&promise, &linked_list.allocator), "the memory is there");
    act("promise", &promise.allocator, check_linked_list, false, seed);
    expect(cairn_promise_taken(&promise) == 0, "it is whole again");
    cairn_promise_end(&promise);
    expect(cairn_linked_list_statistics(&linked_list).holes == 1, "promise");
}

void cross_allocators(uint64_t seed)
{
    run_bump(seed);
    run_linked_list(seed);
    run_fixed_size_block(seed);
    run_buddy(seed);
    run_tlsf(seed);
    run_heap(seed);
    run_locked(seed);
    run_counted(seed);
    run_failing(seed);
    run_promise(seed);
}
