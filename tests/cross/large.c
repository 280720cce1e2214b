/* SPDX-License-Identifier: MIT */
/*
 * What needs more memory than a small board has: the heap with its small path, in heaps of up to
 * 4 MiB against their model, and a shared heap.
 */
#include "cross.h"

#include <cairn/locked.h>
#include <cairn/shared_heap.h>

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
static struct cairn_processor processors[2];
static struct cairn_shared_heap shared =
    CAIRN_SHARED_HEAP(&heap, &locked, &locked.allocator, processors);

static void check_heap(void)
{
    cairn_heap_check(&heap);
}

/* Some objects go back by another processor, which does not own them. */
static void free_from_elsewhere(void)
{
    enum { BLOCKS = 300 };
    const struct cairn_layout layout = {48, 8};
    static void *blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = cairn_allocator_alloc(&shared.allocator, layout);
        expect(blocks[i], "there is room for all blocks");
    }
    cairn_host_known_slot = 1;
    for (size_t i = 0; i < BLOCKS; i += 2)
        cairn_allocator_dealloc(&shared.allocator, blocks[i], layout);
    expect(processors[0].owner.returned != 0, "objects were returned");
    cairn_host_known_slot = 0;
    for (size_t i = 1; i < BLOCKS; i += 2)
        cairn_allocator_dealloc(&shared.allocator, blocks[i], layout);
    expect(processors[0].owner.returned == 0, "the owner collected them");
}

static void run_shared(uint64_t seed)
{
    const struct conformance_subject subject = {"shared heap", &shared.allocator, memory,
                                                MEMORY,        check_heap,        false};
    expect(cairn_shared_heap_init(&shared, memory, MEMORY) == CAIRN_REGION_OK, "shared heap");
    struct conformance_report report = conformance_run(&subject, seed, ACTIONS);
    free_from_elsewhere();
    expect(cairn_shared_heap_flush(&shared) > 0, "objects waited");
    struct cairn_heap_statistics all = cairn_heap_statistics(&heap);
    expect(all.used == 0 && all.free == all.size && all.largest_free >= all.size,
           "one free block after the flush");
    cross_print("shared heap: %zu allocs, %zu reallocs", report.allocs + report.zeroed_allocs,
                report.reallocs);
}

void cross_large(uint64_t seed)
{
    run_cases(seed);
    run_shared(seed);
}
