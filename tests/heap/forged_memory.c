/* SPDX-License-Identifier: MIT */
/*
 * Freed memory of the allocator cairn, forged: what a late write or an overflow can do to links and
 * sizes. Each test makes all look right but for the one thing that a check looks at, and expects that
 * check's panic, with the address at which things are wrong. Without the check the heap would go on.
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "../../alloc/heap/slices.h"

enum {
    SIZE = 100 *
           1024,  /* of the heap, which is followed by memory that looks as if it were part of it */
    BLOCK = 2000, /* bytes; too large for a quick list */
    BLOCK_GRANULES = BLOCK / GRANULE_BYTES,
    ROW = 12,
    SMALL = 64, /* bytes; waits in a quick list */
};

static _Alignas(4096) unsigned char memory[SIZE + 4096];
static struct cairn_heap heap;
static unsigned char *row[ROW]; /* blocks side by side, the first at the lowest address */

static unsigned char *get(size_t size)
{
    return cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){size, 1});
}

static void give(void *block, size_t size)
{
    cairn_allocator_dealloc(&heap.allocator, block, (struct cairn_layout){size, 1});
}

static void start(size_t size)
{
    memset(memory, 0, sizeof(memory));
    assert_int_equal(cairn_heap_init(&heap, memory, SIZE), CAIRN_REGION_OK);
    for (size_t i = 0; i < ROW; i++) {
        row[i] = get(size);
        assert_ptr_equal(row[i], row[0] + i * size);
        memset(row[i], 0, size);
    }
}

/* ---- what bins.c keeps in a free block ---- */

/* Its first granule has all but `size_from_end`, its last one that. */
struct free_block {
    uint32_t next, previous, size, size_from_end;
};

static struct region *region(void)
{
    return region_of(heap.region);
}

static uint32_t position_of(const unsigned char *block)
{
    return (uint32_t)cairn_heap_position(heap.region, block);
}

static struct free_block *free_block_at(uint32_t at)
{
    return address_of(region(), at);
}

static struct free_block *first_of(unsigned char *block)
{
    return (struct free_block *)(void *)block;
}

static struct free_block *last_of(unsigned char *block)
{
    return (struct free_block *)(void *)(block + BLOCK - GRANULE_BYTES);
}

/* The bin that begins with the free block. */
static uint32_t *bin_of(const unsigned char *block)
{
    uint32_t *bin = region()->bins;
    while (*bin != position_of(block))
        bin++;
    return bin;
}

/* A granule past the heap's end; there is a record for it, as for a few more slices. */
static uint32_t granule_past_the_end(void)
{
    return (region()->hot.end / SLICE + 1) * SLICE;
}

/* Frees the block, and another one, so that it is not the first of its bin. */
static void free_second(unsigned char *block)
{
    give(block, BLOCK);
    give(row[10], BLOCK);
}

static void forge_record(uint32_t at, uint64_t taken, uint64_t free)
{
    *slice_of(region(), at) = (struct cairn_heap_slice){taken, free};
}

#define expect_overwritten(statement, block)                                                   \
    do {                                                                                       \
        char expected[80];                                                                     \
        snprintf(expected, sizeof(expected), "the free block at %p was overwritten", (block)); \
        expect_panic(statement, expected);                                                     \
    } while (0)

/* ---- the size that stands in a free block's first granule ---- */

static void a_size_past_the_end(void **state)
{
    (void)state;
    start(BLOCK);
    free_second(row[1]);
    uint32_t past = granule_past_the_end();
    forge_record(past, 0, 1);
    first_of(row[1])->size = past - position_of(row[1]) + 1;
    free_block_at(past)->size_from_end = first_of(row[1])->size;
    expect_overwritten(give(row[0], BLOCK), (void *)row[1]);
}

static void a_size_of_nothing(void **state)
{
    (void)state;
    start(BLOCK);
    free_second(row[1]);
    first_of(row[1])->size = 0;
    expect_overwritten(give(row[0], BLOCK), (void *)row[1]);
}

/* The last granule of a live block says what the last one of a free block would. */
static void a_size_that_has_a_live_block(void **state)
{
    (void)state;
    start(BLOCK);
    free_second(row[1]);
    first_of(row[1])->size = 2 * BLOCK_GRANULES;
    last_of(row[2])->size_from_end = 2 * BLOCK_GRANULES;
    expect_overwritten(give(row[0], BLOCK), (void *)row[1]);
}

static void a_size_up_to_the_next_free_block(void **state)
{
    (void)state;
    start(BLOCK);
    give(row[1], BLOCK);
    give(row[3], BLOCK);
    first_of(row[1])->size = 3 * BLOCK_GRANULES;
    expect_overwritten(give(row[0], BLOCK), (void *)row[1]);
}

/*
 * Frees row[1] and row[3], of some granules each, into the bins, where row[3] is the first then. Lets both
 * say that they and what lies in between are one.
 */
static void forge_one_of_three(uint32_t granules)
{
    const size_t size = granules * GRANULE_BYTES;
    start(size);
    give(row[3], size);
    give(row[1], size);
    cairn_heap_flush(&heap);
    first_of(row[1])->size = 3 * granules;
    free_block_at(position_of(row[4]) - 1)->size_from_end = 3 * granules;
}

/* As far as records are looked at. */
static void a_size_with_something_in_between(void **state)
{
    (void)state;
    for (uint32_t granules = 1; granules <= SLICE; granules++) {
        forge_one_of_three(granules);
        give(row[0], granules * GRANULE_BYTES);
        expect_overwritten(cairn_heap_flush(&heap), (void *)row[1]);
        forge_one_of_three(granules);
        give(row[4], granules * GRANULE_BYTES);
        expect_overwritten(cairn_heap_flush(&heap), (void *)row[1]);
    }
}

/* ---- the size that stands in its last granule ---- */

static void a_size_from_the_end_of_nothing(void **state)
{
    (void)state;
    start(BLOCK);
    free_second(row[1]);
    last_of(row[1])->size_from_end = 0;
    expect_overwritten(give(row[2], BLOCK), (void *)last_of(row[1]));
}

static void a_size_from_the_end_before_the_region(void **state)
{
    (void)state;
    start(BLOCK);
    free_second(row[1]);
    last_of(row[1])->size_from_end = position_of(row[2]) + 1;
    expect_overwritten(give(row[2], BLOCK), (void *)last_of(row[1]));
}

/* A granule of a live block says what the first one of a free block would. */
static void a_size_from_the_end_that_has_a_live_block(void **state)
{
    (void)state;
    start(BLOCK);
    free_second(row[2]);
    last_of(row[2])->size_from_end = 2 * BLOCK_GRANULES - 1;
    first_of(row[1] + GRANULE_BYTES)->size = 2 * BLOCK_GRANULES - 1;
    expect_overwritten(give(row[3], BLOCK), (void *)last_of(row[2]));
}

static void a_size_from_the_end_up_to_the_free_block_before(void **state)
{
    (void)state;
    start(BLOCK);
    give(row[1], BLOCK);
    give(row[3], BLOCK);
    last_of(row[3])->size_from_end = 3 * BLOCK_GRANULES;
    expect_overwritten(give(row[4], BLOCK), (void *)row[1]);
}

/* ---- links between the free blocks of a bin ---- */

/* Three in one bin: row[5] first, then row[3], then row[1]. */
static void start_bin(void)
{
    start(BLOCK);
    give(row[1], BLOCK);
    give(row[3], BLOCK);
    give(row[5], BLOCK);
    cairn_heap_check(&heap);
}

static void a_link_to_the_end(void **state)
{
    (void)state;
    start_bin();
    uint32_t end = region()->hot.end;
    first_of(row[3])->next = end;
    free_block_at(end)->previous = position_of(row[3]);
    expect_overwritten(give(row[4], BLOCK), (void *)row[3]);
    start_bin();
    first_of(row[3])->previous = end;
    free_block_at(end)->next = position_of(row[3]);
    expect_overwritten(give(row[4], BLOCK), (void *)row[3]);
}

static void a_link_past_the_end(void **state)
{
    (void)state;
    start_bin();
    uint32_t past = granule_past_the_end();
    forge_record(past, 0, 1);
    first_of(row[3])->next = past;
    free_block_at(past)->previous = position_of(row[3]);
    expect_overwritten(give(row[4], BLOCK), (void *)row[3]);
}

static void a_link_to_a_block_that_does_not_point_back(void **state)
{
    (void)state;
    start_bin();
    first_of(row[5])->next = position_of(row[1]);
    expect_overwritten(give(row[6], BLOCK), (void *)row[5]);
}

static void a_link_back_past_the_end(void **state)
{
    (void)state;
    start_bin();
    uint32_t past = granule_past_the_end();
    forge_record(past, 0, 1);
    first_of(row[3])->previous = past;
    free_block_at(past)->next = position_of(row[3]);
    expect_overwritten(give(row[2], BLOCK), (void *)row[3]);
}

static void a_link_back_to_a_block_that_does_not_lead_there(void **state)
{
    (void)state;
    start_bin();
    first_of(row[1])->previous = position_of(row[5]);
    expect_overwritten(give(row[0], BLOCK), (void *)row[1]);
}

static void a_block_that_says_it_is_the_first_of_its_bin(void **state)
{
    (void)state;
    start_bin();
    first_of(row[3])->previous = first_of(row[5])->previous;
    expect_overwritten(give(row[2], BLOCK), (void *)row[3]);
}

/* One past the last bin; what stands there looks as if it were a bin that begins with the block. */
static void a_block_that_says_it_is_the_first_of_no_bin(void **state)
{
    (void)state;
    start_bin();
    first_of(row[3])->previous = UINT32_MAX - region()->bin_count;
    region()->bins[region()->bin_count] = position_of(row[3]);
    expect_overwritten(give(row[4], BLOCK), (void *)row[3]);
}

/* ---- a bin's own link, in the metadata ---- */

/* What becomes the first of the bin must not write a link into a live block. */
static void a_bin_that_leads_to_a_live_block(void **state)
{
    (void)state;
    start_bin();
    *bin_of(row[5]) = position_of(row[8]);
    expect_overwritten(give(row[10], BLOCK), (void *)row[10]);
    assert_int_equal(first_of(row[8])->previous, 0);
}

static void a_bin_that_leads_past_the_end(void **state)
{
    (void)state;
    start_bin();
    uint32_t past = granule_past_the_end();
    forge_record(past, 0, 1);
    *bin_of(row[5]) = past;
    expect_overwritten(give(row[10], BLOCK), (void *)row[10]);
    assert_int_equal(free_block_at(past)->previous, 0);
}

/* A block of one granule past the end, sound but for where it lies, is no memory to hand out. */
static void a_block_from_a_bin_that_leads_past_the_end(void **state)
{
    (void)state;
    start_bin();
    uint32_t past = granule_past_the_end();
    forge_record(past, 0, 1 | (uint64_t)1 << 63);
    free_block_at(past)->next = UINT32_MAX;
    free_block_at(past)->previous = first_of(row[5])->previous;
    free_block_at(past)->size = SLICE;
    free_block_at(past + SLICE - 1)->size_from_end = SLICE;
    *bin_of(row[5]) = past;
    expect_overwritten((void)!get(BLOCK), address_of(region(), past));
}

/* ---- quick lists ---- */

/* Three wait in the list: row[5] first, then row[3], then row[1]. */
static void start_list(void)
{
    start(SMALL);
    give(row[1], SMALL);
    give(row[3], SMALL);
    give(row[5], SMALL);
    cairn_heap_check(&heap);
}

#define expect_no_waiting(statement, block)                                                     \
    do {                                                                                        \
        char expected[80];                                                                      \
        snprintf(expected, sizeof(expected), "freed blocks of 64 bytes leads to %p,", (block)); \
        expect_panic(statement, expected);                                                      \
    } while (0)

/* The block after the first is not what it should be: the first is handed out, and no other. */
static void expect_refused_second(void *link)
{
    *(void **)(void *)row[5] = link;
    assert_ptr_equal(get(SMALL), row[5]);
    expect_no_waiting((void)!get(SMALL), link);
}

static void a_link_to_a_live_block(void **state)
{
    (void)state;
    start_list();
    expect_refused_second(row[8]);
}

static void a_link_to_free_memory(void **state)
{
    (void)state;
    start_list();
    expect_refused_second(row[ROW - 1] + SMALL);
}

static void a_link_into_the_middle_of_a_block(void **state)
{
    (void)state;
    start_list();
    expect_refused_second(row[3] + 8);
    start_list();
    expect_refused_second(row[3] + GRANULE_BYTES);
}

static void a_link_to_a_block_of_another_list(void **state)
{
    (void)state;
    for (size_t size = GRANULE_BYTES; size <= 2 * SMALL; size += GRANULE_BYTES) {
        start_list();
        unsigned char *other = get(size);
        (void)!get(GRANULE_BYTES);
        if (size == SMALL)
            continue;
        give(other, size);
        expect_refused_second(other);
    }
}

static void a_link_out_of_the_heap(void **state)
{
    (void)state;
    start(BLOCK);
    uint32_t past = granule_past_the_end();
    for (int i = 0; i < 2; i++)
        row[i] = get(SMALL);
    give(row[0], SMALL);
    give(row[1], SMALL);
    forge_record(past, 1 | 1 << SMALL / GRANULE_BYTES, 1);
    *(void **)(void *)row[1] = address_of(region(), past);
    assert_ptr_equal(get(SMALL), row[1]);
    expect_no_waiting((void)!get(SMALL), address_of(region(), past));
}

static void get_four(void)
{
    for (int i = 0; i < 4; i++)
        (void)!get(SMALL);
}

/* Links that are found when they are followed, or when the list should have had another length. */
static void a_list_of_another_length(void **state)
{
    (void)state;
    start_list();
    *(void **)(void *)row[5] = NULL;
    expect_panic(get_four(), "the list of freed blocks of 64 bytes leads to");
    start_list();
    *(void **)(void *)row[1] = row[3];
    expect_panic(get_four(), "the list of freed blocks of 64 bytes leads to");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_past_the_end),
        cmocka_unit_test(a_size_of_nothing),
        cmocka_unit_test(a_size_that_has_a_live_block),
        cmocka_unit_test(a_size_up_to_the_next_free_block),
        cmocka_unit_test(a_size_with_something_in_between),
        cmocka_unit_test(a_size_from_the_end_of_nothing),
        cmocka_unit_test(a_size_from_the_end_before_the_region),
        cmocka_unit_test(a_size_from_the_end_that_has_a_live_block),
        cmocka_unit_test(a_size_from_the_end_up_to_the_free_block_before),
        cmocka_unit_test(a_link_to_the_end),
        cmocka_unit_test(a_link_past_the_end),
        cmocka_unit_test(a_link_to_a_block_that_does_not_point_back),
        cmocka_unit_test(a_link_back_past_the_end),
        cmocka_unit_test(a_link_back_to_a_block_that_does_not_lead_there),
        cmocka_unit_test(a_block_that_says_it_is_the_first_of_its_bin),
        cmocka_unit_test(a_block_that_says_it_is_the_first_of_no_bin),
        cmocka_unit_test(a_bin_that_leads_to_a_live_block),
        cmocka_unit_test(a_bin_that_leads_past_the_end),
        cmocka_unit_test(a_block_from_a_bin_that_leads_past_the_end),
        cmocka_unit_test(a_link_to_a_live_block),
        cmocka_unit_test(a_link_to_free_memory),
        cmocka_unit_test(a_link_into_the_middle_of_a_block),
        cmocka_unit_test(a_link_to_a_block_of_another_list),
        cmocka_unit_test(a_link_out_of_the_heap),
        cmocka_unit_test(a_list_of_another_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
