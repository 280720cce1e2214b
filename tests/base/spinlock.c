/* SPDX-License-Identifier: MIT */
/* The spinlock: that it excludes, and that it names the lock and the place when it is misused. */
#include "test.h"

#include <pthread.h>

#include <cairn/base/spinlock.h>

/* ---- Two threads count under one lock ---- */

enum { THREADS = 2, ROUNDS = 400000 };

struct counter {
    struct cairn_spinlock lock;
    unsigned long count; /* guarded by lock; two steps to add, so that a hole in it loses some */
    unsigned inside;     /* likewise: how many are in the critical section */
    bool overlapped;
};

static void add_one(struct counter *counter)
{
    volatile unsigned long *count = &counter->count;
    counter->overlapped |= __atomic_fetch_add(&counter->inside, 1, __ATOMIC_RELAXED) != 0;
    *count = *count + 1;
    __atomic_fetch_sub(&counter->inside, 1, __ATOMIC_RELAXED);
}

static void *count_by_lock(void *argument)
{
    struct counter *counter = argument;
    for (int i = 0; i < ROUNDS; i++) {
        cairn_spinlock_lock(&counter->lock);
        add_one(counter);
        cairn_spinlock_unlock(&counter->lock);
    }
    return NULL;
}

static void *count_by_try_lock(void *argument)
{
    struct counter *counter = argument;
    for (int i = 0; i < ROUNDS; i++) {
        while (!cairn_spinlock_try_lock(&counter->lock))
            ; /* without a yield, so that both keep meeting at the lock */
        add_one(counter);
        cairn_spinlock_unlock(&counter->lock);
    }
    return NULL;
}

static void expect_exclusion(void *(*body)(void *))
{
    struct counter counter = {.lock = CAIRN_SPINLOCK("counter")};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, body, &counter), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(counter.count, (unsigned long)THREADS * ROUNDS);
    assert_false(counter.overlapped);
    assert_int_equal(counter.lock.holder, 0);
}

static void lock_excludes(void **state)
{
    (void)state;
    expect_exclusion(count_by_lock);
}

static void try_lock_excludes(void **state)
{
    (void)state;
    expect_exclusion(count_by_try_lock);
}

/* ---- One lock, seen from a second thread ---- */

static void in_other_thread(void *(*body)(void *), void *argument)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, body, argument), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

struct seen {
    struct cairn_spinlock *lock;
    bool held_by_caller;
    bool try_lock;
};

static void *look(void *argument)
{
    struct seen *seen = argument;
    seen->held_by_caller = cairn_spinlock_held_by_caller(seen->lock);
    seen->try_lock = cairn_spinlock_try_lock(seen->lock);
    if (seen->try_lock)
        cairn_spinlock_unlock(seen->lock);
    return NULL;
}

static void the_holder_is_known(void **state)
{
    (void)state;
    struct cairn_spinlock lock = CAIRN_SPINLOCK("known");
    struct seen seen = {.lock = &lock};
    assert_false(cairn_spinlock_held_by_caller(&lock));

    cairn_spinlock_lock(&lock);
    assert_true(cairn_spinlock_held_by_caller(&lock));
    in_other_thread(look, &seen);
    assert_false(seen.held_by_caller);
    assert_false(seen.try_lock);

    cairn_spinlock_unlock(&lock);
    assert_false(cairn_spinlock_held_by_caller(&lock));
    in_other_thread(look, &seen);
    assert_true(seen.try_lock);
}

static void try_lock_of_the_holder_is_false(void **state)
{
    (void)state;
    struct cairn_spinlock lock = {0};
    assert_true(cairn_spinlock_try_lock(&lock));
    assert_false(cairn_spinlock_try_lock(&lock));
    assert_true(cairn_spinlock_held_by_caller(&lock));
    cairn_spinlock_unlock(&lock);
    assert_true(cairn_spinlock_try_lock(&lock));
}

/* ---- Misuse ---- */

static void locking_twice_panics_with_name_and_place(void **state)
{
    (void)state;
    struct cairn_spinlock lock = CAIRN_SPINLOCK("twice");
    cairn_spinlock_lock_at(&lock, "first.c", 11);
    expect_panic(cairn_spinlock_lock_at(&lock, "second.c", 22),
                 "panicked at second.c:22: lock 'twice' is already held by this processor, "
                 "which took it at first.c:11");
    assert_true(cairn_spinlock_held_by_caller(&lock));
}

static void a_lock_without_a_name_is_called_unnamed(void **state)
{
    (void)state;
    struct cairn_spinlock lock = {0};
    cairn_spinlock_lock(&lock);
    expect_panic(cairn_spinlock_lock(&lock), "lock 'unnamed' is already held");
}

/* As an exception finds it that comes between the taking of the lock and the note of who did. */
static void a_lock_that_is_being_taken_is_reported(void **state)
{
    (void)state;
    struct cairn_spinlock lock = {.holder = cairn_host_execution_id(), .name = "half"};
    expect_panic(cairn_spinlock_lock(&lock), "lock 'half' is already held");
}

static void unlocking_a_free_lock_panics(void **state)
{
    (void)state;
    struct cairn_spinlock lock = CAIRN_SPINLOCK("free");
    expect_panic(cairn_spinlock_unlock(&lock), "lock 'free' is not held by its unlocker");
}

static void *take_and_keep(void *lock)
{
    cairn_spinlock_lock((struct cairn_spinlock *)lock);
    return NULL;
}

static void unlocking_the_lock_of_another_panics(void **state)
{
    (void)state;
    struct cairn_spinlock lock = CAIRN_SPINLOCK("theirs");
    in_other_thread(take_and_keep, &lock);
    expect_panic(cairn_spinlock_unlock(&lock), "lock 'theirs' is not held by its unlocker");
    assert_int_not_equal(lock.holder, 0);
}

/* ---- Interrupts: the linker gives the lock these instead of hosts/posix's (--wrap) ---- */

struct interrupts {
    cairn_host_interrupt_state state; /* what disable finds */
    unsigned disabled;                /* calls */
    unsigned restored;
    cairn_host_interrupt_state last_restored;
};
static _Thread_local struct interrupts interrupts;

cairn_host_interrupt_state __wrap_cairn_host_interrupts_disable(void);
void __wrap_cairn_host_interrupts_restore(cairn_host_interrupt_state state);

cairn_host_interrupt_state __wrap_cairn_host_interrupts_disable(void)
{
    interrupts.disabled++;
    return interrupts.state;
}

void __wrap_cairn_host_interrupts_restore(cairn_host_interrupt_state state)
{
    interrupts.restored++;
    interrupts.last_restored = state;
}

static void expect_interrupts(unsigned disabled, unsigned restored)
{
    assert_int_equal(interrupts.disabled, disabled);
    assert_int_equal(interrupts.restored, restored);
}

static void interrupts_are_off_while_it_is_held(void **state)
{
    (void)state;
    struct cairn_spinlock outer = {0}, inner = {0};
    interrupts = (struct interrupts){.state = 0x202};
    cairn_spinlock_lock(&outer);
    expect_interrupts(1, 0);

    interrupts.state = 0x2; /* off now: what the inner lock must put back */
    cairn_spinlock_lock(&inner);
    expect_interrupts(2, 0);
    cairn_spinlock_unlock(&inner);
    expect_interrupts(2, 1);
    assert_int_equal(interrupts.last_restored, 0x2);

    cairn_spinlock_unlock(&outer);
    expect_interrupts(2, 2);
    assert_int_equal(interrupts.last_restored, 0x202);
}

static void interrupts_are_as_before_when_it_is_not_taken(void **state)
{
    (void)state;
    struct cairn_spinlock lock = {.holder = 1};
    interrupts = (struct interrupts){.state = 0x202};
    assert_false(cairn_spinlock_try_lock(&lock));
    expect_interrupts(1, 1);
    assert_int_equal(interrupts.last_restored, 0x202);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lock_excludes),
        cmocka_unit_test(try_lock_excludes),
        cmocka_unit_test(the_holder_is_known),
        cmocka_unit_test(try_lock_of_the_holder_is_false),
        cmocka_unit_test(locking_twice_panics_with_name_and_place),
        cmocka_unit_test(a_lock_without_a_name_is_called_unnamed),
        cmocka_unit_test(a_lock_that_is_being_taken_is_reported),
        cmocka_unit_test(unlocking_a_free_lock_panics),
        cmocka_unit_test(unlocking_the_lock_of_another_panics),
        cmocka_unit_test(interrupts_are_off_while_it_is_held),
        cmocka_unit_test(interrupts_are_as_before_when_it_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
