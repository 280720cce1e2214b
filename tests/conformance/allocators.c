/* SPDX-License-Identifier: MIT */
/*
 * Every allocator and every wrapper keeps the contract; and an allocator that breaks a rule of it
 * is found out. A new allocator is one line in ALLOCATORS or WRAPPERS.
 */
#include "test.h"

#include <string.h>

#include <cairn/buddy.h>
#include <cairn/bump.h>
#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/fixed_size_block.h>
#include <cairn/heap.h>
#include <cairn/linked_list.h>
#include <cairn/locked.h>
#include <cairn/promise.h>
#include <cairn/tlsf.h>

#include "random_actions.h"

/* one(name): has cairn_name_init() and cairn_name_check(). */
#define ALLOCATORS(one) one(linked_list) one(bump) one(buddy) one(tlsf) one(heap)

/* clang-format off */
/* one(name, initialiser): a struct cairn_name around the linked list `inner`. */
#define WRAPPERS(one)                                          \
    one(locked, CAIRN_LOCKED(&inner.allocator, "conformance")) \
    one(counted, CAIRN_COUNTED(&inner.allocator))              \
    one(failing, CAIRN_FAILING(&inner.allocator))
/* clang-format on */

enum { SIZE = 64 * 1024, ACTIONS = 30000 };

/* The memory is given neither from its first byte nor to its last: those must stay as they are. */
static _Alignas(4096) unsigned char memory[SIZE];
enum { FIRST = 3, USED = SIZE - 7, UNTOUCHED = 0xa5 };

static struct cairn_linked_list inner;

static void check_inner(void)
{
    cairn_linked_list_check(&inner);
}

static uint64_t seed;

static int before(void **state)
{
    (void)state;
    memset(memory, UNTOUCHED, SIZE);
    seed = test_random_start().state;
    return 0;
}

/* A game that hardly ever ran out of memory, or never did anything else, would show little. */
static void expect_worth(const struct conformance_report *report)
{
    assert_true(report->allocs > ACTIONS / 10);
    assert_true(report->zeroed_allocs > ACTIONS / 40);
    assert_true(report->reallocs > ACTIONS / 40);
    assert_true(report->deallocs > ACTIONS / 10);
    assert_true(report->failures > ACTIONS / 1000);
    assert_true(report->most_blocks > 30);
    assert_true(report->largest_block >= SIZE / 4); /* the buddy's, wherever the memory lies */
}

static void expect_conformance(const char *name, struct cairn_allocator *allocator,
                               void (*check)(void))
{
    const struct conformance_subject subject = {
        .name = name,
        .allocator = allocator,
        .memory = memory + FIRST,
        .size = USED - FIRST,
        .check = check,
    };
    struct conformance_report report = conformance_run(&subject, seed, ACTIONS);
    expect_worth(&report);
    for (size_t i = 0; i < FIRST; i++)
        assert_int_equal(memory[i], UNTOUCHED);
    for (size_t i = USED; i < SIZE; i++)
        assert_int_equal(memory[i], UNTOUCHED);
}

#define TEST_ALLOCATOR(name)                                                       \
    static struct cairn_##name name;                                               \
    static void check_##name(void)                                                 \
    {                                                                              \
        cairn_##name##_check(&name);                                               \
    }                                                                              \
    static void name##_conforms(void **state)                                      \
    {                                                                              \
        (void)state;                                                               \
        assert_int_equal(cairn_##name##_init(&name, memory + FIRST, USED - FIRST), \
                         CAIRN_REGION_OK);                                         \
        expect_conformance(#name, &name.allocator, check_##name);                  \
    }
ALLOCATORS(TEST_ALLOCATOR)

#define TEST_WRAPPER(name, ...)                                                        \
    static void name##_conforms(void **state)                                          \
    {                                                                                  \
        (void)state;                                                                   \
        static struct cairn_##name name = __VA_ARGS__;                                 \
        assert_int_equal(cairn_linked_list_init(&inner, memory + FIRST, USED - FIRST), \
                         CAIRN_REGION_OK);                                             \
        expect_conformance(#name, &name.allocator, check_inner);                       \
    }
WRAPPERS(TEST_WRAPPER)

static struct cairn_fixed_size_block blocks = CAIRN_FIXED_SIZE_BLOCK(&inner.allocator);

static void check_blocks(void)
{
    cairn_fixed_size_block_check(&blocks);
    check_inner();
}

/* All but one rule: its free blocks do not merge. */
static void fixed_size_block_conforms(void **state)
{
    (void)state;
    const struct conformance_subject subject = {
        .name = "fixed_size_block",
        .allocator = &blocks.allocator,
        .memory = memory + FIRST,
        .size = USED - FIRST,
        .check = check_blocks,
        .never_merges = true,
    };
    assert_int_equal(cairn_linked_list_init(&inner, memory + FIRST, USED - FIRST), CAIRN_REGION_OK);
    struct conformance_report report = conformance_run(&subject, seed, ACTIONS);
    expect_worth(&report);
    assert_int_equal(cairn_fixed_size_block_statistics(&blocks).used, 0);
    assert_int_equal(cairn_fixed_size_block_statistics(&blocks).taken,
                     cairn_linked_list_statistics(&inner).used);
}

/* Of the sizes that are asked for, a few are promised. */
static void promise_conforms(void **state)
{
    (void)state;
    static struct cairn_promised rows[] = {
        CAIRN_PROMISED_EXACTLY(1, 1, 8),        CAIRN_PROMISED_UP_TO(64, 16, 70),
        CAIRN_PROMISED_UP_TO(512, 64, 20),      CAIRN_PROMISED_UP_TO(4096, 4096, 3),
        CAIRN_PROMISED_UP_TO(SIZE / 4, 256, 1),
    };
    static uintptr_t words[CAIRN_PROMISE_WORDS(8) + CAIRN_PROMISE_WORDS(70) + 3];
    struct cairn_promise promise = CAIRN_PROMISE(rows, words);
    assert_int_equal(cairn_linked_list_init(&inner, memory + FIRST, USED - FIRST), CAIRN_REGION_OK);
    assert_true(cairn_promise_make(&promise, &inner.allocator));
    expect_conformance("promise", &promise.allocator, check_inner);
    cairn_promise_end(&promise);
    assert_int_equal(cairn_linked_list_statistics(&inner).used, 0);
}

/* ---- Allocators that break one rule each, now and then ---- */

enum fault {
    GIVES_MEMORY_TWICE,
    GIVES_MEMORY_FROM_OUTSIDE,
    FORGETS_THE_ALIGNMENT,
    FORGETS_TO_ZERO,
    FORGETS_TO_COPY,
    COPIES_TOO_LITTLE,
    LOSES_MEMORY,
    WRITES_INTO_BLOCKS,
    SPOILS_WHAT_IT_CANNOT_GROW,
};

static struct faulty {
    struct cairn_allocator allocator;
    enum fault fault;
    size_t calls;
    void *last; /* the block given last, if it is alive */
} faulty;

static bool now(enum fault fault)
{
    return faulty.fault == fault && ++faulty.calls % 100 == 0;
}

static void *faulty_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    static unsigned char outside[8192];
    void *last = faulty.last;
    if (layout.size <= 16 && layout.align <= 16 && last && now(GIVES_MEMORY_TWICE))
        return last;
    if (layout.size <= 4096 && now(GIVES_MEMORY_FROM_OUTSIDE))
        return (void *)cairn_align_up((uintptr_t)outside, layout.align);
    if (last && now(WRITES_INTO_BLOCKS))
        *(unsigned char *)last ^= 1;
    if (layout.align > 16 && now(FORGETS_THE_ALIGNMENT))
        layout.align = 16;
    return faulty.last = cairn_allocator_alloc(&inner.allocator, layout);
}

static void faulty_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    faulty.last = NULL;
    if (!now(LOSES_MEMORY))
        cairn_allocator_dealloc(&inner.allocator, block, layout);
}

static void *faulty_alloc_zeroed(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    unsigned char *block = cairn_allocator_alloc_zeroed(&inner.allocator, layout);
    if (block && now(FORGETS_TO_ZERO))
        block[layout.size - 1] = 1;
    return block;
}

static void *faulty_realloc(struct cairn_allocator *self, void *block, struct cairn_layout layout,
                            size_t new_size)
{
    (void)self;
    faulty.last = NULL;
    unsigned char *grown = cairn_allocator_realloc(&inner.allocator, block, layout, new_size);
    size_t kept = layout.size < new_size ? layout.size : new_size;
    if (grown && now(FORGETS_TO_COPY))
        memset(grown, 0, new_size);
    if (grown && now(COPIES_TOO_LITTLE))
        grown[kept - 1] ^= 1;
    if (!grown && faulty.fault == SPOILS_WHAT_IT_CANNOT_GROW)
        *(unsigned char *)block ^= 1;
    return grown;
}

static const struct cairn_allocator_operations faulty_operations = {
    .name = "faulty",
    .alloc = faulty_alloc,
    .dealloc = faulty_dealloc,
    .alloc_zeroed = faulty_alloc_zeroed,
    .realloc = faulty_realloc,
};

static struct conformance_report run_faulty(enum fault fault)
{
    static struct conformance_subject subject = {
        .name = "faulty", .memory = memory + FIRST, .size = USED - FIRST};
    faulty = (struct faulty){.allocator = {&faulty_operations}, .fault = fault};
    subject.allocator = &faulty.allocator;
    subject.check = NULL;
    assert_int_equal(cairn_linked_list_init(&inner, memory + FIRST, USED - FIRST), CAIRN_REGION_OK);
    return conformance_run(&subject, seed, ACTIONS);
}

static void every_fault_is_found(void **state)
{
    (void)state;
    expect_panic(run_faulty(GIVES_MEMORY_TWICE), "overlaps the block");
    expect_panic(run_faulty(GIVES_MEMORY_FROM_OUTSIDE), "is outside the heap");
    expect_panic(run_faulty(FORGETS_THE_ALIGNMENT), "is not aligned to");
    expect_panic(run_faulty(FORGETS_TO_ZERO), "is not zero");
    expect_panic(run_faulty(FORGETS_TO_COPY), "was overwritten");
    expect_panic(run_faulty(COPIES_TOO_LITTLE), "was overwritten");
    expect_panic(run_faulty(LOSES_MEMORY), "all is given back, but the largest block");
    expect_panic(run_faulty(WRITES_INTO_BLOCKS), "was overwritten");
    expect_panic(run_faulty(SPOILS_WHAT_IT_CANNOT_GROW), "was overwritten");
}

static void a_report_names_the_seed_and_the_action(void **state)
{
    (void)state;
    seed = 41;
    expect_panic(run_faulty(FORGETS_TO_ZERO), "conformance of faulty, seed 41, action ");
}

/* Unsound in a way that only the walk over the heap can see. */
static void the_walk_over_the_heap_is_taken(void **state)
{
    (void)state;
    const struct conformance_subject subject = {
        .name = "spoilt",
        .allocator = &inner.allocator,
        .memory = memory + FIRST,
        .size = USED - FIRST,
        .check = check_inner,
    };
    assert_int_equal(cairn_linked_list_init(&inner, memory + FIRST, USED - FIRST), CAIRN_REGION_OK);
    inner.size += 16;
    expect_panic(conformance_run(&subject, seed, ACTIONS), "linked_list: ");
}

#define ALLOCATOR_ENTRY(name)    cmocka_unit_test_setup(name##_conforms, before),
#define WRAPPER_ENTRY(name, ...) cmocka_unit_test_setup(name##_conforms, before),

int main(void)
{
    const struct CMUnitTest tests[] = {
        ALLOCATORS(ALLOCATOR_ENTRY) WRAPPERS(WRAPPER_ENTRY)
            cmocka_unit_test_setup(fixed_size_block_conforms, before),
        cmocka_unit_test_setup(promise_conforms, before),
        cmocka_unit_test_setup(every_fault_is_found, before),
        cmocka_unit_test_setup(a_report_names_the_seed_and_the_action, before),
        cmocka_unit_test_setup(the_walk_over_the_heap_is_taken, before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
