/* SPDX-License-Identifier: MIT */
/* hosts/posix: who waits lets others run, sleeps when it takes long, and is woken. */
#include "child.h"
#include "test.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#include <cairn/base/host.h>
#include <cairn/base/spinlock.h>

/* ---- one processor for all threads ---- */

static void stay_on_one_processor(void)
{
    cpu_set_t allowed, one;
    CPU_ZERO(&one);
    assert_int_equal(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
    for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &allowed))
            CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
}

/* Real time, where that is permitted: there a yield lets nobody run who has a lower priority. */
static void become_urgent(int priority)
{
    (void)sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = priority});
}

static void become_ordinary(void)
{
    assert_int_equal(sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){0}), 0);
}

static void work_a_little(void)
{
    struct timespec used = {0, 0}, start;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    while (used.tv_sec == start.tv_sec && used.tv_nsec - start.tv_nsec < 200000)
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
}

static void sleep_a_little(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
}

/* How often the calling thread has given up its processor by itself. */
static long sleeps_so_far(void)
{
    struct rusage used;
    assert_int_equal(getrusage(RUSAGE_THREAD, &used), 0);
    return used.ru_nvcsw;
}

/* ---- cairn_host_relax() ---- */

static bool has_done_it;

static void *do_it(void *unused)
{
    become_ordinary();
    work_a_little();
    __atomic_store_n(&has_done_it, true, __ATOMIC_RELEASE);
    return unused;
}

static int relax_in_real_time(void)
{
    pthread_t worker;
    int waits = 0;
    stay_on_one_processor();
    become_urgent(1);
    assert_int_equal(pthread_create(&worker, NULL, do_it, NULL), 0);
    for (; !__atomic_load_n(&has_done_it, __ATOMIC_ACQUIRE); waits++)
        cairn_host_relax();
    assert_int_equal(pthread_join(worker, NULL), 0);
    print_message("%d waits\n", waits);
    return waits > 2000000;
}

static void a_thread_that_waits_lets_all_others_run(void **state)
{
    (void)state;
    struct test_ending ending;
    test_run_in_child(relax_in_real_time, &ending);
    test_expect_exit(&ending, 0);
}

/* ---- a lock ---- */

static struct cairn_spinlock lock = CAIRN_SPINLOCK("waited for");

/* A sleep may end early, a few times; who looks again and again sleeps hundreds of times. */
#define FEW_SLEEPS 10

static void *wait_for_lock(void *is_urgent)
{
    if (is_urgent)
        become_urgent(2);
    long before = sleeps_so_far();
    cairn_spinlock_lock(&lock);
    cairn_spinlock_unlock(&lock);
    return (void *)(sleeps_so_far() - before);
}

/* How often the waiter slept while the caller held the lock. */
static long sleeps_of_waiter(void (*hold)(void), bool is_urgent)
{
    pthread_t waiter;
    void *sleeps;
    cairn_spinlock_lock(&lock);
    assert_int_equal(pthread_create(&waiter, NULL, wait_for_lock, is_urgent ? &lock : NULL), 0);
    hold();
    cairn_spinlock_unlock(&lock);
    assert_int_equal(pthread_join(waiter, &sleeps), 0);
    return (long)sleeps;
}

static void who_waits_for_a_lock_sleeps_until_it_is_released(void **state)
{
    (void)state;
    expect_between(sleeps_of_waiter(sleep_a_little, false), 0, FEW_SLEEPS);
}

static int wait_in_real_time(void)
{
    stay_on_one_processor();
    return sleeps_of_waiter(work_a_little, true) > FEW_SLEEPS;
}

/* On one processor: it would keep the holder from going on for ever. */
static void a_thread_in_real_time_lets_the_holder_run(void **state)
{
    (void)state;
    struct test_ending ending;
    test_run_in_child(wait_in_real_time, &ending);
    test_expect_exit(&ending, 0);
}

static bool waiter_is_done;

static long milliseconds_used(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* In real time, but less urgent than the waiter. Returns the processor time that it took. */
static void *keep_the_processor(void *unused)
{
    (void)unused;
    become_urgent(1);
    while (!__atomic_load_n(&waiter_is_done, __ATOMIC_RELAXED))
        continue;
    return (void *)milliseconds_used();
}

static void *wait_and_say_so(void *is_urgent)
{
    void *sleeps = wait_for_lock(is_urgent);
    __atomic_store_n(&waiter_is_done, true, __ATOMIC_RELAXED);
    return sleeps;
}

static int wait_beside_a_third(void)
{
    pthread_t third, waiter;
    void *milliseconds;
    stay_on_one_processor();
    cairn_spinlock_lock(&lock);
    assert_int_equal(pthread_create(&waiter, NULL, wait_and_say_so, &lock), 0);
    while (__atomic_load_n(&lock.sleepers, __ATOMIC_RELAXED) == 0 &&
           __atomic_load_n(&lock.borrower, __ATOMIC_RELAXED) == 0)
        sleep_a_little();
    assert_int_equal(pthread_create(&third, NULL, keep_the_processor, NULL), 0);
    work_a_little();
    cairn_spinlock_unlock(&lock);
    assert_int_equal(pthread_join(waiter, NULL), 0);
    assert_int_equal(pthread_join(third, &milliseconds), 0);
    print_message("the third had %ld ms\n", (long)milliseconds);
    return (long)milliseconds > 500 ? 1 : 0;
}

/* Else the third keeps the holder from running, until Linux stops it after 950 ms. */
static void the_holder_has_the_priority_of_who_waits(void **state)
{
    (void)state;
    struct test_ending ending;
    test_run_in_child(wait_beside_a_third, &ending);
    test_expect_exit(&ending, 0);
}

enum { THREADS = 8, ROUNDS = 300 };
static unsigned long count; /* guarded by lock */

static void *hold_again_and_again(void *is_urgent)
{
    if (is_urgent)
        become_urgent(1);
    for (unsigned round = 0; round < ROUNDS; round++) {
        cairn_spinlock_lock(&lock);
        if (round % 8 == 0)
            (void)nanosleep(&(struct timespec){.tv_nsec = 1000}, NULL);
        count++;
        cairn_spinlock_unlock(&lock);
    }
    return NULL;
}

/* Should one be forgotten, the test hangs. */
static void all_that_sleep_are_woken(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    count = 0;
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, hold_again_and_again, i % 2 ? &lock : NULL), 0);
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(count, (unsigned long)THREADS * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_that_waits_lets_all_others_run),
        cmocka_unit_test(who_waits_for_a_lock_sleeps_until_it_is_released),
        cmocka_unit_test(a_thread_in_real_time_lets_the_holder_run),
        cmocka_unit_test(the_holder_has_the_priority_of_who_waits),
        cmocka_unit_test(all_that_sleep_are_woken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
