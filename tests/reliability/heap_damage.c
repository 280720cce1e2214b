/* SPDX-License-Identifier: MIT */
/*
 * Every kind of damage that the allocator cairn looks for, one test each: what is written into a
 * sound heap, and the message that comes of it. `make check-the-checks` switches each check off and
 * expects one of these to fail.
 */
#include "test.h"

#include <string.h>

#include <cairn/heap.h>

enum { SIZE = 1 << 20, SMALL = 50000, GRANULE = CAIRN_HEAP_GRANULE, BLOCKS = 7, BLOCK = 20 };

#define NONE  UINT32_MAX
#define LARGE ((uint32_t)1 << 31)

/* A granule of a free block, as the heap writes it. */
struct free_granule {
    uint32_t next, previous, granules, last;
};

static _Alignas(4096) unsigned char memory[SIZE];
static struct cairn_heap heap;
static struct cairn_heap_part *const part = &heap.part;

static void *get(size_t size)
{
    void *block = cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){size, 16});
    assert_non_null(block);
    return block;
}

static void give(void *block, size_t size)
{
    cairn_allocator_dealloc(&heap.allocator, block, (struct cairn_layout){size, 16});
}

static struct free_granule *granule(size_t position)
{
    return (struct free_granule *)(void *)(memory + position * GRANULE);
}

static void flip(uint64_t *table, size_t position)
{
    table[position / 64] ^= (uint64_t)1 << position % 64;
}

/*
 * Seven blocks of 20 granules in a row, the second and the fourth free, in one bin: its list is
 * 60, 20. Then free memory to the end. Small sizes have a bin each, in row 0.
 */
static int start(void **state)
{
    (void)state;
    assert_int_equal(cairn_heap_init(&heap, memory, SMALL), CAIRN_REGION_OK);
    for (int i = 0; i < BLOCKS; i++)
        assert_ptr_equal(get(BLOCK * GRANULE), granule((size_t)i * BLOCK));
    give(granule(20), BLOCK * GRANULE);
    give(granule(60), BLOCK * GRANULE);
    cairn_heap_check(&heap);
    assert_int_equal(part->bins[0][BLOCK], 60);
    return 0;
}

static void give_block(size_t number)
{
    give(granule(number * BLOCK), BLOCK * GRANULE);
}

/* ---- what an operation finds ---- */

static void a_size_too_large(void **state)
{
    (void)state;
    granule(20)->granules = 0xffffff;
    expect_panic(give_block(0), "a free block reaches out of the heap");
}

static void a_last_size_that_leads_inside(void **state)
{
    (void)state;
    granule(39)->last = BLOCK - 1;
    expect_panic(give_block(2), "a free block begins elsewhere");
}

static void a_first_size_that_leads_inside(void **state)
{
    (void)state;
    granule(20)->granules = BLOCK - 1;
    expect_panic(give_block(0), "a free block ends elsewhere");
}

static void a_wild_next(void **state)
{
    (void)state;
    granule(60)->next = 0x41414141;
    expect_panic(give_block(4), "the next free block does not point back");
}

static void a_wild_previous(void **state)
{
    (void)state;
    granule(20)->previous = 0x41414141;
    expect_panic(give_block(0), "the previous free block does not point back");
}

static void a_previous_that_says_first(void **state)
{
    (void)state;
    granule(20)->previous = NONE;
    expect_panic(give_block(0), "the previous free block does not point back");
}

static void a_bin_that_begins_with_a_taken_block(void **state)
{
    (void)state;
    part->bins[0][BLOCK] = 40;
    expect_panic(give_block(5), "a bin begins with no free block");
}

static void a_bin_that_leads_out(void **state)
{
    (void)state;
    part->bins[0][BLOCK] = 0x7fffff00;
    expect_panic(get(BLOCK * GRANULE), "a bin leads out of the heap");
}

static void a_row_that_is_none(void **state)
{
    (void)state;
    part->row_map = (uint32_t)1 << 30;
    expect_panic(get(SMALL / 2), "a row of bins is none, or empty");
}

static void mistakes_of_the_caller(void **state)
{
    (void)state;
    expect_panic(cairn_heap_trim(&heap, 48, NULL, NULL), "a page is a power of two");
    expect_panic(cairn_heap_trim(&heap, 32, NULL, NULL), "a page is a power of two");
    expect_panic((void)cairn_heap_usable_size(&heap, memory + 8), "8 bytes into the live block");
    expect_panic((void)cairn_heap_usable_size(&heap, &heap), "not from this heap");
}

static void a_large_block_s_wrong_size(void **state)
{
    (void)state;
    const unsigned char *large = get(3000);
    uint32_t *tag = &part->tags[(large - memory) / 1024], sound = *tag;
    get(16);
    *tag = LARGE | 187;
    expect_panic((void)cairn_heap_usable_size(&heap, large), "nothing begins where a block ends");
    *tag = 0;
    expect_panic((void)cairn_heap_usable_size(&heap, large), "nothing begins where a block ends");
    *tag = sound;
    assert_int_equal(cairn_heap_usable_size(&heap, large), 188 * GRANULE);
}

/* ---- what the check of the whole heap finds ---- */

#define expect_found(part_of_message) expect_panic(cairn_heap_check(&heap), part_of_message)

static void a_size_of_0(void **state)
{
    (void)state;
    granule(20)->granules = 0;
    expect_found("a free block's size is impossible");
}

static void no_beginning(void **state)
{
    (void)state;
    flip(part->live, 40);
    granule(40)->granules = BLOCK;
    expect_found("nothing begins where a block must begin");
}

static void no_end(void **state)
{
    (void)state;
    flip(part->edge, 39);
    expect_found("a free block has no end");
}

static void sizes_that_differ(void **state)
{
    (void)state;
    granule(39)->last++;
    expect_found("a free block's two sizes differ");
}

static void a_beginning_inside(void **state)
{
    (void)state;
    flip(part->live, 30);
    expect_found("something begins inside a free block");
}

static void free_blocks_that_touch(void **state)
{
    (void)state;
    granule(20)->granules = granule(29)->last = 10;
    granule(30)->granules = granule(39)->last = 10;
    flip(part->edge, 29);
    flip(part->edge, 30);
    expect_found("two free blocks touch");
}

static void free_and_taken(void **state)
{
    (void)state;
    flip(part->edge, 100);
    expect_found("a block is free and taken");
}

static void a_large_block_of_another_size(void **state)
{
    (void)state;
    const unsigned char *large = get(3000);
    part->tags[(large - memory) / 1024] = LARGE | 187;
    expect_found("a block's size is not what its page says");
}

/* 11 granules are no class's. */
static void a_class_of_no_size(void **state)
{
    (void)state;
    const unsigned char *block = get((size_t)11 * GRANULE);
    flip(part->classed, (size_t)(block - memory) / GRANULE);
    expect_found("a block of a class has no class's size");
}

static void a_certificate_for_others(void **state)
{
    (void)state;
    part->tags[0] = 1;
    expect_found("a page's certificate is wrong");
}

static void no_wall(void **state)
{
    (void)state;
    flip(part->live, (size_t)part->end);
    expect_found("the wall is gone");
}

static void a_bin_that_leads_nowhere(void **state)
{
    (void)state;
    granule(20)->next = 0x7fffff00;
    expect_found("leads to no free block");
}

static void a_bin_that_goes_in_circles(void **state)
{
    (void)state;
    granule(20)->next = 20;
    granule(20)->previous = 20;
    granule(60)->next = NONE;
    part->bins[0][BLOCK] = 20;
    expect_found("a bin's links disagree");
}

static void a_bin_with_a_taken_block(void **state)
{
    (void)state;
    granule(20)->next = 40;
    expect_found("a block in a bin is not free");
}

static void links_that_disagree(void **state)
{
    (void)state;
    granule(20)->previous = 20;
    expect_found("a bin's links disagree");
}

static void a_block_in_another_bin(void **state)
{
    (void)state;
    part->bins[0][BLOCK] = NONE;
    part->column_map[0] ^= (uint32_t)3 << BLOCK;
    part->bins[0][BLOCK + 1] = 60;
    expect_found("a free block is in another size's bin");
}

static void rows_that_are_none(void **state)
{
    (void)state;
    part->row_map |= (uint32_t)1 << 31;
    expect_found("the map of rows is");
}

static void a_wrong_map_of_bins(void **state)
{
    (void)state;
    part->column_map[0] |= 1;
    expect_found("the map of bin 0.0 is wrong");
}

static void a_wrong_map_of_rows(void **state)
{
    (void)state;
    part->row_map &= ~(uint32_t)1;
    expect_found("the map of row 0 is wrong");
}

static void a_block_in_no_bin(void **state)
{
    (void)state;
    granule(60)->next = NONE;
    expect_found("3 free blocks, and 2 in the bins");
}

static void wrong_sums(void **state)
{
    (void)state;
    part->taken++;
    expect_found("the counts are wrong: used");
}

static void wrong_counts(void **state)
{
    (void)state;
    part->general_blocks[3]++;
    expect_found("live blocks of size class 3");
}

/* ---- the front ---- */

enum { CLASS_64 = 4, CLASS_128 = 8 };

/* Both classes are warm, and their magazines have more than a chunk. */
static int start_with_front(void **state)
{
    (void)state;
    void *blocks[400];
    assert_int_equal(cairn_heap_init(&heap, memory, SIZE), CAIRN_REGION_OK);
    for (int i = 0; i < 400; i++)
        blocks[i] = get(i % 2 ? 64 : 128);
    for (int i = 0; i < 400; i++)
        give(blocks[i], i % 2 ? 64 : 128);
    assert_true(part->class_chunks[CLASS_64] > 1 && part->class_chunks[CLASS_128] > 1);
    cairn_heap_check(&heap);
    return 0;
}

/* The chunk in which the class's magazine has its top. */
static void **chunk_of(unsigned size_class)
{
    return (void **)((uintptr_t)(part->top[size_class] - 1) & ~(uintptr_t)511);
}

static void a_magazine_s_pointer_between_granules(void **state)
{
    (void)state;
    part->top[CLASS_64][-1] = (unsigned char *)part->top[CLASS_64][-1] + 8;
    expect_found("the magazine of 64-byte blocks holds");
    expect_panic(cairn_heap_flush(&heap), "the magazine of 64-byte blocks holds");
}

static void a_magazine_s_pointer_into_a_block(void **state)
{
    (void)state;
    part->top[CLASS_64][-1] = (unsigned char *)part->top[CLASS_64][-1] + 16;
    expect_found("the magazine of 64-byte blocks holds");
    expect_panic(cairn_heap_flush(&heap), "the magazine of 64-byte blocks holds");
}

static void a_magazine_s_pointer_to_another_class(void **state)
{
    (void)state;
    part->top[CLASS_64][-1] = part->top[CLASS_128][-1];
    expect_found("the magazine of 64-byte blocks holds");
}

static void a_magazine_s_block_of_another_size(void **state)
{
    (void)state;
    unsigned char *block = part->top[CLASS_64][-1];
    part->top[CLASS_128][-1] = block;
    part->tags[(block - memory) / 1024] = 0;
    expect_found("a magazine holds a block of another size");
}

static void a_chunk_of_another_class(void **state)
{
    (void)state;
    void **chunk = chunk_of(CLASS_64);
    chunk[0] = (void *)((uintptr_t)chunk[0] ^ (uintptr_t)1 << 33);
    expect_found("does not belong to class 4");
    expect_panic(cairn_heap_flush(&heap), "does not belong to class 4");
}

static void a_chunk_that_ends_the_chain(void **state)
{
    (void)state;
    chunk_of(CLASS_64)[0] = (void *)((uintptr_t)CLASS_64 << 32);
    expect_found("chunk 0 does not belong to class 4");
    expect_panic(cairn_heap_flush(&heap), "the heap is damaged: class 4 has");
}

static void a_wild_chunk(void **state)
{
    (void)state;
    void **chunk = chunk_of(CLASS_64);
    chunk[0] = (void *)((uintptr_t)chunk[0] ^ (uintptr_t)1 << 30);
    expect_found("does not belong to class 4");
    expect_panic(cairn_heap_flush(&heap), "does not belong to class 4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_size_too_large, start),
        cmocka_unit_test_setup(a_last_size_that_leads_inside, start),
        cmocka_unit_test_setup(a_first_size_that_leads_inside, start),
        cmocka_unit_test_setup(a_wild_next, start),
        cmocka_unit_test_setup(a_wild_previous, start),
        cmocka_unit_test_setup(a_previous_that_says_first, start),
        cmocka_unit_test_setup(a_bin_that_begins_with_a_taken_block, start),
        cmocka_unit_test_setup(a_bin_that_leads_out, start),
        cmocka_unit_test_setup(a_row_that_is_none, start),
        cmocka_unit_test_setup(a_large_block_s_wrong_size, start),
        cmocka_unit_test_setup(mistakes_of_the_caller, start),
        cmocka_unit_test_setup(a_size_of_0, start),
        cmocka_unit_test_setup(no_beginning, start),
        cmocka_unit_test_setup(no_end, start),
        cmocka_unit_test_setup(sizes_that_differ, start),
        cmocka_unit_test_setup(a_beginning_inside, start),
        cmocka_unit_test_setup(free_blocks_that_touch, start),
        cmocka_unit_test_setup(free_and_taken, start),
        cmocka_unit_test_setup(a_large_block_of_another_size, start),
        cmocka_unit_test_setup(a_class_of_no_size, start),
        cmocka_unit_test_setup(a_certificate_for_others, start),
        cmocka_unit_test_setup(no_wall, start),
        cmocka_unit_test_setup(a_bin_that_leads_nowhere, start),
        cmocka_unit_test_setup(a_bin_that_goes_in_circles, start),
        cmocka_unit_test_setup(a_bin_with_a_taken_block, start),
        cmocka_unit_test_setup(links_that_disagree, start),
        cmocka_unit_test_setup(a_block_in_another_bin, start),
        cmocka_unit_test_setup(rows_that_are_none, start),
        cmocka_unit_test_setup(a_wrong_map_of_bins, start),
        cmocka_unit_test_setup(a_wrong_map_of_rows, start),
        cmocka_unit_test_setup(a_block_in_no_bin, start),
        cmocka_unit_test_setup(wrong_sums, start),
        cmocka_unit_test_setup(wrong_counts, start),
        cmocka_unit_test_setup(a_magazine_s_pointer_between_granules, start_with_front),
        cmocka_unit_test_setup(a_magazine_s_pointer_into_a_block, start_with_front),
        cmocka_unit_test_setup(a_magazine_s_pointer_to_another_class, start_with_front),
        cmocka_unit_test_setup(a_magazine_s_block_of_another_size, start_with_front),
        cmocka_unit_test_setup(a_chunk_of_another_class, start_with_front),
        cmocka_unit_test_setup(a_chunk_that_ends_the_chain, start_with_front),
        cmocka_unit_test_setup(a_wild_chunk, start_with_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
