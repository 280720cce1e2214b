/* SPDX-License-Identifier: MIT */
/*
 * What each glue of docs/porting is tried with: the global heap is filled, emptied in another order,
 * and must have nothing in use after it. Every block is full of its number meanwhile.
 */
#ifndef TESTS_PORTING_USE_HEAP_H
#define TESTS_PORTING_USE_HEAP_H

#include "cairn.h"

enum { BLOCKS = 200 };

static struct cairn_layout layout_of(unsigned number)
{
    return CAIRN_LITERAL(struct cairn_layout){1 + number * 7 % 200, (size_t)1 << number % 6};
}

static bool is_full_of(const unsigned char *block, unsigned number)
{
    for (size_t at = 0; at < layout_of(number).size; at++)
        if (block[at] != (unsigned char)number)
            return false;
    return true;
}

/* False if a block cannot be had, is not aligned, or was written to by another's owner. */
static bool use_heap(void)
{
    static unsigned char *blocks[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; i++) {
        blocks[i] = (unsigned char *)cairn_global_alloc(layout_of(i));
        if (!blocks[i] || !cairn_is_aligned((uintptr_t)blocks[i], layout_of(i).align))
            return false;
        __builtin_memset(blocks[i], (int)i, layout_of(i).size);
    }
    for (unsigned n = 0; n < BLOCKS; n++) {
        unsigned i = n * 7 % BLOCKS;
        if (!is_full_of(blocks[i], i))
            return false;
        cairn_global_dealloc(blocks[i], layout_of(i));
    }
    return true;
}

#endif
