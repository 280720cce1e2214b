/* SPDX-License-Identifier: MIT */
/* TLSF: which block is taken, how blocks are split and merged, and what it notices. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include <cairn/tlsf.h>

#include "system_memory.h"

enum {
    HEADER = CAIRN_TLSF_HEADER_SIZE,
    SIZE = 64 * 1024,
    ALL = SIZE - HEADER, /* what the heap has: the last header belongs to no block */
};

static _Alignas(SIZE) unsigned char memory[SIZE];
static struct cairn_tlsf heap;

static int make_heap(void **state)
{
    (void)state;
    memset(memory, 0x5a, SIZE);
    assert_int_equal(cairn_tlsf_init(&heap, memory, SIZE), CAIRN_REGION_OK);
    cairn_tlsf_check(&heap);
    return 0;
}

static void *alloc(size_t size, size_t align)
{
    void *block = cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){size, align});
    cairn_tlsf_check(&heap);
    return block;
}

static void dealloc(void *block, size_t size, size_t align)
{
    cairn_allocator_dealloc(&heap.allocator, block, (struct cairn_layout){size, align});
    cairn_tlsf_check(&heap);
}

static void *resize(void *block, size_t size, size_t new_size)
{
    void *moved =
        cairn_allocator_realloc(&heap.allocator, block, (struct cairn_layout){size, 1}, new_size);
    cairn_tlsf_check(&heap);
    return moved;
}

static void expect_at(const void *block, size_t offset)
{
    assert_non_null(block);
    assert_int_equal((const unsigned char *)block - memory, offset);
}

static void expect_statistics(size_t size, size_t used, size_t free_blocks, size_t largest_free)
{
    struct cairn_tlsf_statistics is = cairn_tlsf_statistics(&heap);
    assert_int_equal(is.size, size);
    assert_int_equal(is.used, used);
    assert_int_equal(is.free, size - used);
    assert_int_equal(is.free_blocks, free_blocks);
    assert_int_equal(is.largest_free, largest_free);
}

static void expect_all_free(void)
{
    expect_statistics(ALL, 0, 1, ALL - HEADER);
}

/* ---- Where blocks lie ---- */

static void blocks_follow_each_other_with_a_header_each(void **state)
{
    (void)state;
    expect_all_free();
    expect_at(alloc(4, 4), 16);
    expect_at(alloc(16, 1), 48);
    expect_at(alloc(17, 1), 80);
    expect_at(alloc(1, 1), 128);
    expect_statistics(ALL, 144, 1, ALL - 144 - HEADER);
}

/* Frees blocks of these sizes, apart from each other, in this order; gives where they are. */
static void make_holes(const size_t *sizes, size_t count, void **holes)
{
    for (size_t i = 0; i < count; i++) {
        assert_non_null(holes[i] = alloc(sizes[i], 1));
        assert_non_null(alloc(16, 1));
    }
    for (size_t i = 0; i < count; i++)
        dealloc(holes[i], sizes[i], 1);
}

static void the_smallest_class_that_surely_fits_is_searched_first(void **state)
{
    (void)state;
    const size_t sizes[] = {16, 64, 240, 1200, 1152, 2048, 5000};
    void *holes[7];
    make_holes(sizes, 7, holes);
    assert_ptr_equal(alloc(2048, 1), holes[5]);
    assert_ptr_equal(alloc(1152, 1), holes[4]); /* freed after, so before the 1200 in their list */
    assert_ptr_equal(alloc(1152, 1), holes[3]);
    assert_ptr_equal(alloc(225, 1), holes[2]);
    assert_ptr_equal(alloc(64, 1), holes[1]);
    assert_ptr_equal(alloc(16, 1), holes[0]);
    assert_ptr_equal(alloc(48, 1), holes[6]); /* a row above, as no other has one */
}

/* What good fit costs. */
static void a_block_of_the_same_class_may_be_passed_over(void **state)
{
    (void)state;
    const size_t sizes[] = {1200};
    void *hole;
    make_holes(sizes, 1, &hole);
    assert_ptr_not_equal(alloc(1184, 1), hole); /* the class of 1152 may have less */
    assert_ptr_equal(alloc(1152, 1), hole);
    make_heap(NULL);
    assert_null(alloc(ALL - HEADER, 1));
    assert_non_null(alloc((ALL - HEADER) / 17 * 16, 1));
}

/* Each size of a free block is found by the largest request that its class promises. */
static void a_free_block_of_any_size_is_found(void **state)
{
    (void)state;
    for (size_t size = 16; size < SIZE / 2; size += 16) {
        assert_int_equal(cairn_tlsf_init(&heap, memory, size + 2 * HEADER), CAIRN_REGION_OK);
        size_t class = 16; /* bytes that a class spans */
        while (class * 32 <= size)
            class *= 2;
        size_t promised = size / class * class;
        void *block = alloc(promised, 1);
        expect_at(block, HEADER);
        dealloc(block, promised, 1);
        expect_statistics(size + HEADER, 0, 1, size);
        if (promised < size)
            assert_null(alloc(promised + 1, 1));
    }
}

static void every_alignment_is_kept(void **state)
{
    (void)state;
    for (size_t align = 1; align <= SIZE / 4; align *= 2) {
        for (size_t before = 0; before < 100; before += 16) {
            void *shift = before ? alloc(before, 1) : NULL;
            void *block = alloc(40, align);
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % align, 0);
            memset(block, 0xff, 40);
            dealloc(block, 40, align);
            if (shift)
                dealloc(shift, before, 1);
            expect_all_free();
        }
    }
    assert_null(alloc(1, SIZE));
    assert_null(alloc(1, (size_t)1 << 62));
}

static void padding_is_a_free_block(void **state)
{
    (void)state;
    expect_at(alloc(16, 4096), 4096);
    expect_statistics(ALL, 32, 2, ALL - 4096 - HEADER - 16);
    expect_at(alloc(4048, 1), 4096 + 32); /* its class begins above what is before */
    expect_at(alloc(3968, 1), 16);
}

/* The header of what is before needs 16 bytes, and its links 16 more. */
static void padding_that_is_too_small_for_a_block_is_avoided(void **state)
{
    (void)state;
    expect_at(alloc(16, 32), 64); /* not 32, which would leave 16 before it */
    make_heap(NULL);
    assert_non_null(alloc(16, 1));
    expect_at(alloc(16, 32), 96);
    make_heap(NULL);
    assert_non_null(alloc(64, 1));
    expect_at(alloc(16, 64), 128); /* 32 is enough for one */
    assert_int_equal(cairn_tlsf_init(&heap, memory, 48 + 2 * HEADER), CAIRN_REGION_OK);
    assert_null(alloc(16, 32)); /* 16 to 48 are before it, of 16 to 64 */
    assert_int_equal(cairn_tlsf_init(&heap, memory, 64 + 2 * HEADER), CAIRN_REGION_OK);
    expect_at(alloc(16, 32), 64);
}

/* ---- Splitting and merging ---- */

static void freed_blocks_merge_in_every_order(void **state)
{
    (void)state;
    const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        void *blocks[3];
        for (size_t j = 0; j < 3; j++)
            blocks[j] = alloc(64, 1);
        for (size_t j = 0; j < 3; j++)
            dealloc(blocks[orders[i][j]], 64, 1);
        expect_all_free();
    }
}

static void a_rest_too_small_for_a_block_stays_with_it(void **state)
{
    (void)state;
    const size_t sizes[] = {64};
    void *hole;
    make_holes(sizes, 1, &hole);
    size_t used = cairn_tlsf_statistics(&heap).used;
    assert_ptr_equal(alloc(48, 1), hole);
    assert_int_equal(cairn_tlsf_statistics(&heap).used, used + 64 + HEADER);
    dealloc(hole, 48, 1);
    assert_ptr_equal(alloc(32, 1), hole);
    assert_int_equal(cairn_tlsf_statistics(&heap).used, used + 32 + HEADER);
}

static void exhaustion_gives_null_and_nothing_is_lost(void **state)
{
    (void)state;
    static void *blocks[SIZE / 32];
    assert_null(alloc(SIZE, 1));
    assert_null(alloc((size_t)PTRDIFF_MAX, 1));
    assert_null(alloc((size_t)PTRDIFF_MAX - 4095, 4096));
    assert_null(alloc(1, (size_t)1 << 62));
    size_t count = 0;
    struct cairn_layout smallest = {1, 1};
    for (void *block; (block = cairn_allocator_alloc(&heap.allocator, smallest)); count++)
        blocks[count] = block;
    cairn_tlsf_check(&heap);
    assert_int_equal(count, ALL / 32);
    expect_statistics(ALL, ALL, 0, 0);
    assert_null(alloc(1, 1));
    for (size_t i = 0; i < count; i += 2)
        cairn_allocator_dealloc(&heap.allocator, blocks[i], smallest);
    cairn_tlsf_check(&heap);
    for (size_t i = 1; i < count; i += 2)
        cairn_allocator_dealloc(&heap.allocator, blocks[i], smallest);
    expect_all_free();
}

/* ---- realloc ---- */

static void a_block_shrinks_in_place_and_the_rest_merges(void **state)
{
    (void)state;
    void *block = alloc(1000, 1), *wall = alloc(16, 1);
    assert_ptr_equal(resize(block, 1000, 1008), block);
    assert_ptr_equal(resize(block, 1008, 980), block); /* 1008 to 992: too little to split off */
    assert_ptr_equal(resize(block, 980, 500), block);
    assert_ptr_equal(resize(block, 500, 100), block);
    expect_statistics(ALL, 112 + HEADER + 32, 2, ALL - 1008 - HEADER - 32 - HEADER);
    expect_at(alloc(800, 1), 16 + 112 + HEADER); /* where both rests became one */
    dealloc(memory + 16 + 112 + HEADER, 800, 1);
    dealloc(wall, 16, 1);
    dealloc(block, 100, 1);
    expect_all_free();
}

static void a_block_grows_in_place_if_the_next_is_free(void **state)
{
    (void)state;
    unsigned char *block = alloc(16, 1), *next = alloc(100, 1), *wall = alloc(16, 1);
    memset(block, 7, 16);
    dealloc(next, 100, 1);
    assert_ptr_equal(resize(block, 16, 144), block); /* 16, a header, and 112 are just enough */
    expect_statistics(ALL, 144 + HEADER + 32, 1, ALL - 160 - 32 - HEADER);
    dealloc(wall, 16, 1);
    assert_ptr_equal(resize(block, 144, ALL - HEADER), block);
    expect_statistics(ALL, ALL, 0, 0);
    assert_null(resize(block, ALL - HEADER, ALL));
    assert_null(resize(block, ALL - HEADER, (size_t)PTRDIFF_MAX));
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(block[i], 7);
    dealloc(block, ALL - HEADER, 1);
    expect_all_free();
}

static void a_block_that_cannot_grow_moves(void **state)
{
    (void)state;
    unsigned char *block = alloc(16, 1), *next = alloc(100, 1), *wall = alloc(16, 1);
    memset(block, 7, 16);
    dealloc(next, 100, 1);
    unsigned char *moved = resize(block, 16, 145); /* one more than fits */
    expect_at(moved, 16 + 16 + HEADER + 112 + HEADER + 16 + HEADER);
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(moved[i], 7);
    moved = resize(moved, 145, 200); /* free memory after it, up to the end */
    expect_at(moved, 16 + 16 + HEADER + 112 + HEADER + 16 + HEADER);
    dealloc(wall, 16, 1);
    dealloc(moved, 200, 1);
    expect_all_free();
}

/* ---- Its memory ---- */

static void it_is_empty_until_it_is_given_memory(void **state)
{
    (void)state;
    heap = (struct cairn_tlsf)CAIRN_TLSF_EMPTY;
    assert_null(alloc(1, 1));
    assert_null(alloc(1, (size_t)1 << 62));
    expect_panic(dealloc(memory + 16, 1, 1), "outside the heap");
    expect_statistics(0, 0, 0, 0);
    assert_int_equal(cairn_tlsf_add_region(&heap, memory, SIZE), CAIRN_REGION_OK);
    expect_all_free();
}

static void init_takes_whole_granules(void **state)
{
    (void)state;
    const struct {
        size_t offset, size, first, usable;
    } cases[] = {
        {0, 48, 16, 16},  {0, 63, 16, 16},  {0, 64, 16, 32},     {1, 63, 32, 16},
        {15, 49, 32, 16}, {8, 100, 32, 48}, {16, 1024, 32, 992},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(memory, 0x5a, SIZE);
        memset(&heap, 0xff, sizeof(heap)); /* whatever it was before */
        assert_int_equal(cairn_tlsf_init(&heap, memory + cases[i].offset, cases[i].size),
                         CAIRN_REGION_OK);
        size_t usable = cases[i].usable;
        expect_statistics(usable + HEADER, 0, 1, usable);
        void *block = alloc(usable, 1);
        expect_at(block, cases[i].first);
        memset(block, 0, usable);
        dealloc(block, usable, 1);
        for (size_t j = 0; j < cases[i].offset; j++)
            assert_int_equal(memory[j], 0x5a);
        for (size_t j = cases[i].offset + cases[i].size; j < 2048; j++)
            assert_int_equal(memory[j], 0x5a);
    }
}

static void expect_no_memory(void *start, size_t size, enum cairn_region_error error)
{
    memset(&heap, 0xff, sizeof(heap));
    assert_int_equal(cairn_tlsf_init(&heap, start, size), error);
    assert_null(alloc(1, 1));
    expect_statistics(0, 0, 0, 0);
}

static void init_with_too_little_leaves_it_empty(void **state)
{
    (void)state;
    expect_no_memory(memory, 0, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory, 1, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory, 47, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory + 1, 62, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(NULL, 48, CAIRN_REGION_TOO_SMALL);
    expect_no_memory(memory, SIZE_MAX, CAIRN_REGION_WRAPS);
}

static void several_regions_are_one_heap_without_spanning(void **state)
{
    (void)state;
    assert_int_equal(cairn_tlsf_init(&heap, memory + 4096, 1024), CAIRN_REGION_OK);
    assert_int_equal(cairn_tlsf_add_region(&heap, memory + 5120, 1024), CAIRN_REGION_OK);
    assert_int_equal(cairn_tlsf_add_region(&heap, memory, 512), CAIRN_REGION_OK);
    cairn_tlsf_check(&heap);
    expect_statistics(1024 - 16 + 1024 - 16 + 512 - 16, 0, 3, 1024 - 32);
    assert_null(alloc(1000, 1)); /* not even where two touch */
    void *blocks[] = {alloc(992, 1), alloc(992, 1), alloc(480, 1)};
    assert_null(alloc(1, 1));
    for (size_t i = 0; i < 3; i++) {
        assert_non_null(blocks[i]);
        dealloc(blocks[i], i < 2 ? 992 : 480, 1);
    }
    expect_statistics(1024 - 16 + 1024 - 16 + 512 - 16, 0, 3, 1024 - 32);
}

static void a_region_that_is_refused_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(cairn_tlsf_init(&heap, memory, 64), CAIRN_REGION_OK);
    assert_int_equal(cairn_tlsf_add_region(&heap, memory, 64), CAIRN_REGION_OVERLAPS);
    assert_int_equal(cairn_tlsf_add_region(&heap, memory + 64, 47), CAIRN_REGION_TOO_SMALL);
    assert_int_equal(cairn_tlsf_add_region(&heap, memory, SIZE_MAX), CAIRN_REGION_WRAPS);
    for (size_t i = 1; i < CAIRN_REGIONS_MAX; i++)
        assert_int_equal(cairn_tlsf_add_region(&heap, memory + 1024 * i, 48), CAIRN_REGION_OK);
    assert_int_equal(cairn_tlsf_add_region(&heap, memory + SIZE / 2, 48), CAIRN_REGION_SET_FULL);
    cairn_tlsf_check(&heap);
    expect_statistics(48 + 32 * (CAIRN_REGIONS_MAX - 1), 0, CAIRN_REGIONS_MAX, 32);
}

static void a_heap_of_several_gibibytes(void **state)
{
    (void)state;
    const size_t size = (size_t)9 << 30;
    void *region = system_memory_map(size);
    assert_int_equal(cairn_tlsf_init(&heap, region, size), CAIRN_REGION_OK);
    const size_t large = (size_t)5 << 30;
    void *first = alloc(large, 1), *page = alloc(4096, 4096), *third = alloc(large / 2, 1);
    assert_ptr_equal(first, (char *)region + HEADER);
    assert_int_equal((uintptr_t)page % 4096, 0);
    assert_true((uintptr_t)page > (uintptr_t)first + large);
    assert_non_null(third);
    assert_null(alloc(large, 1));
    dealloc(third, large / 2, 1);
    dealloc(first, large, 1);
    dealloc(page, 4096, 4096);
    expect_statistics(size - HEADER, 0, 1, size - 2 * HEADER);
    system_memory_unmap(region, size);
}

/* ---- What dealloc notices ---- */

static void a_double_free_panics(void **state)
{
    (void)state;
    const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        void *blocks[3], *wall;
        for (size_t j = 0; j < 3; j++)
            blocks[j] = alloc(64, 1);
        wall = alloc(64, 1);
        for (size_t j = 0; j < 3; j++) {
            dealloc(blocks[orders[i][j]], 64, 1);
            for (size_t k = 0; k <= j; k++) /* merged in every way by now */
                expect_panic(dealloc(blocks[orders[i][k]], 64, 1), "double free");
        }
        expect_panic((void)resize(blocks[1], 64, 65), "double free");
        dealloc(wall, 64, 1);
        expect_all_free();
    }
}

static void a_wrong_layout_panics(void **state)
{
    (void)state;
    char expected[128];
    void *block = alloc(100, 1);
    snprintf(expected, sizeof(expected),
             "tlsf: %p, size 80, align 1: wrong layout: the block there has 112 bytes", block);
    expect_panic(dealloc(block, 80, 1), expected);
    expect_panic(dealloc(block, 113, 1), "wrong layout");
    expect_panic(dealloc(block, 100, 4096), "wrong layout");
    expect_panic((void)resize(block, 16, 100), "wrong layout");
    dealloc(block, 112, 1);
    expect_all_free();
}

static void what_has_no_header_panics(void **state)
{
    (void)state;
    unsigned char *block = alloc(256, 1);
    memset(block, 0x60, 256); /* a size, and a pointer to nowhere */
    expect_panic(dealloc(block + 32, 16, 1), "no header is before it");
    memset(block, 0, 256);
    expect_panic(dealloc(block + 32, 16, 1), "no header is before it");
    expect_panic(dealloc(block + 8, 16, 1), "no block can begin there");
    expect_panic(dealloc(block + 1, 1, 1), "no block can begin there");
    uint64_t forged[2] = {64, (uintptr_t)block};
    memcpy(block + 16, forged, 16);
    expect_panic(dealloc(block + 32, 64, 1), "no header is before it");
}

static struct cairn_tlsf_block *block_of(const void *payload)
{
    return (struct cairn_tlsf_block *)((uintptr_t)payload - HEADER);
}

static void a_header_that_was_overwritten_panics(void **state)
{
    (void)state;
    void *first = alloc(64, 1), *second = alloc(64, 1), *third = alloc(64, 1);
    struct cairn_tlsf_block *block = block_of(second), whole = *block;
    const size_t sizes[] = {0, 48, 80, 72, SIZE, 0xccccccccccccccc0};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        block->size_and_state = sizes[i];
        expect_panic(dealloc(second, 64, 1), "no header is before it, or not any more");
    }
    block->size_and_state = whole.size_and_state;
    const uintptr_t neighbours[] = {0x5a5a5a5a5a5a5a5a, (uintptr_t)block, (uintptr_t)memory + 16,
                                    (uintptr_t)memory + 8};
    for (size_t i = 0; i < sizeof(neighbours) / sizeof(neighbours[0]); i++) {
        block->before = (struct cairn_tlsf_block *)neighbours[i];
        expect_panic(dealloc(second, 64, 1), "no header is before it, or not any more");
    }
    block->before = whole.before;
    block_of(third)->before = block_of(first);
    expect_panic(dealloc(second, 64, 1), "no header is before it, or not any more");
    block_of(third)->before = block;
    dealloc(second, 64, 1);
}

static void a_block_from_elsewhere_panics(void **state)
{
    (void)state;
    int local;
    assert_int_equal(cairn_tlsf_init(&heap, memory + 1024, 1024), CAIRN_REGION_OK);
    expect_panic(dealloc(memory + 512, 16, 1), "outside the heap");
    expect_panic(dealloc(memory + 1024, 16, 1), "outside the heap"); /* where a header is */
    expect_panic(dealloc(memory + 2048, 16, 1), "outside the heap");
    expect_panic(dealloc(&local, 4, 4), "outside the heap");
    expect_panic(dealloc(NULL, 16, 1), "outside the heap");
    expect_statistics(1024 - 16, 0, 1, 1024 - 32);
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
    dealloc(block, 8, 1);
    expect_all_free();
}

/* ---- What the walk over the whole heap notices ---- */

/* Two free blocks of 64 bytes, apart; *second follows *first in their list. */
static void make_two_free_blocks(struct cairn_tlsf_block **first, struct cairn_tlsf_block **second)
{
    const size_t sizes[] = {64, 64};
    void *holes[2];
    make_holes(sizes, 2, holes);
    *first = block_of(holes[1]);
    *second = block_of(holes[0]);
    assert_ptr_equal((*first)->next, *second);
}

static void the_check_notices_a_broken_header(void **state)
{
    (void)state;
    struct cairn_tlsf_block *live = block_of(alloc(64, 1)), *next = block_of(alloc(64, 1));
    const size_t sizes[] = {64 | 2, 64 | 3, SIZE, SIZE_MAX - 15};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        live->size_and_state = sizes[i];
        expect_panic(cairn_tlsf_check(&heap), "has an impossible size");
    }
    live->size_and_state = 64 | 1;
    expect_panic(cairn_tlsf_check(&heap), "bytes are used and");
    next->size_and_state = 64 | 1;
    expect_panic(cairn_tlsf_check(&heap), "neighbours, both free, but were not merged");
    live->size_and_state = next->size_and_state = 64;
    next->before = next;
    expect_panic(cairn_tlsf_check(&heap), "is before it, but");
    next->before = live;
    cairn_tlsf_check(&heap);
    heap.used += 16;
    expect_panic(cairn_tlsf_check(&heap), "bytes are used and");
    heap.used -= 16;
    heap.size += 16;
    expect_panic(cairn_tlsf_check(&heap), "bytes are used and");
}

static void the_check_notices_a_lost_end(void **state)
{
    (void)state;
    block_of(memory + HEADER)->size_and_state += HEADER; /* swallows the header at the end */
    expect_panic(cairn_tlsf_check(&heap), "does not end in a header");
}

static void the_check_notices_a_broken_list(void **state)
{
    (void)state;
    struct cairn_tlsf_block *first, *second, *live = block_of(alloc(64, 1));
    make_two_free_blocks(&first, &second);
    live->next = NULL;
    live->previous = first;
    const uintptr_t wild[] = {0x5a5a5a5a5a5a5a5a,
                              (uintptr_t)live,
                              (uintptr_t)second + 8,
                              (uintptr_t)second + 80,
                              (uintptr_t)memory + SIZE - HEADER,
                              (uintptr_t)first};
    for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        first->next = (struct cairn_tlsf_block *)wild[i];
        expect_panic(cairn_tlsf_check(&heap), "which is no free block of it");
    }
    first->next = NULL;
    expect_panic(cairn_tlsf_check(&heap), "3 blocks are free, but 2 are listed");
    first->next = second;
    second->previous = NULL;
    expect_panic(cairn_tlsf_check(&heap), "which is no free block of it");
    second->previous = first;
    cairn_tlsf_check(&heap);
    heap.free[0][5] = heap.free[0][4];
    heap.free[0][4] = NULL;
    expect_panic(cairn_tlsf_check(&heap), "the bit of row 0, column 4 is wrong");
    heap.columns[0] ^= 3U << 4;
    expect_panic(cairn_tlsf_check(&heap), "is in the list of another class");
    heap.free[0][4] = heap.free[0][5];
    heap.free[0][5] = NULL;
    heap.columns[0] ^= 3U << 4;
    heap.rows ^= 1;
    expect_panic(cairn_tlsf_check(&heap), "the bit of row 0 is wrong");
}

#define test_on_a_heap(name) cmocka_unit_test_setup(name, make_heap)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(blocks_follow_each_other_with_a_header_each),
        test_on_a_heap(the_smallest_class_that_surely_fits_is_searched_first),
        test_on_a_heap(a_block_of_the_same_class_may_be_passed_over),
        test_on_a_heap(a_free_block_of_any_size_is_found),
        test_on_a_heap(every_alignment_is_kept),
        test_on_a_heap(padding_is_a_free_block),
        test_on_a_heap(padding_that_is_too_small_for_a_block_is_avoided),
        test_on_a_heap(freed_blocks_merge_in_every_order),
        test_on_a_heap(a_rest_too_small_for_a_block_stays_with_it),
        test_on_a_heap(exhaustion_gives_null_and_nothing_is_lost),
        test_on_a_heap(a_block_shrinks_in_place_and_the_rest_merges),
        test_on_a_heap(a_block_grows_in_place_if_the_next_is_free),
        test_on_a_heap(a_block_that_cannot_grow_moves),
        test_on_a_heap(it_is_empty_until_it_is_given_memory),
        test_on_a_heap(init_takes_whole_granules),
        test_on_a_heap(init_with_too_little_leaves_it_empty),
        test_on_a_heap(several_regions_are_one_heap_without_spanning),
        test_on_a_heap(a_region_that_is_refused_changes_nothing),
        test_on_a_heap(a_heap_of_several_gibibytes),
        test_on_a_heap(a_double_free_panics),
        test_on_a_heap(a_wrong_layout_panics),
        test_on_a_heap(what_has_no_header_panics),
        test_on_a_heap(a_header_that_was_overwritten_panics),
        test_on_a_heap(a_block_from_elsewhere_panics),
        test_on_a_heap(a_layout_that_is_none_panics),
        test_on_a_heap(the_check_notices_a_broken_header),
        test_on_a_heap(the_check_notices_a_lost_end),
        test_on_a_heap(the_check_notices_a_broken_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
