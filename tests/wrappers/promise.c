/* SPDX-License-Identifier: MIT */
/*
 * The promise: what it serves, whom it refuses, that it takes all of its memory or nothing, and that
 * every wrong give-back is found with its address.
 */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include <cairn/failing.h>
#include <cairn/global.h>
#include <cairn/heap.h>
#include <cairn/linked_list.h>
#include <cairn/promise.h>

#include "expect_error.h"
#include "strict_heap.h"

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

CAIRN_GLOBAL_ALLOCATOR(&strict_heap.allocator);

enum { PACKETS = 100, PAGES = 3, SMALL = 20 };

static const struct cairn_layout packet = {40, 8}, page = {4096, 4096}, small = {64, 16};

static struct cairn_promised rows[] = {
    CAIRN_PROMISED_EXACTLY(40, 8, PACKETS),
    CAIRN_PROMISED_EXACTLY(4096, 4096, PAGES),
    CAIRN_PROMISED_UP_TO(64, 16, SMALL),
};
static uintptr_t
    words[CAIRN_PROMISE_WORDS(PACKETS) + CAIRN_PROMISE_WORDS(PAGES) + CAIRN_PROMISE_WORDS(SMALL)];
static struct cairn_promise promise;
static struct cairn_allocator *const allocator = &promise.allocator;

static int before(void **state)
{
    (void)state;
    memset(words, 0, sizeof(words));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        rows[i].given_back = 0;
    promise = (struct cairn_promise)CAIRN_PROMISE(rows, words);
    assert_true(cairn_promise_make(&promise, &strict_heap.allocator));
    return 0;
}

static int after(void **state)
{
    (void)state;
    assert_int_equal(cairn_promise_taken(&promise), 0);
    cairn_promise_end(&promise);
    strict_heap_expect_empty();
    return 0;
}

/* Takes `count` blocks, fills each, and looks for overlaps as it goes. */
static void take_blocks(struct cairn_layout layout, size_t count, unsigned char *blocks[])
{
    for (size_t i = 0; i < count; i++) {
        blocks[i] = cairn_allocator_alloc(allocator, layout);
        assert_non_null(blocks[i]);
        assert_true(cairn_is_aligned((uintptr_t)blocks[i], layout.align));
        assert_true(cairn_promise_owns(&promise, blocks[i]));
        memset(blocks[i], (int)(layout.align + i), layout.size);
    }
}

static void give_blocks(struct cairn_layout layout, size_t count, unsigned char *blocks[])
{
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < layout.size; at++)
            assert_int_equal(blocks[i][at], (unsigned char)(layout.align + i));
        cairn_allocator_dealloc(allocator, blocks[i], layout);
    }
}

/* AddressSanitizer sees to the ends of the memory, for the strict heap's block is exact. */
static void all_that_is_promised_can_be_had_again_and_again(void **state)
{
    (void)state;
    unsigned char *packets[PACKETS], *pages[PAGES], *smalls[SMALL];
    for (int round = 0; round < 3; round++) {
        take_blocks(small, SMALL, smalls);
        take_blocks(packet, PACKETS, packets);
        take_blocks(page, PAGES, pages);
        assert_int_equal(cairn_promise_taken(&promise), PACKETS + PAGES + SMALL);
        give_blocks(page, PAGES, pages);
        give_blocks(packet, PACKETS, packets);
        give_blocks(small, SMALL, smalls);
    }
    assert_int_equal(promise.refused, 0);
    assert_int_equal(rows[0].given_back, 3 * PACKETS);
    assert_int_equal(rows[1].given_back, 3 * PAGES);
    assert_int_equal(rows[2].given_back, 3 * SMALL);
    assert_int_equal(strict_heap.live, 1); /* nothing more was asked for */
}

static void what_is_beyond_the_promise_is_refused_and_counted(void **state)
{
    (void)state;
    unsigned char *pages[PAGES], *packets[PACKETS], *smalls[SMALL];
    const struct cairn_layout never[] = {{4096, 2048}, {2048, 4096}, {65, 8}, {64, 32}, {5000, 1}};
    for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++) {
        assert_null(cairn_allocator_alloc(allocator, never[i]));
        assert_int_equal(promise.refused, i + 1);
    }
    take_blocks(page, PAGES, pages);
    assert_null(cairn_allocator_alloc(allocator, page));
    assert_int_equal(promise.refused, 6);
    cairn_allocator_dealloc(allocator, pages[1], page);
    assert_ptr_equal(cairn_allocator_alloc(allocator, page), pages[1]);
    memset(pages[1], (int)(page.align + 1), page.size);
    take_blocks(packet, PACKETS, packets); /* the others are untouched by that */
    take_blocks(small, SMALL, smalls);
    give_blocks(page, PAGES, pages);
    give_blocks(packet, PACKETS, packets);
    give_blocks(small, SMALL, smalls);
}

static bool is_in_row(const void *block, size_t row)
{
    return (uintptr_t)block - rows[row].start < rows[row].count * rows[row].stride;
}

/* A row of "exactly" is nobody else's; one of "up to" serves what fits, in the rows' order. */
static void a_small_request_leaves_the_rows_of_others_alone(void **state)
{
    (void)state;
    const struct cairn_layout little = {8, 8};
    unsigned char *littles[SMALL], *packets[PACKETS];
    take_blocks(little, SMALL, littles);
    for (size_t i = 0; i < SMALL; i++)
        assert_true(is_in_row(littles[i], 2));
    assert_null(cairn_allocator_alloc(allocator, little));
    take_blocks(packet, PACKETS, packets); /* all of them are left */
    assert_null(cairn_allocator_alloc(allocator, packet));
    cairn_allocator_dealloc(allocator, littles[7], little);
    unsigned char *spare = cairn_allocator_alloc(allocator, packet); /* fits there, too */
    assert_ptr_equal(spare, littles[7]);
    cairn_allocator_dealloc(allocator, spare, packet);
    littles[7] = cairn_allocator_alloc(allocator, little);
    memset(littles[7], (int)little.align + 7, little.size);
    give_blocks(little, SMALL, littles);
    give_blocks(packet, PACKETS, packets);
}

static void realloc_stays_where_the_row_serves_both(void **state)
{
    (void)state;
    unsigned char *block = cairn_allocator_alloc(allocator, (struct cairn_layout){5, 8});
    memcpy(block, "stone", 5);
    assert_ptr_equal(cairn_allocator_realloc(allocator, block, (struct cairn_layout){5, 8}, 64),
                     block);
    assert_null(cairn_allocator_realloc(allocator, block, (struct cairn_layout){64, 8}, 65));
    assert_memory_equal(block, "stone", 5);
    cairn_allocator_dealloc(allocator, block, (struct cairn_layout){64, 8});

    block = cairn_allocator_alloc(allocator, packet);
    memcpy(block, "stone", 5);
    unsigned char *moved = cairn_allocator_realloc(allocator, block, packet, 64);
    assert_true(is_in_row(moved, 2));
    assert_memory_equal(moved, "stone", 5);
    assert_int_equal(cairn_promise_taken(&promise), 1);
    cairn_allocator_dealloc(allocator, moved, (struct cairn_layout){64, 8});
}

static void zeroed_blocks_are_zero(void **state)
{
    (void)state;
    unsigned char *block = cairn_allocator_alloc(allocator, small);
    memset(block, 0xff, 64);
    cairn_allocator_dealloc(allocator, block, small);
    block = cairn_allocator_alloc_zeroed(allocator, small);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(block[i], 0);
    cairn_allocator_dealloc(allocator, block, small);
}

static void sizes_are_known(void **state)
{
    (void)state;
    assert_true(cairn_allocator_knows_sizes(allocator));
    void *one = cairn_allocator_alloc(allocator, packet);
    void *other = cairn_allocator_alloc(allocator, (struct cairn_layout){3, 1});
    assert_int_equal(cairn_allocator_usable_size(allocator, one), 40);
    assert_int_equal(cairn_allocator_usable_size(allocator, other), 64);
    cairn_allocator_verify(allocator, one, packet);
    cairn_allocator_verify(allocator, other, (struct cairn_layout){50, 4});
    cairn_allocator_dealloc_unsized(allocator, one);
    cairn_allocator_dealloc_unsized(allocator, other);
}

static void a_collection_lives_on_it(void **state)
{
    (void)state;
    owned(vec_int) numbers = vec_int_new_in(allocator);
    for (int i = 0; i < 16; i++)
        expect_ok(vec_int_try_push(&numbers, i));
    expect_no_memory(vec_int_try_push(&numbers, 16)); /* 64 bytes are promised */
    assert_int_equal(numbers.length, 16);
    assert_int_equal(*vec_int_at(&numbers, 15), 15);
}

/* ---- wrong give-backs ---- */

static char expected[64];

/* "promise: OPERATION of ADDRESS", which each report begins with. */
static const char *report_of(const char *operation, const void *block)
{
    (void)snprintf(expected, sizeof(expected), "promise: %s of %p", operation, block);
    return expected;
}

/* Each operation that takes a block finds the mistake, and says its own name and the address. */
static void expect_wrong(void *block, struct cairn_layout layout, const char *mistake)
{
    void *volatile got = NULL;
    expect_panic(cairn_allocator_dealloc(allocator, block, layout), mistake);
    expect_panic(cairn_allocator_dealloc(allocator, block, layout), report_of("dealloc", block));
    expect_panic(got = cairn_allocator_realloc(allocator, block, layout, 9), mistake);
    expect_panic(got = cairn_allocator_realloc(allocator, block, layout, 9),
                 report_of("realloc", block));
    expect_panic(cairn_allocator_verify(allocator, block, layout), mistake);
    expect_panic(cairn_allocator_verify(allocator, block, layout), report_of("verify", block));
    (void)got;
}

static void expect_wrong_address(void *block, struct cairn_layout layout, const char *mistake)
{
    expect_wrong(block, layout, mistake);
    expect_panic(cairn_allocator_dealloc_unsized(allocator, block), mistake);
    expect_panic(cairn_allocator_dealloc_unsized(allocator, block),
                 report_of("dealloc_unsized", block));
    expect_panic((void)cairn_allocator_usable_size(allocator, block), mistake);
    expect_panic((void)cairn_allocator_usable_size(allocator, block),
                 report_of("usable_size", block));
}

static void wrong_blocks_are_found(void **state)
{
    (void)state;
    static char foreign[64];
    unsigned char *packets[PACKETS];
    take_blocks(packet, PACKETS, packets);
    unsigned char *block = packets[70];
    expect_wrong_address(block + 1, packet, "that is 1 bytes into the block at");
    expect_wrong_address(block + 47, packet, "that is 47 bytes into the block at");
    expect_wrong_address(foreign, packet, "not a block of this promise");
    expect_wrong_address((void *)promise.start, packet, "not a block of this promise");
    expect_wrong_address((char *)(rows[0].start + PACKETS * rows[0].stride), packet,
                         "not a block of this promise"); /* in the gap before the pages */
    expect_wrong_address((char *)promise.start + promise.layout.size, packet,
                         "not a block of this");
    expect_wrong_address((void *)rows[1].start, page, "double free, or never taken");
    cairn_allocator_dealloc(allocator, block, packet);
    expect_wrong_address(block, packet, "double free, or never taken");
    packets[70] = cairn_allocator_alloc(allocator, packet);
    memset(packets[70], (int)packet.align + 70, packet.size);
    give_blocks(packet, PACKETS, packets); /* all that was wrong has changed nothing */
}

static void wrong_layouts_are_found(void **state)
{
    (void)state;
    void *exact = cairn_allocator_alloc(allocator, packet);
    void *loose = cairn_allocator_alloc(allocator, small);
    expect_wrong(exact, (struct cairn_layout){39, 8},
                 "wrong layout, the block is promised for "
                 "exactly size 40 and align 8");
    expect_wrong(exact, (struct cairn_layout){40, 16}, "wrong layout");
    expect_wrong(loose, (struct cairn_layout){65, 16},
                 "wrong layout, the block is promised for up "
                 "to size 64 and align 16");
    expect_wrong(loose, (struct cairn_layout){64, 32}, "wrong layout");
    cairn_allocator_dealloc(allocator, exact, packet);
    cairn_allocator_dealloc(allocator, loose, small);
}

/* ---- making and ending ---- */

static void it_cannot_end_while_a_block_is_taken(void **state)
{
    (void)state;
    unsigned char *pages[PAGES];
    take_blocks(page, PAGES, pages);
    cairn_allocator_dealloc(allocator, pages[0], page);
    char report[80];
    (void)snprintf(report, sizeof(report), "2 blocks are not given back; the first is %p",
                   (void *)pages[1]);
    expect_panic(cairn_promise_end(&promise), report);
    cairn_allocator_dealloc(allocator, pages[1], page);
    cairn_allocator_dealloc(allocator, pages[2], page);
}

static void once_it_has_ended_it_serves_nothing(void **state)
{
    (void)state;
    void *block = cairn_allocator_alloc(allocator, small);
    cairn_allocator_dealloc(allocator, block, small);
    cairn_promise_end(&promise);
    assert_int_equal(strict_heap.live, 0);
    assert_null(cairn_allocator_alloc(allocator, small));
    expect_panic(cairn_allocator_dealloc(allocator, block, small), "not a block of this promise");
    expect_panic(cairn_promise_end(&promise), "it is not made");
    assert_int_equal(cairn_promise_taken(&promise), 0);
    assert_true(cairn_promise_make(&promise, &strict_heap.allocator)); /* whole again */
    block = cairn_allocator_alloc(allocator, small);
    assert_non_null(block);
    cairn_allocator_dealloc(allocator, block, small);
}

static void without_memory_nothing_is_taken(void **state)
{
    (void)state;
    cairn_promise_end(&promise);
    struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
    size_t nth = 0, promises = 0;
    do {
        cairn_failing_at(&failing, ++nth, CAIRN_FAILING_ONCE);
        if (!cairn_promise_make(&promise, &failing.allocator)) {
            assert_int_equal(strict_heap.live, 0);
            assert_null(cairn_allocator_alloc(allocator, small));
            expect_panic(cairn_promise_end(&promise), "it is not made");
            continue;
        }
        promises++;
        void *block = cairn_allocator_alloc(allocator, page);
        cairn_allocator_dealloc(allocator, block, page);
        cairn_promise_end(&promise);
    } while (failing.failures != 0);
    assert_int_equal(nth, 2); /* it asks once */
    assert_int_equal(promises, 1);
    assert_true(cairn_promise_make(&promise, &strict_heap.allocator));
}

static void a_promise_that_cannot_be_is_refused(void **state)
{
    (void)state;
    static uintptr_t word[1];
    struct cairn_promised huge[] = {CAIRN_PROMISED_EXACTLY(PTRDIFF_MAX - 7, 8, 2)};
    struct cairn_promised rounded[] = {CAIRN_PROMISED_UP_TO(PTRDIFF_MAX - 7, 1, 1)};
    struct cairn_promised many[] = {CAIRN_PROMISED_UP_TO(PTRDIFF_MAX / 8, 8, 64)};
    struct cairn_promise impossible[] = {CAIRN_PROMISE(huge, word), CAIRN_PROMISE(rounded, word),
                                         CAIRN_PROMISE(many, word)};
    for (size_t i = 0; i < 3; i++) {
        assert_false(cairn_promise_make(&impossible[i], &strict_heap.allocator));
        assert_null(cairn_allocator_alloc(&impossible[i].allocator, small));
    }
}

static void a_promise_that_makes_no_sense_panics(void **state)
{
    (void)state;
    static uintptr_t word[2];
    volatile bool made = false;
    struct cairn_promised none[] = {CAIRN_PROMISED_EXACTLY(8, 8, 0)};
    struct cairn_promised empty[] = {CAIRN_PROMISED_UP_TO(8, 8, 1), CAIRN_PROMISED_UP_TO(0, 8, 1)};
    struct cairn_promised odd[] = {CAIRN_PROMISED_EXACTLY(8, 3, 1)};
    struct cairn_promised too_many[] = {CAIRN_PROMISED_EXACTLY(8, 8, 1),
                                        CAIRN_PROMISED_EXACTLY(8, 8, 65)};
    struct cairn_promise of_none = CAIRN_PROMISE(none, word), of_empty = CAIRN_PROMISE(empty, word),
                         of_odd = CAIRN_PROMISE(odd, word),
                         of_too_many = CAIRN_PROMISE(too_many, word);
    expect_panic(made = cairn_promise_make(&of_none, &strict_heap.allocator),
                 "row 0 promises 0 blocks of size 8 and align 8");
    expect_panic(made = cairn_promise_make(&of_empty, &strict_heap.allocator),
                 "row 1 promises 1 blocks of size 0 and align 8");
    expect_panic(made = cairn_promise_make(&of_odd, &strict_heap.allocator),
                 "row 0 promises 1 blocks of size 8 and align 3");
    expect_panic(made = cairn_promise_make(&of_too_many, &strict_heap.allocator),
                 "2 words of bitmap are too few, 3 are needed");
    expect_panic(made = cairn_promise_make(&promise, &strict_heap.allocator), "made already");
    (void)made;
}

/* ---- what an overflow can reach ---- */

/* The bitmaps are not in the heap at all: a block that overflows takes its neighbours with it alone. */
static void an_overflow_does_not_reach_the_bitmaps(void **state)
{
    (void)state;
    static _Alignas(16) unsigned char memory[32 * 1024];
    static struct cairn_linked_list list = CAIRN_LINKED_LIST_EMPTY;
    unsigned char *packets[PACKETS];
    cairn_promise_end(&promise);
    assert_int_equal(cairn_linked_list_init(&list, memory, sizeof(memory)), CAIRN_REGION_OK);
    assert_true(cairn_promise_make(&promise, &list.allocator));
    take_blocks(packet, PACKETS, packets);
    memset((void *)promise.start, 0xff, promise.layout.size); /* all that is there */
    for (size_t i = 0; i < PACKETS; i++)
        cairn_allocator_dealloc(allocator, packets[i], packet);
    take_blocks(packet, PACKETS, packets);
    assert_null(cairn_allocator_alloc(allocator, (struct cairn_layout){40, 32}));
    give_blocks(packet, PACKETS, packets);
    cairn_linked_list_check(&list);
    cairn_promise_end(&promise);
    assert_int_equal(cairn_linked_list_statistics(&list).used, 0);
    assert_true(cairn_promise_make(&promise, &strict_heap.allocator));
}

static void an_overwritten_bitmap_hands_nothing_out_that_is_not_there(void **state)
{
    (void)state;
    unsigned char *pages[PAGES];
    uintptr_t *of_pages = &words[CAIRN_PROMISE_WORDS(PACKETS)];
    take_blocks(page, PAGES, pages);
    *of_pages |= 8; /* there is no fourth page */
    void *volatile got = NULL;
    expect_panic(got = cairn_allocator_alloc(allocator, page),
                 "was overwritten: a row of 3 blocks");
    (void)got;
    give_blocks(page, PAGES, pages);
}

/* ---- its blocks beside those of the heap that they come from ---- */

/* Whoever asks cairn's live map must never be told that a promised block is one of its own. */
static void no_promised_block_begins_where_the_heap_s_does(void **state)
{
    (void)state;
    assert_true(rows[0].start > promise.start);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, before, after)
    const struct CMUnitTest tests[] = {
        TEST(all_that_is_promised_can_be_had_again_and_again),
        TEST(what_is_beyond_the_promise_is_refused_and_counted),
        TEST(a_small_request_leaves_the_rows_of_others_alone),
        TEST(realloc_stays_where_the_row_serves_both),
        TEST(zeroed_blocks_are_zero),
        TEST(sizes_are_known),
        TEST(a_collection_lives_on_it),
        TEST(wrong_blocks_are_found),
        TEST(wrong_layouts_are_found),
        TEST(it_cannot_end_while_a_block_is_taken),
        TEST(once_it_has_ended_it_serves_nothing),
        TEST(without_memory_nothing_is_taken),
        TEST(a_promise_that_cannot_be_is_refused),
        TEST(a_promise_that_makes_no_sense_panics),
        TEST(an_overflow_does_not_reach_the_bitmaps),
        TEST(an_overwritten_bitmap_hands_nothing_out_that_is_not_there),
        TEST(no_promised_block_begins_where_the_heap_s_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
