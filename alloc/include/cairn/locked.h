/* SPDX-License-Identifier: MIT */
/*
 * Any allocator in, an allocator for many processors out: every operation under one spinlock.
 *
 *     static struct cairn_linked_list heap = CAIRN_LINKED_LIST_EMPTY;
 *     static struct cairn_locked locked_heap = CAIRN_LOCKED(&heap.allocator, "heap");
 *     CAIRN_GLOBAL_ALLOCATOR(&locked_heap.allocator);
 *     ...
 *     cairn_locked_lock(&locked_heap);
 *     error = cairn_linked_list_init(&heap, start, size);
 *     cairn_locked_unlock(&locked_heap);
 *
 * The lock is held for one operation of the inner allocator and no longer; for a batch (alloc_many,
 * dealloc_many), for all its blocks. Where the inner one has only the defaults of alloc_zeroed and
 * realloc, the bytes are set and copied outside the lock, since by then the block is the caller's
 * alone.
 *
 * Interrupts: they are off on this processor while the lock is held. So an interrupt handler may
 * allocate: it can never find the lock held by the code that it interrupted, and waits only for
 * other processors. What no lock can hold off is an exception or a non-maskable interrupt that
 * comes inside an operation and wants another: re-entry. What happens then is the heap's policy,
 * one of three, and none of them is a silent deadlock:
 *     refused    panic, with the lock's name and the place where it was taken
 *     deferred   a dealloc is kept and done when the lock is free; an alloc gives null and is
 *                counted
 *     allowed    as deferred, but an alloc is served from blocks that were set aside before
 *
 * What it is bad at: many processors that allocate at once wait for each other, and interrupts wait
 * for as long as the inner allocator's slowest operation takes.
 */
#ifndef CAIRN_LOCKED_H
#define CAIRN_LOCKED_H

#include <cairn/allocator.h>
#include <cairn/base/spinlock.h>

CAIRN_C_BEGIN

enum cairn_reentry {
    CAIRN_REENTRY_REFUSED = 0,
    CAIRN_REENTRY_DEFERRED,
    CAIRN_REENTRY_ALLOWED,
};

#define CAIRN_RESERVE_BLOCKS (sizeof(uintptr_t) * __CHAR_BIT__) /* a bit of a word for each */

/* Blocks set aside for re-entry: cut in equal parts from one block of the inner allocator. */
struct cairn_reserve {
    uintptr_t start;   /* 0: there is none */
    size_t size;       /* bytes, of all blocks */
    size_t block_size; /* bytes, a multiple of CAIRN_RESERVE_ALIGN */
    uintptr_t free;    /* bit n: block n is free */
};

struct cairn_locked {
    struct cairn_allocator allocator;
    struct cairn_allocator *inner; /* guarded by the lock */
    struct cairn_spinlock lock;
    enum cairn_reentry reentry;
    struct cairn_reserve reserve;
    void *deferred; /* list of blocks to be given back; each holds the next and its layout */
    size_t refused; /* allocs on re-entry that gave null */
};

extern const struct cairn_allocator_operations cairn_locked_operations;

/* `inner_allocator` is never used but through this one; `lock_name` appears in messages. */
#define CAIRN_LOCKED(inner_allocator, lock_name)                                  \
    {                                                                             \
        {&cairn_locked_operations}, (inner_allocator), CAIRN_SPINLOCK(lock_name), \
            CAIRN_REENTRY_REFUSED, {0, 0, 0, 0}, NULL, 0                          \
    }

/*
 * Sets what happens on re-entry: refused or deferred.
 *
 * Needs:   for deferred, the inner allocator's blocks have at least 16 bytes each, whatever was
 *          asked for, as those of all allocators here.
 * Context: before handlers may use the heap.
 */
void cairn_locked_set_reentry(struct cairn_locked *self, enum cairn_reentry reentry);

#define CAIRN_RESERVE_ALIGN 16

/*
 * Allows re-entry: sets aside `blocks` blocks of `block_size` bytes, aligned to 16, from which an
 * alloc that comes inside an operation is served. One that is larger, or more aligned, or finds
 * all of them in use, gives null and is counted in `refused`.
 *
 * Needs:   blocks is 1 to CAIRN_RESERVE_BLOCKS; the rest as for cairn_locked_set_reentry().
 * Errors:  false if the memory does not suffice; then the policy is as it was.
 * Context: once, before handlers may use the heap.
 */
CAIRN_MUST_USE bool cairn_locked_allow_reentry(struct cairn_locked *self, size_t block_size,
                                               unsigned blocks);

/* Gives back what was deferred, now; otherwise the next operation does. Returns how many. */
size_t cairn_locked_settle(struct cairn_locked *self);

/*
 * Takes the lock, so that the caller may reach the inner allocator itself: to give it memory, to
 * check it, to ask for its statistics. Interrupts are off until cairn_locked_unlock().
 *
 * Needs:  between the two, nothing allocates from *locked.
 * Panics: the caller holds the lock already (lock); does not hold it (unlock).
 */
#define cairn_locked_lock(locked)   cairn_spinlock_lock(&(locked)->lock)
#define cairn_locked_unlock(locked) cairn_spinlock_unlock(&(locked)->lock)

CAIRN_C_END

#endif
