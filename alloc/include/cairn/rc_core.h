/* SPDX-License-Identifier: MIT */
/*
 * The counts of a reference-counted block: the untyped core of rc. Its twin is <cairn/arc_core.h>,
 * which has the same functions for threads.
 *
 * The counts begin the block, and the value lies after them. All strong handles together hold one
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

/*
 * The counts of a new block, which nobody else knows: of one owner; or of none yet, where the maker of
 * the value is to have a weak handle.
 */
static inline void cairn_rc_init(struct cairn_rc_counts *counts, struct cairn_allocator *allocator,
                                 size_t owners)
{
    *counts = CAIRN_LITERAL(struct cairn_rc_counts){owners, 1, allocator};
}

/* The value is there, whose maker had a weak handle: the first owner. */
static inline void cairn_rc_publish(struct cairn_rc_counts *counts)
{
    counts->strong = 1;
}

/* One more handle. Panics: there are SIZE_MAX already, so that handles must have been lost. */
static inline void cairn_rc_count_up_(size_t *count)
{
    cairn_check(*count != SIZE_MAX, "rc: the count of handles would overflow; they are cloned "
                                    "without ever being dropped");
    ++*count;
}

/* One owner more, from an owner. */
static inline void cairn_rc_retain(struct cairn_rc_counts *counts)
{
    cairn_rc_count_up_(&counts->strong);
}

/* One owner fewer. True for the last: the caller drops the value, and then releases the weak count. */
CAIRN_MUST_USE static inline bool cairn_rc_release(struct cairn_rc_counts *counts)
{
    return --counts->strong == 0;
}

/* One weak handle more, from an owner; or from a weak handle. */
static inline void cairn_rc_downgrade(struct cairn_rc_counts *counts)
{
    cairn_rc_count_up_(&counts->weak);
}

static inline void cairn_rc_retain_weak(struct cairn_rc_counts *counts)
{
    cairn_rc_count_up_(&counts->weak);
}

/* One owner more, from a weak handle; false if the value is gone. */
CAIRN_MUST_USE static inline bool cairn_rc_upgrade(struct cairn_rc_counts *counts)
{
    if (counts->strong == 0)
        return false;
    cairn_rc_count_up_(&counts->strong);
    return true;
}

/* One weak count fewer; the last frees the block, which has this layout. */
void cairn_rc_release_weak(struct cairn_rc_counts *counts, struct cairn_layout layout);

static inline size_t cairn_rc_strong_count(const struct cairn_rc_counts *counts)
{
    return counts->strong;
}

/* The weak handles of a value that is alive; 0 if it is gone. */
static inline size_t cairn_rc_weak_count(const struct cairn_rc_counts *counts)
{
    return counts->strong == 0 ? 0 : counts->weak - 1;
}

/* Whether the caller's handle is all there is, so that its owner may write. */
static inline bool cairn_rc_is_unique(struct cairn_rc_counts *counts)
{
    return counts->strong == 1 && counts->weak == 1;
}

/* Ends the only owner; false if there are others. The caller then has the value, and a weak count. */
CAIRN_MUST_USE static inline bool cairn_rc_claim(struct cairn_rc_counts *counts)
{
    if (counts->strong != 1)
        return false;
    counts->strong = 0;
    return true;
}

CAIRN_C_END

#endif
