/* SPDX-License-Identifier: MIT */
/*
 * The counts of a reference-counted block: the untyped core of rc.
 *
 * The counts begin the block, and the value lies behind them. All strong handles together hold one
 * of the weak counts: so the block is freed when the weak count comes to 0, and nothing else need
 * be asked. The idea, the implicit weak, is that of Rust's Rc.
 */
#ifndef CAIRN_RC_CORE_H
#define CAIRN_RC_CORE_H

#include <cairn/collection.h>

CAIRN_C_BEGIN

/* Invariants: the value is alive iff strong > 0; weak == weak handles + (strong > 0). */
struct cairn_rc_counts {
    size_t strong;
    size_t weak;
    struct cairn_allocator *allocator; /* of the block; null: the global one */
};

/* One more handle. Panics: there are SIZE_MAX already, so that handles must have been lost. */
static inline void cairn_rc_retain(size_t *count)
{
    cairn_check(*count != SIZE_MAX, "rc: the count of handles would overflow; they are cloned "
                                    "without ever being dropped");
    ++*count;
}

/* One weak count fewer; the last frees the block, which has this layout. */
void cairn_rc_release_weak(struct cairn_rc_counts *counts, struct cairn_layout layout);

/* Without the count that the strong handles share. Needs: strong > 0. */
static inline size_t cairn_rc_weak_count(const struct cairn_rc_counts *counts)
{
    return counts->weak - 1;
}

/* Whether one strong handle is all there is, so that its owner may write. */
static inline bool cairn_rc_is_unique(const struct cairn_rc_counts *counts)
{
    return counts->strong == 1 && counts->weak == 1;
}

CAIRN_C_END

#endif
