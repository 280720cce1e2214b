/* SPDX-License-Identifier: MIT */
/*
 * The allocator cairn at every size of heap that it treats differently: with few lists, with slabs;
 * with its metadata beside it; in several regions; while it grows; and compiled into the caller.
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <cairn/heap_inline.h>

#include "random_actions.h"

enum { ACTIONS = 20000, ODD_START = 48, ODD_END = 24 };

static struct cairn_heap heap;

static void check(void)
{
    cairn_heap_check(&heap);
}

static void play_by(struct cairn_allocator *allocator, uint64_t seed, unsigned char *memory,
                    size_t size)
{
    const struct conformance_subject subject = {
        .name = allocator->operations->name,
        .allocator = allocator,
        .memory = memory,
        .size = size,
        .check = check,
    };
    conformance_run(&subject, seed, ACTIONS);
    cairn_heap_flush(&heap);
    cairn_heap_check(&heap);
    struct cairn_heap_statistics statistics = cairn_heap_statistics(&heap);
    assert_int_equal(statistics.used, 0);
    assert_int_equal(statistics.cached, 0);
    assert_int_equal(statistics.free, statistics.size);
}

/* Exactly as much memory for the metadata as is said to be enough; a sanitizer sees more. */
static void *start_beside(void *memory, size_t size, size_t grown_size)
{
    size_t metadata_size = CAIRN_HEAP_METADATA_SIZE(grown_size);
    unsigned char *room = malloc(metadata_size + CAIRN_HEAP_METADATA_ALIGN);
    size_t rest = (uintptr_t)room % CAIRN_HEAP_METADATA_ALIGN;
    unsigned char *metadata = room + (rest ? CAIRN_HEAP_METADATA_ALIGN - rest : 0);
    assert_int_equal(cairn_heap_init_beside(&heap, memory, size, metadata, metadata_size),
                     CAIRN_REGION_OK);
    return room;
}

static void play(uint64_t seed, unsigned char *memory, size_t size)
{
    play_by(&heap.allocator, seed, memory, size);
}

/* ---- by the functions that are compiled into the caller ---- */

static void *inlined_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    return cairn_heap_alloc(&heap, layout);
}

static void inlined_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    cairn_heap_dealloc(&heap, block, layout);
}

static const struct cairn_allocator_operations inlined_operations = {
    .name = "cairn, inlined",
    .alloc = inlined_alloc,
    .dealloc = inlined_dealloc,
};

static void inlined(void **state)
{
    (void)state;
    static const size_t sizes[] = {4096, 100 * 1024, 1 << 20, 5000000};
    struct cairn_allocator allocator = {&inlined_operations};
    struct random_source random = test_random_start();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        unsigned char *memory = aligned_alloc(4096, (sizes[i] + 4095) & ~(size_t)4095);
        assert_int_equal(cairn_heap_init(&heap, memory, sizes[i]), CAIRN_REGION_OK);
        play_by(&allocator, random_next(&random), memory, sizes[i]);
        free(memory);
    }
}

/* ---- by the table ---- */

static void heaps_of_every_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {1024,       1500,       4096,    20000,   40000,
                                   100 * 1024, 300 * 1024, 1 << 20, 5000000, 16 << 20};
    struct random_source random = test_random_start();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        unsigned char *memory = aligned_alloc(4096, (sizes[i] + 8191) & ~(size_t)4095);
        size_t size = sizes[i] - ODD_START - ODD_END;
        assert_int_equal(cairn_heap_init(&heap, memory + ODD_START, size), CAIRN_REGION_OK);
        play(random_next(&random), memory + ODD_START, size);
        free(memory);
    }
}

static void heaps_with_their_metadata_beside(void **state)
{
    (void)state;
    static const size_t sizes[] = {1024, 20000, 40000, 100 * 1024, 300 * 1024, 1 << 20};
    struct random_source random = test_random_start();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        unsigned char *memory = aligned_alloc(4096, (sizes[i] + 8191) & ~(size_t)4095);
        size_t size = sizes[i] - ODD_START - ODD_END;
        void *room = start_beside(memory + ODD_START, size, size);
        assert_int_equal(cairn_heap_statistics(&heap).size, size & ~(size_t)15);
        play(random_next(&random), memory + ODD_START, size);
        free(room);
        free(memory);
    }
}

/* Regions that do not touch: the last is the largest, so that the largest block lies there. */
static void several_regions(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    unsigned char *memory = aligned_alloc(4096, 1 << 20);
    assert_int_equal(cairn_heap_init(&heap, memory, 50000), CAIRN_REGION_OK);
    assert_int_equal(cairn_heap_add_region(&heap, memory + 60000, 20000), CAIRN_REGION_OK);
    assert_int_equal(cairn_heap_add_region(&heap, memory + 100016, 900000), CAIRN_REGION_OK);
    assert_int_equal(cairn_heap_statistics(&heap).regions, 3);
    play(random_next(&random), memory, 1 << 20);
    free(memory);
}

/* Under live blocks, from `size` bytes up to where the heap has a full front. */
static void grow(unsigned char *memory, size_t size, size_t capacity)
{
    struct random_source random = test_random_start();
    struct {
        unsigned char *block;
        struct cairn_layout layout;
        unsigned char pattern;
    } blocks[300] = {0};
    while (size < capacity) {
        for (int action = 0; action < 3000; action++) {
            size_t i = random_below(&random, 300);
            if (blocks[i].block) {
                for (size_t at = 0; at < blocks[i].layout.size; at++)
                    assert_int_equal(blocks[i].block[at], blocks[i].pattern);
                cairn_allocator_dealloc(&heap.allocator, blocks[i].block, blocks[i].layout);
                blocks[i].block = NULL;
                continue;
            }
            blocks[i].layout = (struct cairn_layout){1 + random_below(&random, size / 200 + 20), 8};
            blocks[i].pattern = (unsigned char)action;
            blocks[i].block = cairn_allocator_alloc(&heap.allocator, blocks[i].layout);
            if (blocks[i].block)
                memset(blocks[i].block, blocks[i].pattern, blocks[i].layout.size);
        }
        cairn_heap_check(&heap);
        size_t more = 4096 + random_below(&random, size);
        more = size + more > capacity ? capacity - size : more;
        enum cairn_region_error error = cairn_heap_add_region(&heap, memory + size, more);
        if (!error)
            size += more;
        else
            assert_true(more < 8192 && size + more == capacity);
        cairn_heap_check(&heap);
        if (error)
            break;
    }
    assert_int_equal(cairn_heap_statistics(&heap).regions, 1);
    for (size_t i = 0; i < 300; i++)
        if (blocks[i].block)
            cairn_allocator_dealloc(&heap.allocator, blocks[i].block, blocks[i].layout);
    play(random_next(&random), memory, capacity);
}

static void a_growing_heap(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{2048, 8 << 20}, {70000, 1 << 20}, {200000, 1 << 20}};
    unsigned char *memory = aligned_alloc(4096, sizes[0][1]);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(cairn_heap_init(&heap, memory, sizes[i][0]), CAIRN_REGION_OK);
        grow(memory, sizes[i][0], sizes[i][1]);
    }
    free(memory);
}

static void a_heap_that_grows_with_its_metadata_beside(void **state)
{
    (void)state;
    enum { GROWN = 1 << 20 };
    unsigned char *memory = aligned_alloc(4096, GROWN);
    void *room = start_beside(memory, 2048, GROWN);
    grow(memory, 2048, GROWN);
    assert_int_equal(cairn_heap_statistics(&heap).size, GROWN);
    free(room);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heaps_of_every_size),
        cmocka_unit_test(heaps_with_their_metadata_beside),
        cmocka_unit_test(inlined),
        cmocka_unit_test(several_regions),
        cmocka_unit_test(a_growing_heap),
        cmocka_unit_test(a_heap_that_grows_with_its_metadata_beside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
