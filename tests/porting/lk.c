/* SPDX-License-Identifier: MIT */
/* Plays LK and its heap_wrapper.c around docs/porting/lk.h, as a program. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* LK's <arch/ops.h> and <lib/page_alloc.h> have these. */

static bool ints_disabled;
static int times_disabled;

static bool arch_ints_disabled(void)
{
    return ints_disabled;
}

static void arch_disable_ints(void)
{
    ints_disabled = true;
    times_disabled++;
}

static void arch_enable_ints(void)
{
    ints_disabled = false;
}

static unsigned arch_curr_cpu_num(void)
{
    return 0;
}

static unsigned char pages[64 * 4096];

static void *page_first_alloc(size_t *size)
{
    *size = sizeof(pages);
    return pages;
}

#include "../../docs/porting/lk.h"

#include "use_heap.h"

static bool is_zero(const unsigned char *block, size_t size)
{
    for (size_t at = 0; at < size; at++)
        if (block[at] != 0)
            return false;
    return true;
}

#define EXPECT(condition)                       \
    do                                          \
        if (!(condition)) {                     \
            printf("not so: %s\n", #condition); \
            return 1;                           \
        }                                       \
    while (0)

int main(void)
{
    HEAP_INIT();
    EXPECT(use_heap());

    void *page = HEAP_MEMALIGN(4096, 10), *any = HEAP_MEMALIGN(0, 10);
    EXPECT(page && (uintptr_t)page % 4096 == 0 && any);
    unsigned char *zeros = HEAP_CALLOC(10, 100);
    EXPECT(zeros && is_zero(zeros, 1000) && !HEAP_CALLOC(SIZE_MAX, 2));
    char *text = HEAP_MALLOC(5);
    EXPECT(text);
    strcpy(text, "LK's");
    text = HEAP_REALLOC(text, 5000);
    EXPECT(text && strcmp(text, "LK's") == 0);
    HEAP_DUMP();
    HEAP_FREE(page);
    HEAP_FREE(any);
    HEAP_FREE(zeros);
    HEAP_FREE(text);
    HEAP_FREE(NULL);
    HEAP_TRIM();

    struct cairn_heap_statistics statistics = cairn_heap_statistics(&heap);
    EXPECT(statistics.used == 0 && statistics.cached == 0);
    EXPECT(times_disabled > 0 && !ints_disabled);
    return 0;
}
