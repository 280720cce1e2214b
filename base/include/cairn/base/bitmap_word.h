/* SPDX-License-Identifier: MIT */
/*
 * A word of a bitmap that others read without a lock, while its one writer changes it.
 *
 * The idea: words have 64 bits on every machine, so that a bitmap is the same everywhere. A 64-bit
 * machine loads or stores one at once. A 32-bit machine has no such instruction, or only a slow one,
 * and takes it in two halves: a reader may see one half from before a change and one from after it.
 * That is enough for a bitmap, where each bit lies in one half.
 *
 * What it is bad at: anything but a bitmap; a number could be torn.
 *
 * All is O(1), and may be called from any context. A load or store orders nothing (relaxed).
 */
#ifndef CAIRN_BASE_BITMAP_WORD_H
#define CAIRN_BASE_BITMAP_WORD_H

#include <stdint.h>

#include <cairn/base/language.h>

CAIRN_C_BEGIN

typedef union {
    uint64_t whole;
    uint32_t halves[2];
} __attribute__((may_alias)) cairn_bitmap_word;

static inline uint64_t cairn_bitmap_word_load(const uint64_t *word)
{
    if (sizeof(uintptr_t) == sizeof(uint64_t))
        return __atomic_load_n(word, __ATOMIC_RELAXED);
    const cairn_bitmap_word *from = (const cairn_bitmap_word *)word;
    cairn_bitmap_word value;
    value.halves[0] = __atomic_load_n(&from->halves[0], __ATOMIC_RELAXED);
    value.halves[1] = __atomic_load_n(&from->halves[1], __ATOMIC_RELAXED);
    return value.whole;
}

static inline void cairn_bitmap_word_store(uint64_t *word, uint64_t new_value)
{
    if (sizeof(uintptr_t) == sizeof(uint64_t)) {
        __atomic_store_n(word, new_value, __ATOMIC_RELAXED);
        return;
    }
    cairn_bitmap_word *to = (cairn_bitmap_word *)word, value;
    value.whole = new_value;
    __atomic_store_n(&to->halves[0], value.halves[0], __ATOMIC_RELAXED);
    __atomic_store_n(&to->halves[1], value.halves[1], __ATOMIC_RELAXED);
}

/* What a machine can change at once of such a word, and others may change, too. */
typedef uintptr_t __attribute__((may_alias)) cairn_bitmap_part;
#define CAIRN_BITMAP_PART_BITS (sizeof(cairn_bitmap_part) * __CHAR_BIT__)

/* The part that a bit lies in, as bit `bit % CAIRN_BITMAP_PART_BITS`. */
static inline cairn_bitmap_part *cairn_bitmap_word_part(uint64_t *word, unsigned bit)
{
    unsigned parts = sizeof(*word) / sizeof(cairn_bitmap_part), part = bit / CAIRN_BITMAP_PART_BITS;
    return (cairn_bitmap_part *)word +
           (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? parts - 1 - part : part);
}

CAIRN_C_END

#endif
