/* SPDX-License-Identifier: MIT */
/*
 * Metadata of the allocator cairn, forged: the whole-heap check says what is wrong, and the operations
 * that come across it do, too. Each test changes one thing of a sound heap.
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "../../alloc/heap/quick.h"
#include "../../alloc/heap/slabs.h"

enum {
    WITHOUT_SLABS = 100 * 1024, /* bytes of a heap without slabs */
    WITH_SLABS = 8 << 20,       /* of one with slabs */
    BLOCK = 2000,               /* bytes; too large for a quick list */
    BLOCK_GRANULES = BLOCK / GRANULE_BYTES,
    ROW = 8,
    OBJECT = 64, /* bytes of an object of a slab */
    OBJECT_CLASS = OBJECT / GRANULE_BYTES,

};

static _Alignas(4096) unsigned char memory[WITH_SLABS];
static struct cairn_heap heap;
static unsigned char *row[ROW]; /* blocks side by side */

static unsigned char *get(size_t size)
{
    return cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){size, 1});
}

static void give(void *block, size_t size)
{
    cairn_allocator_dealloc(&heap.allocator, block, (struct cairn_layout){size, 1});
}

static struct region *region(void)
{
    return region_of(heap.region);
}

static uint32_t position_of(const void *block)
{
    return (uint32_t)cairn_heap_position(heap.region, block);
}

static struct cairn_heap_slice *record_of(const void *block)
{
    return slice_of(region(), position_of(block));
}

/* ---- a heap without slabs ---- */

/* row[1] and row[3] are free, row[3] the first of its bin. */
static void start_small(void)
{
    memset(memory, 0, WITHOUT_SLABS);
    assert_int_equal(cairn_heap_init(&heap, memory, WITHOUT_SLABS), CAIRN_REGION_OK);
    for (size_t i = 0; i < ROW; i++)
        row[i] = get(BLOCK);
    give(row[1], BLOCK);
    give(row[3], BLOCK);
    cairn_heap_check(&heap);
}

static unsigned bin_of(const void *block)
{
    unsigned bin = 0;
    while (region()->bins[bin] != position_of(block))
        bin++;
    return bin;
}

static void no_block_where_one_must_begin(void **state)
{
    (void)state;
    start_small();
    record_of(row[4])->taken &= ~bit_at(position_of(row[4]));
    expect_panic(cairn_heap_check(&heap), "no block begins at");
}

/* The free block of row[1] as two, each sound. */
static void two_free_blocks_that_touch(void **state)
{
    (void)state;
    enum { FIRST = BLOCK_GRANULES / 2, SECOND = BLOCK_GRANULES - FIRST };
    start_small();
    uint32_t *first = (uint32_t *)(void *)row[1], *second = first + FIRST * 4;
    first[2] = FIRST;
    second[-1] = FIRST;
    second[2] = SECOND;
    second[SECOND * 4 - 1] = SECOND;
    for (uint32_t at = position_of(second) - 1; at <= position_of(second); at++)
        slice_of(region(), at)->free |= bit_at(at);
    expect_panic(cairn_heap_check(&heap), "two free blocks touch");
}

static void no_sentinel_at_the_end(void **state)
{
    (void)state;
    start_small();
    uint32_t end = region()->hot.end;
    slice_of(region(), end)->taken &= ~bit_at(end);
    expect_panic(cairn_heap_check(&heap), "the end sentinel is gone");
}

static void a_wrong_map_of_bins(void **state)
{
    (void)state;
    start_small();
    region()->bin_map[0] ^= 1;
    expect_panic(cairn_heap_check(&heap), "the map of bin 0 is wrong");
}

static void a_bin_with_what_does_not_belong_there(void **state)
{
    (void)state;
    start_small();
    unsigned bin = bin_of(row[3]), other = bin_of(row[ROW - 1] + BLOCK);
    const uint32_t wrong[] = {position_of(row[4]), region()->bins[other], region()->hot.end,
                              region()->hot.first - 1};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        region()->bins[bin] = wrong[i];
        expect_panic(cairn_heap_check(&heap), "which does not belong there");
    }
}

static void a_free_block_in_no_bin(void **state)
{
    (void)state;
    start_small();
    unsigned bin = bin_of(row[3]);
    region()->bins[bin] = NONE;
    region()->bin_map[bin / 64] &= ~((uint64_t)1 << bin % 64);
    expect_panic(cairn_heap_check(&heap), "3 free blocks, and 1 in the bins");
}

static void wrong_counts(void **state)
{
    (void)state;
    start_small();
    region()->taken++;
    expect_panic(cairn_heap_check(&heap), "the counts are wrong");
    start_small();
    region()->hot.waiting++;
    expect_panic(cairn_heap_check(&heap), "the counts are wrong");
}

static void a_list_that_leads_to_no_waiting_block(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        start_small();
        unsigned char *block = get(OBJECT), *other = get(OBJECT + GRANULE_BYTES);
        unsigned char *const wrong[] = {row[4], other, row[1], memory + WITHOUT_SLABS};
        give(block, OBJECT);
        give(other, OBJECT + GRANULE_BYTES);
        cairn_heap_check(&heap);
        *(void **)(void *)block = wrong[i];
        expect_panic(cairn_heap_check(&heap), "the list of freed blocks of 64 bytes leads to");
    }
}

static void a_waiting_block_in_no_list(void **state)
{
    (void)state;
    start_small();
    unsigned char *block = get(OBJECT);
    void *end = region()->hot.quick[OBJECT_CLASS];
    give(block, OBJECT);
    region()->hot.quick[OBJECT_CLASS] = end;
    expect_panic(cairn_heap_check(&heap), "1 blocks wait, and 0 are in the quick lists");
}

static void a_list_in_a_circle(void **state)
{
    (void)state;
    start_small();
    unsigned char *block = get(OBJECT);
    give(block, OBJECT);
    *(void **)(void *)block = block;
    expect_panic(cairn_heap_check(&heap), "1 blocks wait, and 2 are in the quick lists");
}

/* ---- a heap with slabs ---- */

static struct cairn_heap_class *class_of_objects(void)
{
    return &region()->hot.owner->classes[OBJECT_CLASS];
}

/* The first slice of the first slab that has available objects. */
static uint32_t first_slab(void)
{
    return class_of_objects()->slabs;
}

static struct slab *slab(void)
{
    return slab_at(region(), first_slab());
}

static unsigned char *live_object;

/* Of several slabs every second object is free; some are on the stack, others available. */
static void start_with_slabs(void)
{
    enum { OBJECTS = 3000 };
    static unsigned char *objects[OBJECTS];
    memset(memory, 0, WITH_SLABS);
    assert_int_equal(cairn_heap_init(&heap, memory, WITH_SLABS), CAIRN_REGION_OK);
    for (int i = 0; i < OBJECTS; i++)
        objects[i] = get(OBJECT);
    for (int i = 0; i < OBJECTS; i += 2)
        give(objects[i], OBJECT);
    live_object = objects[OBJECTS - 1];
    cairn_heap_check(&heap);
    assert_true(class_of_objects()->count > 1 && class_of_objects()->available > 1);
    assert_true(slab()->next != NONE && slab()->slices > 1);
}

#define expect_noticed(change, what)                 \
    do {                                             \
        start_with_slabs();                          \
        change;                                      \
        expect_panic(cairn_heap_check(&heap), what); \
    } while (0)

static struct cairn_heap_slice *record_of_slab(void)
{
    return slice_number(region(), first_slab());
}

static void slabs_that_are_not_sound(void **state)
{
    (void)state;
    expect_noticed(record_of_slab()->free &= ~(uint64_t)1, "no object begins at");
    expect_noticed(region()->places[first_slab() + 1] = 0, "another slab's tag");
    expect_noticed(record_of_slab()->taken |= 2, "something begins between a slab's objects");
    expect_noticed(record_of_slab()->free |= 2, "something begins between a slab's objects");
    expect_noticed(slab()->available = 0, "count of available objects is wrong");
    expect_noticed(slab()->available = UINT16_MAX, "count of available objects is wrong");
    expect_noticed(slab()->previous = slab()->next, "a list of slabs disagrees");
    expect_noticed(class_of_objects()->available++, "64 bytes are available, and the slabs have");
    expect_noticed(region()->hot.owner->empty++, "empty slabs have 0 granules, and 1 are counted");
}

static void stacks_that_are_not_sound(void **state)
{
    (void)state;
    const char *no_free_object = "what is in a class's stack is no free object";
    expect_noticed(class_of_objects()->count = class_of_objects()->limit + 1,
                   "a stack has more objects than room");
    expect_noticed(class_of_objects()->stack[0] = position_of(live_object), no_free_object);
    expect_noticed(class_of_objects()->stack[0] = region()->hot.end, no_free_object);
    expect_noticed(class_of_objects()->stack[0] = position_of(get(BLOCK)) + 1, no_free_object);
    expect_noticed(class_of_objects()->count--, "free objects of 64 bytes are known");
}

/* ---- what alloc and flush come across ---- */

/* A live object has both bits, as a block that waits has. */
static void a_list_that_leads_to_an_object_of_a_slab(void **state)
{
    (void)state;
    char expected[100];
    start_with_slabs();
    void *waiting = region()->hot.quick[OBJECT_CLASS]; /* from before there was a slab */
    assert_ptr_not_equal(waiting, QUICK_END);
    *(void **)waiting = live_object;
    snprintf(expected, sizeof(expected), "the list of freed blocks of 64 bytes leads to %p",
             (void *)live_object);
    expect_panic((void)cairn_heap_flush(&heap), expected);
    expect_panic(cairn_heap_check(&heap), expected);
}

static void empty_the_stack(void)
{
    start_with_slabs();
    while (class_of_objects()->count > 0)
        assert_non_null(get(OBJECT));
}

#define expect_refused(change, statement, what) \
    do {                                        \
        empty_the_stack();                      \
        change;                                 \
        expect_panic(statement, what);          \
    } while (0)

static void a_slab_that_alloc_comes_across(void **state)
{
    (void)state;
    const char *corrupted = "the records of the slab at";
    expect_refused(region()->hot.tags[first_slab() + slab()->lowest]++, (void)!get(OBJECT),
                   corrupted);
    expect_refused(slice_number(region(), first_slab() + slab()->lowest)->free |= 2,
                   (void)!get(OBJECT), corrupted);
    expect_refused(slab()->available = 1, (void)!get(OBJECT), corrupted);
    expect_refused(slab()->lowest = slab()->slices, (void)!get(OBJECT), corrupted);
}

static void a_stack_that_alloc_and_flush_come_across(void **state)
{
    (void)state;
    char expected[100];
    for (int flush = 0; flush < 2; flush++) {
        start_with_slabs();
        struct cairn_heap_class *objects = class_of_objects();
        objects->stack[objects->count - 1] = position_of(live_object);
        snprintf(expected, sizeof(expected), "freed objects of 64 bytes has %p, where none waits",
                 (void *)live_object);
        if (flush)
            expect_panic((void)cairn_heap_flush(&heap), expected);
        else
            expect_panic((void)!get(OBJECT), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_block_where_one_must_begin),
        cmocka_unit_test(two_free_blocks_that_touch),
        cmocka_unit_test(no_sentinel_at_the_end),
        cmocka_unit_test(a_wrong_map_of_bins),
        cmocka_unit_test(a_bin_with_what_does_not_belong_there),
        cmocka_unit_test(a_free_block_in_no_bin),
        cmocka_unit_test(wrong_counts),
        cmocka_unit_test(a_list_that_leads_to_no_waiting_block),
        cmocka_unit_test(a_waiting_block_in_no_list),
        cmocka_unit_test(a_list_in_a_circle),
        cmocka_unit_test(slabs_that_are_not_sound),
        cmocka_unit_test(stacks_that_are_not_sound),
        cmocka_unit_test(a_list_that_leads_to_an_object_of_a_slab),
        cmocka_unit_test(a_slab_that_alloc_comes_across),
        cmocka_unit_test(a_stack_that_alloc_and_flush_come_across),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
