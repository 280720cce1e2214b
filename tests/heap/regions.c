/* SPDX-License-Identifier: MIT */
/*
 * The allocator cairn and its memory: regions that cannot be, how much of one is for blocks, metadata
 * beside the region, and growing.
 */
#include "test.h"

#include <string.h>

#include <cairn/heap.h>

enum { SIZE = 3 << 20, STEP = 128 << 10, GRANULE = CAIRN_HEAP_GRANULE };

static _Alignas(4096) unsigned char memory[SIZE];
static _Alignas(CAIRN_HEAP_METADATA_ALIGN) unsigned char metadata[CAIRN_HEAP_METADATA_SIZE(SIZE)];
static struct cairn_heap heap;

static void *get(size_t size)
{
    void *block = cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){size, 1});
    if (block)
        memset(block, 0xc7, size);
    return block;
}

static void give(void *block, size_t size)
{
    cairn_allocator_dealloc(&heap.allocator, block, (struct cairn_layout){size, 1});
}

static size_t usable(void)
{
    return cairn_heap_statistics(&heap).size;
}

/* ---- what is no region ---- */

static void expect_no_memory(enum cairn_region_error error, enum cairn_region_error expected)
{
    assert_int_equal(error, expected);
    assert_null(get(1));
    assert_int_equal(usable(), 0);
}

static void regions_that_cannot_be(void **state)
{
    (void)state;
    expect_no_memory(cairn_heap_init(&heap, memory, 0), CAIRN_REGION_TOO_SMALL);
    expect_no_memory(cairn_heap_init(&heap, memory, 1), CAIRN_REGION_TOO_SMALL);
    expect_no_memory(cairn_heap_init(&heap, memory, 15), CAIRN_REGION_TOO_SMALL);
    expect_no_memory(cairn_heap_init(&heap, memory + 1, 30), CAIRN_REGION_TOO_SMALL);
    expect_no_memory(cairn_heap_init(&heap, memory, SIZE_MAX), CAIRN_REGION_WRAPS);
    assert_int_equal(cairn_heap_init(&heap, memory + 3, 1997), CAIRN_REGION_OK);
    assert_int_equal(cairn_heap_add_region(&heap, memory + 512, 20000), CAIRN_REGION_OVERLAPS);
    assert_int_equal(cairn_heap_add_region(&heap, memory + 2100, 100), CAIRN_REGION_TOO_SMALL);
    assert_int_equal(cairn_heap_add_region(&heap, memory + 2100, SIZE_MAX - 5), CAIRN_REGION_WRAPS);
    cairn_heap_check(&heap);
}

static void before_any_region(void **state)
{
    (void)state;
    heap = (struct cairn_heap)CAIRN_HEAP_EMPTY;
    assert_null(get(1));
    assert_int_equal(usable(), 0);
    assert_int_equal(cairn_heap_flush(&heap), 0);
    cairn_heap_check(&heap);
    cairn_heap_dump(&heap);
    expect_panic(give(memory, 8), "not from this heap");
    expect_panic((void)!cairn_heap_add_region(&heap, memory, SIZE), "cairn_heap_init()");
}

/* ---- how much of it is for blocks ---- */

/* As <cairn/heap.h> says, wherever the region begins. */
static void how_much_the_metadata_takes(void **state)
{
    (void)state;
    size_t smallest = 16;
    while (cairn_heap_init(&heap, memory, smallest) != CAIRN_REGION_OK)
        smallest += 16;
    assert_true(smallest < 512);
    assert_ptr_equal(get(GRANULE), memory + smallest - GRANULE);
    assert_null(get(1));
    for (size_t offset = 0; offset < 1024; offset += 48) {
        for (size_t size = 1024; size <= SIZE - offset; size += size / 50 & ~(size_t)15) {
            assert_int_equal(cairn_heap_init(&heap, memory + offset, size), CAIRN_REGION_OK);
            size_t taken = size - cairn_heap_statistics(&heap).size;
            assert_true(taken <= CAIRN_HEAP_METADATA_SIZE(size) + 2 * GRANULE);
            assert_true(size < 100 * 1024 || taken <= size / 36);
            assert_true(size < 4096 || taken <= size / 6);
        }
    }
}

static void it_stays_inside_its_memory(void **state)
{
    (void)state;
    static const size_t sizes[] = {4001, 50001, 150001, 300001};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        memset(memory, 0xee, sizeof(memory));
        assert_int_equal(cairn_heap_init(&heap, memory + 100, sizes[i]), CAIRN_REGION_OK);
        while (get(1000) || get(16))
            continue;
        for (size_t at = 0; at < 100; at++)
            assert_int_equal(memory[at], 0xee);
        for (size_t at = 100 + sizes[i]; at < SIZE; at++)
            assert_int_equal(memory[at], 0xee);
    }
}

/* ---- metadata beside the region ---- */

static enum cairn_region_error start_beside(size_t size, size_t metadata_size)
{
    return cairn_heap_init_beside(&heap, memory, size, metadata, metadata_size);
}

static void metadata_that_cannot_be(void **state)
{
    (void)state;
    static const size_t sizes[] = {1024, 50000, 300 * 1024, SIZE};
    expect_no_memory(start_beside(0, sizeof(metadata)), CAIRN_REGION_TOO_SMALL);
    expect_no_memory(start_beside(SIZE_MAX, sizeof(metadata)), CAIRN_REGION_WRAPS);
    expect_no_memory(start_beside(SIZE, SIZE_MAX), CAIRN_REGION_WRAPS);
    expect_no_memory(cairn_heap_init_beside(&heap, memory, SIZE, NULL, 0),
                     CAIRN_REGION_METADATA_TOO_SMALL);
    expect_no_memory(cairn_heap_init_beside(&heap, memory, SIZE, memory + SIZE - 1, 40000),
                     CAIRN_REGION_OVERLAPS);
    expect_no_memory(cairn_heap_init_beside(&heap, memory + 40000, 500000, memory, 40001),
                     CAIRN_REGION_OVERLAPS);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t enough = CAIRN_HEAP_METADATA_SIZE(sizes[i]);
        expect_no_memory(start_beside(sizes[i], 0), CAIRN_REGION_METADATA_TOO_SMALL);
        expect_no_memory(start_beside(sizes[i], enough / 4), CAIRN_REGION_METADATA_TOO_SMALL);
        assert_int_equal(start_beside(sizes[i], enough), CAIRN_REGION_OK);
    }
}

/* Wherever the region begins. What lies around the metadata is not written. */
static void the_size_is_enough(void **state)
{
    (void)state;
    static _Alignas(CAIRN_HEAP_METADATA_ALIGN) unsigned char guarded[sizeof(metadata) + 64];
    for (size_t offset = 0; offset < 1024; offset += 336) {
        for (size_t size = 1024; size <= SIZE - offset; size += size / 20 & ~(size_t)15) {
            size_t room = CAIRN_HEAP_METADATA_SIZE(size);
            memset(guarded, 0xee, sizeof(guarded));
            assert_int_equal(cairn_heap_init_beside(&heap, memory + offset, size, guarded, room),
                             CAIRN_REGION_OK);
            assert_int_equal(usable(), size);
            assert_ptr_equal(get(size), memory + offset);
            give(memory + offset, size);
            for (size_t at = room; at < room + 64; at++)
                assert_int_equal(guarded[at], 0xee);
        }
    }
}

static void it_is_at_most_a_32nd(void **state)
{
    (void)state;
    for (size_t size = 160 * 1024; size < (size_t)1 << 30; size += size / 1000)
        assert_true(CAIRN_HEAP_METADATA_SIZE(size) <= size / 32);
}

/* It may begin anywhere, if it has CAIRN_HEAP_METADATA_ALIGN more. */
static void unaligned_metadata(void **state)
{
    (void)state;
    static unsigned char anywhere[sizeof(metadata) + 2 * CAIRN_HEAP_METADATA_ALIGN];
    for (size_t at = 0; at < CAIRN_HEAP_METADATA_ALIGN; at++) {
        assert_int_equal(cairn_heap_init_beside(&heap, memory, SIZE, anywhere + at,
                                                sizeof(metadata) + CAIRN_HEAP_METADATA_ALIGN),
                         CAIRN_REGION_OK);
        assert_ptr_equal(get(SIZE), memory);
        give(memory, SIZE);
        cairn_heap_check(&heap);
    }
}

static void metadata_with_room_lets_the_region_grow(void **state)
{
    (void)state;
    enum { SMALL = 20000, MORE = 300001 };
    assert_int_equal(start_beside(SMALL, sizeof(metadata)), CAIRN_REGION_OK);
    unsigned char *block = get(5000);
    size_t size = SMALL;
    for (; size + MORE < SIZE; size += MORE) {
        assert_int_equal(cairn_heap_add_region(&heap, memory + size, MORE), CAIRN_REGION_OK);
        assert_int_equal(usable(), (size + MORE) / GRANULE * GRANULE);
        cairn_heap_check(&heap);
    }
    assert_int_equal(cairn_heap_statistics(&heap).regions, 1);
    for (size_t at = 0; at < 5000; at++)
        assert_int_equal(block[at], 0xc7);
    give(block, 5000);
    assert_int_equal(cairn_heap_flush(&heap), 0);
    assert_ptr_equal(get(usable()), memory);
}

/* Then more memory is a region of its own, with its metadata inside. */
static void metadata_without_room(void **state)
{
    (void)state;
    enum { FIRST = 100 * 1024, MORE = 50000 };
    size_t least = 16;
    while (start_beside(FIRST, least) != CAIRN_REGION_OK)
        least += 16;
    assert_int_equal(cairn_heap_add_region(&heap, memory + FIRST, 8192), CAIRN_REGION_TOO_SMALL);
    assert_int_equal(usable(), FIRST);
    assert_int_equal(cairn_heap_add_region(&heap, memory + FIRST, MORE), CAIRN_REGION_OK);
    assert_int_equal(cairn_heap_statistics(&heap).regions, 2);
    assert_ptr_equal(get(FIRST), memory);
    unsigned char *block = get(30000);
    assert_true(block > memory + FIRST && block < memory + FIRST + MORE);
    cairn_heap_check(&heap);
}

static void memory_that_metadata_has(void **state)
{
    (void)state;
    unsigned char *own = memory + 500000;
    assert_int_equal(cairn_heap_init_beside(&heap, memory, 400000, own, 20000), CAIRN_REGION_OK);
    assert_int_equal(cairn_heap_add_region(&heap, own + 19984, 20000), CAIRN_REGION_OVERLAPS);
    assert_int_equal(cairn_heap_add_region(&heap, memory + 400000, 100001), CAIRN_REGION_OVERLAPS);
    assert_int_equal(cairn_heap_add_region(&heap, own + 20000, 20000), CAIRN_REGION_OK);
    cairn_heap_check(&heap);
}

static void discard(void *context, void *start, size_t size)
{
    assert_ptr_equal(context, memory);
    memset(start, 0x5a, size);
}

/* A free region's pages but the first and the last, in which its size stands. */
static void all_but_two_pages_can_be_given_away(void **state)
{
    (void)state;
    assert_int_equal(start_beside(SIZE, sizeof(metadata)), CAIRN_REGION_OK);
    assert_int_equal(cairn_heap_trim(&heap, 4096, discard, memory), SIZE - 2 * 4096);
    cairn_heap_check(&heap);
    assert_ptr_equal(get(SIZE), memory);
}

/* ---- a heap that will be given more ---- */

/* Bytes that are cached after blocks of 2 KiB, too large for a heap of 3 MiB to cache, came and went. */
static size_t cached_after_use(void)
{
    void *blocks[20];
    for (int i = 0; i < 20; i++)
        blocks[i] = get(2048);
    for (int i = 0; i < 20; i++)
        give(blocks[i], 2048);
    cairn_heap_check(&heap);
    return cairn_heap_statistics(&heap).cached;
}

static void a_heap_that_expects_more_is_generous_before(void **state)
{
    (void)state;
    assert_int_equal(cairn_heap_init(&heap, memory, SIZE - STEP), CAIRN_REGION_OK);
    assert_int_equal(cached_after_use(), 0);
    cairn_heap_expect(&heap, SIZE / 4); /* less than it has */
    assert_int_equal(cached_after_use(), 0);
    cairn_heap_expect(&heap, (size_t)1 << 30);
    assert_true(cached_after_use() > 0);
    assert_int_equal(cairn_heap_add_region(&heap, memory + SIZE - STEP, STEP), CAIRN_REGION_OK);
    assert_true(cached_after_use() > 0);
}

/* It lies deep in its bin, so that it is found only before a refusal; the first region is too small. */
static void all_of_a_further_region_is_looked_at(void **state)
{
    (void)state;
    enum {
        FIRST = 4096,
        FURTHER = 131072,
        GAP = 4500,
        FITS = 6000,
        TOO_SMALL = 5800,
        HOLES = 7,
        MIDDLE = 3
    };
    void *holes[HOLES];
    assert_int_equal(cairn_heap_init(&heap, memory, FIRST), CAIRN_REGION_OK);
    assert_int_equal(cairn_heap_add_region(&heap, memory + 2 * FIRST, FURTHER), CAIRN_REGION_OK);
    for (int i = 0; i < HOLES; i++) {
        holes[i] = get(i == MIDDLE ? FITS : TOO_SMALL);
        assert_non_null(holes[i]);
        assert_non_null(get(GAP));
    }
    while (get(16))
        continue;
    for (int i = 0; i < HOLES; i++)
        give(holes[i], i == MIDDLE ? FITS : TOO_SMALL);
    assert_ptr_equal(get(FITS), holes[MIDDLE]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_that_cannot_be),
        cmocka_unit_test(before_any_region),
        cmocka_unit_test(how_much_the_metadata_takes),
        cmocka_unit_test(it_stays_inside_its_memory),
        cmocka_unit_test(metadata_that_cannot_be),
        cmocka_unit_test(the_size_is_enough),
        cmocka_unit_test(it_is_at_most_a_32nd),
        cmocka_unit_test(unaligned_metadata),
        cmocka_unit_test(metadata_with_room_lets_the_region_grow),
        cmocka_unit_test(metadata_without_room),
        cmocka_unit_test(memory_that_metadata_has),
        cmocka_unit_test(all_but_two_pages_can_be_given_away),
        cmocka_unit_test(a_heap_that_expects_more_is_generous_before),
        cmocka_unit_test(all_of_a_further_region_is_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
