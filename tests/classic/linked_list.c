/* SPDX-License-Identifier: MIT */
/* The linked-list allocator: where its blocks lie, that it loses nothing, and what it notices. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include <cairn/linked_list.h>

#define T    box_int
#define ITEM int32_t
#include <cairn/box.t.h>

#define T    vec_int
#define ITEM int32_t
#include <cairn/vec.t.h>

/* The collections above are given their allocator; here is what they would fall back on. */
static struct cairn_linked_list nothing = CAIRN_LINKED_LIST_EMPTY;
CAIRN_GLOBAL_ALLOCATOR(&nothing.allocator);

enum { SIZE = 64 * 1024, GRANULE = CAIRN_LINKED_LIST_GRANULE };

static _Alignas(SIZE) unsigned char memory[SIZE];
static struct cairn_linked_list heap;

static int make_heap(void **state)
{
    (void)state;
    memset(memory, 0x5a, SIZE);
    assert_int_equal(cairn_linked_list_init(&heap, memory, SIZE), CAIRN_REGION_OK);
    return 0;
}

static struct cairn_layout bytes(size_t size)
{
    return (struct cairn_layout){size, 1};
}

static void *alloc(size_t size, size_t align)
{
    void *block = cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){size, align});
    cairn_linked_list_check(&heap);
    return block;
}

static void dealloc(void *block, size_t size)
{
    cairn_allocator_dealloc(&heap.allocator, block, bytes(size));
    cairn_linked_list_check(&heap);
}

static void expect_at(const void *block, size_t offset)
{
    assert_non_null(block);
    assert_int_equal((const unsigned char *)block - memory, offset);
}

static void expect_statistics(size_t size, size_t used, size_t holes, size_t largest_hole)
{
    struct cairn_linked_list_statistics is = cairn_linked_list_statistics(&heap);
    assert_int_equal(is.size, size);
    assert_int_equal(is.used, used);
    assert_int_equal(is.free, size - used);
    assert_int_equal(is.holes, holes);
    assert_int_equal(is.largest_hole, largest_hole);
}

static void expect_all_free(void)
{
    expect_statistics(SIZE, 0, 1, SIZE);
}

/* ---- Where blocks lie ---- */

static void the_first_block_is_at_the_first_address(void **state)
{
    (void)state;
    expect_all_free();
    expect_at(alloc(4, 4), 0);
    expect_statistics(SIZE, GRANULE, 1, SIZE - GRANULE);
}

static void sizes_are_rounded_up_to_granules(void **state)
{
    (void)state;
    expect_at(alloc(1, 1), 0);
    expect_at(alloc(16, 1), 16);
    expect_at(alloc(17, 1), 32);
    expect_at(alloc(31, 16), 64);
    expect_at(alloc(1, 1), 96);
    expect_statistics(SIZE, 112, 1, SIZE - 112);
}

/* The result that the text shows: it rests on first fit, on merging, and on the default realloc. */
static void a_vec_beside_a_box_ends_at_0x800(void **state)
{
    (void)state;
    const size_t where[] = {0x10, 0x20, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800};
    owned(box_int) value = box_int_new_in(&heap.allocator, 41);
    owned(vec_int) vec = vec_int_new_in(&heap.allocator);
    expect_at(value.value, 0);
    size_t growths = 0;
    for (int32_t i = 0; i < 500; i++) {
        size_t capacity = vec.capacity;
        vec_int_push(&vec, i);
        cairn_linked_list_check(&heap);
        if (vec.capacity != capacity)
            expect_at(vec.items, where[growths++]);
    }
    assert_int_equal(growths, 8);
    assert_int_equal(vec.capacity, 512);
    expect_statistics(SIZE, 16 + 2048, 2, SIZE - 0x1000);
}

static void first_fit_takes_the_lowest_hole_that_is_large_enough(void **state)
{
    (void)state;
    void *small = alloc(32, 1);
    void *wall = alloc(16, 1);
    void *large = alloc(96, 1);
    expect_at(alloc(16, 1), 144);
    dealloc(small, 32);
    dealloc(large, 96);
    expect_at(alloc(48, 1), 48);  /* not in 32 bytes; the first 48 of the 96 */
    expect_at(alloc(16, 1), 0);   /* in the 32, although the rest of the 96 is there */
    expect_at(alloc(16, 1), 16);  /* exactly what is left of it */
    expect_at(alloc(64, 1), 160); /* nowhere before the end */
    expect_at(alloc(48, 1), 96);  /* exactly the rest of the 96 */
    dealloc(wall, 16);
    expect_at(alloc(1, 1), 32);
}

/* ---- Alignment and padding ---- */

static void every_alignment_is_kept(void **state)
{
    (void)state;
    for (size_t align = 1; align <= 32768; align *= 2) {
        void *before = alloc(16, 1); /* so that what follows is not aligned by chance */
        void *block = alloc(24, align);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % align, 0);
        memset(block, 0xee, 24);
        cairn_linked_list_check(&heap);
        cairn_allocator_dealloc(&heap.allocator, block, (struct cairn_layout){24, align});
        dealloc(before, 16);
        expect_all_free();
    }
}

static void padding_is_a_hole_that_is_used_again(void **state)
{
    (void)state;
    expect_at(alloc(16, 16), 0);
    expect_at(alloc(100, 4096), 4096);
    expect_statistics(SIZE, 16 + 112, 2, SIZE - 4096 - 112);
    expect_at(alloc(4080, 16), 16); /* all of the padding */
    expect_statistics(SIZE, 4096 + 112, 1, SIZE - 4096 - 112);
}

static void padding_of_one_granule_is_a_hole(void **state)
{
    (void)state;
    expect_at(alloc(16, 16), 0);
    expect_at(alloc(32, 32), 32);
    expect_statistics(SIZE, 48, 2, SIZE - 64);
    expect_at(alloc(16, 16), 16);
    expect_statistics(SIZE, 64, 1, SIZE - 64);
}

/* ---- Giving back ---- */

enum { BLOCKS_MAX = 4 };

static size_t block_size(size_t number)
{
    return 16 + 32 * number;
}

/* How many runs of free memory there are: the freed blocks, and the free rest after them all. */
static size_t count_runs(const bool *freed, size_t count)
{
    size_t runs = 1;
    for (size_t i = 0; i < count; i++)
        runs += freed[i] && i + 1 < count && !freed[i + 1];
    return runs;
}

static void free_in_order(const size_t *order, size_t count)
{
    void *blocks[BLOCKS_MAX];
    bool freed[BLOCKS_MAX] = {0};
    for (size_t i = 0; i < count; i++)
        blocks[i] = alloc(block_size(i), 1);
    for (size_t i = 0; i < count; i++) {
        dealloc(blocks[order[i]], block_size(order[i]));
        freed[order[i]] = true;
        assert_int_equal(cairn_linked_list_statistics(&heap).holes, count_runs(freed, count));
    }
    expect_all_free();
}

/* Calls free_in_order() with every order of the numbers from `fixed` on. */
static size_t every_order(size_t *order, size_t fixed, size_t count)
{
    if (fixed == count) {
        free_in_order(order, count);
        return 1;
    }
    size_t orders = 0;
    for (size_t i = fixed; i < count; i++) {
        size_t first = order[fixed], chosen = order[i];
        order[fixed] = chosen, order[i] = first;
        orders += every_order(order, fixed + 1, count);
        order[fixed] = first, order[i] = chosen;
    }
    return orders;
}

static void freed_blocks_merge_in_every_order(void **state)
{
    (void)state;
    size_t order[BLOCKS_MAX] = {0, 1, 2, 3};
    assert_int_equal(every_order(order, 0, 3), 6);
    assert_int_equal(every_order(order, 0, 4), 24);
}

static void blocks_merge_into_a_heap_that_is_full(void **state)
{
    (void)state;
    void *first = alloc(SIZE / 2, 1), *second = alloc(SIZE / 2, 1);
    expect_statistics(SIZE, SIZE, 0, 0);
    dealloc(second, SIZE / 2);
    expect_statistics(SIZE, SIZE / 2, 1, SIZE / 2);
    dealloc(first, SIZE / 2);
    expect_all_free();
}

/* ---- Running out ---- */

static void exhaustion_gives_null_and_nothing_is_lost(void **state)
{
    (void)state;
    void *blocks[SIZE / 48 + 1];
    size_t count = 0;
    for (void *block; (block = alloc(40, 8)); count++)
        blocks[count] = block;
    assert_int_equal(count, SIZE / 48);
    expect_at(alloc(16, 1), SIZE - 16);
    assert_null(alloc(1, 1));
    expect_statistics(SIZE, SIZE, 0, 0);
    dealloc(memory + SIZE - 16, 16);
    while (count > 0)
        dealloc(blocks[--count], 40);
    expect_all_free();
}

static void requests_that_cannot_be_met_give_null(void **state)
{
    (void)state;
    assert_null(alloc(SIZE + 1, 1));
    assert_null(alloc((size_t)PTRDIFF_MAX, 1));
    assert_null(alloc((size_t)PTRDIFF_MAX - 4095, 4096));
    assert_null(alloc(1, (size_t)1 << 62));
    expect_at(alloc(16, 1), 0);
    assert_null(alloc(SIZE, 1));
    assert_null(alloc(1, (size_t)1 << 62)); /* now the padding, not the size, is too large */
    assert_null(alloc(SIZE - 31, 32));
    expect_statistics(SIZE, 16, 1, SIZE - 16);
}

/* ---- Its memory ---- */

static void it_is_empty_until_it_is_given_memory(void **state)
{
    (void)state;
    heap = (struct cairn_linked_list)CAIRN_LINKED_LIST_EMPTY;
    assert_null(alloc(1, 1));
    expect_statistics(0, 0, 0, 0);
    assert_int_equal(cairn_linked_list_add_region(&heap, memory, SIZE), CAIRN_REGION_OK);
    expect_at(alloc(1, 1), 0);
}

static void init_takes_whole_granules(void **state)
{
    (void)state;
    const struct {
        size_t offset, size, first, usable;
    } cases[] = {
        {0, 16, 0, 16},  {0, 31, 0, 16},   {0, 32, 0, 32},   {1, 31, 16, 16},
        {1, 47, 16, 32}, {15, 17, 16, 16}, {8, 100, 16, 80}, {16, 1000, 16, 992},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&heap, 0xff, sizeof(heap)); /* whatever it was before */
        assert_int_equal(cairn_linked_list_init(&heap, memory + cases[i].offset, cases[i].size),
                         CAIRN_REGION_OK);
        expect_statistics(cases[i].usable, 0, 1, cases[i].usable);
        expect_at(alloc(cases[i].usable, 1), cases[i].first);
        expect_statistics(cases[i].usable, cases[i].usable, 0, 0);
    }
}

static void expect_no_memory(void *start, size_t size, enum cairn_region_error error)
{
    memset(&heap, 0xff, sizeof(heap));
    assert_int_equal(cairn_linked_list_init(&heap, start, size), error);
    assert_null(alloc(1, 1));
    expect_statistics(0, 0, 0, 0);
}

static void init_with_too_little_leaves_it_empty(void **state)
{
    (void)state;
    expect_no_memory(memory, 0, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory, 1, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory, 15, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory + 1, 30, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(NULL, 16, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory, SIZE_MAX, CAIRN_REGION_WRAPS);
}

static void init_touches_nothing_outside(void **state)
{
    (void)state;
    memset(memory, 0x5a, SIZE);
    assert_int_equal(cairn_linked_list_init(&heap, memory + 1, 62), CAIRN_REGION_OK);
    void *block = alloc(32, 1);
    expect_at(block, 16);
    memset(block, 0, 32);
    dealloc(block, 32);
    for (size_t i = 0; i < 16; i++) {
        assert_int_equal(memory[i], 0x5a);
        assert_int_equal(memory[48 + i], 0x5a);
    }
}

static void several_regions_are_one_heap_without_spanning(void **state)
{
    (void)state;
    assert_int_equal(cairn_linked_list_init(&heap, memory + 4096, 64), CAIRN_REGION_OK);
    assert_int_equal(cairn_linked_list_add_region(&heap, memory, 64), CAIRN_REGION_OK);
    assert_int_equal(cairn_linked_list_add_region(&heap, memory + 8192, 128), CAIRN_REGION_OK);
    expect_statistics(256, 0, 3, 128);
    void *large = alloc(80, 1), *low = alloc(64, 1), *middle = alloc(64, 1), *rest = alloc(48, 1);
    expect_at(large, 8192);
    expect_at(low, 0);
    expect_at(middle, 4096);
    expect_at(rest, 8192 + 80);
    assert_null(alloc(1, 1));
    dealloc(middle, 64);
    dealloc(rest, 48);
    dealloc(low, 64);
    dealloc(large, 80);
    expect_statistics(256, 0, 3, 128);
}

static void a_region_that_touches_extends_the_heap(void **state)
{
    (void)state;
    assert_int_equal(cairn_linked_list_init(&heap, memory + 64, 64), CAIRN_REGION_OK);
    assert_int_equal(cairn_linked_list_add_region(&heap, memory + 128, 64), CAIRN_REGION_OK);
    expect_statistics(128, 0, 1, 128);
    assert_int_equal(cairn_linked_list_add_region(&heap, memory, 64), CAIRN_REGION_OK);
    expect_statistics(192, 0, 1, 192);
    void *all = alloc(192, 1);
    expect_at(all, 0);
    for (size_t i = 0; i < 4 * CAIRN_REGIONS_MAX; i++)
        assert_int_equal(cairn_linked_list_add_region(&heap, memory + 192 + 16 * i, 16),
                         CAIRN_REGION_OK);
    dealloc(all, 192);
    expect_statistics(192 + 64 * CAIRN_REGIONS_MAX, 0, 1, 192 + 64 * CAIRN_REGIONS_MAX);
}

static void a_region_that_is_refused_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(cairn_linked_list_init(&heap, memory, 64), CAIRN_REGION_OK);
    void *block = alloc(32, 1);
    assert_int_equal(cairn_linked_list_add_region(&heap, memory, 64), CAIRN_REGION_OVERLAPS);
    assert_int_equal(cairn_linked_list_add_region(&heap, memory + 48, 64), CAIRN_REGION_OVERLAPS);
    assert_int_equal(cairn_linked_list_add_region(&heap, memory + 64, 15), CAIRN_REGION_TOO_SMALL);
    assert_int_equal(cairn_linked_list_add_region(&heap, memory, SIZE_MAX), CAIRN_REGION_WRAPS);
    for (size_t i = 1; i < CAIRN_REGIONS_MAX; i++)
        assert_int_equal(cairn_linked_list_add_region(&heap, memory + 1024 * i, 16),
                         CAIRN_REGION_OK);
    size_t size = 64 + 16 * (CAIRN_REGIONS_MAX - 1);
    assert_int_equal(cairn_linked_list_add_region(&heap, memory + SIZE / 2, 16),
                     CAIRN_REGION_SET_FULL);
    expect_statistics(size, 32, CAIRN_REGIONS_MAX, 32);
    dealloc(block, 32);
    expect_statistics(size, 0, CAIRN_REGIONS_MAX, 64);
}

/* ---- What dealloc notices ---- */

static void a_double_free_panics(void **state)
{
    (void)state;
    void *first = alloc(64, 1), *second = alloc(64, 1), *third = alloc(64, 1);
    dealloc(second, 64);
    expect_panic(dealloc(second, 64), "double free");
    dealloc(first, 64);
    expect_panic(dealloc(first, 64), "double free");
    expect_panic(dealloc(second, 64), "double free"); /* in the middle of a hole by now */
    dealloc(third, 64);
    expect_panic(dealloc(third, 64), "double free");
    expect_all_free();
}

static void a_double_free_is_reported_with_its_addresses(void **state)
{
    (void)state;
    char expected[160];
    void *block = alloc(24, 8);
    dealloc(block, 24);
    snprintf(expected, sizeof(expected),
             "linked_list: dealloc of %p, size 24, align 1: double free: %p to %p is free already",
             block, (void *)memory, (void *)(memory + SIZE));
    expect_panic(dealloc(block, 24), expected);
}

static void a_block_that_reaches_into_a_hole_panics(void **state)
{
    (void)state;
    void *block = alloc(32, 1), *next = alloc(32, 1), *last = alloc(32, 1);
    dealloc(next, 32);
    expect_panic(dealloc(block, 33), "no such block begins there");       /* too large a layout */
    expect_panic(dealloc(memory + 16, 32), "no such block begins there"); /* inside the block */
    expect_panic(dealloc(memory + 48, 32), "double free");
    dealloc(block, 32);
    dealloc(last, 32);
    expect_all_free();
}

static void a_block_from_elsewhere_panics(void **state)
{
    (void)state;
    char *volatile local = (char *)&state;
    assert_int_equal(cairn_linked_list_init(&heap, memory + 64, 64), CAIRN_REGION_OK);
    assert_non_null(alloc(64, 1));
    expect_panic(dealloc(memory + 48, 16), "outside the heap");
    expect_panic(dealloc(memory + 128, 16), "outside the heap");
    expect_panic(dealloc(memory + 112, 32), "outside the heap"); /* begins inside, ends outside */
    expect_panic(dealloc(memory + 64, SIZE), "outside the heap");
    expect_panic(dealloc(local, 16), "outside the heap");
    expect_panic(dealloc(NULL, 16), "outside the heap");
    expect_statistics(64, 64, 0, 0);
}

static void an_address_where_no_block_begins_panics(void **state)
{
    (void)state;
    assert_non_null(alloc(4096, 1));
    expect_panic(dealloc(memory + 8, 16), "no such block begins there");
    expect_panic(dealloc(memory + 1, 1), "no such block begins there");
    expect_panic(
        cairn_allocator_dealloc(&heap.allocator, memory + 16, (struct cairn_layout){8, 32}),
        "no such block begins there");
    expect_statistics(SIZE, 4096, 1, SIZE - 4096);
}

static void a_layout_that_is_none_panics(void **state)
{
    (void)state;
    expect_panic((void)alloc(0, 1), "Layout { size: 0, align: 1 } is no layout to allocate");
    expect_panic((void)alloc(8, 3), "is no layout to allocate");
    expect_panic((void)alloc(SIZE_MAX, 1), "is no layout to allocate");
    expect_panic(dealloc(memory, 0), "is no layout to allocate");
    expect_all_free();
}

/* ---- What every walk notices ---- */

/* Three holes of 32 bytes at 0, 64 and 128; the memory after them is full. */
static void make_three_holes(void)
{
    void *blocks[6];
    make_heap(NULL);
    for (size_t i = 0; i < 6; i++)
        blocks[i] = alloc(32, 1);
    assert_non_null(alloc(SIZE - 192, 1));
    for (size_t i = 0; i < 6; i += 2)
        dealloc(blocks[i], 32);
    expect_statistics(SIZE, SIZE - 96, 3, 32);
}

static struct cairn_hole *hole_at(size_t offset)
{
    return (struct cairn_hole *)(void *)(memory + offset);
}

/* Each operation walks past all three holes, and finds that the one at `offset` was written to. */
static void expect_overwritten(size_t offset)
{
    char expected[64];
    struct cairn_layout layout = {64, 1};
    snprintf(expected, sizeof(expected), "the hole at %p was overwritten", (void *)hole_at(offset));
    expect_panic((void)!cairn_allocator_alloc(&heap.allocator, layout), expected);
    expect_panic(cairn_allocator_dealloc(&heap.allocator, memory + 192, layout), expected);
    expect_panic(cairn_linked_list_check(&heap), expected);
    expect_panic((void)cairn_linked_list_statistics(&heap), expected);
}

static void a_flipped_bit_of_a_hole_panics(void **state)
{
    (void)state;
    for (size_t offset = 0; offset < 192; offset += 64) {
        for (size_t bit = 0; bit < 8 * sizeof(struct cairn_hole); bit++) {
            make_three_holes();
            memory[offset + bit / 8] ^= (unsigned char)(1 << bit % 8);
            expect_overwritten(offset);
        }
    }
}

static void a_hole_that_is_filled_panics(void **state)
{
    (void)state;
    for (size_t offset = 0; offset < 192; offset += 64) {
        for (int byte = 0; byte < 256; byte++) {
            make_three_holes();
            memset(memory + offset, byte, 16);
            expect_overwritten(offset);
        }
    }
}

/* Sizes and links that other holes could have: only together are they wrong. */
static void a_hole_with_another_holes_words_panics(void **state)
{
    (void)state;
    make_three_holes();
    *hole_at(0) = *hole_at(64);
    expect_overwritten(0);
    make_three_holes();
    for (size_t size = 16; size <= SIZE; size += 16) {
        if (size == 32)
            continue;
        hole_at(64)->size = size & CAIRN_LINKED_LIST_SIZE_MAX;
        expect_overwritten(64);
    }
}

/* A block that grows over its end into a hole, as in the first step of many exploits. */
static void an_overflow_never_leads_to_a_block_in_use(void **state)
{
    (void)state;
    unsigned char *block = alloc(32, 1);
    void *freed = alloc(32, 1);
    assert_non_null(alloc(32, 1)); /* in use: no block may overlap it */
    dealloc(freed, 32);
    *(uint64_t *)(void *)(block + 32) = 64;
    expect_panic((void)!cairn_allocator_alloc(&heap.allocator, bytes(64)), "was overwritten");
}

static void the_check_notices_a_wrong_sum(void **state)
{
    (void)state;
    make_three_holes();
    heap.first = hole_at(64);
    expect_panic(cairn_linked_list_check(&heap), "are not the 65536 of the heap");
    heap.first = hole_at(0);
    cairn_linked_list_check(&heap);
    heap.used -= 16; /* as after a dealloc with too small a layout */
    expect_panic(cairn_linked_list_check(&heap), "are not the 65536 of the heap");
}

#define test_on_a_heap(name) cmocka_unit_test_setup(name, make_heap)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(the_first_block_is_at_the_first_address),
        test_on_a_heap(sizes_are_rounded_up_to_granules),
        test_on_a_heap(a_vec_beside_a_box_ends_at_0x800),
        test_on_a_heap(first_fit_takes_the_lowest_hole_that_is_large_enough),
        test_on_a_heap(every_alignment_is_kept),
        test_on_a_heap(padding_is_a_hole_that_is_used_again),
        test_on_a_heap(padding_of_one_granule_is_a_hole),
        test_on_a_heap(freed_blocks_merge_in_every_order),
        test_on_a_heap(blocks_merge_into_a_heap_that_is_full),
        test_on_a_heap(exhaustion_gives_null_and_nothing_is_lost),
        test_on_a_heap(requests_that_cannot_be_met_give_null),
        test_on_a_heap(it_is_empty_until_it_is_given_memory),
        test_on_a_heap(init_takes_whole_granules),
        test_on_a_heap(init_with_too_little_leaves_it_empty),
        test_on_a_heap(init_touches_nothing_outside),
        test_on_a_heap(several_regions_are_one_heap_without_spanning),
        test_on_a_heap(a_region_that_touches_extends_the_heap),
        test_on_a_heap(a_region_that_is_refused_changes_nothing),
        test_on_a_heap(a_double_free_panics),
        test_on_a_heap(a_double_free_is_reported_with_its_addresses),
        test_on_a_heap(a_block_that_reaches_into_a_hole_panics),
        test_on_a_heap(a_block_from_elsewhere_panics),
        test_on_a_heap(an_address_where_no_block_begins_panics),
        test_on_a_heap(a_layout_that_is_none_panics),
        test_on_a_heap(a_flipped_bit_of_a_hole_panics),
        test_on_a_heap(a_hole_that_is_filled_panics),
        test_on_a_heap(a_hole_with_another_holes_words_panics),
        test_on_a_heap(an_overflow_never_leads_to_a_block_in_use),
        test_on_a_heap(the_check_notices_a_wrong_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
