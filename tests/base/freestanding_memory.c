/* SPDX-License-Identifier: MIT */
/*
 * base/freestanding/memory.c against libc: every small size, alignment and overlap.
 *
 * It is there three times, under prefixes that the build adds: as the sanitizers see it, so that no
 * byte too many is read; as the object that the kernel links; and optimised without -ffreestanding,
 * where a loop would become a call of itself if the source left it to the compiler.
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#define DECLARE(prefix)                                                               \
    void *prefix##_memcpy(void *restrict to, const void *restrict from, size_t size); \
    void *prefix##_memmove(void *to, const void *from, size_t size);                  \
    void *prefix##_memset(void *block, int value, size_t size);                       \
    int prefix##_memcmp(const void *left, const void *right, size_t size);            \
    size_t prefix##_strlen(const char *text)
DECLARE(sanitized);
DECLARE(kernel);
DECLARE(hosted);

struct implementation {
    void *(*memcpy)(void *restrict to, const void *restrict from, size_t size);
    void *(*memmove)(void *to, const void *from, size_t size);
    void *(*memset)(void *block, int value, size_t size);
    int (*memcmp)(const void *left, const void *right, size_t size);
    size_t (*strlen)(const char *text);
};

#define IMPLEMENTATION(prefix)                                                               \
    {                                                                                        \
        prefix##_memcpy, prefix##_memmove, prefix##_memset, prefix##_memcmp, prefix##_strlen \
    }
static const struct implementation implementations[] = {
    IMPLEMENTATION(sanitized), IMPLEMENTATION(kernel), IMPLEMENTATION(hosted)};

enum { IMPLEMENTATIONS = sizeof(implementations) / sizeof(*implementations) };

#define for_each_implementation(it)                         \
    for (const struct implementation *it = implementations; \
         it < implementations + IMPLEMENTATIONS; it++)

enum {
    SIZES = 42,   /* up to five words and a tail */
    OFFSETS = 17, /* every place in a word, and in the next one */
    ROOM = 96,
};
_Static_assert(OFFSETS + SIZES <= ROOM, "every block lies inside the room, with bytes after it");

/* Fills with bytes that differ from their neighbours and from the other room's. */
static void fill(unsigned char room[static ROOM], unsigned char first)
{
    for (unsigned i = 0; i < ROOM; i++)
        room[i] = (unsigned char)(first + 7 * i);
}

static void expect_copy(const struct implementation *it, size_t to, size_t from, size_t size)
{
    unsigned char source[ROOM], copied[ROOM], expected[ROOM];
    fill(source, 1);
    fill(copied, 128);
    fill(expected, 128);
    assert_ptr_equal(it->memcpy(copied + to, source + from, size), copied + to);
    memcpy(expected + to, source + from, size);
    assert_memory_equal(copied, expected, ROOM);
}

static void memcpy_copies(void **state)
{
    (void)state;
    for_each_implementation(it) for (size_t to = 0; to < OFFSETS;
                                     to++) for (size_t from = 0; from < OFFSETS;
                                                from++) for (size_t size = 0; size < SIZES; size++)
        expect_copy(it, to, from, size);
}

static void expect_move(const struct implementation *it, size_t to, size_t from, size_t size)
{
    unsigned char moved[ROOM], expected[ROOM];
    fill(moved, 1);
    fill(expected, 1);
    assert_ptr_equal(it->memmove(moved + to, moved + from, size), moved + to);
    memmove(expected + to, expected + from, size);
    assert_memory_equal(moved, expected, ROOM);
}

/* Within one room, so that they overlap in every way there is. */
static void memmove_moves(void **state)
{
    (void)state;
    for_each_implementation(it) for (size_t to = 0; to < ROOM - SIZES;
                                     to++) for (size_t from = 0; from < ROOM - SIZES;
                                                from++) for (size_t size = 0; size < SIZES; size++)
        expect_move(it, to, from, size);
}

static void expect_set(const struct implementation *it, size_t to, int value, size_t size)
{
    unsigned char set[ROOM], expected[ROOM];
    fill(set, 1);
    fill(expected, 1);
    assert_ptr_equal(it->memset(set + to, value, size), set + to);
    memset(expected + to, value, size);
    assert_memory_equal(set, expected, ROOM);
}

static void memset_sets(void **state)
{
    (void)state;
    static const int values[] = {0, 1, 0x7f, 0x80, 0xff, 0x1234, -1, -2};
    for_each_implementation(it) for (size_t i = 0; i < sizeof(values) / sizeof(*values);
                                     i++) for (size_t to = 0; to < OFFSETS;
                                               to++) for (size_t size = 0; size < SIZES; size++)
        expect_set(it, to, values[i], size);
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void expect_compare(const struct implementation *it, const void *left, const void *right,
                           size_t size)
{
    assert_int_equal(sign(it->memcmp(left, right, size)), sign(memcmp(left, right, size)));
    assert_int_equal(sign(it->memcmp(right, left, size)), sign(memcmp(right, left, size)));
}

/* Two equal rooms, then one byte more, or its highest bit set: bytes compare unsigned. */
static void expect_compares(const struct implementation *it, size_t left, size_t right, size_t size)
{
    unsigned char a[ROOM], b[ROOM];
    fill(a, 1);
    memcpy(b + right, a + left, SIZES);
    expect_compare(it, a + left, b + right, size);
    for (size_t at = 0; at < SIZES; at++) { /* past `size` too: there it must not count */
        b[right + at]++;
        expect_compare(it, a + left, b + right, size);
        b[right + at] = a[left + at] ^ 0x80;
        expect_compare(it, a + left, b + right, size);
        b[right + at] = a[left + at];
    }
}

static void memcmp_compares(void **state)
{
    (void)state;
    for_each_implementation(it) for (size_t left = 0; left < OFFSETS;
                                     left += 3) for (size_t right = 0; right < OFFSETS;
                                                     right++) for (size_t size = 0; size < SIZES;
                                                                   size++)
        expect_compares(it, left, right, size);
}

/* The first difference decides, whatever follows it in the same word. */
static void memcmp_goes_by_the_first_difference(void **state)
{
    (void)state;
    const unsigned char left[8] = {1, 2, 3, 4, 9, 9, 9, 9}, right[8] = {1, 2, 3, 5, 0, 0, 0, 0};
    for_each_implementation(it)
    {
        assert_true(it->memcmp(left, right, 8) < 0);
        assert_true(it->memcmp(right, left, 8) > 0);
    }
}

static void strlen_counts(void **state)
{
    (void)state;
    for_each_implementation(it) for (size_t offset = 0; offset < OFFSETS;
                                     offset++) for (size_t length = 0; length < SIZES; length++)
    {
        char text[ROOM];
        memset(text, 0xff, sizeof(text));
        text[offset + length] = '\0';
        assert_int_equal(it->strlen(text + offset), length);
    }
}

/* Longer than a stack is deep: a strlen that calls itself for every byte would not come back. */
static void strlen_counts_a_very_long_text(void **state)
{
    (void)state;
    enum { LENGTH = 4 << 20 };
    char *text = malloc(LENGTH + 1);
    assert_non_null(text);
    memset(text, 'x', LENGTH);
    text[LENGTH] = '\0';
    for_each_implementation(it) assert_int_equal(it->strlen(text), LENGTH);
    free(text);
}

/* Blocks of the heap that end where the size does: AddressSanitizer sees every byte too many. */
static void nothing_is_read_or_written_behind_the_end(void **state)
{
    (void)state;
    for_each_implementation(it) for (size_t size = 1; size < SIZES; size++)
    {
        char *left = malloc(size), *right = malloc(size);
        assert_non_null(left);
        assert_non_null(right);
        it->memset(left, 'x', size);
        it->memcpy(right, left, size);
        it->memmove(left, right, size);
        assert_int_equal(it->memcmp(left, right, size), 0);
        left[size - 1] = '\0';
        assert_int_equal(it->strlen(left), size - 1);
        free(left);
        free(right);
    }
}

static void large_random_moves_agree(void **state)
{
    (void)state;
    enum { LARGE = 20000 };
    struct random_source random = test_random_start();
    unsigned char *moved = malloc(LARGE), *expected = malloc(LARGE);
    assert_non_null(moved);
    assert_non_null(expected);
    for (int i = 0; i < LARGE; i++)
        moved[i] = (unsigned char)random_next(&random);
    memcpy(expected, moved, LARGE);
    for (int i = 0; i < 2000; i++) {
        const struct implementation *it = &implementations[i % IMPLEMENTATIONS];
        size_t to = random_below(&random, LARGE), from = random_below(&random, LARGE);
        size_t size = random_below(&random, LARGE - (to > from ? to : from) + 1);
        it->memmove(moved + to, moved + from, size);
        memmove(expected + to, expected + from, size);
        assert_int_equal(memcmp(moved, expected, LARGE), 0);
        assert_int_equal(it->memcmp(moved, expected, LARGE), 0);
    }
    free(moved);
    free(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memcpy_copies),
        cmocka_unit_test(memmove_moves),
        cmocka_unit_test(memset_sets),
        cmocka_unit_test(memcmp_compares),
        cmocka_unit_test(memcmp_goes_by_the_first_difference),
        cmocka_unit_test(strlen_counts),
        cmocka_unit_test(strlen_counts_a_very_long_text),
        cmocka_unit_test(nothing_is_read_or_written_behind_the_end),
        cmocka_unit_test(large_random_moves_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
