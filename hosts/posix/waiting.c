/* SPDX-License-Identifier: MIT */
/*
 * The host seam for a program's threads that wait.
 *
 * The idea: what is waited for is done within a microsecond, most often, which is not worth a system
 * call. So a thread first looks a few times. But the other side may have been stopped in the middle,
 * and may want this very processor: then sleep. A yield would not do: a thread in real time yields to
 * nobody of lower priority, and any other one to all that are ready, for milliseconds.
 *
 * A thread that waits for a lock says so in the lock's word `sleepers`, and sleeps there, in futex(2).
 * The release is one exchange where nobody has said so. Otherwise it wakes one thread, which says
 * again that somebody may sleep, for it cannot know whether it was the last.
 *
 * A thread in real time also lends its priority to the holder: otherwise a third thread could keep the
 * holder from running. Linux does this for mutexes. So the waiter fills the lock's word `borrower` as
 * if the holder had taken a mutex there, and waits for that; the holder gives it back when it releases
 * the lock. Which thread holds the lock stands in `interrupts`, for which this host has no other use.
 *
 * What it is bad at: it is not fair. Ordinary threads lend nothing, for a mutex that lends is handed
 * from one waiter to the next, which is 200 times slower where eight threads want it all the time.
 *
 * Sources: futex(2), FUTEX_LOCK_PI; U. Drepper, "Futexes Are Tricky", 2011.
 */
#include <cairn/base/spinlock.h>

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LOOKS 100      /* before a thread sleeps: one to four microseconds */
#define CALLS 500      /* of cairn_host_relax() to each sleep: they take about as long */
#define SLEEP 20000    /* nanoseconds; Linux adds 50,000, except in real time */
#define LEND  10000000 /* nanoseconds, for which a priority is lent at a time */

/* Tells the processor that the thread only waits, where there is an instruction for that. */
#if defined(__x86_64__) || defined(__i386__)
#define PAUSE "pause"
#elif defined(__aarch64__) || defined(__arm__)
#define PAUSE "yield"
#else
#define PAUSE ""
#endif

static void pause_shortly(void)
{
    __asm__ volatile(PAUSE);
}

static void sleep_shortly(void)
{
    int errno_before = errno;
    (void)nanosleep(&(struct timespec){.tv_nsec = SLEEP}, NULL);
    errno = errno_before;
}

void cairn_host_relax(void)
{
    static _Thread_local unsigned calls;
    if (++calls % CALLS == 0)
        sleep_shortly();
    else
        pause_shortly();
}

/* ---- the thread's number ---- */

static _Thread_local uint32_t thread_number; /* Linux's; 0: not yet asked for */

static void forget_number(void)
{
    thread_number = 0;
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, forget_number);
}

/* The number comes first: should what follows take a lock, it is there. */
static __attribute__((noinline, cold)) void ask_for_number(void)
{
    static pthread_once_t watched = PTHREAD_ONCE_INIT;
    thread_number = (uint32_t)syscall(SYS_gettid);
    (void)pthread_once(&watched, watch_forks);
}

/* A program has no interrupts. Signals would be like them, but blocking them costs a system call. */
cairn_host_interrupt_state cairn_host_interrupts_disable(void)
{
    if (__builtin_expect(thread_number == 0, 0))
        ask_for_number();
    return thread_number;
}

void cairn_host_interrupts_restore(cairn_host_interrupt_state state)
{
    (void)state;
}

/* ---- a lock ---- */

static bool is_released_soon(const struct cairn_spinlock *lock)
{
    for (unsigned looks = 0; looks < LOOKS; looks++) {
        if (__atomic_load_n(&lock->holder, __ATOMIC_RELAXED) == 0)
            return true;
        pause_shortly();
    }
    return false;
}

static bool futex(uint32_t *word, int operation, uint32_t value, const struct timespec *deadline)
{
    int errno_before = errno;
    bool done = syscall(SYS_futex, word, operation, value, deadline, NULL, 0) == 0;
    errno = errno_before;
    return done;
}

/* First the word says 1, then the holder is looked at; a release does both the other way round. */
static void sleep_for(struct cairn_spinlock *lock)
{
    (void)__atomic_exchange_n(&lock->sleepers, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&lock->holder, __ATOMIC_SEQ_CST) == 0)
        return;
    (void)futex(&lock->sleepers, FUTEX_WAIT_PRIVATE, 1, NULL);
    __atomic_store_n(&lock->sleepers, 1, __ATOMIC_SEQ_CST);
}

static void give_back(uint32_t *borrower)
{
    uint32_t mine = thread_number;
    if (!__atomic_compare_exchange_n(borrower, &mine, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
        (void)futex(borrower, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL);
}

static struct timespec shortly(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_REALTIME, &time);
    time.tv_nsec += LEND;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

static bool is_held_by(const struct cairn_spinlock *lock, uintptr_t thread)
{
    return __atomic_load_n(&lock->interrupts, __ATOMIC_SEQ_CST) == thread;
}

/* The word's value before. */
static uint32_t exchange_if(uint32_t *word, uint32_t expected, uint32_t value)
{
    (void)__atomic_compare_exchange_n(word, &expected, value, false, __ATOMIC_SEQ_CST,
                                      __ATOMIC_SEQ_CST);
    return expected;
}

/*
 * First the word names the holder, then the lock is looked at; a release does both the other way round.
 * A name that is not the holder's is of one that passes it on, or is left from before a fork, and of
 * nobody: so the time is limited, and then it goes.
 */
static void lend_to(struct cairn_spinlock *lock, uint32_t thread)
{
    struct timespec deadline = shortly();
    uint32_t before = exchange_if(&lock->borrower, 0, thread);
    if (!is_held_by(lock, thread))
        (void)exchange_if(&lock->borrower, thread, 0);
    else if (futex(&lock->borrower, FUTEX_LOCK_PI_PRIVATE, 0, &deadline))
        give_back(&lock->borrower);
    else if (before != 0 && (before & FUTEX_TID_MASK) != thread)
        (void)exchange_if(&lock->borrower, before, 0);
}

/* Sleeps a little where it cannot lend: a new holder has no number yet. */
static void lend_priority(struct cairn_spinlock *lock)
{
    uintptr_t thread = __atomic_load_n(&lock->interrupts, __ATOMIC_SEQ_CST);
    if (thread != 0)
        lend_to(lock, (uint32_t)thread);
    if (thread == 0 || is_held_by(lock, thread))
        sleep_shortly();
}

static bool is_in_real_time(void)
{
    int policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
    return policy == SCHED_FIFO || policy == SCHED_RR || policy == SCHED_DEADLINE;
}

void cairn_host_wait(struct cairn_spinlock *lock)
{
    if (is_released_soon(lock))
        return;
    if (is_in_real_time())
        lend_priority(lock);
    else
        sleep_for(lock);
}

static bool anybody_waits(const struct cairn_spinlock *lock)
{
    return __atomic_load_n(&lock->sleepers, __ATOMIC_SEQ_CST) != 0 ||
           __atomic_load_n(&lock->borrower, __ATOMIC_SEQ_CST) != 0;
}

static void wake(struct cairn_spinlock *lock)
{
    uint32_t borrower = __atomic_load_n(&lock->borrower, __ATOMIC_SEQ_CST);
    if ((borrower & FUTEX_TID_MASK) == thread_number)
        give_back(&lock->borrower);
    if (__atomic_exchange_n(&lock->sleepers, 0, __ATOMIC_SEQ_CST) != 0)
        (void)futex(&lock->sleepers, FUTEX_WAKE_PRIVATE, 1, NULL);
}

void cairn_host_release(struct cairn_spinlock *lock)
{
    __atomic_store_n(&lock->interrupts, 0, __ATOMIC_RELAXED);
    (void)__atomic_exchange_n(&lock->holder, 0, __ATOMIC_SEQ_CST);
    if (__builtin_expect(anybody_waits(lock), 0))
        wake(lock);
}
