/* SPDX-License-Identifier: MIT */
#include <cairn/base/spinlock.h>

static const char *name_of(const struct cairn_spinlock *lock)
{
    return lock->name ? lock->name : "unnamed";
}

bool cairn_spinlock_held_by_caller(const struct cairn_spinlock *lock)
{
    return __atomic_load_n(&lock->holder, __ATOMIC_RELAXED) == cairn_host_execution_id();
}

static bool acquire(struct cairn_spinlock *lock)
{
    uintptr_t nobody = 0;
    return __atomic_compare_exchange_n(&lock->holder, &nobody, cairn_host_execution_id(), false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void note_holder(struct cairn_spinlock *lock, const char *file, int line,
                        cairn_host_interrupt_state interrupts)
{
    lock->file = file;
    lock->line = line;
    __atomic_store_n(&lock->interrupts, interrupts, __ATOMIC_RELAXED);
}

bool cairn_spinlock_try_lock_at(struct cairn_spinlock *lock, const char *file, int line)
{
    cairn_host_interrupt_state interrupts = cairn_host_interrupts_disable();
    if (!acquire(lock)) {
        cairn_host_interrupts_restore(interrupts);
        return false;
    }
    note_holder(lock, file, line, interrupts);
    return true;
}

void cairn_spinlock_lock_at(struct cairn_spinlock *lock, const char *file, int line)
{
    /* Interrupts stay as they were while waiting, so that a waiting processor stays responsive. */
    while (!cairn_spinlock_try_lock_at(lock, file, line)) {
        if (cairn_spinlock_held_by_caller(lock))
            cairn_panic_at(file, line,
                           "lock '%s' is already held by this processor, which took it at %s:%d; "
                           "an exception handler must not enter what it may have interrupted",
                           name_of(lock), lock->file ? lock->file : "(being taken)", lock->line);
        /* Only look, meanwhile: to try would take the lock's cache line from its holder. */
        do
            cairn_host_wait(lock);
        while (__atomic_load_n(&lock->holder, __ATOMIC_RELAXED) != 0);
    }
}

void cairn_spinlock_unlock(struct cairn_spinlock *lock)
{
    cairn_check(cairn_spinlock_held_by_caller(lock), "lock '%s' is not held by its unlocker",
                name_of(lock));
    cairn_host_interrupt_state interrupts = lock->interrupts;
    cairn_host_release(lock);
    cairn_host_interrupts_restore(interrupts);
}
