/* SPDX-License-Identifier: MIT */
/*
 * A slot, and who may be inside it: its owner, who enters and leaves with plain stores; or, while all
 * slots are closed, whoever closed them.
 */
#ifndef CAIRN_MAGAZINES_SLOTS_H
#define CAIRN_MAGAZINES_SLOTS_H

#include <cairn/magazines.h>

/*
 * Enters the caller's slot, for a block of this alignment; false if the slots are closed, such blocks
 * are not cached, or the caller is a handler that interrupted the slot's owner.
 */
static inline bool claim(const struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                         size_t align)
{
    /* Acquire: the slot may have been another's, whose last leave() this sees. */
    if (__builtin_expect(__atomic_load_n(&slot->busy, __ATOMIC_ACQUIRE) != 0, 0))
        return false;
    __atomic_store_n(&slot->busy, 1, __ATOMIC_RELAXED);
    /* The processor may still see the slots open before it shows `busy`: the one that closes them
       raises a barrier here, by cairn_host_barrier_everywhere(). */
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (__builtin_expect(__atomic_load_n(&self->largest_align, __ATOMIC_ACQUIRE) < align, 0)) {
        __atomic_store_n(&slot->busy, 0, __ATOMIC_RELEASE);
        return false;
    }
    return true;
}

/* The same for a caller whose slot's number is known, which needs no call. */
static inline bool enter_known(const struct cairn_magazines *self,
                               struct cairn_magazine_slot **slot, size_t align)
{
    unsigned number = cairn_host_known_slot;
    if (__builtin_expect(number >= self->slot_count, 0))
        return false;
    *slot = &self->slots[number];
    return claim(self, *slot, align);
}

/*
 * Gives the caller's slot, entered, or null where it must go to the inner allocator: it has no
 * slot, or cannot enter it.
 */
struct cairn_magazine_slot *cairn_magazines_enter(const struct cairn_magazines *self, size_t align);

static inline void leave(struct cairn_magazine_slot *slot)
{
    __atomic_store_n(&slot->busy, 0, __ATOMIC_RELEASE);
}

/*
 * Whether the caller is a handler that came into the middle of an operation on this allocator, on
 * its own processor. It may look at everything there, but must neither wait for it nor change it.
 */
bool cairn_magazines_interrupts_an_operation(const struct cairn_magazines *self);

/*
 * The slots are closed until the first block is there: only then the inner allocator surely has
 * memory to show.
 *
 * Needs: the caller has a block; it is not inside a slot.
 */
void cairn_magazines_begin(struct cairn_magazines *self);

#endif
