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
 * The lock is held for one operation of the inner allocator and no longer. Where the inner one has
 * only the defaults of alloc_zeroed and realloc, the bytes are set and copied outside the lock, since
 * by then the block is the caller's alone.
 *
 * Interrupts: they are off on this processor while the lock is held. So an interrupt handler may
 * allocate: it can never find the lock held by the code that it interrupted, and waits only for
 * other processors. What no lock can hold off is an exception or a non-maskable interrupt that
 * comes inside an operation and wants another: re-entry. What happens then is the heap's policy,
 * one of three, and none of them is a silent deadlock:
 *     refused    panic, with the lock's name and the place where it was taken
 *     deferred   a dealloc is kept and done when the lock is free; an alloc gives null and is
 *                counted
 *     allowed    as deferred, but an alloc is served from a promise, <cairn/promise.h>
 *
 * What it is bad at: many processors that allocate at once wait for each other, and interrupts wait
 * for as long as the inner allocator's slowest operation takes.
 */
#ifndef CAIRN_LOCKED_H
#define CAIRN_LOCKED_H

#include <cairn/allocator.h>
#include <cairn/base/spinlock.h>
#include <cairn/promise.h>

CAIRN_C_BEGIN

enum cairn_reentry {
    CAIRN_REENTRY_REFUSED = 0,
    CAIRN_REENTRY_DEFERRED,
    CAIRN_REENTRY_ALLOWED,
};

struct cairn_locked {
    struct cairn_allocator allocator;
    struct cairn_allocator *inner; /* guarded by the lock */
    struct cairn_spinlock lock;
    enum cairn_reentry reentry;
    struct cairn_promise *promise; /* serves allocs on re-entry; or null */
    void *deferred; /* list of blocks to be given back; each holds the next and its layout */
    size_t refused; /* allocs on re-entry that gave null */
};

extern const struct cairn_allocator_operations cairn_locked_operations;

/* `inner_allocator` is never used but through this one; `lock_name` appears in messages. */
#define CAIRN_LOCKED(inner_allocator, lock_name)                                  \
    {                                                                             \
        {&cairn_locked_operations}, (inner_allocator), CAIRN_SPINLOCK(lock_name), \
            CAIRN_REENTRY_REFUSED, NULL, NULL, 0                                  \
    }

/*
 * Sets what happens on re-entry: refused or deferred.
 *
 * Needs:   for deferred, the inner allocator's blocks have at least 16 bytes each, whatever was
 *          asked for, as those of all allocators here.
 * Context: before handlers may use the heap.
 */
void cairn_locked_set_reentry(struct cairn_locked *self, enum cairn_reentry reentry);

/*
 * Allows re-entry: an alloc that comes inside an operation is served from `promise`. One that this
 * does not serve gives null and is counted in `refused`. The blocks go back through either.
 *
 * Needs:   the rest as for cairn_locked_set_reentry(). A promise that ends serves nothing more.
 * Panics:  the promise is not made.
 * Context: before handlers may use the heap.
 */
void cairn_locked_allow_reentry(struct cairn_locked *self, struct cairn_promise *promise);

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
