/* SPDX-License-Identifier: MIT */
/*
 * A group: what a hash table knows of 31 slots, in 32 bytes that are looked at together.
 *
 * A slot's control byte is 0 where the slot is free, else 8 bits of its item's hash. So a few
 * instructions say which slots may hold a key, without touching an item. The last byte counts the items
 * that would be here, but found the group full and went on. Where it is 0, nobody need look further;
 * and since it counts, an item that is removed leaves no trace.
 *
 * The bytes are those of 64-bit words, the lowest first, on every machine. With SSE2 16 are compared at
 * once, elsewhere 8. Sets of slots are bits of a word, slot 0 the lowest.
 */
#ifndef CAIRN_HASH_GROUP_H
#define CAIRN_HASH_GROUP_H

#include <cairn/hash.h>

CAIRN_C_BEGIN

enum {
    CAIRN_HASH_GROUP_SLOTS = 31,
    CAIRN_HASH_SLOT_SET = 0x7fffffff, /* all slots of a group */
    CAIRN_HASH_PASSED_MOST = 63,      /* a count that came so far stays, for it may be more */
    CAIRN_HASH_MOVED = 64,            /* besides the count: the items are in another table */
};

struct cairn_hash_group {
    CAIRN_ALIGNED(32) uint64_t words[4];
};

/* The control byte of an item with this hash. */
static inline unsigned char cairn_hash_control(uint64_t hash)
{
    unsigned char byte = (unsigned char)hash;
    return (unsigned char)(byte + (byte == 0));
}

#ifdef __SSE2__

typedef char cairn_hash_vector __attribute__((vector_size(16), may_alias));

/* 16 times the same byte. */
static inline cairn_hash_vector cairn_hash_each_byte(unsigned byte)
{
    char each = (char)byte;
    cairn_hash_vector bytes = {each, each, each, each, each, each, each, each,
                               each, each, each, each, each, each, each, each};
    return bytes;
}

static inline cairn_hash_vector *cairn_hash_half(struct cairn_hash_group *group, unsigned half)
{
    return (cairn_hash_vector *)(void *)&group->words[half * 2];
}

static inline unsigned cairn_hash_compare_half(struct cairn_hash_group *group, unsigned half,
                                               unsigned char byte)
{
    typedef char vector __attribute__((vector_size(16)));
    cairn_hash_vector bytes = *cairn_hash_half(group, half);
    return (unsigned)__builtin_ia32_pmovmskb128((vector)(bytes == cairn_hash_each_byte(byte)));
}

/* The bytes of the group that are this one. */
static inline unsigned cairn_hash_compare(struct cairn_hash_group *group, unsigned char byte)
{
    return cairn_hash_compare_half(group, 0, byte) | cairn_hash_compare_half(group, 1, byte) << 16;
}

/* Gives a slot its control byte; 0 frees it. */
static inline void cairn_hash_group_set(struct cairn_hash_group *group, unsigned slot,
                                        unsigned char control)
{
    ((unsigned char *)group)[slot] = control;
}

#else

#define CAIRN_HASH_EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The bytes of `word` that are 0, as 8 bits. In the product each two bits fall on a place of their own. */
static inline unsigned cairn_hash_zero_bytes(uint64_t word)
{
    uint64_t low = CAIRN_HASH_EACH_BYTE(0x7f);
    uint64_t bits = ~(((word & low) + low) | word | low) >> 7;
    return (unsigned)((bits * UINT64_C(0x0102040810204080)) >> 56);
}

/* The bytes of the group that are this one. */
static inline unsigned cairn_hash_compare(struct cairn_hash_group *group, unsigned char byte)
{
    uint64_t wanted = CAIRN_HASH_EACH_BYTE(byte);
    return cairn_hash_zero_bytes(group->words[0] ^ wanted) |
           cairn_hash_zero_bytes(group->words[1] ^ wanted) << 8 |
           cairn_hash_zero_bytes(group->words[2] ^ wanted) << 16 |
           cairn_hash_zero_bytes(group->words[3] ^ wanted) << 24;
}

/* Gives a slot its control byte; 0 frees it. */
static inline void cairn_hash_group_set(struct cairn_hash_group *group, unsigned slot,
                                        unsigned char control)
{
    uint64_t *word = &group->words[slot / 8];
    unsigned shift = slot % 8 * 8;
    *word = (*word & ~(UINT64_C(0xff) << shift)) | (uint64_t)control << shift;
}

#endif

/* The slots whose control byte is this one. */
static inline unsigned cairn_hash_group_match(struct cairn_hash_group *group, unsigned char control)
{
    return cairn_hash_compare(group, control) & CAIRN_HASH_SLOT_SET;
}

/* The slots that are free. */
static inline unsigned cairn_hash_group_free(struct cairn_hash_group *group)
{
    return cairn_hash_group_match(group, 0);
}

/* The slots that hold an item. */
static inline unsigned cairn_hash_group_occupied(struct cairn_hash_group *group)
{
    return cairn_hash_group_free(group) ^ CAIRN_HASH_SLOT_SET;
}

static inline unsigned char cairn_hash_group_control(const struct cairn_hash_group *group,
                                                     unsigned slot)
{
    return (unsigned char)(group->words[slot / 8] >> slot % 8 * 8);
}

/* Whether a key that is not in this group is nowhere else: nothing has passed by or moved. */
static inline bool cairn_hash_group_is_last(const struct cairn_hash_group *group)
{
    return group->words[3] >> 56 == 0;
}

/* How many items have passed by. */
static inline unsigned cairn_hash_group_passed(const struct cairn_hash_group *group)
{
    return group->words[3] >> 56 & CAIRN_HASH_PASSED_MOST;
}

/* One more item passes by. */
static inline void cairn_hash_group_pass(struct cairn_hash_group *group)
{
    if (cairn_hash_group_passed(group) != CAIRN_HASH_PASSED_MOST)
        group->words[3] += UINT64_C(1) << 56;
}

/* An item that had passed by is gone. */
static inline void cairn_hash_group_unpass(struct cairn_hash_group *group)
{
    if (cairn_hash_group_passed(group) != CAIRN_HASH_PASSED_MOST)
        group->words[3] -= UINT64_C(1) << 56;
}

/* All items have moved to another table. What has passed by has still done so. */
static inline void cairn_hash_group_leave(struct cairn_hash_group *group)
{
    uint64_t passed = cairn_hash_group_passed(group) | CAIRN_HASH_MOVED;
    group->words[0] = group->words[1] = group->words[2] = 0;
    group->words[3] = passed << 56;
}

CAIRN_C_END

#endif
