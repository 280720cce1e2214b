/* SPDX-License-Identifier: MIT */
/* What cairn's live map is sure of, and what it is not. Beside other threads: tests/threads. */
#include "test.h"

#include <cairn/heap.h>
#include <cairn/live_map.h>

enum { LARGE = 32 << 20, SMALL = 48 << 10 };

static _Alignas(4096) unsigned char memory[LARGE];
static struct cairn_heap heap;
static struct cairn_live_map map;

static void begin(size_t size)
{
    assert_int_equal(cairn_heap_init(&heap, memory, size), CAIRN_REGION_OK);
    assert_true(heap.allocator.operations->live_map(&heap.allocator, &map));
}

static struct cairn_layout layout_of(size_t size)
{
    return (struct cairn_layout){size, 8};
}

static unsigned char *get(size_t size)
{
    return cairn_allocator_alloc(&heap.allocator, layout_of(size));
}

/* One from a run: the first four blocks of a class are not. */
static unsigned char *get_from_a_run(size_t size)
{
    for (int i = 0; i < 4; i++)
        assert_non_null(get(size));
    return get(size);
}

static size_t seen_size(const void *block)
{
    size_t size_class = cairn_live_map_class(&map, block);
    for (size_t i = 1; i < CAIRN_SIZE_CLASSES; i++)
        assert_int_equal(cairn_live_map_is(&map, block, i), i == size_class);
    return (size_t)cairn_class_granules[size_class] * 16;
}

static void a_block_of_a_run_is_seen(void **state)
{
    (void)state;
    begin(LARGE);
    for (size_t size = 1; size <= 4096; size += 1 + size / 8) {
        unsigned char *block = get_from_a_run(size);
        assert_int_equal(seen_size(block), cairn_heap_usable_size(&heap, block));
        size_t natural_align = seen_size(block) & -seen_size(block);
        assert_int_equal((uintptr_t)block % natural_align, 0);
    }
}

static void nothing_else_is(void **state)
{
    (void)state;
    static _Alignas(16) unsigned char foreign[64];
    begin(LARGE);
    assert_int_equal(seen_size(get(64)), 0); /* of exact size, not of a run */
    unsigned char *block = get_from_a_run(64);
    assert_int_equal(seen_size(block), 64);
    for (size_t i = 1; i < 64; i++)
        assert_int_equal(seen_size(block + i), 0);
    assert_int_equal(seen_size(foreign), 0);
    assert_int_equal(seen_size(NULL), 0);
    assert_int_equal(seen_size((void *)((uintptr_t)memory - 16)), 0);
    assert_int_equal(seen_size((void *)((uintptr_t)memory + LARGE)), 0);
    assert_int_equal(seen_size(map.records), 0);
    cairn_allocator_dealloc(&heap.allocator, block, layout_of(64));
    assert_int_equal(seen_size(block), 0);
}

static void without_a_front_nothing_is(void **state)
{
    (void)state;
    begin(SMALL);
    for (size_t size = 1; size <= 512; size++) {
        unsigned char *block = get(size);
        assert_int_equal(seen_size(block), 0);
        cairn_allocator_dealloc(&heap.allocator, block, layout_of(size));
    }
}

/* As before the heap has memory. */
static void an_empty_map_is_sure_of_nothing(void **state)
{
    (void)state;
    heap = (struct cairn_heap)CAIRN_HEAP_EMPTY;
    assert_true(heap.allocator.operations->live_map(&heap.allocator, &map));
    assert_int_equal(map.end, 0);
    assert_int_equal(seen_size(memory), 0);
    assert_int_equal(seen_size(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_of_a_run_is_seen),
        cmocka_unit_test(nothing_else_is),
        cmocka_unit_test(without_a_front_nothing_is),
        cmocka_unit_test(an_empty_map_is_sure_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
