/* SPDX-License-Identifier: MIT */
/*
 * The test program for every word size and byte order.
 *
 *     program SEED       runs every part; the same seed gives the same actions
 *     program MISTAKE    makes that mistake, a name of mistakes.c, and must end in a panic
 */
#include "cross.h"

#include <cairn/base/format.h>
#include <cairn/base/host.h>
#include <cairn/global.h>

unsigned char cross_memory[CROSS_MEMORY] CAIRN_ALIGNED(16);
struct cairn_heap cross_heap = CAIRN_HEAP_EMPTY;

CAIRN_GLOBAL_ALLOCATOR(&cross_heap.allocator);

static void write_out(struct cairn_sink *self, const char *text, size_t length)
{
    (void)self;
    cairn_host_write(text, length);
}

void cross_print(const char *format, ...)
{
    struct cairn_sink sink = {write_out};
    va_list arguments;
    va_start(arguments, format);
    cairn_format_list(&sink, format, arguments);
    va_end(arguments);
    cairn_format(&sink, "\n");
}

/* A decimal number; false if the text is not one. */
static bool parse_seed(const char *text, uint64_t *seed)
{
    const char *at = text;
    for (*seed = 0; *at >= '0' && *at <= '9'; at++)
        *seed = *seed * 10 + (uint64_t)(*at - '0');
    return at != text && *at == '\0';
}

static bool is_little_endian(void)
{
    const union {
        uint32_t number;
        unsigned char bytes[4];
    } probe = {1};
    return probe.bytes[0] == 1;
}

int main(int count, char *words[])
{
    uint64_t seed = 1;
    if (count > 1 && !parse_seed(words[1], &seed)) {
        cross_print("%s", cross_mistake(words[1]) ? "nobody stopped it" : "no such mistake");
        return 2;
    }
    cross_print("SEED=%llu, %u-bit words, %s end first", (unsigned long long)seed,
                (unsigned)sizeof(void *) * 8, is_little_endian() ? "little" : "big");
    cross_base();
    cross_allocators(seed);
    cross_large(seed);
    cross_collections();
    cross_print("all passed");
    return 0;
}
