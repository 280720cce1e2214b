/* SPDX-License-Identifier: MIT */
/*
 * What needs more memory than a small board has: the heap with its small path, in heaps of up to
 * 4 MiB against their model, and the per-processor caches.
 */
#include "cross.h"

#include <cairn/locked.h>
#include <cairn/magazines.h>

#include "heap_case.h"
#include "random_actions.h"
#include "random_source.h"

enum { CASES = 100, CASE_BYTES = 400, ACTIONS = 10000, MEMORY = 4 << 20 };

static void run_cases(uint64_t seed)
{
    uint8_t bytes[CASE_BYTES];
    struct random_source random = {seed};
    for (int number = 0; number < CASES; number++) {
        for (size_t i = 0; i < CASE_BYTES; i++)
            bytes[i] = (uint8_t)random_next(&random);
        heap_case_play(bytes, CASE_BYTES);
    }
    cross_print("heap: %d cases against the model", CASES);
}

static unsigned char memory[MEMORY] CAIRN_ALIGNED(1024);
#define heap cross_heap
static struct cairn_locked locked = CAIRN_LOCKED(&heap.allocator, "cross");
static struct cairn_magazine_slot slots[1];
static struct cairn_magazines magazines = CAIRN_MAGAZINES(&locked.allocator, slots, MEMORY / 8);

static void check_heap(void)
{
    cairn_heap_check(&heap);
}

/* Blocks of one size, given back: a class is cached when it has been asked for a few times. */
static void use_one_class(void)
{
    enum { BLOCKS = 100 };
    const struct cairn_layout layout = {48, 8};
    void *blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = cairn_allocator_alloc(&magazines.allocator, layout);
        expect(blocks[i], "there is room for a hundred blocks");
    }
    for (size_t i = 0; i < BLOCKS; i++)
        cairn_allocator_dealloc(&magazines.allocator, blocks[i], layout);
}

static void run_magazines(uint64_t seed)
{
    const struct conformance_subject subject = {"magazines", &magazines.allocator, memory,
                                                MEMORY,      check_heap,           false};
    expect(cairn_heap_init(&heap, memory, MEMORY) == CAIRN_REGION_OK, "magazines");
    struct conformance_report report = conformance_run(&subject, seed, ACTIONS);
    use_one_class();
    expect(cairn_magazines_cached(&magazines) > 0, "blocks are cached");
    cairn_magazines_flush(&magazines);
    cairn_heap_flush(&heap);
    struct cairn_heap_statistics all = cairn_heap_statistics(&heap);
    expect(all.used == 0 && all.free == all.size && all.largest_free >= all.size,
           "one free block after the flush");
    cross_print("magazines: %zu allocs, %zu reallocs", report.allocs + report.zeroed_allocs,
                report.reallocs);
}

void cross_large(uint64_t seed)
{
    run_cases(seed);
    run_magazines(seed);
}
