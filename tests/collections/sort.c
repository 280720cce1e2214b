/* SPDX-License-Identifier: MIT */
/* Sorting: every kind of row, items of every size, and the worst that an adversary can do. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include <cairn/collection.h>
#include <cairn/failing.h>
#include <cairn/global.h>

#include "strict_heap.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

static int after(void **state)
{
    (void)state;
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
    strict_heap_expect_empty();
    return 0;
}

/* ---- Items: what they are sorted by, and where they were before ---- */

static size_t comparisons;

#define ITEM_OF(name, bytes, alignment)                                                         \
    struct name {                                                                               \
        _Alignas(alignment) uint32_t key;                                                       \
        uint32_t place;                                                                         \
        unsigned char rest[(bytes)-8];                                                          \
    };                                                                                          \
    static int compare_##name(const struct name *a, const struct name *b)                       \
    {                                                                                           \
        comparisons++;                                                                          \
        return CAIRN_COMPARE_NUMBERS(&a->key, &b->key);                                         \
    }                                                                                           \
    static int compare_##name##_with(const struct name *a, const struct name *b, void *context) \
    {                                                                                           \
        ++*(size_t *)context;                                                                   \
        return CAIRN_COMPARE_NUMBERS(&a->key, &b->key);                                         \
    }

ITEM_OF(small, 8, 4)
#define T       slice_small
#define ITEM    struct small
#define COMPARE compare_small
#include <cairn/slice.t.h>

ITEM_OF(middling, 24, 4)
#define T       slice_middling
#define ITEM    struct middling
#define COMPARE compare_middling
#include <cairn/slice.t.h>

ITEM_OF(line, 64, 64)
#define T       slice_line
#define ITEM    struct line
#define COMPARE compare_line
#include <cairn/slice.t.h>

ITEM_OF(large, 200, 8)
#define T       slice_large
#define ITEM    struct large
#define COMPARE compare_large
#include <cairn/slice.t.h>

ITEM_OF(page, 4096, 4096)
#define T       slice_page
#define ITEM    struct page
#define COMPARE compare_page
#include <cairn/slice.t.h>

/* ---- Rows ---- */

enum pattern { RANDOM, SORTED, REVERSED, FEW_KEYS, ALL_EQUAL, NEARLY_SORTED, SAW, PIPES, PATTERNS };

static uint32_t key_at(struct random_source *random, enum pattern pattern, size_t at, size_t n)
{
    switch (pattern) {
    case SORTED:
        return (uint32_t)at;
    case REVERSED:
        return (uint32_t)(n - at);
    case FEW_KEYS:
        return (uint32_t)random_below(random, 4);
    case ALL_EQUAL:
        return 7;
    case NEARLY_SORTED:
        return (uint32_t)(random_one_in(random, 50) ? random_below(random, n) : at);
    case SAW:
        return (uint32_t)(at % 97);
    case PIPES:
        return (uint32_t)(at < n / 2 ? at : n - at);
    default:
        return (uint32_t)random_next(random);
    }
}

enum way { STABLE, STABLE_BY, STABLE_WITHOUT_MEMORY, UNSTABLE, UNSTABLE_BY, WAYS };

/* Any algorithm of n log n, with room for its constant. */
static size_t most_comparisons(size_t n, enum way way)
{
    size_t log = 1;
    while (n >> log)
        log++;
    return n * log * (way == STABLE_WITHOUT_MEMORY ? 6 : 4) + 100;
}

/* What is sorted has its keys in order, each item once, and if it is stable, equal ones as before. */
#define SORTS(name)                                                                                \
    static void sort_##name(struct name *items, size_t n, enum way way)                            \
    {                                                                                              \
        slice_##name all = {items, n};                                                             \
        comparisons = 0;                                                                           \
        cairn_failing_at(&failing, way == STABLE_WITHOUT_MEMORY, CAIRN_FAILING_ONWARDS);           \
        if (way == STABLE || way == STABLE_WITHOUT_MEMORY)                                         \
            slice_##name##_sort(&all);                                                             \
        else if (way == STABLE_BY)                                                                 \
            slice_##name##_sort_by(&all, compare_##name##_with, &comparisons);                     \
        else if (way == UNSTABLE)                                                                  \
            slice_##name##_sort_unstable(&all);                                                    \
        else                                                                                       \
            slice_##name##_sort_unstable_by(&all, compare_##name##_with, &comparisons);            \
        cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);                                         \
        assert_true(comparisons <= most_comparisons(n, way));                                      \
    }                                                                                              \
                                                                                                   \
    static void expect_sorted_##name(const struct name *items, const uint32_t *keys, size_t n,     \
                                     bool stable)                                                  \
    {                                                                                              \
        bool *seen = calloc(n + 1, sizeof(bool));                                                  \
        for (size_t i = 0; i < n; i++) {                                                           \
            assert_true(items[i].place < n && !seen[items[i].place]);                              \
            seen[items[i].place] = true;                                                           \
            assert_int_equal(items[i].key, keys[items[i].place]);                                  \
            if (sizeof(items[i].rest) != 0)                                                        \
                assert_int_equal(items[i].rest[sizeof(items[i].rest) - 1],                         \
                                 (unsigned char)items[i].place);                                   \
            if (i == 0)                                                                            \
                continue;                                                                          \
            assert_true(items[i - 1].key <= items[i].key);                                         \
            if (stable && items[i - 1].key == items[i].key)                                        \
                assert_true(items[i - 1].place < items[i].place);                                  \
        }                                                                                          \
        free(seen);                                                                                \
    }                                                                                              \
                                                                                                   \
    static void check_##name(struct random_source *random, size_t n, enum pattern pattern,         \
                             enum way way)                                                         \
    {                                                                                              \
        struct name *items = aligned_alloc(_Alignof(struct name), (n + 1) * sizeof(*items));       \
        uint32_t *keys = malloc((n + 1) * sizeof(*keys));                                          \
        memset(items, 0, n * sizeof(*items));                                                      \
        for (uint32_t i = 0; i < n; i++) {                                                         \
            keys[i] = items[i].key = key_at(random, pattern, i, n);                                \
            items[i].place = i;                                                                    \
            if (sizeof(items[i].rest) != 0)                                                        \
                items[i].rest[sizeof(items[i].rest) - 1] = (unsigned char)i;                       \
        }                                                                                          \
        sort_##name(items, n, way);                                                                \
        expect_sorted_##name(items, keys, n, way <= STABLE_WITHOUT_MEMORY);                        \
        free(items);                                                                               \
        free(keys);                                                                                \
    }                                                                                              \
                                                                                                   \
    static void rows_of_##name##_items_are_sorted(void **state)                                    \
    {                                                                                              \
        (void)state;                                                                               \
        struct random_source random = test_random_start();                                         \
        size_t most = sizeof(struct name) > 64 ? 300 : 2000;                                       \
        for (int way = 0; way < WAYS; way++)                                                       \
            for (int pattern = 0; pattern < PATTERNS; pattern++) {                                 \
                for (size_t n = 0; n < 40; n++)                                                    \
                    check_##name(&random, n, (enum pattern)pattern, (enum way)way);                \
                for (int i = 0; i < 4; i++)                                                        \
                    check_##name(&random, 40 + random_below(&random, most), (enum pattern)pattern, \
                                 (enum way)way);                                                   \
            }                                                                                      \
    }

SORTS(small)
SORTS(middling)
SORTS(line)
SORTS(large)
SORTS(page)

/* More than 1 MiB: the scratch memory is for half of them, and both halves are merged. */
static void a_row_larger_than_its_scratch_memory_is_sorted(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    check_line(&random, 20000, RANDOM, STABLE);
    check_line(&random, 20000, SAW, STABLE);
}

/* ---- The worst case ---- */

/*
 * An adversary that decides what is less only when it is asked, and always so that the pivot turns
 * out to be a bad one. Source: McIlroy, "A Killer Adversary for Quicksort", 1999.
 */
static struct {
    uint32_t *keys; /* by place; UINT32_MAX: not decided yet */
    uint32_t decided;
    uint32_t candidate; /* the place of what may be the pivot */
    size_t comparisons;
} adversary;

static void decide(uint32_t place)
{
    adversary.keys[place] = adversary.decided++;
}

static int compare_by_adversary(const struct small *a, const struct small *b, void *context)
{
    (void)context;
    uint32_t *x = &adversary.keys[a->place], *y = &adversary.keys[b->place];
    adversary.comparisons++;
    if (*x == UINT32_MAX && *y == UINT32_MAX)
        decide(a->place == adversary.candidate ? a->place : b->place);
    if (*x == UINT32_MAX)
        adversary.candidate = a->place;
    else if (*y == UINT32_MAX)
        adversary.candidate = b->place;
    return CAIRN_COMPARE_NUMBERS(x, y);
}

static void an_adversary_gets_n_log_n_comparisons_at_most(void **state)
{
    (void)state;
    enum { N = 5000 };
    static struct small items[N];
    static uint32_t keys[N];
    slice_small all = {items, N};
    for (int way = 0; way < 2; way++) {
        memset(keys, 0xff, sizeof(keys));
        adversary.keys = keys;
        adversary.decided = adversary.candidate = 0;
        adversary.comparisons = 0;
        for (uint32_t i = 0; i < N; i++)
            items[i] = (struct small){.key = 0, .place = i};
        if (way == 0)
            slice_small_sort_unstable_by(&all, compare_by_adversary, NULL);
        else
            slice_small_sort_by(&all, compare_by_adversary, NULL);
        for (uint32_t i = 1; i < N; i++)
            assert_true(keys[items[i - 1].place] <= keys[items[i].place]);
        size_t log = 13; /* of N, rounded up */
        assert_true(adversary.comparisons < 5 * N * log);
    }
}

static int compare_by_coin(const struct small *a, const struct small *b, void *context)
{
    (void)a, (void)b;
    return random_one_in(context, 2) ? -1 : 1;
}

/* Nothing is lost and nothing comes twice; the small sort sees the contradiction. */
static void what_is_no_order_is_found_out_or_does_no_harm(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    struct small items[20];
    slice_small all = {items, 20};
    for (uint32_t i = 0; i < 20; i++)
        items[i] = (struct small){i, i, {}};
    expect_panic(for (int i = 0; i < 1000; i++)
                     slice_small_sort_unstable_by(&all, compare_by_coin, &random),
                 "the compare function contradicts itself");
}

/* ---- Selecting, and finding in what is sorted ---- */

static void the_nth_is_selected(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    for (int pattern = 0; pattern < PATTERNS; pattern++)
        for (int i = 0; i < 50; i++) {
            size_t n = 1 + random_below(&random, i < 25 ? 40 : 2000);
            size_t index = random_below(&random, n);
            struct small *items = calloc(n, sizeof(*items));
            for (uint32_t at = 0; at < n; at++)
                items[at] = (struct small){key_at(&random, (enum pattern)pattern, at, n), at, {}};
            slice_small all = {items, n};
            size_t asked = 0;
            struct small *nth =
                i % 2 ? slice_small_select_nth_unstable(&all, index)
                      : slice_small_select_nth_unstable_by(&all, index, compare_small_with, &asked);
            assert_ptr_equal(nth, &items[index]);
            for (size_t at = 0; at < n; at++)
                assert_true(at < index ? items[at].key <= nth->key : items[at].key >= nth->key);
            free(items);
        }
}

static void whether_a_row_is_sorted_is_known(void **state)
{
    (void)state;
    struct small items[3] = {{.key = 1}, {.key = 1}, {.key = 2}};
    slice_small all = {items, 3}, none = {NULL, 0};
    size_t asked = 0;
    assert_true(slice_small_is_sorted(&all) && slice_small_is_sorted(&none));
    assert_true(slice_small_is_sorted_by(&all, compare_small_with, &asked));
    items[2].key = 0;
    assert_false(slice_small_is_sorted(&all));
    assert_false(slice_small_is_sorted_by(&all, compare_small_with, &asked));
}

static int compare_with_key(const struct small *item, void *key)
{
    return CAIRN_COMPARE_NUMBERS(&item->key, (const uint32_t *)key);
}

static bool is_below(const struct small *item, void *key)
{
    return item->key < *(const uint32_t *)key;
}

/* Keys 0, 0, 2, 2, 4, 4, ... */
static void a_sorted_row_is_searched(void **state)
{
    (void)state;
    struct small items[41];
    for (uint32_t i = 0; i < 41; i++)
        items[i] = (struct small){i / 2 * 2, i, {}};
    for (size_t n = 0; n <= 41; n++)
        for (uint32_t key = 0; key < 45; key++) {
            slice_small all = {items, n};
            struct small wanted = {.key = key};
            size_t at = 0, index, index_by;
            while (at < n && items[at].key < key)
                at++;
            bool there = at < n && items[at].key == key;
            assert_int_equal(slice_small_binary_search(&all, &wanted, &index), there);
            assert_int_equal(slice_small_binary_search_by(&all, compare_with_key, &key, &index_by),
                             there);
            assert_int_equal(index, at);
            assert_int_equal(index_by, at);
            assert_int_equal(slice_small_partition_point(&all, is_below, &key), at);
        }
}

/* ---- Memory ---- */

static void a_stable_sort_takes_one_block_and_gives_it_back(void **state)
{
    (void)state;
    struct small items[100] = {{0}};
    slice_small all = {items, 100}, few = {items, 10};
    for (uint32_t i = 0; i < 100; i++)
        items[i].key = i * 37 % 100;
    size_t allocs = strict_heap.allocs;
    slice_small_sort(&few);
    slice_small_sort_unstable(&all);
    assert_int_equal(strict_heap.allocs, allocs);
    slice_small_sort(&all);
    assert_int_equal(strict_heap.allocs, allocs + 1);
    assert_int_equal(strict_heap.live, 0);
}

struct nothing {
};
static int compare_nothing(const struct nothing *a, const struct nothing *b)
{
    (void)a, (void)b;
    return 0;
}
#define T       slice_nothing
#define ITEM    struct nothing
#define COMPARE compare_nothing
#include <cairn/slice.t.h>

static void items_without_size_are_sorted_at_once(void **state)
{
    (void)state;
    struct nothing item;
    slice_nothing all = {&item, SIZE_MAX};
    slice_nothing_sort(&all);
    slice_nothing_sort_unstable(&all);
    assert_int_equal(all.length, SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(rows_of_small_items_are_sorted, after),
        cmocka_unit_test_teardown(rows_of_middling_items_are_sorted, after),
        cmocka_unit_test_teardown(rows_of_line_items_are_sorted, after),
        cmocka_unit_test_teardown(rows_of_large_items_are_sorted, after),
        cmocka_unit_test_teardown(rows_of_page_items_are_sorted, after),
        cmocka_unit_test_teardown(a_row_larger_than_its_scratch_memory_is_sorted, after),
        cmocka_unit_test_teardown(an_adversary_gets_n_log_n_comparisons_at_most, after),
        cmocka_unit_test_teardown(what_is_no_order_is_found_out_or_does_no_harm, after),
        cmocka_unit_test_teardown(the_nth_is_selected, after),
        cmocka_unit_test_teardown(whether_a_row_is_sorted_is_known, after),
        cmocka_unit_test_teardown(a_sorted_row_is_searched, after),
        cmocka_unit_test_teardown(a_stable_sort_takes_one_block_and_gives_it_back, after),
        cmocka_unit_test_teardown(items_without_size_are_sorted_at_once, after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
