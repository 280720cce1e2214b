/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic on powers of two and sizes that cannot overflow unseen.
 *
 * Everything is O(1), touches no memory but its result, and may be called from any context.
 */
#ifndef CAIRN_BASE_BITS_H
#define CAIRN_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cairn/base/check.h>

CAIRN_C_BEGIN

static inline bool cairn_is_power_of_two(size_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

/* Rounds down to a multiple of `align`, a power of two. */
static inline uintptr_t cairn_align_down(uintptr_t value, size_t align)
{
    return value & ~((uintptr_t)align - 1);
}

/*
 * Rounds up to a multiple of `align`, a power of two.
 *
 * Needs: value + align - 1 does not overflow; where it may, use cairn_try_align_up().
 */
static inline uintptr_t cairn_align_up(uintptr_t value, size_t align)
{
    return (value + align - 1) & ~((uintptr_t)align - 1);
}

/* Rounds up into *result; false, and *result untouched, if that passes the largest size_t. */
CAIRN_MUST_USE static inline bool cairn_try_align_up(size_t value, size_t align, size_t *result)
{
    size_t sum;
    if (__builtin_add_overflow(value, align - 1, &sum))
        return false;
    *result = sum & ~(align - 1);
    return true;
}

static inline bool cairn_is_aligned(uintptr_t value, size_t align)
{
    return (value & (align - 1)) == 0;
}

/* The number of the highest set bit: 0 for 1, 63 for 2^63. Needs: value is not 0. */
static inline unsigned cairn_log2_floor(uint64_t value)
{
    return 63U - (unsigned)__builtin_clzll(value);
}

/* The number of the lowest set bit. Needs: value is not 0. */
static inline unsigned cairn_lowest_bit(uint64_t value)
{
    return (unsigned)__builtin_ctzll(value);
}

CAIRN_C_END

#endif
