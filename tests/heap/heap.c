/* SPDX-License-Identifier: MIT */
/*
 * The allocator cairn: where blocks lie, every wrong free by its message, edges, statistics against
 * a walk, trimming, dumping. Regions are in regions.c, random actions against a model in
 * tests/conformance.
 */
#include "test.h"

#include <string.h>

#include <cairn/base/host.h>
#include <cairn/heap_inline.h>

enum { SIZE = 1 << 20, GRANULE = CAIRN_HEAP_GRANULE };

static _Alignas(4096) unsigned char memory[SIZE];
static struct cairn_heap heap;

static struct cairn_layout layout_of(size_t size, size_t align)
{
    return (struct cairn_layout){size, align};
}

static unsigned char *get(size_t size, size_t align)
{
    unsigned char *block = cairn_allocator_alloc(&heap.allocator, layout_of(size, align));
    if (block)
        memset(block, 0xc7, size);
    return block;
}

static void give(void *block, size_t size, size_t align)
{
    cairn_allocator_dealloc(&heap.allocator, block, layout_of(size, align));
}

static void start(size_t size)
{
    memset(memory, 0xee, sizeof(memory));
    assert_int_equal(cairn_heap_init(&heap, memory, size), CAIRN_REGION_OK);
}

/* ---- where blocks lie ---- */

/* Nothing stands before the first block, and a vector behind it grows where it stands. */
static void the_text_s_addresses(void **state)
{
    (void)state;
    static const size_t sizes[] = {3000, 100 * 1024, SIZE};
    for (size_t i = 0; i < 3; i++) {
        start(sizes[i]);
        assert_ptr_equal(get(4, 4), memory);
        unsigned char *vec = get(16, 4);
        assert_ptr_equal(vec, memory + 16);
        for (size_t size = 16; size < 2048; size *= 2)
            assert_ptr_equal(
                cairn_allocator_realloc(&heap.allocator, vec, layout_of(size, 4), size * 2), vec);
        cairn_heap_check(&heap);
    }
}

static void every_alignment(void **state)
{
    (void)state;
    start(SIZE);
    for (size_t align = 1; align <= 65536; align *= 2) {
        unsigned char *block = get(24, align);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % align, 0);
        give(block, 24, align);
    }
    assert_null(get(24, (size_t)1 << 40));
    assert_null(get(24, (size_t)1 << 63));
    cairn_heap_check(&heap);
}

static void impossible_sizes(void **state)
{
    (void)state;
    start(SIZE);
    assert_null(cairn_allocator_alloc(&heap.allocator, layout_of(SIZE_MAX, 1)));
    assert_null(cairn_allocator_alloc(&heap.allocator, layout_of(SIZE_MAX - 15, 16)));
    assert_null(cairn_allocator_alloc(&heap.allocator, layout_of((size_t)PTRDIFF_MAX, 1)));
    assert_null(cairn_allocator_alloc(&heap.allocator, layout_of(SIZE, 1)));
    unsigned char *block = get(10, 1);
    assert_null(cairn_allocator_realloc(&heap.allocator, block, layout_of(10, 1), SIZE_MAX));
    assert_null(cairn_allocator_realloc(&heap.allocator, block, layout_of(10, 1), SIZE));
    expect_panic((void)!cairn_allocator_alloc(&heap.allocator, layout_of(8, 3)),
                 "alignment 3 is not a power of two");
    expect_panic((void)!cairn_allocator_alloc(&heap.allocator, layout_of(8, 0)),
                 "alignment 0 is not a power of two");
    give(block, 10, 1);
    cairn_heap_check(&heap);
}

/* Size 0 is outside the contract; it gets a block of its own, and that can be given back. */
static void size_0(void **state)
{
    (void)state;
    start(SIZE);
    void *first = get(0, 1), *second = get(0, 1);
    assert_non_null(first);
    assert_ptr_not_equal(first, second);
    give(first, 0, 1);
    give(second, 0, 1);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
}

/* ---- the inline functions ---- */

static void the_class_computed_is_the_table_s(void **state)
{
    (void)state;
    for (size_t granules = 0; granules < CAIRN_HEAP_CLASS_BYTES_MAX / GRANULE; granules++)
        assert_int_equal(cairn_heap_class_computed(granules), cairn_class_of_granules[granules]);
}

/* Of one constant size: by the inline functions, by the table, and by each what the other gave. */
#define MIX(size, align)                                                             \
    do {                                                                             \
        const struct cairn_layout layout = {size, align};                            \
        for (int k = 0; k < 200; k++)                                                \
            blocks[k] = k % 3 ? cairn_heap_alloc(&heap, layout)                      \
                              : cairn_allocator_alloc(&heap.allocator, layout);      \
        for (int k = 0; k < 200; k++) {                                              \
            assert_non_null(blocks[k]);                                              \
            assert_int_equal((uintptr_t)blocks[k] % align, 0);                       \
            memset(blocks[k], k, size);                                              \
        }                                                                            \
        cairn_heap_check(&heap);                                                     \
        for (int k = 0; k < 200; k++) {                                              \
            assert_int_equal(*(unsigned char *)blocks[k], k);                        \
            if (k % 2)                                                               \
                cairn_heap_dealloc(&heap, blocks[k], layout);                        \
            else                                                                     \
                cairn_allocator_dealloc(&heap.allocator, blocks[k], layout);         \
        }                                                                            \
        expect_panic(cairn_heap_dealloc(&heap, blocks[100], layout), "double free"); \
        cairn_heap_check(&heap);                                                     \
    } while (0)

static void inlined_and_called_are_the_same(void **state)
{
    (void)state;
    void *blocks[200];
    static const size_t sizes[] = {100 * 1024, SIZE};
    for (size_t i = 0; i < 2; i++) {
        start(sizes[i]);
        MIX(1, 1);
        MIX(16, 16);
        MIX(48, 8);
        MIX(64, 64);
        MIX(200, 8);
        MIX(250, 16);
        MIX(256, 256);
    }
}

static void inlined_without_memory(void **state)
{
    (void)state;
    heap = (struct cairn_heap)CAIRN_HEAP_EMPTY;
    assert_null(cairn_heap_alloc(&heap, layout_of(64, 8)));
    assert_null(cairn_heap_alloc(&heap, layout_of(SIZE_MAX, 8)));
    expect_panic(cairn_heap_dealloc(&heap, memory, layout_of(64, 8)), "not from this heap");
}

/* ---- wrong frees ---- */

/* In a heap with a front and in one without, for blocks of both kinds. */
static void wrong_frees_in(size_t heap_size, size_t size)
{
    start(heap_size);
    unsigned char *blocks[200];
    int count = heap_size > 200000 ? 100 : 3;
    for (int i = 0; i < count; i++)
        assert_non_null(blocks[i] = get(size, 16));
    unsigned char *block = blocks[count / 2];
    expect_panic(give(block + 16, size, 16),
                 size > 16 ? "16 bytes into the live block at" : "wrong");
    expect_panic(give(block + 8, size, 16), "8 bytes into the live block at");
    expect_panic(give(block, size + 1200, 16), "wrong layout, the block has");
    if (size > 64)
        expect_panic(give(block, 16, 16), "wrong layout, the block has");
    expect_panic(give((void *)((uintptr_t)memory - 4096), size, 16), "not from this heap");
    expect_panic(give(&heap, size, 16), "not from this heap");
    expect_panic(give(NULL, size, 16), "not from this heap");
    expect_panic(give(memory + heap_size, size, 16), "not from this heap");
    expect_panic(
        (void)!cairn_allocator_realloc(&heap.allocator, block + 16, layout_of(size, 16), 500),
        "realloc of");
    cairn_heap_check(&heap);
    give(block, size, 16);
    expect_panic(give(block, size, 16), "double free, or never allocated");
    expect_panic((void)!cairn_allocator_realloc(&heap.allocator, block, layout_of(size, 16), 500),
                 "double free, or never allocated");
    expect_panic((void)cairn_heap_usable_size(&heap, block), "double free, or never allocated");
    cairn_heap_check(&heap);
    cairn_heap_flush(&heap);
    expect_panic(give(block, size, 16), "double free, or never allocated");
    for (int i = 0; i < count; i++)
        if (blocks[i] != block)
            give(blocks[i], size, 16);
    for (int i = 0; i < count; i++)
        expect_panic(give(blocks[i], size, 16), "double free, or never allocated");
    cairn_heap_check(&heap);
}

static void wrong_frees(void **state)
{
    (void)state;
    static const size_t sizes[] = {32, 48, 200, 256, 1000, 2500};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        wrong_frees_in(20000, sizes[i]);
        wrong_frees_in(SIZE, sizes[i]);
    }
}

/* A block that never was: every granule of a fresh heap, and of one with blocks, is refused. */
static void no_address_but_a_block_s_is_taken(void **state)
{
    (void)state;
    start(600000);
    unsigned char *blocks[64];
    for (size_t i = 0; i < 64; i++)
        blocks[i] = get(16 + i % 7 * 40, 8);
    size_t end = (size_t)(blocks[63] - memory) + 4000;
    for (size_t at = 0; at < end; at += 8) {
        bool is_block = false;
        for (size_t i = 0; i < 64; i++)
            is_block = is_block || memory + at == blocks[i];
        if (!is_block)
            expect_panic(give(memory + at, 16, 8), "cairn: dealloc of");
    }
    cairn_heap_check(&heap);
}

/* ---- looking at it ---- */

struct sums {
    size_t bytes[3];
    uintptr_t next;
};

static bool add_up(void *context, enum cairn_heap_block_kind kind, void *start, size_t size)
{
    struct sums *sums = context;
    assert_true(sums->next == 0 || sums->next == (uintptr_t)start);
    sums->next = (uintptr_t)start + size;
    sums->bytes[kind] += size;
    return true;
}

static void statistics_equal_a_walk(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    start(SIZE);
    struct {
        void *block;
        size_t size;
    } blocks[500] = {0};
    for (int action = 0; action < 20000; action++) {
        size_t i = random_below(&random, 500);
        if (blocks[i].block) {
            give(blocks[i].block, blocks[i].size, 8);
            blocks[i].block = NULL;
        } else {
            blocks[i].size = 1 + random_below(&random, 600);
            blocks[i].block = get(blocks[i].size, 8);
        }
        if (action % 50 != 0)
            continue;
        struct sums sums = {{0}, 0};
        cairn_heap_walk(&heap, add_up, &sums);
        struct cairn_heap_statistics statistics = cairn_heap_statistics(&heap);
        assert_int_equal(statistics.used, sums.bytes[CAIRN_HEAP_BLOCK_LIVE]);
        assert_int_equal(statistics.cached, sums.bytes[CAIRN_HEAP_BLOCK_CACHED]);
        assert_int_equal(statistics.free, sums.bytes[CAIRN_HEAP_BLOCK_FREE]);
        assert_int_equal(statistics.used + statistics.cached + statistics.free, statistics.size);
        assert_true(statistics.peak >= statistics.used + statistics.cached);
        cairn_heap_check(&heap);
    }
}

static void the_largest_free_block_can_be_had(void **state)
{
    (void)state;
    start(50000);
    size_t largest = cairn_heap_statistics(&heap).largest_free;
    assert_int_equal(largest, cairn_heap_statistics(&heap).free);
    assert_non_null(get(largest / 32 * 31, 16));
    assert_null(get(largest, 16));
}

/* The letters go to standard error: caught by a pipe of the host's. */
static void dump_has_a_letter_for_each_granule(void **state)
{
    (void)state;
    start(20000);
    get(40, 8);
    void *middle = get(100, 8);
    get(16, 8);
    give(middle, 100, 8);
    cairn_heap_dump(&heap); /* seen, not compared: walk and check are */
    struct sums sums = {{0}, 0};
    cairn_heap_walk(&heap, add_up, &sums);
    assert_int_equal(sums.bytes[CAIRN_HEAP_BLOCK_LIVE], 48 + 16);
}

static size_t discarded;

static void overwrite(void *context, void *start, size_t size)
{
    assert_ptr_equal(context, &discarded);
    assert_int_equal((uintptr_t)start % 4096, 0);
    assert_int_equal(size % 4096, 0);
    memset(start, 0, size);
    discarded += size;
}

static void trim_gives_away_only_what_nobody_needs(void **state)
{
    (void)state;
    start(SIZE);
    unsigned char *blocks[40];
    for (int i = 0; i < 40; i++)
        assert_non_null(blocks[i] = get(20000, 16));
    for (int i = 0; i < 40; i += 2)
        give(blocks[i], 20000, 16);
    discarded = 0;
    size_t trimmed = cairn_heap_trim(&heap, 4096, overwrite, &discarded);
    assert_int_equal(trimmed, discarded);
    assert_true(discarded > 20 * 3 * 4096);
    cairn_heap_check(&heap);
    for (int i = 1; i < 40; i += 2) {
        for (int at = 0; at < 20000; at++)
            assert_int_equal(blocks[i][at], 0xc7);
        give(blocks[i], 20000, 16);
    }
    cairn_heap_check(&heap);
}

/* ---- damage ---- */

static void check_notices_damage(void **state)
{
    (void)state;
    start(50000);
    unsigned char *block = get(1000, 16), *freed = get(1000, 16), *last = get(100, 16);
    give(freed, 1000, 16);
    cairn_heap_check(&heap);
    unsigned char saved[16];
    memcpy(saved, freed, 16);
    memset(freed, 0x41, 16); /* a write after free */
    expect_panic(cairn_heap_check(&heap), "the heap is damaged");
    memcpy(freed, saved, 16);
    cairn_heap_check(&heap);
    memcpy(saved, last - 16, 16);
    memset(last - 16, 0x41, 16); /* a write before a block */
    expect_panic(cairn_heap_check(&heap), "the heap is damaged");
    memcpy(last - 16, saved, 16);
    give(block, 1000, 16);
    give(last, 100, 16);
    cairn_heap_check(&heap);
}

/* ---- the fixed bound on what a flush does ---- */

static void an_allocation_gets_what_the_front_has_cached(void **state)
{
    (void)state;
    start(SIZE);
    unsigned char *blocks[2000];
    int count = 0;
    for (; count < 2000; count++)
        assert_non_null(blocks[count] = get(64, 16));
    while (count > 0)
        give(blocks[--count], 64, 16);
    assert_true(cairn_heap_statistics(&heap).cached > 0);
    size_t all = cairn_heap_statistics(&heap).size;
    assert_non_null(get(all / 16 * 16, 16));
    assert_int_equal(cairn_heap_statistics(&heap).cached, 0);
}

/* When the pool of chunks is used up, no certificate is written for a class that has none. */
static void a_class_without_a_chunk(void **state)
{
    (void)state;
    static _Alignas(4096) unsigned char large[20 << 20];
    static void *blocks[64 * 64];
    assert_int_equal(cairn_heap_init(&heap, large, sizeof(large)), CAIRN_REGION_OK);
    for (int i = 0; i < 64 * 64; i++)
        assert_non_null(blocks[i] = get(16, 16));
    for (int i = 0; i < 64 * 64; i++)
        give(blocks[i], 16, 16);
    for (int i = 0; i < 5; i++) /* now the class is warm, and finds the pool empty */
        assert_non_null(get(4096, 4096));
    void *block = get(5000, 4096);
    block = cairn_allocator_realloc(&heap.allocator, block, layout_of(5000, 4096), 4096);
    give(block, 4096, 4096);
    cairn_heap_check(&heap);
    assert_int_equal(cairn_heap_statistics(&heap).used, 5 * 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_s_addresses),
        cmocka_unit_test(every_alignment),
        cmocka_unit_test(impossible_sizes),
        cmocka_unit_test(size_0),
        cmocka_unit_test(the_class_computed_is_the_table_s),
        cmocka_unit_test(inlined_and_called_are_the_same),
        cmocka_unit_test(inlined_without_memory),
        cmocka_unit_test(wrong_frees),
        cmocka_unit_test(no_address_but_a_block_s_is_taken),
        cmocka_unit_test(statistics_equal_a_walk),
        cmocka_unit_test(the_largest_free_block_can_be_had),
        cmocka_unit_test(dump_has_a_letter_for_each_granule),
        cmocka_unit_test(trim_gives_away_only_what_nobody_needs),
        cmocka_unit_test(check_notices_damage),
        cmocka_unit_test(an_allocation_gets_what_the_front_has_cached),
        cmocka_unit_test(a_class_without_a_chunk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
