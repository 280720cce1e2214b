/* SPDX-License-Identifier: MIT */
/*
 * Every kind of damage that the allocator cairn looks for, one test each: what is written into a
 * sound heap, and the message that comes of it. `make check-the-checks` switches each check off and
 * expects one of these to fail.
 */
#include "test.h"

#include <string.h>

#include <cairn/heap_inline.h>

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

static void a_bin_that_is_empty(void **state)
{
    (void)state;
    part->column_map[0] |= (uint32_t)1 << (BLOCK + 2);
    expect_panic(get((BLOCK + 1) * GRANULE), "a bin that is not empty by its map is empty");
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

/* ---- the struct ---- */

static bool visit_no_more(void *context, enum cairn_heap_block_kind kind, void *start, size_t size)
{
    (void)context, (void)kind, (void)start, (void)size;
    return false;
}

enum { LARGE_BLOCK = 33000 };

/* Everything but the front looks at the seal before it believes anything. */
static void expect_seal_broken(void *block)
{
    struct cairn_layout layout = {LARGE_BLOCK, 16};
    const char *message = "the heap's own struct at";
    expect_panic(cairn_heap_check(&heap), message);
    expect_panic(get(LARGE_BLOCK), message);
    expect_panic(give(block, LARGE_BLOCK), message);
    expect_panic((void)!cairn_allocator_realloc(&heap.allocator, block, layout, 1000), message);
    expect_panic((void)cairn_heap_usable_size(&heap, block), message);
    expect_panic((void)cairn_heap_flush(&heap), message);
    expect_panic((void)cairn_heap_statistics(&heap), message);
    expect_panic(cairn_heap_walk(&heap, visit_no_more, NULL), message);
    expect_panic((void)!cairn_heap_add_region(&heap, memory + SMALL, SMALL), message);
}

static void every_sealed_bit(void **state)
{
    (void)state;
    unsigned char *sealed = (unsigned char *)&part->base, *end = (unsigned char *)(&part->seal + 1);
    void *block = get(LARGE_BLOCK);
    for (unsigned char *byte = sealed; byte < end; byte++) {
        for (int bit = 0; bit < 8; bit++) {
            *byte = (unsigned char)(*byte ^ 1 << bit);
            expect_seal_broken(block);
            *byte = (unsigned char)(*byte ^ 1 << bit);
        }
    }
    cairn_heap_check(&heap);
}

/* A further region's struct is looked at when it is come to. */
static void a_further_region_s_seal(void **state)
{
    (void)state;
    assert_int_equal(cairn_heap_add_region(&heap, memory + 2 * SMALL, SMALL), CAIRN_REGION_OK);
    void *block = get(SMALL * 3 / 4), *further = get(SMALL * 3 / 4);
    assert_ptr_equal(further, memory + 2 * SMALL);
    cairn_heap_check(&heap);
    part->next->first++;
    expect_panic(cairn_heap_check(&heap), "the heap's own struct at");
    expect_panic(give(further, SMALL * 3 / 4), "the heap's own struct at");
    expect_panic(get(SMALL / 2), "the heap's own struct at");
    give(block, SMALL * 3 / 4);
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

/* The slot on top of the class's magazine; the link of the chunk in which it is. */
static struct cairn_heap_slot *top_of(unsigned size_class)
{
    return cairn_heap_slot_at(part, part->top[size_class]) - 1;
}

static struct cairn_heap_slot *link_of(unsigned size_class)
{
    struct cairn_heap_slot *slot = top_of(size_class);
    uint32_t empty_link = ~cairn_heap_proof(size_class);
    while (slot->proof != empty_link + slot->position)
        slot--;
    return slot;
}

/* What is in the slot proves itself, as no accident could. */
static void forge(unsigned size_class, struct cairn_heap_slot *slot, uint32_t position)
{
    *slot = (struct cairn_heap_slot){position, cairn_heap_proof(size_class) + position};
}

#define HOLDS "the magazine of 64-byte blocks holds"

static void a_magazine_s_slot_without_proof(void **state)
{
    (void)state;
    top_of(CLASS_64)->position ^= 4;
    expect_found(HOLDS);
    expect_panic((void)get(64), HOLDS);
    expect_panic(cairn_heap_flush(&heap), HOLDS);
}

static void a_magazine_s_block_that_is_none(void **state)
{
    (void)state;
    forge(CLASS_64, top_of(CLASS_64), top_of(CLASS_64)->position + 1);
    expect_found(HOLDS);
    expect_panic(cairn_heap_flush(&heap), HOLDS);
}

static void a_magazine_s_block_that_lives(void **state)
{
    (void)state;
    flip(part->live, top_of(CLASS_64)->position);
    expect_panic((void)get(64), HOLDS);
}

static void a_magazine_s_block_of_another_class(void **state)
{
    (void)state;
    forge(CLASS_64, top_of(CLASS_64), top_of(CLASS_128)->position);
    expect_found(HOLDS);
}

static void a_magazine_s_block_of_another_size(void **state)
{
    (void)state;
    uint32_t position = top_of(CLASS_64)->position;
    forge(CLASS_128, top_of(CLASS_128), position);
    part->tags[position / 64] = 0;
    expect_found("a magazine holds a block of another size");
}

static void a_block_above_the_top(void **state)
{
    (void)state;
    void *block = get(64);
    forge(CLASS_64, top_of(CLASS_64) + 1, 1);
    expect_panic(give(block, 64), "there is a block above the top of class 4");
}

static void a_top_between_slots(void **state)
{
    (void)state;
    part->top[CLASS_64] ^= 1;
    expect_panic((void)get(64), "class 4 has its top at");
}

static void a_top_in_another_s_magazine(void **state)
{
    (void)state;
    void *block = get(64);
    part->top[CLASS_64] = part->top[CLASS_128];
    expect_panic((void)get(64), "does not belong to class 4");
    expect_panic(give(block, 64), "does not belong to class 4");
}

static void a_top_far_away(void **state)
{
    (void)state;
    void *block = get(64);
    part->top[CLASS_64] ^= 1 << 15;
    expect_panic((void)get(64), "does not belong to class 4");
    expect_panic(give(block, 64), "does not belong to class 4");
}

static void a_chunk_of_another_class(void **state)
{
    (void)state;
    link_of(CLASS_64)->proof ^= 1;
    expect_found("does not belong to class 4");
    expect_panic(cairn_heap_flush(&heap), "does not belong to class 4");
}

static void a_chunk_that_ends_the_chain(void **state)
{
    (void)state;
    *link_of(CLASS_64) = (struct cairn_heap_slot){0, ~cairn_heap_proof(CLASS_64)};
    expect_found("chunk 0 does not belong to class 4");
    expect_panic(cairn_heap_flush(&heap), "the heap is damaged: class 4 has");
}

static void chunks_without_a_magazine(void **state)
{
    (void)state;
    part->class_chunks[CLASS_128 + 1] = 1;
    expect_found("the heap is damaged");
    expect_panic(cairn_heap_flush(&heap), "class 9 has 1 chunks, and its magazine none");
}

static void a_wild_chunk(void **state)
{
    (void)state;
    link_of(CLASS_64)->position ^= (uint32_t)1 << 30;
    expect_found("does not belong to class 4");
    expect_panic(cairn_heap_flush(&heap), "does not belong to class 4");
}

static void a_chunk_that_is_not_there(void **state)
{
    (void)state;
    struct cairn_heap_slot *link = link_of(CLASS_64);
    link->position += 1000;
    link->proof += 1000;
    expect_found("does not belong to class 4");
}

/* The pool says that it has chunks, and has none: what is cut from a run finds no room. */
static void chunks_that_are_not_there(void **state)
{
    (void)state;
    part->free_chunk = 0;
    part->free_chunks = 1;
    expect_panic(for (int i = 0; i < 10; i++)(void) get(32), "has no room");
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
        cmocka_unit_test_setup(a_bin_that_is_empty, start),
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
        cmocka_unit_test_setup(every_sealed_bit, start),
        cmocka_unit_test_setup(a_further_region_s_seal, start),
        cmocka_unit_test_setup(a_magazine_s_slot_without_proof, start_with_front),
        cmocka_unit_test_setup(a_magazine_s_block_that_is_none, start_with_front),
        cmocka_unit_test_setup(a_magazine_s_block_that_lives, start_with_front),
        cmocka_unit_test_setup(a_magazine_s_block_of_another_class, start_with_front),
        cmocka_unit_test_setup(a_magazine_s_block_of_another_size, start_with_front),
        cmocka_unit_test_setup(a_block_above_the_top, start_with_front),
        cmocka_unit_test_setup(a_top_between_slots, start_with_front),
        cmocka_unit_test_setup(a_top_in_another_s_magazine, start_with_front),
        cmocka_unit_test_setup(a_top_far_away, start_with_front),
        cmocka_unit_test_setup(a_chunk_of_another_class, start_with_front),
        cmocka_unit_test_setup(a_chunk_that_ends_the_chain, start_with_front),
        cmocka_unit_test_setup(chunks_without_a_magazine, start_with_front),
        cmocka_unit_test_setup(a_wild_chunk, start_with_front),
        cmocka_unit_test_setup(a_chunk_that_is_not_there, start_with_front),
        cmocka_unit_test_setup(chunks_that_are_not_there, start_with_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
