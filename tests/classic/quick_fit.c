/* SPDX-License-Identifier: MIT */
/* Quick fit: what waits and when it is merged, sizes in records, resizing, and what it notices. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include <cairn/quick_fit.h>

enum { SIZE = 64 * 1024, GRANULE = CAIRN_QUICK_FIT_GRANULE, QUICK_MAX = 1024, LARGE = 2048 };

static _Alignas(4096) unsigned char memory[SIZE];
static struct cairn_quick_fit heap;

static int make_heap(void **state)
{
    (void)state;
    memset(memory, 0x5a, SIZE);
    assert_int_equal(cairn_quick_fit_init(&heap, memory, SIZE), CAIRN_REGION_OK);
    cairn_quick_fit_check(&heap);
    return 0;
}

static void *alloc(size_t size, size_t align)
{
    void *block = cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){size, align});
    cairn_quick_fit_check(&heap);
    return block;
}

static void dealloc(void *block, size_t size)
{
    cairn_allocator_dealloc(&heap.allocator, block, (struct cairn_layout){size, 1});
    cairn_quick_fit_check(&heap);
}

static void *resize(void *block, size_t size, size_t new_size)
{
    void *moved =
        cairn_allocator_realloc(&heap.allocator, block, (struct cairn_layout){size, 1}, new_size);
    cairn_quick_fit_check(&heap);
    return moved;
}

static size_t usable_size(void *block)
{
    return cairn_allocator_usable_size(&heap.allocator, block);
}

static void expect_statistics(size_t used, size_t waiting)
{
    struct cairn_quick_fit_statistics is = cairn_quick_fit_statistics(&heap);
    assert_int_equal(is.used, used);
    assert_int_equal(is.waiting, waiting);
    assert_int_equal(is.used + is.waiting + is.free, is.size);
    assert_true(is.largest_free <= is.free);
}

static void expect_all_free(void)
{
    (void)cairn_quick_fit_flush(&heap);
    cairn_quick_fit_check(&heap);
    expect_statistics(0, 0);
    assert_int_equal(cairn_quick_fit_statistics(&heap).largest_free,
                     cairn_quick_fit_statistics(&heap).size);
}

/* ---- what waits ---- */

static void the_block_freed_last_is_the_first_again(void **state)
{
    (void)state;
    void *blocks[3] = {alloc(100, 8), alloc(100, 8), alloc(100, 8)};
    for (size_t i = 0; i < 3; i++)
        dealloc(blocks[i], 100);
    expect_statistics(0, 3 * 112);
    for (size_t i = 3; i-- > 0;)
        assert_ptr_equal(alloc(97 + i, 16), blocks[i]); /* every size of seven granules */
    expect_statistics(3 * 112, 0);
}

static void an_alignment_that_fits_by_chance_is_served(void **state)
{
    (void)state;
    void *aligned = alloc(64, 64), *other = alloc(64, 64);
    dealloc(other, 64);
    dealloc(aligned, 64);
    assert_ptr_equal(alloc(64, 64), aligned);
    unsigned char *block = alloc(16, 16), *next = alloc(32, 1);
    (void)next;
    dealloc(block, 16);
    assert_non_null(alloc(16, 4096)); /* which the waiting one cannot be */
}

static void at_most_32_of_a_size_wait(void **state)
{
    (void)state;
    void *blocks[40];
    for (size_t i = 0; i < 40; i++)
        blocks[i] = alloc(16, 1);
    for (size_t i = 0; i < 40; i++)
        dealloc(blocks[i], 16);
    expect_statistics(0, 32 * 16);
    expect_all_free();
}

static void at_most_half_of_the_heap_waits(void **state)
{
    (void)state;
    void *blocks[200];
    size_t count = 0;
    for (size_t size = 512; size <= 1024 && count < 200; size += 16)
        for (size_t i = 0; i < 4; i++)
            blocks[count++] = alloc(size, 1); /* null, once the heap is full */
    for (size_t i = 0; i < count; i++)
        if (blocks[i])
            cairn_allocator_dealloc_unsized(&heap.allocator, blocks[i]);
    cairn_quick_fit_check(&heap);
    expect_between(cairn_quick_fit_statistics(&heap).waiting, SIZE / 2 - 2048, SIZE / 2);
    expect_all_free();
}

static void a_large_block_does_not_wait(void **state)
{
    (void)state;
    dealloc(alloc(QUICK_MAX, 1), QUICK_MAX);
    expect_statistics(0, QUICK_MAX);
    expect_all_free();
    dealloc(alloc(QUICK_MAX + 1, 1), QUICK_MAX + 1);
    expect_statistics(0, 0);
}

/* Nothing that waits is in a request's way. */
static void all_is_merged_before_a_refusal(void **state)
{
    (void)state;
    void *blocks[SIZE / 496];
    size_t count = 0;
    while ((blocks[count] = alloc(496, 1)) != NULL)
        count++;
    for (size_t i = 0; i < count; i++)
        dealloc(blocks[i], 496);
    size_t size = cairn_quick_fit_statistics(&heap).size;
    void *all = alloc(size, 1);
    assert_non_null(all);
    assert_null(alloc(1, 1));
    dealloc(all, size);
    expect_all_free();
}

/* ---- sizes ---- */

static void every_size_is_kept_in_the_records(void **state)
{
    (void)state;
    for (size_t lead = 0; lead < 70; lead++) { /* wherever in a slice it begins */
        make_heap(NULL);
        if (lead)
            assert_non_null(alloc(lead * GRANULE, 1));
        for (size_t size = GRANULE; size < 3 * LARGE; size += GRANULE) {
            void *block = cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){size, 1});
            assert_int_equal(usable_size(block), size);
            cairn_allocator_verify(&heap.allocator, block, (struct cairn_layout){size, 1});
            cairn_allocator_dealloc_unsized(&heap.allocator, block);
        }
        cairn_quick_fit_check(&heap);
    }
}

static void no_other_size_passes(void **state)
{
    (void)state;
    static const size_t sizes[] = {16, 48, 1008, 1024, 1040, 2016, 2032, 2048, 2064, 5000};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (size_t wrong = 1; wrong < 8000; wrong += 1 + wrong % 13) {
            if ((wrong + 15) / 16 == (sizes[i] + 15) / 16)
                continue;
            make_heap(NULL);
            void *block = alloc(sizes[i], 1);
            assert_non_null(alloc(24, 1));
            expect_panic(dealloc(block, wrong), "wrong layout, the block has");
        }
    }
}

/* ---- realloc ---- */

static void a_block_shrinks_where_it_stands(void **state)
{
    (void)state;
    void *block = alloc(5000, 1);
    static const size_t sizes[] = {5000, 4000, 2048, 2047, 1500, 1024, 1000, 16, 1};
    for (size_t i = 1; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_ptr_equal(resize(block, sizes[i - 1], sizes[i]), block);
        expect_statistics((sizes[i] + 15) / 16 * 16, 0);
    }
    dealloc(block, 1);
    expect_all_free();
}

static void a_block_grows_into_the_memory_around_it(void **state)
{
    (void)state;
    unsigned char *before = alloc(2000, 1), *block = alloc(1200, 1), *after = alloc(1200, 1);
    unsigned char *rest = alloc(30000, 1);
    assert_non_null(rest);
    memset(block, 0x3c, 1200);
    dealloc(after, 1200);
    assert_ptr_equal(resize(block, 1200, 2000), block);
    dealloc(before, 2000);
    unsigned char *grown = resize(block, 2000, 3500);
    assert_ptr_equal(grown, before);
    for (size_t i = 0; i < 1200; i++)
        assert_int_equal(grown[i], 0x3c);
    dealloc(rest, 30000);
    dealloc(grown, 3500);
    expect_all_free();
}

static void what_does_not_fit_changes_nothing(void **state)
{
    (void)state;
    unsigned char *block = alloc(1200, 1);
    memset(block, 0x3c, 1200);
    assert_null(resize(block, 1200, SIZE));
    assert_null(resize(block, 1200, (size_t)1 << 40));
    assert_int_equal(usable_size(block), 1200);
    for (size_t i = 0; i < 1200; i++)
        assert_int_equal(block[i], 0x3c);
}

/* ---- init ---- */

static void every_size_of_region_is_a_heap_or_refused(void **state)
{
    (void)state;
    for (size_t size = 0; size < 5000; size++) {
        memset(memory, 0x5a, 5100);
        if (cairn_quick_fit_init(&heap, memory + 3, size) == CAIRN_REGION_OK) {
            cairn_quick_fit_check(&heap);
            size_t all = cairn_quick_fit_statistics(&heap).size;
            void *block = alloc(all, 1);
            memset(block, 0, all);
            dealloc(block, all);
        } else {
            assert_true(size < 120);
            assert_null(cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){1, 1}));
        }
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(memory[i], 0x5a);
        for (size_t i = 3 + size; i < 5100; i++)
            assert_int_equal(memory[i], 0x5a);
    }
}

/* ---- what it notices ---- */

static void wrong_frees_are_named(void **state)
{
    (void)state;
    char outside;
    unsigned char *block = alloc(100, 1), *large = alloc(5000, 1);
    expect_panic(dealloc(&outside, 1), "not from this heap");
    expect_panic(dealloc(memory, 1), "not from this heap"); /* the records */
    expect_panic(dealloc(NULL, 1), "not from this heap");
    expect_panic(dealloc(block + 16, 84), "16 bytes into the live block at");
    expect_panic(dealloc(block + 1, 99), "1 bytes into the live block at");
    for (size_t inside = 16; inside < 5000; inside += 16) {
        expect_panic(dealloc(large + inside, 5000 - inside), "into the live block at");
        expect_panic(cairn_allocator_dealloc_unsized(&heap.allocator, large + inside),
                     "into the live block at");
    }
    dealloc(block, 100);
    expect_panic(dealloc(block, 100), "double free");
    expect_panic((void)usable_size(block), "usable_size of");
    (void)cairn_quick_fit_flush(&heap);
    expect_panic(dealloc(block, 100), "double free");
    dealloc(large, 5000);
    expect_panic(dealloc(large, 5000), "double free");
    expect_panic((void)!alloc(0, 1), "is no layout to allocate");
    expect_panic((void)!alloc(8, 3), "is no layout to allocate");
    expect_all_free();
}

/*
 * Every bit of freed memory, flipped: the heap may notice, and ends in a panic, or go on. But never
 * do two live blocks overlap, nor a block leave the heap.
 */
enum { BLOCKS = 64, BLOCK = 80 };

static unsigned char *live[BLOCKS];

static void expect_apart(unsigned char *block, size_t size)
{
    assert_true(block >= memory && block + size <= memory + SIZE);
    for (size_t i = 0; i < BLOCKS; i++)
        if (live[i])
            assert_true(block + size <= live[i] || live[i] + BLOCK <= block);
    memset(block, 0xc3, size);
}

static void use(size_t size, bool gives_back)
{
    struct cairn_layout layout = {size, 1};
    unsigned char *got = cairn_allocator_alloc(&heap.allocator, layout);
    if (got)
        expect_apart(got, size);
    if (got && gives_back)
        cairn_allocator_dealloc(&heap.allocator, got, layout);
}

/* What is live was not written to, neither by another block's owner nor by the heap. */
static void expect_untouched(void)
{
    for (size_t i = 0; i < BLOCKS; i++)
        for (size_t byte = 0; live[i] && byte < BLOCK; byte++)
            assert_int_equal(live[i][byte], 0x5c);
}

/* First what waits, of one size or the other; then everything. */
static void use_after_damage(size_t how)
{
    static const size_t sizes[] = {16, 160, 240, 400, 1500, BLOCK};
    for (size_t i = 0; how % 2 == 0 && i < 25; i++)
        use(BLOCK, false);
    for (size_t i = 0; how % 2 == 1 && i < 2; i++)
        use(2 * BLOCK, false);
    for (size_t i = 0; i < 24; i++) {
        use(sizes[i % 6], how % 3 == 0 && i % 5 == 4);
        if (i == 12)
            (void)cairn_quick_fit_flush(&heap);
    }
}

/*
 * A heap of 8 KiB that is full. Two in three blocks of it are freed, in no order: some wait, others
 * are merged, and waiting blocks are of two sizes.
 */
static void make_holes(void)
{
    struct cairn_layout layout = {BLOCK, 1}, other = {2 * BLOCK, 1};
    assert_int_equal(cairn_quick_fit_init(&heap, memory, 8192), CAIRN_REGION_OK);
    for (size_t i = 0; i < BLOCKS; i++)
        memset(live[i] = cairn_allocator_alloc(&heap.allocator, layout), 0x5c, BLOCK);
    void *others[2] = {cairn_allocator_alloc(&heap.allocator, other),
                       cairn_allocator_alloc(&heap.allocator, other)};
    while (cairn_allocator_alloc(&heap.allocator, (struct cairn_layout){16, 1})) {
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t chosen = i * 29 % BLOCKS;
        if (chosen % 3 == 0)
            continue;
        cairn_allocator_dealloc(&heap.allocator, live[chosen], layout);
        live[chosen] = NULL;
        if (i == BLOCKS / 2)
            (void)cairn_quick_fit_flush(&heap);
    }
    cairn_allocator_dealloc(&heap.allocator, others[0], other);
    cairn_allocator_dealloc(&heap.allocator, others[1], other);
}

/* Runs the statement; a panic is welcome, if it says what most likely happened. */
#define survive(statement)                                                        \
    do {                                                                          \
        test_panic.expected = true;                                               \
        if (setjmp(test_panic.back) == 0)                                         \
            statement;                                                            \
        else                                                                      \
            assert_non_null(strstr(test_panic.text, "freed memory was written")); \
        test_panic.expected = false;                                              \
        expect_untouched();                                                       \
    } while (0)

static void a_flipped_bit_of_freed_memory_gives_no_block_twice(void **state)
{
    (void)state;
    make_holes();
    size_t first = (size_t)(live[0] - memory);
    for (size_t offset = first; offset < first + BLOCKS * BLOCK; offset++) {
        for (int bit = 0; bit < 8; bit++) {
            make_holes();
            size_t index = (offset - first) / BLOCK;
            if (live[index])
                break;
            memory[offset] ^= (unsigned char)(1 << bit);
            survive(use_after_damage(offset + (size_t)bit));
        }
    }
}

static void an_overflow_gives_no_block_twice(void **state)
{
    (void)state;
    static const int bytes[] = {0, 1, 0x10, 0x41, 0xff};
    for (size_t i = 0; i < BLOCKS; i += 3) {
        for (size_t length = 1; length <= 2 * BLOCK; length += 3) {
            for (size_t b = 0; b < sizeof(bytes) / sizeof(bytes[0]); b++) {
                make_holes();
                memset(live[i] + BLOCK, bytes[b], length);
                survive(use_after_damage(length));
            }
        }
    }
}

/* Not by chance: each word of a free block is made any position, or any size, that there is. */
static void a_forged_word_gives_no_block_twice(void **state)
{
    (void)state;
    make_holes();
    size_t first = (size_t)(live[0] - memory);
    for (size_t index = 0; index < BLOCKS + 4; index++) {
        if (index == 12)
            index = BLOCKS;
        for (size_t word = 0; word < BLOCK / 4; word++) {
            for (uint32_t value = 0; value < 8192 / GRANULE; value++) {
                make_holes();
                if (index < BLOCKS && live[index])
                    break;
                memcpy(memory + first + index * BLOCK + 4 * word, &value, sizeof(value));
                survive(use_after_damage(value));
            }
        }
    }
}

/* Both of a free block's sizes are made to agree on what is not free. */
static void forged_sizes_that_agree_give_no_block_twice(void **state)
{
    (void)state;
    make_holes();
    uint32_t last = (uint32_t)((uintptr_t)live[0] - heap.base) / GRANULE + BLOCKS * 5;
    for (size_t index = 0; index < BLOCKS; index++) {
        for (uint32_t size = 1; size < last; size++) {
            make_holes();
            if (live[index])
                break;
            unsigned char *block = live[0] + index * BLOCK;
            memcpy(block + 8, &size, sizeof(size));
            size_t end = index + (size - 1) / (BLOCK / GRANULE);
            if (end < BLOCKS && !live[end])
                memcpy(block + (size - 1) * GRANULE + 12, &size, sizeof(size));
            survive(use_after_damage(size));
        }
    }
}

#define test_on_a_heap(name) cmocka_unit_test_setup(name, make_heap)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(the_block_freed_last_is_the_first_again),
        test_on_a_heap(an_alignment_that_fits_by_chance_is_served),
        test_on_a_heap(at_most_32_of_a_size_wait),
        test_on_a_heap(at_most_half_of_the_heap_waits),
        test_on_a_heap(a_large_block_does_not_wait),
        test_on_a_heap(all_is_merged_before_a_refusal),
        test_on_a_heap(every_size_is_kept_in_the_records),
        test_on_a_heap(no_other_size_passes),
        test_on_a_heap(a_block_shrinks_where_it_stands),
        test_on_a_heap(a_block_grows_into_the_memory_around_it),
        test_on_a_heap(what_does_not_fit_changes_nothing),
        test_on_a_heap(every_size_of_region_is_a_heap_or_refused),
        test_on_a_heap(wrong_frees_are_named),
        test_on_a_heap(a_flipped_bit_of_freed_memory_gives_no_block_twice),
        test_on_a_heap(an_overflow_gives_no_block_twice),
        test_on_a_heap(a_forged_word_gives_no_block_twice),
        test_on_a_heap(forged_sizes_that_agree_give_no_block_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
