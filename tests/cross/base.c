/* SPDX-License-Identifier: MIT */
/* What of base depends on the machine: bits, memcpy and its like, and how arguments are passed. */
#include "cross.h"

#include <limits.h>

#include <cairn/base/bits.h>
#include <cairn/base/format.h>

#include "random_source.h"

static void use_bits(void)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t value = (uint64_t)1 << bit;
        expect(cairn_log2_floor(value | 1) == bit && cairn_lowest_bit(value) == bit, "that bit");
    }
    size_t rounded = 5;
    expect(!cairn_try_align_up(SIZE_MAX - 14, 16, &rounded) && rounded == 5, "no sum beyond all");
    expect(cairn_try_align_up(SIZE_MAX - 15, 16, &rounded) && rounded == SIZE_MAX - 15, "the last");
}

/* ---- memory ---- */

enum { BYTES = 64 };

static void count_up(unsigned char *bytes, unsigned from)
{
    for (unsigned i = 0; i < BYTES; i++)
        bytes[i] = (unsigned char)(from + i);
}

static void expect_counting(const unsigned char *bytes, unsigned from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect(bytes[i] == (unsigned char)(from + i), "what was copied, and nothing else");
}

/* All distances and alignments that words can have to each other, both ways. */
static void use_memory(void)
{
    unsigned char bytes[BYTES];
    for (size_t from = 0; from < 20; from++) {
        for (size_t to = 0; to < 20; to++) {
            size_t size = 1 + (from * 7 + to * 3) % 40;
            count_up(bytes, 0);
            __builtin_memmove(bytes + to, bytes + from, size);
            expect_counting(bytes, 0, to);
            expect_counting(bytes + to, (unsigned)from, size);
            expect_counting(bytes + to + size, (unsigned)(to + size), BYTES - to - size);
        }
    }
    unsigned char others[BYTES];
    count_up(others, 0);
    __builtin_memcpy(bytes, others, BYTES);
    expect(__builtin_memcmp(bytes, others, BYTES) == 0, "a copy is the same");
    others[13] = 200; /* the larger one in whatever order the bytes of a word lie */
    bytes[14] = 250;
    expect(__builtin_memcmp(bytes, others, BYTES) < 0, "the first byte that differs decides");
    __builtin_memset(bytes + 3, 0x5a, 30);
    expect(bytes[2] == 2 && bytes[3] == 0x5a && bytes[32] == 0x5a && bytes[33] == 33, "the middle");
}

/* ---- format ---- */

static bool is_same(const char *one, const char *other)
{
    while (*one && *one == *other)
        one++, other++;
    return *one == *other;
}

#define expect_format(expected, ...)                                               \
    do {                                                                           \
        char text[96];                                                             \
        cairn_format_buffer(text, sizeof(text), __VA_ARGS__);                      \
        cairn_check(is_same(text, expected), "cross: %s, not %s", text, expected); \
    } while (0)

/* Wide and narrow arguments in turn: each machine passes them in its own way. */
static void use_format(void)
{
    expect_format("1 -2 3 18446744073709551615 4", "%d %lld %d %llu %d", 1, -2LL, 3, ULLONG_MAX, 4);
    expect_format("7 4294967295 x fedcba9876543210 9", "%d %zu %c %llx %d", 7, (size_t)UINT32_MAX,
                  'x', 0xfedcba9876543210ULL, 9);
    expect_format("-1 -9223372036854775808 8 44 0x1234 text", "%td %jd %ld %hhu %p %s",
                  (ptrdiff_t)-1, INTMAX_MIN, 8L, (unsigned char)44, (void *)0x1234, "text");
    expect_format(sizeof(size_t) == 8 ? "18446744073709551615" : "4294967295", "%zu", SIZE_MAX);
    expect_format("  007|text    |#", "%5.3d|%-8s|%c", 7, "text", '#');
}

/* The tests' own: a seed that failed on one machine is tried again on another. */
static void use_random(void)
{
    struct random_source random = {1234567};
    expect(random_next(&random) == 13725641357320173039U, "the first number from this seed");
    expect(random_next(&random) == 13099500103347697343U, "the second");
}

void cross_base(void)
{
    use_bits();
    use_memory();
    use_format();
    use_random();
    cross_print("base");
}
