/* SPDX-License-Identifier: MIT */
/* The fixed-size-block allocator: what goes to the lists, what to the fallback, what it notices. */
#include "test.h"

#include <string.h>

#include <cairn/fixed_size_block.h>
#include <cairn/linked_list.h>

enum {
    SIZE = 64 * 1024,
    SMALLEST = CAIRN_FIXED_SIZE_BLOCK_SMALLEST,
    LARGEST = CAIRN_FIXED_SIZE_BLOCK_LARGEST,
    LISTS = CAIRN_FIXED_SIZE_BLOCK_LISTS,
};

static _Alignas(SIZE) unsigned char memory[SIZE];
static struct cairn_linked_list fallback;
static struct cairn_fixed_size_block heap;

static int make_heap(void **state)
{
    (void)state;
    memset(memory, 0x5a, SIZE);
    assert_int_equal(cairn_linked_list_init(&fallback, memory, SIZE), CAIRN_REGION_OK);
    heap = (struct cairn_fixed_size_block)CAIRN_FIXED_SIZE_BLOCK(&fallback.allocator);
    return 0;
}

static void check(void)
{
    cairn_fixed_size_block_check(&heap);
    cairn_linked_list_check(&fallback);
}

static void *alloc(size_t size, size_t align)
{
    void *block = cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){size, align});
    check();
    return block;
}

static void dealloc(void *block, size_t size, size_t align)
{
    cairn_allocator_dealloc(&heap.allocator, block, (struct cairn_layout){size, align});
    check();
}

static void *resize(void *block, size_t size, size_t new_size)
{
    void *moved =
        cairn_allocator_realloc(&heap.allocator, block, (struct cairn_layout){size, 1}, new_size);
    check();
    return moved;
}

static void expect_statistics(size_t taken, size_t used)
{
    struct cairn_fixed_size_block_statistics is = cairn_fixed_size_block_statistics(&heap);
    assert_int_equal(is.taken, taken);
    assert_int_equal(is.used, used);
    assert_int_equal(is.free, taken - used);
}

static size_t used_of_fallback(void)
{
    return cairn_linked_list_statistics(&fallback).used;
}

/* ---- Sizes ---- */

static void each_layout_takes_the_smallest_size_that_serves(void **state)
{
    (void)state;
    const struct {
        size_t size, align, block_size;
    } cases[] = {
        {1, 1, 16},      {8, 8, 16},      {16, 16, 16},       {17, 1, 32},     {32, 4, 32},
        {1, 32, 32},     {33, 1, 64},     {40, 128, 128},     {513, 1, 1024},  {1024, 1, 1024},
        {1025, 8, 2048}, {2048, 1, 2048}, {2048, 2048, 2048}, {1, 2048, 2048},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_heap(NULL);
        void *block = alloc(cases[i].size, cases[i].align);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % cases[i].block_size, 0);
        expect_statistics(cases[i].block_size, cases[i].block_size);
        assert_int_equal(used_of_fallback(), cases[i].block_size);
        dealloc(block, cases[i].size, cases[i].align);
        expect_statistics(cases[i].block_size, 0);
    }
}

static void what_is_larger_goes_to_the_fallback_and_back(void **state)
{
    (void)state;
    const struct {
        size_t size, align;
    } cases[] = {{2049, 1}, {5000, 8}, {1, 4096}, {8192, 4096}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        void *block = alloc(cases[i].size, cases[i].align);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % cases[i].align, 0);
        expect_statistics(0, 0);
        assert_int_equal(used_of_fallback(), (cases[i].size + 15) / 16 * 16);
        dealloc(block, cases[i].size, cases[i].align);
        assert_int_equal(used_of_fallback(), 0);
    }
}

static void the_block_freed_last_is_handed_out_first(void **state)
{
    (void)state;
    void *first = alloc(32, 1), *second = alloc(20, 1), *other = alloc(64, 1);
    dealloc(first, 32, 1);
    dealloc(other, 64, 1);
    dealloc(second, 20, 1);
    assert_ptr_equal(alloc(17, 32), second); /* any layout of that block size */
    assert_ptr_equal(alloc(30, 1), first);
    expect_statistics(128, 64);
    assert_int_equal(used_of_fallback(), 128);
}

/* What this design is bad at. */
static void blocks_never_return_to_the_fallback(void **state)
{
    (void)state;
    void *blocks[SIZE / LARGEST];
    for (size_t i = 0; i < SIZE / LARGEST; i++)
        blocks[i] = alloc(LARGEST, 1);
    assert_null(alloc(1, 1));
    for (size_t i = 0; i < SIZE / LARGEST; i++)
        dealloc(blocks[i], LARGEST, 1);
    expect_statistics(SIZE, 0);
    assert_null(alloc(1, 1));
    assert_null(alloc(LARGEST + 1, 1));
    assert_non_null(alloc(LARGEST, 1));
    expect_statistics(SIZE, LARGEST);
}

static void requests_that_cannot_be_met_give_null(void **state)
{
    (void)state;
    assert_null(alloc(SIZE + 1, 1));
    assert_null(alloc((size_t)PTRDIFF_MAX, 1));
    assert_null(alloc(1, (size_t)1 << 62));
    expect_statistics(0, 0);
    fallback = (struct cairn_linked_list)CAIRN_LINKED_LIST_EMPTY;
    assert_null(alloc(1, 1));
    expect_statistics(0, 0);
}

/* ---- realloc ---- */

static void a_block_stays_while_its_size_serves(void **state)
{
    (void)state;
    void *block = alloc(33, 1);
    assert_ptr_equal(resize(block, 33, 64), block);
    assert_ptr_equal(resize(block, 64, 40), block);
    expect_statistics(64, 64);
}

static void a_block_moves_to_another_size(void **state)
{
    (void)state;
    unsigned char *block = alloc(64, 1);
    for (unsigned char i = 0; i < 64; i++)
        block[i] = i;
    const size_t sizes[] = {64, 65, 2049, 10, 3000, 2048};
    for (size_t i = 1; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        block = resize(block, sizes[i - 1], sizes[i]);
        assert_non_null(block);
        for (unsigned char j = 0; j < 10; j++)
            assert_int_equal(block[j], j);
    }
    dealloc(block, 2048, 1);
    expect_statistics(64 + 128 + 16 + 2048, 0);
    assert_int_equal(used_of_fallback(), 64 + 128 + 16 + 2048);
}

/* Counts what reaches the fallback's realloc. */
static size_t fallback_reallocs;

static void *counted_realloc(struct cairn_allocator *allocator, void *block,
                             struct cairn_layout layout, size_t new_size)
{
    (void)allocator;
    fallback_reallocs++;
    return cairn_default_realloc(&fallback.allocator, block, layout, new_size);
}

static void between_two_large_sizes_it_is_the_fallbacks(void **state)
{
    (void)state;
    struct cairn_allocator_operations operations = cairn_linked_list_operations;
    operations.realloc = counted_realloc;
    fallback.allocator.operations = &operations;
    fallback_reallocs = 0;
    void *block = alloc(3000, 1);
    block = resize(block, 3000, 4000);
    assert_non_null(block);
    assert_int_equal(fallback_reallocs, 1);
    block = resize(block, 4000, 100);
    assert_int_equal(fallback_reallocs, 1);
    dealloc(block, 100, 1);
}

static void a_realloc_that_fails_leaves_the_block(void **state)
{
    (void)state;
    unsigned char *block = alloc(16, 1);
    memset(block, 7, 16);
    assert_null(resize(block, 16, SIZE));
    assert_int_equal(block[15], 7);
    dealloc(block, 16, 1);
}

/* ---- What it notices ---- */

static void a_double_free_panics(void **state)
{
    (void)state;
    for (size_t size = SMALLEST; size <= LARGEST; size *= 2) {
        void *first = alloc(size, 1), *second = alloc(size, 1);
        dealloc(first, size, 1);
        expect_panic(dealloc(first, size, 1), "double free");
        dealloc(second, size, 1);
        expect_panic(dealloc(first, size, 1), "double free"); /* not the last by now */
        expect_panic(dealloc(second, 1, 1), "double free");   /* with another layout, too */
        expect_panic((void)resize(first, size, size), "double free");
        cairn_fixed_size_block_check(&heap);
    }
    void *large = alloc(LARGEST + 1, 1);
    dealloc(large, LARGEST + 1, 1);
    expect_panic(dealloc(large, LARGEST + 1, 1), "linked_list: dealloc of");
}

static void a_live_block_that_looks_free_is_no_double_free(void **state)
{
    (void)state;
    struct cairn_free_block *block = alloc(16, 8), *other = alloc(16, 8);
    dealloc(other, 16, 8);
    block->list = &heap.lists[0];
    dealloc(block, 16, 8);
    expect_statistics(32, 0);
    /* and one handed out again does not look free */
    block = alloc(16, 8);
    assert_null(block->list);
}

static void an_address_where_no_block_begins_panics(void **state)
{
    (void)state;
    unsigned char *block = alloc(64, 1);
    expect_panic(dealloc(block + 16, 64, 1), "no block of 64 bytes begins there");
    expect_panic(dealloc(block + 1, 1, 1), "no block of 16 bytes begins there");
    expect_panic(dealloc(NULL, 16, 1), "no block of 16 bytes begins there");
    expect_panic((void)resize(block + 8, 64, 60), "no block of 64 bytes begins there");
    expect_statistics(64, 64);
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
    expect_panic((void)resize(block, 0, 8), "is no layout to allocate");
    expect_statistics(16, 16);
}

static void a_write_after_free_is_noticed_before_the_block_is_used_again(void **state)
{
    (void)state;
    unsigned char *block = alloc(100, 1);
    dealloc(block, 100, 1);
    memset(block + 8, 0xcc, 8);
    expect_panic((void)alloc(100, 1), "it was written to after it was freed");
}

/* ---- What the walk over the lists notices ---- */

/* Two free blocks of 32 bytes; gives the first of the list. */
static struct cairn_free_block *make_two_free_blocks(void)
{
    void *first = alloc(32, 1), *second = alloc(32, 1);
    dealloc(second, 32, 1);
    dealloc(first, 32, 1);
    return first;
}

static void the_check_notices_a_broken_list(void **state)
{
    (void)state;
    struct cairn_free_block *first = make_two_free_blocks(), *second = first->next;
    first->next = (struct cairn_free_block *)(void *)((char *)second + 16);
    expect_panic(cairn_fixed_size_block_check(&heap), "where no such block can begin");
    first->next = first;
    expect_panic(cairn_fixed_size_block_check(&heap), "goes in a circle");
    first->next = NULL;
    expect_panic(cairn_fixed_size_block_check(&heap), "are not the 64 taken");
    first->next = second;
    second->list = &heap.lists[0];
    expect_panic(cairn_fixed_size_block_check(&heap), "does not name its list of 32 bytes");
    second->list = first->list;
    cairn_fixed_size_block_check(&heap);
    heap.used = 32;
    expect_panic(cairn_fixed_size_block_check(&heap), "holds more than is free");
}

#define test_on_a_heap(name) cmocka_unit_test_setup(name, make_heap)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(each_layout_takes_the_smallest_size_that_serves),
        test_on_a_heap(what_is_larger_goes_to_the_fallback_and_back),
        test_on_a_heap(the_block_freed_last_is_handed_out_first),
        test_on_a_heap(blocks_never_return_to_the_fallback),
        test_on_a_heap(requests_that_cannot_be_met_give_null),
        test_on_a_heap(a_block_stays_while_its_size_serves),
        test_on_a_heap(a_block_moves_to_another_size),
        test_on_a_heap(between_two_large_sizes_it_is_the_fallbacks),
        test_on_a_heap(a_realloc_that_fails_leaves_the_block),
        test_on_a_heap(a_double_free_panics),
        test_on_a_heap(a_live_block_that_looks_free_is_no_double_free),
        test_on_a_heap(an_address_where_no_block_begins_panics),
        test_on_a_heap(a_layout_that_is_none_panics),
        test_on_a_heap(a_write_after_free_is_noticed_before_the_block_is_used_again),
        test_on_a_heap(the_check_notices_a_broken_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
