/* SPDX-License-Identifier: MIT */
#include <cairn/arc_core.h>

#include <cairn/base/host.h>

void cairn_arc_overflow(void)
{
    cairn_panic("arc: the count of handles would overflow; they are cloned without ever being "
                "dropped");
}

/*
 * A locked count is not that of the caller, who waits. Acquire: what the locking owner wrote, if it
 * found itself alone, comes before what the caller's weak handle leads to.
 */
void cairn_arc_downgrade(struct cairn_arc_counts *counts)
{
    size_t weak = __atomic_load_n(&counts->weak, __ATOMIC_RELAXED);
    do {
        while (weak == CAIRN_ARC_LOCKED) {
            cairn_host_relax();
            weak = __atomic_load_n(&counts->weak, __ATOMIC_RELAXED);
        }
        if (weak > CAIRN_ARC_MOST)
            cairn_arc_overflow();
    } while (!__atomic_compare_exchange_n(&counts->weak, &weak, weak + 1, false, __ATOMIC_ACQUIRE,
                                          __ATOMIC_RELAXED));
}

/*
 * The count must not leave 0, so it is compared and exchanged. Acquire: the value is seen as
 * cairn_arc_publish() released it. Relaxed where the value is gone, which is all that is learnt.
 */
bool cairn_arc_upgrade(struct cairn_arc_counts *counts)
{
    size_t strong = __atomic_load_n(&counts->strong, __ATOMIC_RELAXED);
    do {
        if (strong == 0)
            return false;
        if (strong > CAIRN_ARC_MOST)
            cairn_arc_overflow();
    } while (!__atomic_compare_exchange_n(&counts->strong, &strong, strong + 1, false,
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    return true;
}

void cairn_arc_release_weak(struct cairn_arc_counts *counts, struct cairn_layout layout)
{
    if (cairn_arc_count_down_(&counts->weak))
        cairn_collection_dealloc(counts->allocator, counts, layout);
}

size_t cairn_arc_weak_count(const struct cairn_arc_counts *counts)
{
    size_t weak = __atomic_load_n(&counts->weak, __ATOMIC_RELAXED);
    bool is_gone = __atomic_load_n(&counts->strong, __ATOMIC_RELAXED) == 0;
    return is_gone || weak == CAIRN_ARC_LOCKED ? 0 : weak - 1;
}

/*
 * Both counts must be 1 at the same time. So the weak one is locked, which keeps other owners from
 * making weak handles, while the strong one is looked at. Interrupts are off meanwhile, for a
 * handler on this processor that waited for the lock would wait for ever.
 *
 * Acquire on the weak count: if it was higher before, its handles' upgrades come before the look at
 * the strong one. Acquire on the strong count: what former owners did with the value comes before
 * what the caller writes. Release when it is unlocked: the look came before a handle that is made next.
 */
bool cairn_arc_is_unique(struct cairn_arc_counts *counts)
{
    size_t nobody = 1;
    if (__atomic_load_n(&counts->strong, __ATOMIC_RELAXED) != 1)
        return false;
    cairn_host_interrupt_state interrupts = cairn_host_interrupts_disable();
    bool is_locked = __atomic_compare_exchange_n(&counts->weak, &nobody, CAIRN_ARC_LOCKED, false,
                                                 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
    bool is_unique = is_locked && __atomic_load_n(&counts->strong, __ATOMIC_ACQUIRE) == 1;
    if (is_locked)
        __atomic_store_n(&counts->weak, 1, __ATOMIC_RELEASE);
    cairn_host_interrupts_restore(interrupts);
    return is_unique;
}
