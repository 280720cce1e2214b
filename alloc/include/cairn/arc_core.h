/* SPDX-License-Identifier: MIT */
/*
 * The counts of a reference-counted block that threads share: the untyped core of arc. The functions
 * are those of <cairn/rc_core.h>; here stands why each of them is safe.
 *
 * What must be ordered is little. Everything that any owner did with the value comes before it is
 * dropped, and everything that any handle did with the block before it is freed: so counting down
 * releases, and who counts to 0 acquires. Counting up needs no order, for who does it has a handle
 * already, which keeps the counts from reaching 0. An upgrade acquires what made the value.
 *
 * The orderings are those of Rust's Arc (library/alloc/src/sync.rs, version 1.85), which its memory
 * model's authors have proved: Jung et al., "RustBelt Meets Relaxed Memory" (POPL 2020). Where that
 * has a fence, here is a load that acquires: it reads what a chain of read-modify-writes has left,
 * and so synchronizes with each of them (C17, 5.1.2.4); and ThreadSanitizer, which knows no fences,
 * understands it.
 *
 * The counts are words, so that no machine needs wider atomics than it has.
 */
#ifndef CAIRN_ARC_CORE_H
#define CAIRN_ARC_CORE_H

#include <cairn/collection.h>

CAIRN_C_BEGIN

/*
 * Invariants: the value is alive iff strong > 0; weak == weak handles + (strong > 0), or LOCKED while
 * cairn_arc_is_unique() looks at both.
 */
struct cairn_arc_counts {
    size_t strong;
    size_t weak;
    struct cairn_allocator *allocator; /* of the block; null: the global one */
};

/*
 * More handles than fit into half the memory must have been lost. The other half is for threads that
 * are between counting and looking: no machine has that many.
 */
#define CAIRN_ARC_MOST   (SIZE_MAX / 2)
#define CAIRN_ARC_LOCKED SIZE_MAX

/* Panics. */
CAIRN_NORETURN void cairn_arc_overflow(void) __attribute__((cold));

/*
 * The counts of a new block, which nobody else knows: of one owner; or of none yet, where the maker of
 * the value is to have a weak handle.
 */
static inline void cairn_arc_init(struct cairn_arc_counts *counts,
                                  struct cairn_allocator *allocator, size_t owners)
{
    *counts = CAIRN_LITERAL(struct cairn_arc_counts){owners, 1, allocator};
}

/*
 * The value is there, whose maker had a weak handle: the first owner.
 *
 * Release: who upgrades that handle sees the value whole.
 */
static inline void cairn_arc_publish(struct cairn_arc_counts *counts)
{
    __atomic_store_n(&counts->strong, 1, __ATOMIC_RELEASE);
}

/* Relaxed: the caller's handle keeps the count above 0, and orders nothing that others may see. */
static inline void cairn_arc_count_up_(size_t *count)
{
    if (__builtin_expect(__atomic_fetch_add(count, 1, __ATOMIC_RELAXED) > CAIRN_ARC_MOST, 0))
        cairn_arc_overflow();
}

static inline void cairn_arc_retain(struct cairn_arc_counts *counts)
{
    cairn_arc_count_up_(&counts->strong);
}

/* Release, then acquire: see above. Who is not the last must not touch the block any more. */
static inline bool cairn_arc_count_down_(size_t *count)
{
    if (__atomic_fetch_sub(count, 1, __ATOMIC_RELEASE) != 1)
        return false;
    (void)__atomic_load_n(count, __ATOMIC_ACQUIRE);
    return true;
}

/* One owner fewer. True for the last: the caller drops the value, and then releases the weak count. */
CAIRN_MUST_USE static inline bool cairn_arc_release(struct cairn_arc_counts *counts)
{
    return cairn_arc_count_down_(&counts->strong);
}

/* One weak handle more, from an owner: waits while another is asking whether it is unique. */
void cairn_arc_downgrade(struct cairn_arc_counts *counts);

/* One weak handle more, from a weak handle, for which the count is never locked. */
static inline void cairn_arc_retain_weak(struct cairn_arc_counts *counts)
{
    cairn_arc_count_up_(&counts->weak);
}

/* One owner more, from a weak handle; false if the value is gone. */
CAIRN_MUST_USE bool cairn_arc_upgrade(struct cairn_arc_counts *counts);

/* One weak count fewer; the last frees the block, which has this layout. */
void cairn_arc_release_weak(struct cairn_arc_counts *counts, struct cairn_layout layout);

/* Relaxed: the number may be another before the caller has read it. */
static inline size_t cairn_arc_strong_count(const struct cairn_arc_counts *counts)
{
    return __atomic_load_n(&counts->strong, __ATOMIC_RELAXED);
}

/* The weak handles of a value that is alive; 0 if it is gone, or while the count is locked. */
size_t cairn_arc_weak_count(const struct cairn_arc_counts *counts);

/* Whether the caller's handle is all there is, so that its owner may write. */
bool cairn_arc_is_unique(struct cairn_arc_counts *counts);

/*
 * Ends the only owner; false if there are others. The caller then has the value, and a weak count.
 *
 * Acquire: what the other owners did with the value, before they went, comes before the caller's use.
 */
CAIRN_MUST_USE static inline bool cairn_arc_claim(struct cairn_arc_counts *counts)
{
    size_t alone = 1;
    return __atomic_compare_exchange_n(&counts->strong, &alone, 0, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

CAIRN_C_END

#endif
