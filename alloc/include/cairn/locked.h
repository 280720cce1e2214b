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
 * only the defaults of alloc_zeroed and realloc, the bytes are set and copied outside the lock,
 * since by then the block is the caller's alone.
 *
 * Interrupts: they are off on this processor while the lock is held. So an interrupt handler may
 * allocate: it can never find the lock held by the code that it interrupted, and waits only for
 * other processors. What no lock can hold off, an exception or a non-maskable interrupt that comes
 * inside the operation and allocates, panics with the lock's name and the place where it was taken:
 * it never deadlocks silently.
 *
 * What it is bad at: many processors that allocate at once wait for each other, and interrupts wait
 * for as long as the inner allocator's slowest operation takes.
 */
#ifndef CAIRN_LOCKED_H
#define CAIRN_LOCKED_H

#include <cairn/allocator.h>
#include <cairn/base/spinlock.h>

struct cairn_locked {
    struct cairn_allocator allocator;
    struct cairn_allocator *inner; /* guarded by the lock */
    struct cairn_spinlock lock;
};

extern const struct cairn_allocator_operations cairn_locked_operations;

/* `inner_allocator` is never used but through this one; `lock_name` appears in messages. */
#define CAIRN_LOCKED(inner_allocator, lock_name)                                                   \
    {                                                                                              \
        .allocator = {&cairn_locked_operations}, .inner = (inner_allocator),                       \
        .lock = CAIRN_SPINLOCK(lock_name)                                                          \
    }

/*
 * Takes the lock, so that the caller may reach the inner allocator itself: to give it memory, to
 * check it, to ask for its statistics. Interrupts are off until cairn_locked_unlock().
 *
 * Needs:  between the two, nothing allocates from *locked.
 * Panics: the caller holds the lock already (lock); does not hold it (unlock).
 */
#define cairn_locked_lock(locked) cairn_spinlock_lock(&(locked)->lock)
#define cairn_locked_unlock(locked) cairn_spinlock_unlock(&(locked)->lock)

#endif
