/* SPDX-License-Identifier: MIT */
/* The buddy allocator: how blocks are halved and merged, its map, and what it notices. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include <cairn/buddy.h>

#include "system_memory.h"

/* With its map, a heap of one block of 64 KiB. */
enum { SIZE = 64 * 1024, REGION = SIZE / 16 * 17, LOG2_SIZE = 16 };

static _Alignas(SIZE) unsigned char memory[REGION + SIZE];
static struct cairn_buddy heap;

static int make_heap(void **state)
{
    (void)state;
    memset(memory, 0x5a, sizeof(memory));
    assert_int_equal(cairn_buddy_init(&heap, memory, REGION), CAIRN_REGION_OK);
    cairn_buddy_check(&heap);
    return 0;
}

static void *alloc(size_t size, size_t align)
{
    void *block = cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){size, align});
    cairn_buddy_check(&heap);
    return block;
}

static void dealloc(void *block, size_t size, size_t align)
{
    cairn_allocator_dealloc(&heap.allocator, block, (struct cairn_layout){size, align});
    cairn_buddy_check(&heap);
}

static void *resize(void *block, size_t size, size_t new_size)
{
    void *moved =
        cairn_allocator_realloc(&heap.allocator, block, (struct cairn_layout){size, 1}, new_size);
    cairn_buddy_check(&heap);
    return moved;
}

static void expect_at(const void *block, size_t offset)
{
    assert_non_null(block);
    assert_int_equal((const unsigned char *)block - memory, offset);
}

static void expect_statistics(size_t size, size_t used, size_t largest_free)
{
    struct cairn_buddy_statistics is = cairn_buddy_statistics(&heap);
    assert_int_equal(is.size, size);
    assert_int_equal(is.used, used);
    assert_int_equal(is.free, size - used);
    assert_int_equal(is.largest_free, largest_free);
}

static void expect_all_free(void)
{
    expect_statistics(SIZE, 0, SIZE);
}

/* ---- Halving and merging ---- */

static void a_block_is_halved_until_it_fits(void **state)
{
    (void)state;
    expect_all_free();
    expect_at(alloc(16, 1), 0);
    expect_statistics(SIZE, 16, SIZE / 2);
    expect_at(alloc(16, 1), 16);
    expect_at(alloc(16, 1), 32);
    expect_at(alloc(SIZE / 2, 1), SIZE / 2);
    expect_at(alloc(100, 1), 128);
    expect_statistics(SIZE, 16 * 3 + SIZE / 2 + 128, SIZE / 4);
}

static void sizes_and_alignments_are_rounded_up_to_powers_of_two(void **state)
{
    (void)state;
    const struct {
        size_t size, align, block_size;
    } cases[] = {
        {1, 1, 16},         {16, 16, 16},    {17, 1, 32},     {32, 1, 32},
        {33, 8, 64},        {1, 64, 64},     {65, 64, 128},   {4096, 1, 4096},
        {4097, 4096, 8192}, {1, 4096, 4096}, {SIZE, 1, SIZE}, {1, SIZE, SIZE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        void *block = alloc(cases[i].size, cases[i].align);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % cases[i].block_size, 0);
        assert_int_equal(cairn_buddy_statistics(&heap).used, cases[i].block_size);
        memset(block, 0xff, cases[i].block_size);
        dealloc(block, cases[i].size, cases[i].align);
        expect_all_free();
    }
}

static void the_smallest_free_block_that_is_large_enough_is_taken(void **state)
{
    (void)state;
    void *small = alloc(64, 1), *wall = alloc(64, 1), *large = alloc(256, 1);
    assert_non_null(wall);
    dealloc(small, 64, 1);
    dealloc(large, 256, 1);
    expect_at(alloc(16, 1), 0); /* not from what is larger and was freed later */
    expect_at(alloc(128, 1), 128);
}

static void buddies_merge_in_every_order(void **state)
{
    (void)state;
    enum { COUNT = 4 };
    const size_t orders[][COUNT] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {0, 2, 1, 3}, {1, 3, 0, 2},
                                    {2, 0, 3, 1}, {1, 2, 3, 0}, {0, 3, 1, 2}, {3, 0, 2, 1}};
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        void *blocks[COUNT];
        for (size_t j = 0; j < COUNT; j++)
            expect_at(blocks[j] = alloc(64, 1), 64 * j);
        for (size_t j = 0; j < COUNT; j++)
            dealloc(blocks[orders[i][j]], 64, 1);
        expect_all_free();
    }
}

static void neighbours_that_are_no_buddies_stay_apart(void **state)
{
    (void)state;
    void *blocks[SIZE / 64];
    for (size_t i = 0; i < SIZE / 64; i++)
        expect_at(blocks[i] = alloc(64, 1), 64 * i);
    expect_statistics(SIZE, SIZE, 0);
    dealloc(blocks[1], 64, 1);
    dealloc(blocks[2], 64, 1);
    expect_statistics(SIZE, SIZE - 128, 64);
    assert_null(alloc(65, 1));
    dealloc(blocks[3], 64, 1);
    expect_statistics(SIZE, SIZE - 192, 128);
    expect_at(alloc(128, 1), 128);
}

static void exhaustion_gives_null_and_nothing_is_lost(void **state)
{
    (void)state;
    static void *blocks[SIZE / 16];
    assert_null(alloc(SIZE + 1, 1));
    assert_null(alloc((size_t)PTRDIFF_MAX, 1));
    assert_null(alloc(1, 2 * (size_t)SIZE));
    assert_null(alloc(1, (size_t)1 << 62));
    struct cairn_layout smallest = {16, 1};
    for (size_t i = 0; i < SIZE / 16; i++)
        blocks[i] = cairn_allocator_alloc(&heap.allocator, smallest);
    assert_non_null(blocks[SIZE / 16 - 1]);
    assert_null(alloc(1, 1));
    for (size_t i = 0; i < SIZE / 16; i++)
        cairn_allocator_dealloc(&heap.allocator, blocks[i * 7 % (SIZE / 16)], smallest);
    cairn_buddy_check(&heap);
    expect_all_free();
}

/* ---- realloc ---- */

static void a_block_stays_while_its_order_stays(void **state)
{
    (void)state;
    void *block = alloc(100, 1);
    assert_ptr_equal(resize(block, 100, 128), block);
    assert_ptr_equal(resize(block, 128, 65), block);
    expect_statistics(SIZE, 128, SIZE / 2);
}

static void a_block_shrinks_in_place_and_gives_the_rest_back(void **state)
{
    (void)state;
    void *block = alloc(SIZE, 1);
    assert_ptr_equal(resize(block, SIZE, 20), block);
    expect_statistics(SIZE, 32, SIZE / 2);
    expect_at(alloc(32, 1), 32);
    dealloc(memory + 32, 32, 1);
    dealloc(block, 20, 1);
    expect_all_free();
}

static void a_block_grows_over_its_free_buddies(void **state)
{
    (void)state;
    unsigned char *block = alloc(16, 1);
    memset(block, 7, 16);
    assert_ptr_equal(resize(block, 16, 1000), block);
    expect_statistics(SIZE, 1024, SIZE / 2);
    assert_ptr_equal(resize(block, 1000, SIZE), block);
    expect_statistics(SIZE, SIZE, 0);
    assert_null(resize(block, SIZE, SIZE + 1));
    assert_null(resize(block, SIZE, (size_t)PTRDIFF_MAX));
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(block[i], 7);
    dealloc(block, SIZE, 1);
    expect_all_free();
}

static void a_block_that_cannot_grow_moves(void **state)
{
    (void)state;
    unsigned char *lower = alloc(16, 1), *upper = alloc(16, 1), *split = alloc(16, 1);
    memset(lower, 1, 16);
    memset(upper, 2, 16);
    upper = resize(upper, 16, 32); /* as it is an upper half itself */
    expect_at(upper, 64);
    assert_non_null(split);
    lower = resize(lower, 16, 64); /* as its buddies to there are not all free */
    expect_at(lower, 128);
    for (size_t i = 0; i < 16; i++) {
        assert_int_equal(lower[i], 1);
        assert_int_equal(upper[i], 2);
    }
    dealloc(lower, 64, 1);
    dealloc(split, 16, 1);
    dealloc(upper, 32, 1);
    expect_all_free();
}

static void an_upper_half_does_not_grow_over_what_is_behind_it(void **state)
{
    (void)state;
    void *blocks[4];
    for (size_t i = 0; i < 4; i++)
        blocks[i] = alloc(16, 1);
    dealloc(blocks[2], 16, 1);
    expect_at(resize(blocks[1], 16, 32), 64);
}

/* ---- Its memory ---- */

static void it_is_empty_until_it_is_given_memory(void **state)
{
    (void)state;
    heap = (struct cairn_buddy)CAIRN_BUDDY_EMPTY;
    assert_null(alloc(1, 1));
    assert_null(alloc(1, (size_t)1 << 62));
    expect_panic(dealloc(memory, 1, 1), "outside the heap");
    expect_statistics(0, 0, 0);
}

/* Every byte of the statistics' size can be had, whatever the region. */
static void expect_all_can_be_had(size_t offset, size_t size)
{
    static void *blocks[sizeof(memory) / 16];
    memset(memory, 0x5a, sizeof(memory));
    memset(&heap, 0xff, sizeof(heap)); /* whatever it was before */
    assert_int_equal(cairn_buddy_init(&heap, memory + offset, size), CAIRN_REGION_OK);
    cairn_buddy_check(&heap);
    struct cairn_layout smallest = {16, 1};
    size_t count = 0;
    for (void *block; (block = cairn_allocator_alloc(&heap.allocator, smallest)); count++)
        blocks[count] = memset(block, 0xff, 16);
    cairn_buddy_check(&heap);
    expect_statistics(count * 16, count * 16, 0);
    assert_true(count * 17 <= size && size < (count + 1) * 17 + 30);
    while (count > 0)
        cairn_allocator_dealloc(&heap.allocator, blocks[--count], smallest);
    cairn_buddy_check(&heap);
    assert_int_equal(cairn_buddy_statistics(&heap).used, 0);
    for (size_t i = 0; i < offset; i++)
        assert_int_equal(memory[i], 0x5a);
    for (size_t i = offset + size; i < sizeof(memory); i++)
        assert_int_equal(memory[i], 0x5a);
}

static void a_region_may_begin_anywhere_and_have_any_size(void **state)
{
    (void)state;
    const size_t offsets[] = {0, 1, 16, 48, 1000, 4096 + 16, SIZE - 16};
    const size_t sizes[] = {47, 48, 100, 1024, 1000, 4096, 5000, SIZE, REGION};
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
        for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++)
            expect_all_can_be_had(offsets[i], sizes[j]);
}

static void expect_no_memory(void *start, size_t size, enum cairn_region_error error)
{
    memset(&heap, 0xff, sizeof(heap));
    assert_int_equal(cairn_buddy_init(&heap, start, size), error);
    assert_null(alloc(1, 1));
    expect_statistics(0, 0, 0);
}

static void init_with_too_little_leaves_it_empty(void **state)
{
    (void)state;
    expect_no_memory(memory, 0, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory, 1, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory, 31, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory + 1, 46, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(NULL, 32, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory, SIZE_MAX, CAIRN_REGION_WRAPS);
    assert_int_equal(cairn_buddy_init(&heap, memory, 32), CAIRN_REGION_OK);
    expect_at(alloc(16, 1), 0);
    expect_statistics(16, 16, 0);
}

static void a_heap_of_several_gibibytes(void **state)
{
    (void)state;
    const size_t size = (size_t)5 << 30, gibibyte = (size_t)1 << 30;
    void *region = system_memory_map(size);
    assert_int_equal(cairn_buddy_init(&heap, region, size), CAIRN_REGION_OK);
    struct cairn_layout half = {2 * gibibyte, 1}, page = {4096, 4096}, quarter = {gibibyte, 1};
    void *large = cairn_allocator_alloc(&heap.allocator, half);
    void *small = cairn_allocator_alloc(&heap.allocator, page);
    assert_non_null(large);
    assert_non_null(small);
    assert_ptr_equal(cairn_allocator_realloc(&heap.allocator, large, half, gibibyte), large);
    expect_panic(cairn_allocator_dealloc(&heap.allocator, large, half), "has 1073741824 bytes");
    cairn_allocator_dealloc(&heap.allocator, large, quarter);
    cairn_allocator_dealloc(&heap.allocator, small, page);
    assert_int_equal(cairn_buddy_statistics(&heap).used, 0);
    assert_int_equal(cairn_buddy_statistics(&heap).size, size / 17 * 16);
    system_memory_unmap(region, size);
}

/* ---- What it notices ---- */

static void a_double_free_panics(void **state)
{
    (void)state;
    void *first = alloc(64, 1), *second = alloc(64, 1), *third = alloc(64, 1);
    dealloc(first, 64, 1);
    expect_panic(dealloc(first, 64, 1), "double free");
    dealloc(second, 64, 1);
    expect_panic(dealloc(first, 64, 1), "double free");
    expect_panic(dealloc(second, 64, 1), "double free"); /* inside a merged one by now */
    expect_panic(dealloc(second, 1, 1), "double free");  /* with another layout, too */
    expect_panic((void)resize(second, 64, 128), "double free");
    dealloc(third, 64, 1);
    expect_panic(dealloc(third, 64, 1), "double free");
    expect_panic(dealloc(memory + SIZE - 16, 16, 1), "double free");
    expect_all_free();
}

static void a_wrong_layout_panics(void **state)
{
    (void)state;
    char expected[128];
    void *block = alloc(100, 1);
    snprintf(expected, sizeof(expected),
             "buddy: %p, size 16, align 1: wrong layout: the block there has 128 bytes", block);
    expect_panic(dealloc(block, 16, 1), expected);
    expect_panic(dealloc(block, 200, 1), "wrong layout");
    expect_panic(dealloc(block, 1, 4096), "wrong layout");
    expect_panic((void)resize(block, 64, 100), "wrong layout");
    dealloc(block, 128, 1);
    expect_all_free();
}

static void an_address_inside_a_block_panics(void **state)
{
    (void)state;
    char expected[128];
    unsigned char *block = alloc(128, 1);
    snprintf(expected, sizeof(expected), "no block begins there, it is inside that at %p", block);
    expect_panic(dealloc(block + 16, 16, 1), expected);
    expect_panic(dealloc(block + 64, 64, 1), expected);
    expect_panic(dealloc(block + 1, 128, 1), expected);
    expect_panic(dealloc(block + 127, 1, 1), expected);
    expect_statistics(SIZE, 128, SIZE / 2);
}

static void a_block_from_elsewhere_panics(void **state)
{
    (void)state;
    int local;
    assert_int_equal(cairn_buddy_init(&heap, memory + 1024, 1024), CAIRN_REGION_OK);
    expect_panic(dealloc(memory + 1008, 16, 1), "outside the heap");
    expect_panic(dealloc(memory + 1024 + 960, 16, 1), "outside the heap"); /* the map */
    expect_panic(dealloc(&local, 4, 4), "outside the heap");
    expect_panic(dealloc(NULL, 16, 1), "outside the heap");
    expect_statistics(960, 0, 512);
}

static void a_layout_that_is_none_panics(void **state)
{
    (void)state;
    void *block = alloc(8, 1);
    expect_panic((void)alloc(0, 1), "Layout { size: 0, align: 1 } is no layout to allocate");
    expect_panic((void)alloc(8, 3), "is no layout to allocate");
    expect_panic((void)alloc(SIZE_MAX, 1), "is no layout to allocate");
    expect_panic(dealloc(block, 0, 1), "is no layout to allocate");
    expect_panic((void)resize(block, 8, 0), "is no layout to allocate");
    expect_statistics(SIZE, 16, SIZE / 2);
}

/* ---- What the walk over the whole heap notices ---- */

static struct cairn_buddy_block *block_at(size_t offset)
{
    return (struct cairn_buddy_block *)(void *)(memory + offset);
}

static void the_check_notices_a_map_that_cannot_be(void **state)
{
    (void)state;
    enum { FREE = 0x80, LIVE = 0x40 };
    expect_at(alloc(64, 1), 0);
    const struct {
        size_t granule;
        unsigned char state;
        const char *text;
    } cases[] = {
        {0, 0, "is no state of a block"},
        {0, 63 | LIVE, "is no state of a block"},
        {0, LIVE | FREE | 2, "is no state of a block"},
        {0, LIVE | 20, "cannot be at"},
        {4, LIVE | 3, "cannot be at"},
        {2, FREE, "inside that of 64 bytes"},
        {0, FREE | 2, "were not merged"},
        {4, LIVE | 2, "are in live blocks, but 64 were counted"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned char *state_of = &heap.map[cases[i].granule], whole = *state_of;
        *state_of = cases[i].state;
        expect_panic(cairn_buddy_check(&heap), cases[i].text);
        *state_of = whole;
        cairn_buddy_check(&heap);
    }
    heap.map[0] = 0;
    expect_panic(cairn_allocator_dealloc(&heap.allocator, memory, (struct cairn_layout){64, 1}),
                 "the map knows no block there");
}

static void the_check_notices_a_block_that_passes_the_end(void **state)
{
    (void)state;
    assert_int_equal(cairn_buddy_init(&heap, memory, 1024), CAIRN_REGION_OK);
    expect_statistics(960, 0, 512); /* then blocks of 256, 128 and 64 */
    heap.map[512 / 16] = 0x40 | 5;
    expect_panic(cairn_buddy_check(&heap), "a block of 512 bytes cannot be at");
}

static void the_check_notices_a_broken_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++)
        expect_at(alloc(64, 1), 64 * i);
    dealloc(block_at(128), 64, 1);
    dealloc(block_at(0), 64, 1);
    struct cairn_buddy_block *first = block_at(0), *second = block_at(128);
    assert_ptr_equal(first->next, second);
    *block_at(64) = (struct cairn_buddy_block){NULL, first}; /* live, and looks like a free one */
    block_at(16)->next = first;                              /* so does what begins at 8 */
    const uintptr_t wild[] = {0x5a5a5a5a5a5a5a5a, (uintptr_t)memory + 8, (uintptr_t)memory + 64,
                              (uintptr_t)memory + SIZE};
    for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        first->next = (struct cairn_buddy_block *)wild[i];
        expect_panic(cairn_buddy_check(&heap), "which is no free block of it");
    }
    first->next = NULL;
    expect_panic(cairn_buddy_check(&heap), "2 blocks of order 2 are free, but 1 are listed");
    first->next = second;
    second->previous = second;
    expect_panic(cairn_buddy_check(&heap), "which is no free block of it");
    second->previous = first;
    second->next = second;
    expect_panic(cairn_buddy_check(&heap), "which is no free block of it");
    second->next = NULL;
    cairn_buddy_check(&heap);
    heap.nonempty ^= 1U << 2;
    expect_panic(cairn_buddy_check(&heap), "the bit of order 2 is wrong");
}

#define test_on_a_heap(name) cmocka_unit_test_setup(name, make_heap)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(a_block_is_halved_until_it_fits),
        test_on_a_heap(sizes_and_alignments_are_rounded_up_to_powers_of_two),
        test_on_a_heap(the_smallest_free_block_that_is_large_enough_is_taken),
        test_on_a_heap(buddies_merge_in_every_order),
        test_on_a_heap(neighbours_that_are_no_buddies_stay_apart),
        test_on_a_heap(exhaustion_gives_null_and_nothing_is_lost),
        test_on_a_heap(a_block_stays_while_its_order_stays),
        test_on_a_heap(a_block_shrinks_in_place_and_gives_the_rest_back),
        test_on_a_heap(a_block_grows_over_its_free_buddies),
        test_on_a_heap(a_block_that_cannot_grow_moves),
        test_on_a_heap(an_upper_half_does_not_grow_over_what_is_behind_it),
        test_on_a_heap(it_is_empty_until_it_is_given_memory),
        test_on_a_heap(a_region_may_begin_anywhere_and_have_any_size),
        test_on_a_heap(init_with_too_little_leaves_it_empty),
        test_on_a_heap(a_heap_of_several_gibibytes),
        test_on_a_heap(a_double_free_panics),
        test_on_a_heap(a_wrong_layout_panics),
        test_on_a_heap(an_address_inside_a_block_panics),
        test_on_a_heap(a_block_from_elsewhere_panics),
        test_on_a_heap(a_layout_that_is_none_panics),
        test_on_a_heap(the_check_notices_a_map_that_cannot_be),
        test_on_a_heap(the_check_notices_a_block_that_passes_the_end),
        test_on_a_heap(the_check_notices_a_broken_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
