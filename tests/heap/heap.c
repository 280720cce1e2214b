/* SPDX-License-Identifier: MIT */
/*
 * The allocator cairn: where blocks lie, every wrong free by its message, edges, statistics against
 * a walk, trimming, dumping. Regions are in regions.c, what is forged in forged_memory.c and _metadata.c,
 * random actions against a model in tests/conformance.
 */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cairn/base/host.h>
#include <cairn/heap_inline.h>

enum { SIZE = 1 << 20, LARGE = 8 << 20, GRANULE = CAIRN_HEAP_GRANULE };

static _Alignas(4096) unsigned char memory[LARGE];
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
    memset(memory, 0xee, size);
    assert_int_equal(cairn_heap_init(&heap, memory, size), CAIRN_REGION_OK);
}

/* ---- where blocks lie ---- */

/* As those of the text: the metadata comes first, then block after block. */
static void blocks_lie_side_by_side(void **state)
{
    (void)state;
    static const size_t sizes[] = {3000, 100 * 1024, SIZE, LARGE};
    for (size_t i = 0; i < 4; i++) {
        start(sizes[i]);
        unsigned char *first = get(4, 4);
        assert_true(first > memory && first < memory + 1024 + sizes[i] / 20);
        assert_ptr_equal(get(16, 4), first + 16);
        assert_ptr_equal(get(100, 4), first + 32);
        assert_ptr_equal(get(100, 4), first + 32 + 112);
        cairn_heap_check(&heap);
    }
}

static void a_block_grows_where_it_stands(void **state)
{
    (void)state;
    start(SIZE);
    unsigned char *block = get(2048, 4);
    for (size_t size = 2048; size < SIZE / 8; size *= 2)
        assert_ptr_equal(
            cairn_allocator_realloc(&heap.allocator, block, layout_of(size, 4), size * 2), block);
    cairn_heap_check(&heap);
}

static void a_block_shrinks_where_it_stands(void **state)
{
    (void)state;
    static const size_t sizes[] = {40000, 3000, 2000, 500, 100, 20, 16};
    start(SIZE);
    unsigned char *block = get(sizes[0], 4);
    for (size_t i = 1; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        assert_ptr_equal(
            cairn_allocator_realloc(&heap.allocator, block, layout_of(sizes[i - 1], 4), sizes[i]),
            block);
    assert_int_equal(cairn_heap_statistics(&heap).used, 16);
    cairn_heap_check(&heap);
}

/* Not where it could begin before it, too: that would be a copy. */
static void a_block_stays_where_it_just_fits(void **state)
{
    (void)state;
    enum { PART = 2000 };
    unsigned char *parts[4];
    start(SIZE);
    for (int i = 0; i < 4; i++)
        parts[i] = get(PART, 4);
    give(parts[0], PART, 4);
    give(parts[2], PART, 4);
    assert_ptr_equal(
        cairn_allocator_realloc(&heap.allocator, parts[1], layout_of(PART, 4), 2 * PART), parts[1]);
    cairn_heap_check(&heap);
}

/* A block of 2000 bytes with another 2000 free before or after it, and `other` bytes free elsewhere. */
static void grow_in_a_full_heap(bool before, size_t other, bool moves)
{
    start(50000);
    unsigned char *blocks_of_2000[] = {get(2000, 4), get(2000, 4), get(2000, 4)};
    assert_non_null(get(10000, 4));
    unsigned char *elsewhere = get(other, 4);
    assert_non_null(get(2000, 4));
    give(blocks_of_2000[before ? 0 : 2], 2000, 4);
    give(elsewhere, other, 4);
    unsigned char *grown =
        cairn_allocator_realloc(&heap.allocator, blocks_of_2000[1], layout_of(2000, 4), 3000);
    assert_ptr_equal(grown, moves ? elsewhere : blocks_of_2000[before ? 0 : 1]);
    cairn_heap_check(&heap);
}

static void in_a_full_heap_a_block_moves_where_it_is_tighter(void **state)
{
    (void)state;
    for (int before = 0; before < 2; before++) {
        grow_in_a_full_heap(before, 2800, false); /* too small, and the rest of the heap is large */
        grow_in_a_full_heap(before, 3200, true);
        grow_in_a_full_heap(before, 4000, false); /* no tighter than where it is */
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
    for (size_t granules = 0; granules < CAIRN_SIZE_CLASS_MAX_GRANULES; granules++)
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
    static const size_t sizes[] = {100 * 1024, SIZE, LARGE};
    for (size_t i = 0; i < 3; i++) {
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

/* In heaps with slabs and without. */
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
        wrong_frees_in(LARGE, sizes[i]);
    }
}

/* A block that never was: every granule of a fresh heap, and of one with blocks, is refused. */
static void refuse_all_but_blocks(size_t heap_size)
{
    start(heap_size);
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

static void no_address_but_a_block_s_is_taken(void **state)
{
    (void)state;
    refuse_all_but_blocks(600000);
    refuse_all_but_blocks(LARGE);
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

static void compare_statistics(size_t heap_size)
{
    struct random_source random = test_random_start();
    start(heap_size);
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

static void statistics_equal_a_walk(void **state)
{
    (void)state;
    compare_statistics(SIZE);
    compare_statistics(LARGE);
}

static void the_largest_free_block_can_be_had(void **state)
{
    (void)state;
    start(50000);
    size_t largest = cairn_heap_statistics(&heap).largest_free;
    assert_int_equal(largest, cairn_heap_statistics(&heap).free);
    assert_non_null(get(largest, 16));
    assert_null(get(1, 16));
}

/* The letters go to standard error, which is a file for a moment. */
static void read_dump(char *text, size_t room)
{
    int file = memfd_create("dump", 0), error = dup(STDERR_FILENO);
    assert_true(file >= 0 && error >= 0 && dup2(file, STDERR_FILENO) >= 0);
    cairn_heap_dump(&heap);
    assert_true(dup2(error, STDERR_FILENO) >= 0);
    ssize_t length = pread(file, text, room - 1, 0);
    assert_true(length > 0);
    text[length] = '\0';
    close(file);
    close(error);
}

static void dump_has_a_letter_for_each_granule(void **state)
{
    (void)state;
    char text[4096], expected[200], line[65] = "AaaCccccccA";
    start(20000);
    unsigned char *first = get(40, 8), *middle = get(100, 8);
    get(16, 8);
    give(middle, 100, 8);
    memset(line + 11, '.', 64 - 11);
    int length = snprintf(expected, sizeof(expected), "%#018llx %s\n%#018llx ....",
                          (unsigned long long)(uintptr_t)first, line,
                          (unsigned long long)(uintptr_t)first + 64 * 16);
    read_dump(text, sizeof(text));
    assert_memory_equal(text, expected, (size_t)length);
    size_t free_granules = 0;
    for (const char *letter = text; *letter; letter++)
        free_granules += *letter == '.';
    assert_int_equal(free_granules * GRANULE, cairn_heap_statistics(&heap).free);
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
    expect_panic((void)cairn_heap_trim(&heap, 32, overwrite, NULL), "trim by pages of 32 bytes");
    expect_panic((void)cairn_heap_trim(&heap, 100, overwrite, NULL), "trim by pages of 100 bytes");
}

/* ---- corruption ---- */

static void check_notices_corruption(void **state)
{
    (void)state;
    start(50000);
    unsigned char *block = get(1000, 16), *freed = get(1000, 16), *last = get(100, 16);
    give(freed, 1000, 16);
    cairn_heap_check(&heap);
    unsigned char saved[16];
    memcpy(saved, freed, 16);
    memset(freed, 0x41, 16); /* a write after free */
    expect_panic(cairn_heap_check(&heap), "was overwritten");
    memcpy(freed, saved, 16);
    cairn_heap_check(&heap);
    memcpy(saved, last - 16, 16);
    memset(last - 16, 0x41, 16); /* a write before a block */
    expect_panic(cairn_heap_check(&heap), "was overwritten");
    memcpy(last - 16, saved, 16);
    give(block, 1000, 16);
    give(last, 100, 16);
    cairn_heap_check(&heap);
}

/* ---- nothing is cached that a refusal would have needed ---- */

static void *blocks[SIZE / 16];

static void the_largest_block_after(size_t heap_size, size_t size)
{
    start(heap_size);
    size_t count = 0, all = cairn_heap_statistics(&heap).size;
    while (count < heap_size / 8 / size) {
        blocks[count] = get(size, 16);
        assert_non_null(blocks[count++]);
    }
    while (count > 0)
        give(blocks[--count], size, 16);
    assert_true(cairn_heap_statistics(&heap).cached > 0);
    assert_non_null(get(all, 16));
    assert_int_equal(cairn_heap_statistics(&heap).cached, 0);
    cairn_heap_check(&heap);
}

static void all_can_be_had_after_small_blocks(void **state)
{
    (void)state;
    the_largest_block_after(100 * 1024, 64);
    the_largest_block_after(SIZE, 64);
    the_largest_block_after(LARGE, 16);
    the_largest_block_after(LARGE, 64);
    the_largest_block_after(LARGE, 250);
}

/* Slabs of which one object in four lives: the others serve as ordinary memory when it is short. */
static void free_objects_of_slabs_can_be_had(void **state)
{
    (void)state;
    enum { OBJECT = 200, COUNT = LARGE / OBJECT / 4 };
    start(LARGE);
    for (size_t i = 0; i < COUNT; i++)
        assert_non_null(blocks[i] = get(OBJECT, 8));
    for (size_t i = 0; i < COUNT; i++)
        if (i % 4)
            give(blocks[i], OBJECT, 8);
    while (get(600, 8)) /* three objects side by side and more */
        continue;
    assert_true(cairn_heap_statistics(&heap).free < cairn_heap_statistics(&heap).size / 16);
    cairn_heap_check(&heap);
    for (size_t i = 0; i < COUNT; i += 4) {
        expect_panic(give(blocks[i], OBJECT + 32, 8), "wrong layout");
        give(blocks[i], OBJECT, 8);
        expect_panic(give(blocks[i], OBJECT, 8), "double free");
    }
    cairn_heap_check(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_lie_side_by_side),
        cmocka_unit_test(a_block_grows_where_it_stands),
        cmocka_unit_test(a_block_shrinks_where_it_stands),
        cmocka_unit_test(a_block_stays_where_it_just_fits),
        cmocka_unit_test(in_a_full_heap_a_block_moves_where_it_is_tighter),
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
        cmocka_unit_test(check_notices_corruption),
        cmocka_unit_test(all_can_be_had_after_small_blocks),
        cmocka_unit_test(free_objects_of_slabs_can_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
