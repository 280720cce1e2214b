/* SPDX-License-Identifier: MIT */
/*
 * Hash functions with a seed, for HASH of <cairn/hash_map.t.h> and <cairn/hash_set.t.h>.
 *
 * Whoever chooses the keys of a table must not be able to choose many that fall on one place, or each
 * operation would cost O(n). So every table has a seed, which nobody outside knows, and the hash of a
 * key depends on it: for bytes it is SipHash-1-3, for integers two folded multiplications.
 *
 *     static uint64_t hash_name(const struct name *name, const struct cairn_hash_seed *seed)
 *     {
 *         return cairn_hash_bytes(name->text, name->length, seed);
 *     }
 *     static bool equal_names(const struct name *one, const struct name *other);
 *     #define HASH  hash_name
 *     #define EQUAL equal_names
 *
 * For integers, enums and bools both are here:
 *
 *     #define HASH  CAIRN_HASH_INTEGER
 *     #define EQUAL CAIRN_EQUAL_INTEGER
 *
 * Keys that are equal must have the same hash. So do not hash the bytes of a struct with padding; hash
 * its members, each with the hash of those before it:
 *
 *     return cairn_hash_integer(point->x + cairn_hash_integer(point->y, seed), seed);
 *
 * All 64 bits of a hash must be good: tables use the low ones first.
 *
 * What it is bad at: processors that multiply only 32 bits, or none, take a while to multiply 64; and
 * a hash is no checksum, for it is another one in each table.
 */
#ifndef CAIRN_HASH_H
#define CAIRN_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cairn/base/language.h>

CAIRN_C_BEGIN

/* Invariant: the second half is odd, so that multiplying by it loses nothing. */
struct cairn_hash_seed {
    uint64_t halves[2];
};

/*
 * A seed that no other table has, made from a key that the host draws once: cairn_host_random() of
 * <cairn/base/host.h>.
 *
 * Context: any, but the first call, which takes a lock.
 */
struct cairn_hash_seed cairn_hash_new_seed(void);

/*
 * Makes all seeds from now on follow from this key instead: for a program that must do the same each
 * time, like a test; or one with a better source of random numbers than its host.
 */
void cairn_hash_set_key(uint64_t low, uint64_t high);

/*
 * SipHash-1-3 of `length` bytes.
 *
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", with the numbers of rounds that
 * Rust's and Python's tables use.
 */
uint64_t cairn_hash_bytes(const void *bytes, size_t length, const struct cairn_hash_seed *seed);

/* The 128 bits of a product, folded to 64. On 32 bits the compiler would call a function for them. */
#if UINTPTR_MAX > UINT32_MAX

static inline uint64_t cairn_hash_fold(uint64_t one, uint64_t other)
{
    __extension__ unsigned __int128 product = one;
    product *= other;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#else

static inline uint64_t cairn_hash_fold(uint64_t one, uint64_t other)
{
    uint64_t low_one = (uint32_t)one, high_one = one >> 32;
    uint64_t low_other = (uint32_t)other, high_other = other >> 32;
    uint64_t middle = low_one * high_other, low = low_one * low_other;
    uint64_t carried = high_one * low_other + (low >> 32) + (uint32_t)middle;
    return (carried << 32 | (uint32_t)low) ^
           (high_one * high_other + (middle >> 32) + (carried >> 32));
}

#endif

/*
 * The hash of an integer. The first multiplication is by a secret, so that nobody can say which keys
 * are near each other after it; the second spreads keys that are.
 *
 * Source of folding: Wang Yi's wyhash. The constant is 2^64 divided by the golden ratio.
 */
static inline uint64_t cairn_hash_integer(uint64_t value, const struct cairn_hash_seed *seed)
{
    uint64_t secret = cairn_hash_fold(value ^ seed->halves[0], seed->halves[1]);
    return cairn_hash_fold(secret ^ seed->halves[0], UINT64_C(0x9e3779b97f4a7c15));
}

#define CAIRN_HASH_INTEGER(key, seed)   cairn_hash_integer((uint64_t) * (key), seed)
#define CAIRN_EQUAL_INTEGER(one, other) (*(one) == *(other))

CAIRN_C_END

#endif
