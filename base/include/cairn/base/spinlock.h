/* SPDX-License-Identifier: MIT */
/*
 * A ticket-free spinlock that knows its holder. In a program, who waits long sleeps.
 *
 * The idea: one word holds 0 or the holder's execution id. Interrupts are off on the holder's
 * processor from lock to unlock, so a handler cannot find a lock held by the code that it
 * interrupted. What still can, an exception or a non-maskable interrupt in the middle of the
 * critical section, finds its own id in the word: that is reported as a panic that names the lock
 * and the place where it was taken, never a silent deadlock.
 *
 * What it is bad at: it is not fair, and a long critical section costs every waiter its time.
 */
#ifndef CAIRN_BASE_SPINLOCK_H
#define CAIRN_BASE_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <cairn/base/check.h>
#include <cairn/base/host.h>

CAIRN_C_BEGIN

/* Zero is an unlocked lock without a name. */
struct cairn_spinlock {
    uintptr_t holder;                      /* 0, or the execution id of the holder */
    const char *name;                      /* for messages; may be null */
    const char *file;                      /* where the holder took it; guarded by the lock */
    int line;                              /* likewise */
    cairn_host_interrupt_state interrupts; /* as the holder found them; guarded by the lock */
    uint32_t sleepers, borrower;           /* the host's, for cairn_host_wait() */
};

#define CAIRN_SPINLOCK(lock_name)        \
    {                                    \
        0, (lock_name), NULL, 0, 0, 0, 0 \
    }

/*
 * Takes the lock, waiting for as long as another processor holds it. Interrupts are off after it.
 *
 * Panics: the caller holds the lock already.
 */
#define cairn_spinlock_lock(lock) cairn_spinlock_lock_at(lock, __FILE__, __LINE__)
void cairn_spinlock_lock_at(struct cairn_spinlock *lock, const char *file, int line);

/* Takes the lock if that needs no waiting; says whether it did. Never panics. */
#define cairn_spinlock_try_lock(lock) cairn_spinlock_try_lock_at(lock, __FILE__, __LINE__)
CAIRN_MUST_USE bool cairn_spinlock_try_lock_at(struct cairn_spinlock *lock, const char *file,
                                               int line);

/*
 * Gives the lock back and interrupts their state from before.
 *
 * Panics: the caller does not hold the lock.
 */
void cairn_spinlock_unlock(struct cairn_spinlock *lock);

/* Whether the caller itself holds the lock: what a handler asks before it dares to wait. */
bool cairn_spinlock_held_by_caller(const struct cairn_spinlock *lock);

CAIRN_C_END

#endif
