/* SPDX-License-Identifier: MIT */
/*
 * The seal: where a part lies, and its ledger, and what it may hold, stand in its struct and are
 * believed wherever they are used. Only a new region changes them. So they have a sum, which every
 * slow path looks at first.
 *
 * The idea: the exclusive or of the sealed words and the seal is 0. So every single bit that flips is
 * found, the seal's own included. A struct of zeros, a heap without memory, is sound.
 *
 * What it is bad at: the same bit flipped in two words. And the fast path does not look: see
 * tests/reliability/heap_bit_flips.c for what comes of that.
 *
 * Cost: one instruction a word.
 */
#ifndef CAIRN_SEAL_H
#define CAIRN_SEAL_H

#include <stddef.h>

#include <cairn/heap.h>

/* The bytes from `base` up to the seal. */
#define SEALED_BYTES \
    (offsetof(struct cairn_heap_part, seal) - offsetof(struct cairn_heap_part, base))
CAIRN_STATIC_ASSERT(SEALED_BYTES == 14 * sizeof(uintptr_t) + 2 * sizeof(uint32_t),
                    "padding is not sealed, for it may change when the struct is copied");

/* They are of several types. */
typedef uintptr_t __attribute__((may_alias)) sealed_word;
#define SEALED_WORDS (SEALED_BYTES / sizeof(sealed_word) + 1) /* with the seal itself */

static inline uintptr_t sealed_sum(const struct cairn_heap_part *part)
{
    const sealed_word *words = (const sealed_word *)&part->base;
    uintptr_t sum = 0;
    for (size_t i = 0; i < SEALED_WORDS; i++)
        sum ^= words[i];
    return sum;
}

static inline void seal(struct cairn_heap_part *part)
{
    part->seal ^= sealed_sum(part);
}

/* Panics: what is sealed is not what the heap wrote. */
CAIRN_NORETURN void cairn_heap_report_seal(const struct cairn_heap_part *part)
    __attribute__((cold, noinline));

static inline void check_seal(const struct cairn_heap_part *part)
{
    if (__builtin_expect(sealed_sum(part) != 0, 0))
        cairn_heap_report_seal(part);
}

#endif
