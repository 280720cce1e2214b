/* SPDX-License-Identifier: MIT */
/* The bump allocator: where its blocks lie, when memory comes back, and what it notices. */
#include "test.h"

#include <string.h>

#include <cairn/bump.h>

enum { SIZE = 4096 };

static _Alignas(SIZE) unsigned char memory[SIZE];
static struct cairn_bump heap;

static int make_heap(void **state)
{
    (void)state;
    memset(memory, 0x5a, SIZE);
    assert_int_equal(cairn_bump_init(&heap, memory, SIZE), CAIRN_REGION_OK);
    return 0;
}

static void *alloc(size_t size, size_t align)
{
    void *block = cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){size, align});
    cairn_bump_check(&heap);
    return block;
}

static void dealloc(void *block, size_t size, size_t align)
{
    cairn_allocator_dealloc(&heap.allocator, block, (struct cairn_layout){size, align});
    cairn_bump_check(&heap);
}

static void *resize(void *block, size_t size, size_t new_size)
{
    void *moved =
        cairn_allocator_realloc(&heap.allocator, block, (struct cairn_layout){size, 1}, new_size);
    cairn_bump_check(&heap);
    return moved;
}

static void expect_at(const void *block, size_t offset)
{
    assert_non_null(block);
    assert_int_equal((const unsigned char *)block - memory, offset);
}

static void expect_statistics(size_t size, size_t used, size_t blocks)
{
    struct cairn_bump_statistics is = cairn_bump_statistics(&heap);
    assert_int_equal(is.size, size);
    assert_int_equal(is.used, used);
    assert_int_equal(is.free, size - used);
    assert_int_equal(is.blocks, blocks);
}

static void blocks_follow_each_other_without_rounding(void **state)
{
    (void)state;
    expect_statistics(SIZE, 0, 0);
    expect_at(alloc(4, 4), 0);
    expect_at(alloc(1, 1), 4);
    expect_at(alloc(3, 1), 5);
    expect_at(alloc(8, 8), 8);
    expect_statistics(SIZE, 16, 4);
}

static void every_alignment_is_kept(void **state)
{
    (void)state;
    assert_non_null(alloc(1, 1));
    for (size_t align = 1; align <= SIZE / 2; align *= 2) {
        unsigned char *block = alloc(1, align);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % align, 0);
    }
}

static void memory_comes_back_when_all_is_freed(void **state)
{
    (void)state;
    void *first = alloc(100, 1), *second = alloc(200, 1);
    dealloc(second, 200, 1);
    expect_statistics(SIZE, 300, 1);
    expect_at(alloc(10, 1), 300); /* not even that of the last block */
    dealloc(first, 100, 1);
    expect_statistics(SIZE, 310, 1);
    dealloc(memory + 300, 10, 1);
    expect_statistics(SIZE, 0, 0);
    expect_at(alloc(SIZE, 1), 0);
}

static void exhaustion_gives_null_and_changes_nothing(void **state)
{
    (void)state;
    assert_null(alloc(SIZE + 1, 1));
    assert_null(alloc((size_t)PTRDIFF_MAX, 1));
    assert_null(alloc(1, (size_t)1 << 62));
    expect_statistics(SIZE, 0, 0);
    void *block = alloc(SIZE - 1, 1);
    assert_null(alloc(2, 1));
    assert_null(alloc(1, SIZE));
    expect_at(alloc(1, 1), SIZE - 1);
    assert_null(alloc(1, 1));
    expect_statistics(SIZE, SIZE, 2);
    dealloc(memory + SIZE - 1, 1, 1);
    dealloc(block, SIZE - 1, 1);
    expect_statistics(SIZE, 0, 0);
}

static void the_last_block_is_resized_in_place(void **state)
{
    (void)state;
    void *first = alloc(16, 1), *last = alloc(16, 1);
    expect_at(resize(last, 16, 1000), 16);
    expect_statistics(SIZE, 1016, 2);
    expect_at(resize(last, 1000, SIZE - 16), 16);
    assert_null(resize(last, SIZE - 16, SIZE - 15));
    assert_null(resize(last, SIZE - 16, (size_t)PTRDIFF_MAX));
    expect_at(resize(last, SIZE - 16, 8), 16);
    expect_statistics(SIZE, 24, 2);
    dealloc(first, 16, 1);
    dealloc(last, 8, 1);
    expect_statistics(SIZE, 0, 0);
}

static void another_block_moves_to_grow_and_stays_to_shrink(void **state)
{
    (void)state;
    unsigned char *first = alloc(16, 1);
    assert_non_null(alloc(16, 1));
    memset(first, 7, 16);
    expect_at(resize(first, 16, 8), 0);
    expect_statistics(SIZE, 32, 2);
    unsigned char *moved = resize(first, 8, 100);
    expect_at(moved, 32);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(moved[i], 7);
    expect_statistics(SIZE, 132, 2);
}

static void it_is_empty_until_it_is_given_memory(void **state)
{
    (void)state;
    heap = (struct cairn_bump)CAIRN_BUMP_EMPTY;
    assert_null(alloc(1, 1));
    expect_panic(dealloc(memory, 1, 1), "outside what was handed out");
    expect_statistics(0, 0, 0);
    cairn_bump_check(&heap);
}

static void init_takes_every_byte(void **state)
{
    (void)state;
    memset(&heap, 0xff, sizeof(heap)); /* whatever it was before */
    assert_int_equal(cairn_bump_init(&heap, memory + 3, 1), CAIRN_REGION_OK);
    expect_statistics(1, 0, 0);
    expect_at(alloc(1, 1), 3);
    assert_null(alloc(1, 1));
    assert_int_equal(cairn_bump_init(&heap, memory + 1, 1000), CAIRN_REGION_OK);
    expect_at(alloc(1000, 1), 1);
    dealloc(memory + 1, 1000, 1);
    expect_at(alloc(1, 16), 16);
}

static void expect_no_memory(void *start, size_t size, enum cairn_region_error error)
{
    memset(&heap, 0xff, sizeof(heap));
    assert_int_equal(cairn_bump_init(&heap, start, size), error);
    assert_null(alloc(1, 1));
    expect_statistics(0, 0, 0);
}

static void init_with_too_little_leaves_it_empty(void **state)
{
    (void)state;
    expect_no_memory(memory, 0, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(NULL, 1, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory, SIZE_MAX, CAIRN_REGION_WRAPS);
}

/* It writes nothing into its region, so this needs no memory. */
static void a_region_at_the_end_of_the_address_space(void **state)
{
    (void)state;
    uintptr_t start = UINTPTR_MAX - 99;
    assert_int_equal(cairn_bump_init(&heap, (void *)start, 99), CAIRN_REGION_OK);
    assert_null(alloc(100, 1));
    assert_null(alloc((size_t)PTRDIFF_MAX, 1));
    assert_int_equal((uintptr_t)alloc(50, 1), start);
    assert_null(alloc(50, 1));
    assert_null(alloc(1, 4096)); /* the address would pass the end */
    assert_int_equal((uintptr_t)alloc(49, 1), start + 50);
    expect_statistics(99, 99, 2);
}

static void a_double_free_panics_when_nothing_is_alive(void **state)
{
    (void)state;
    void *block = alloc(16, 16);
    dealloc(block, 16, 16);
    expect_panic(dealloc(block, 16, 16), "is outside what was handed out: freed before");
    expect_statistics(SIZE, 0, 0);
}

static void what_was_never_handed_out_panics(void **state)
{
    (void)state;
    int local;
    assert_int_equal(cairn_bump_init(&heap, memory + 16, SIZE - 16), CAIRN_REGION_OK);
    assert_non_null(alloc(64, 16));
    expect_panic(dealloc(memory, 16, 16), "outside what was handed out");
    expect_panic(dealloc(memory + 80, 1, 1), "outside what was handed out");
    expect_panic(dealloc(memory + 16, 65, 1), "outside what was handed out");
    expect_panic(dealloc(memory + 17, 64, 1), "outside what was handed out");
    expect_panic(dealloc(&local, 4, 4), "outside what was handed out");
    expect_panic(dealloc(NULL, 4, 4), "outside what was handed out");
    expect_panic(dealloc(memory + 18, 4, 4), "no block of size 4, align 4 begins at");
    expect_panic((void)resize(memory, 1, 2), "outside what was handed out");
    expect_statistics(SIZE - 16, 64, 1);
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
    expect_panic((void)resize(block, 8, SIZE_MAX), "is no layout to allocate");
    expect_statistics(SIZE, 8, 1);
}

static void the_check_notices_what_cannot_be(void **state)
{
    (void)state;
    struct cairn_bump whole = heap;
    heap.next = heap.start - 1;
    expect_panic(cairn_bump_check(&heap), "is not between start");
    heap.next = heap.end + 1;
    expect_panic(cairn_bump_check(&heap), "is not between start");
    heap = whole;
    heap.blocks = 1;
    expect_panic(cairn_bump_check(&heap), "1 blocks are alive in the 0 bytes");
    heap = whole;
    heap.next++;
    expect_panic(cairn_bump_check(&heap), "0 blocks are alive in the 1 bytes");
}

#define test_on_a_heap(name) cmocka_unit_test_setup(name, make_heap)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(blocks_follow_each_other_without_rounding),
        test_on_a_heap(every_alignment_is_kept),
        test_on_a_heap(memory_comes_back_when_all_is_freed),
        test_on_a_heap(exhaustion_gives_null_and_changes_nothing),
        test_on_a_heap(the_last_block_is_resized_in_place),
        test_on_a_heap(another_block_moves_to_grow_and_stays_to_shrink),
        test_on_a_heap(it_is_empty_until_it_is_given_memory),
        test_on_a_heap(init_takes_every_byte),
        test_on_a_heap(init_with_too_little_leaves_it_empty),
        test_on_a_heap(a_region_at_the_end_of_the_address_space),
        test_on_a_heap(a_double_free_panics_when_nothing_is_alive),
        test_on_a_heap(what_was_never_handed_out_panics),
        test_on_a_heap(a_layout_that_is_none_panics),
        test_on_a_heap(the_check_notices_what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
