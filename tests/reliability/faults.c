/* SPDX-License-Identifier: MIT */
/*
 * Faults against the allocators as a kernel has them, see faults.h: in memory between guard pages,
 * called by their interface. (As malloc: tests/hosted/malloc_faults.c.)
 *
 *     FAULTS=N   how many for each allocator; SEED=N repeats them; FAULT=N makes that one alone
 *     HEAP=NAME  one allocator alone
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cairn/heap.h>
#include <cairn/linked_list.h>
#include <cairn/tlsf.h>

#include "effort.h"
#include "faults.h"
#include "test.h"

enum {
    FAULTS_USUAL = 1000,
    FAULTS_USUAL_CLASSIC = 500,
    ARENA = 4 << 20, /* bytes for the largest heap: one with all that heaps have */
    FURTHER = 64 * 1024,
    GUARD = 1 << 20,
    OTHER = 4096,
    AREAS = 3, /* a heap's regions, and metadata beside them */
};

/* What is wrong today, and may be until it is mended. */
static const struct fault_allowance allowances[] = {
    /* A region's own few pointers, which an underflow of KiB reaches where no guard is. */
    {"cairn", FAULT_UNDERFLOW, FAULT_CRASHED, 40},
    {"cairn", FAULT_FLIP_ANYWHERE, FAULT_CRASHED, 100},
    {"cairn", FAULT_FLIP_METADATA, FAULT_CRASHED, 150},
    {"cairn", FAULT_FLIP_METADATA, FAULT_HUNG, 2},     /* a pointer of the region's */
    {"cairn", FAULT_FLIP_METADATA, FAULT_OUTSIDE, 20}, /* `base`, which alloc adds to a position */
    {"cairn", FAULT_FLIP_STRUCT, FAULT_CRASHED, 1000}, /* a pointer, all that it has */
    /* A checksum of 16 bits is right by chance once in 65,536 times. */
    {"linked_list", FAULT_KINDS, FAULT_OVERLAP, 0},
    {"linked_list", FAULT_KINDS, FAULT_OUTSIDE, 0},
    {"linked_list", FAULT_KINDS, FAULT_CRASHED, 0},
};

static struct cairn_heap heap;
static struct cairn_linked_list linked_list;
static struct cairn_tlsf tlsf;

static struct cairn_allocator *allocator; /* the one that is harmed */
static unsigned char *arena;              /* ARENA bytes, then a guard, then FURTHER, then ARENA */
static unsigned char other_heap[OTHER];
static struct fault_memory regions[AREAS], beside;
static size_t region_count;

/* ---- memory ---- */

static unsigned char *further_memory(void)
{
    return arena + ARENA + GUARD;
}

static unsigned char *beside_memory(void)
{
    return further_memory() + FURTHER + GUARD;
}

/* The same addresses in each run, if they can be had. */
static int map_arena(void **state)
{
    const size_t size = GUARD + ARENA + GUARD + FURTHER + GUARD + ARENA + GUARD;
    (void)state;
    unsigned char *start = mmap((void *)0x200000000000, size, PROT_NONE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED)
        return 1;
    arena = start + GUARD;
    return mprotect(arena, ARENA, PROT_READ | PROT_WRITE) ||
           mprotect(further_memory(), FURTHER, PROT_READ | PROT_WRITE) ||
           mprotect(beside_memory(), ARENA, PROT_READ | PROT_WRITE);
}

/* One that is no multiple of anything in particular, from 4 KiB on. */
static size_t any_arena_size(unsigned long random)
{
    static const size_t sizes[] = {4096, 5000, 32768, 100000, 300000, 700000, 2500000, ARENA};
    return sizes[random % (sizeof(sizes) / sizeof(sizes[0]))];
}

static bool owns(const void *start, size_t size)
{
    for (size_t i = 0; i < region_count; i++) {
        uintptr_t offset = (uintptr_t)start - (uintptr_t)regions[i].start;
        if (offset < regions[i].size && size <= regions[i].size - offset)
            return true;
    }
    return false;
}

static void begin(struct cairn_allocator *of, size_t size)
{
    allocator = of;
    beside = (struct fault_memory){NULL, 0};
    regions[0] = (struct fault_memory){arena, size};
    region_count = 1;
}

/* ---- the interface of every allocator ---- */

static void *alloc(size_t size, size_t align)
{
    return cairn_allocator_alloc(allocator, (struct cairn_layout){size, align});
}

static void dealloc(void *block, size_t size, size_t align)
{
    cairn_allocator_dealloc(allocator, block, (struct cairn_layout){size, align});
}

static void *resize(void *block, size_t size, size_t align, size_t new_size)
{
    return cairn_allocator_realloc(allocator, block, (struct cairn_layout){size, align}, new_size);
}

static void wild_realloc(void *block, size_t size, size_t align)
{
    (void)!resize(block, size, align, size + 100);
}

static void wild_dealloc_unsized(void *block, size_t size, size_t align)
{
    (void)size;
    (void)align;
    cairn_allocator_dealloc_unsized(allocator, block);
}

static void wild_usable_size(void *block, size_t size, size_t align)
{
    (void)size;
    (void)align;
    (void)!cairn_allocator_usable_size(allocator, block);
}

static size_t usable_size(const void *block)
{
    return cairn_allocator_usable_size(allocator, block);
}

/* cairn has dealloc without a layout for free() alone, and calls it so. */
static const struct fault_operation cairn_operations[] = {
    {"dealloc of ", dealloc, true, false},
    {"realloc of ", wild_realloc, true, false},
    {"usable_size of ", wild_usable_size, false, false},
    {"free of ", wild_dealloc_unsized, false, false},
};

#define ONE(kind)      (1UL << (kind))
#define ALL            (ONE(FAULT_KINDS) - 1)
#define ALIGNMENTS     ONE(FAULT_FREE_WRONG_ALIGN)
#define WRITES_OUTSIDE (ONE(FAULT_FLIP_METADATA) - 1) /* and flips in freed memory */

/* ---- cairn ---- */

static void start_heap(unsigned long random)
{
    enum cairn_region_error error;
    size_t size = any_arena_size(random / 4);
    begin(&heap.allocator, size);
    memset(arena, 0, size);
    if (random % 4 == 0) {
        error = cairn_heap_init_zeroed(&heap, arena, size);
    } else if (random % 4 == 1) {
        beside = (struct fault_memory){beside_memory(), CAIRN_HEAP_METADATA_SIZE(size)};
        error = cairn_heap_init_beside(&heap, arena, size, beside.start, beside.size);
    } else {
        error = cairn_heap_init(&heap, arena, size);
    }
    assert_int_equal(error, CAIRN_REGION_OK);
    if (random % 4 == 3) {
        regions[region_count++] = (struct fault_memory){further_memory(), FURTHER};
        error = cairn_heap_add_region(&heap, further_memory(), FURTHER);
        assert_int_equal(error, CAIRN_REGION_OK);
    }
}

static void flush_heap(void)
{
    cairn_heap_flush(&heap);
}

static void check_heap(void)
{
    cairn_heap_check(&heap);
}

/* Where blocks lie: one range for each region. */
struct ranges {
    size_t count;
    struct {
        unsigned char *start, *end;
    } list[AREAS];
};

static bool extend_ranges(void *context, enum cairn_heap_block_kind kind, void *start, size_t size)
{
    struct ranges *ranges = context;
    (void)kind;
    unsigned char *from = start;
    if (ranges->count == 0 || ranges->list[ranges->count - 1].end != from) {
        if (ranges->count == AREAS)
            return false;
        ranges->list[ranges->count++].start = from;
    }
    ranges->list[ranges->count - 1].end = from + size;
    return true;
}

/* What lies in a region and in no block: before the first, or after the last. */
static struct fault_memory heap_metadata(unsigned long random)
{
    struct ranges ranges = {0};
    struct fault_memory before, after, region = regions[random % region_count];
    if (beside.size && random & 1 << 8)
        return beside;
    cairn_heap_walk(&heap, extend_ranges, &ranges);
    for (size_t i = 0; i < ranges.count; i++) {
        unsigned char *start = ranges.list[i].start, *end = ranges.list[i].end;
        if (start < region.start || start >= region.start + region.size)
            continue;
        before = (struct fault_memory){region.start, (size_t)(start - region.start)};
        after = (struct fault_memory){end, (size_t)(region.start + region.size - end)};
        return before.size && (!after.size || random & 1 << 9) ? before : after;
    }
    return (struct fault_memory){NULL, 0};
}

/* All but the first member, the pointer to its operations. */
static struct fault_memory struct_after_operations(void *start, size_t size)
{
    return (struct fault_memory){(unsigned char *)start + sizeof(struct cairn_allocator),
                                 size - sizeof(struct cairn_allocator)};
}

static struct fault_memory heap_struct(unsigned long random)
{
    (void)random;
    return struct_after_operations(&heap, sizeof(heap));
}

static const struct fault_subject cairn_subject = {
    .name = "cairn",
    .kinds = ALL & ~ALIGNMENTS,
    .largest = 16384,
    .start = start_heap,
    .alloc = alloc,
    .dealloc = dealloc,
    .realloc = resize,
    .flush = flush_heap,
    .check = check_heap,
    .usable_size = usable_size,
    .owns = owns,
    .metadata = heap_metadata,
    .struct_memory = heap_struct,
    .other_heap = other_heap,
    .operations = cairn_operations,
    .operation_count = sizeof(cairn_operations) / sizeof(cairn_operations[0]),
    .messages = {[FAULT_FREE_RANDOM] = "not from this heap",
                 [FAULT_FREE_INTERIOR] = "bytes into the live block",
                 [FAULT_FREE_MISALIGNED] = "bytes into the live block",
                 [FAULT_FREE_TWICE] = "double free",
                 [FAULT_FREE_AGAIN_LATER] = "double free",
                 [FAULT_FREE_WRONG_SIZE] = "wrong layout",
                 [FAULT_FREE_OTHER_HEAP] = "not from this heap",
                 [FAULT_FREE_STACK] = "not from this heap",
                 [FAULT_FREE_NULL_PAGE] = "not from this heap"},
};

static void cairn_finds_faults(void **state)
{
    (void)state;
    inject_faults(&cairn_subject, effort("FAULTS", FAULTS_USUAL), allowances,
                  sizeof(allowances) / sizeof(allowances[0]));
}

/* ---- the classic ones: what each promises ---- */

static void start_linked_list(unsigned long random)
{
    size_t size = any_arena_size(random);
    begin(&linked_list.allocator, size);
    assert_int_equal(cairn_linked_list_init(&linked_list, arena, size), CAIRN_REGION_OK);
}

static void check_linked_list(void)
{
    cairn_linked_list_check(&linked_list);
}

/* It has no records of live blocks: it knows what is free, and what is outside. */
static void linked_list_finds_faults(void **state)
{
    (void)state;
    struct fault_subject subject = cairn_subject;
    subject.name = "linked_list";
    subject.kinds = WRITES_OUTSIDE | ONE(FAULT_FREE_RANDOM) | ONE(FAULT_FREE_TWICE) |
                    ONE(FAULT_FREE_AGAIN_LATER) | ONE(FAULT_FREE_OTHER_HEAP) |
                    ONE(FAULT_FREE_STACK) | ONE(FAULT_FREE_NULL_PAGE);
    subject.start = start_linked_list;
    subject.flush = NULL;
    subject.check = check_linked_list;
    subject.usable_size = NULL;
    subject.metadata = subject.struct_memory = NULL;
    subject.operation_count = 1;
    memset(subject.messages, 0, sizeof(subject.messages));
    subject.messages[FAULT_FREE_TWICE] = "double free";
    inject_faults(&subject, effort("FAULTS", FAULTS_USUAL_CLASSIC), allowances,
                  sizeof(allowances) / sizeof(allowances[0]));
}

static void start_tlsf(unsigned long random)
{
    size_t size = any_arena_size(random);
    begin(&tlsf.allocator, size);
    assert_int_equal(cairn_tlsf_init(&tlsf, arena, size), CAIRN_REGION_OK);
}

static void check_tlsf(void)
{
    cairn_tlsf_check(&tlsf);
}

static const struct fault_operation tlsf_operation = {"tlsf: ", dealloc, true, false};

/* Its headers lie between the blocks, for anyone to write to: it promises of frees alone. */
static void tlsf_finds_faults(void **state)
{
    (void)state;
    struct fault_subject subject = cairn_subject;
    subject.name = "tlsf";
    subject.kinds = ONE(FAULT_FREE_RANDOM) | ONE(FAULT_FREE_TWICE) | ONE(FAULT_FREE_OTHER_HEAP) |
                    ONE(FAULT_FREE_STACK) | ONE(FAULT_FREE_NULL_PAGE);
    subject.start = start_tlsf;
    subject.flush = NULL;
    subject.check = check_tlsf;
    subject.usable_size = NULL;
    subject.operations = &tlsf_operation;
    subject.operation_count = 1;
    memset(subject.messages, 0, sizeof(subject.messages));
    inject_faults(&subject, effort("FAULTS", FAULTS_USUAL_CLASSIC), allowances,
                  sizeof(allowances) / sizeof(allowances[0]));
}

/* HEAP=linked_list: the tests whose names begin so. */
static void choose_tests(void)
{
    static char pattern[64];
    if (!getenv("HEAP"))
        return;
    snprintf(pattern, sizeof(pattern), "%s_*", getenv("HEAP"));
    cmocka_set_test_filter(pattern);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cairn_finds_faults),
        cmocka_unit_test(linked_list_finds_faults),
        cmocka_unit_test(tlsf_finds_faults),
    };
    choose_tests();
    return cmocka_run_group_tests(tests, map_arena, NULL);
}
