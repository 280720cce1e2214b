/* SPDX-License-Identifier: MIT */
/*
 * The host seam for a program's threads that wait.
 *
 * The idea: what is waited for is done within a microsecond, most often, which is not worth a system
 * call. So a thread first looks a few times. But the other side may have been stopped in the middle,
 * and may want this very processor: then sleep. A yield would not do: a thread in real time yields to
 * nobody of lower priority, and any other one to all that are ready, for milliseconds.
 *
 * A thread that waits for a lock says so in the lock's second word, and sleeps there, in futex(2). The
 * release is one exchange where nobody has said so. Otherwise it wakes one thread, which says again
 * that somebody may sleep, for it cannot know whether it was the last.
 *
 * What it is bad at: it is not fair. And a holder does not inherit its waiter's priority: a third
 * thread may still keep it from running.
 *
 * Sources: futex(2); U. Drepper, "Futexes Are Tricky", 2011.
 */
#include <cairn/base/host.h>

#include <errno.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LOOKS 100   /* before a thread sleeps: one to four microseconds */
#define SLEEP 20000 /* nanoseconds; Linux adds 50,000, except in real time */

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

void cairn_host_relax(void)
{
    static _Thread_local unsigned calls;
    if (++calls % LOOKS != 0) {
        pause_shortly();
        return;
    }
    int errno_before = errno;
    (void)nanosleep(&(struct timespec){.tv_nsec = SLEEP}, NULL);
    errno = errno_before;
}

/* ---- a lock ---- */

static bool is_released_soon(const uintptr_t *holder)
{
    for (unsigned looks = 0; looks < LOOKS; looks++) {
        if (__atomic_load_n(holder, __ATOMIC_RELAXED) == 0)
            return true;
        pause_shortly();
    }
    return false;
}

static void futex(const uint32_t *word, int operation, uint32_t value)
{
    int errno_before = errno;
    (void)syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
    errno = errno_before;
}

/* First the word says 1, then the holder is looked at; release does both the other way round. */
void cairn_host_wait(const uintptr_t *holder, uint32_t *sleepers)
{
    if (is_released_soon(holder))
        return;
    (void)__atomic_exchange_n(sleepers, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(holder, __ATOMIC_SEQ_CST) == 0)
        return;
    futex(sleepers, FUTEX_WAIT_PRIVATE, 1);
    __atomic_store_n(sleepers, 1, __ATOMIC_SEQ_CST);
}

void cairn_host_release(uintptr_t *holder, uint32_t *sleepers)
{
    (void)__atomic_exchange_n(holder, 0, __ATOMIC_SEQ_CST);
    if (__builtin_expect(__atomic_load_n(sleepers, __ATOMIC_SEQ_CST) != 0, 0)) {
        __atomic_store_n(sleepers, 0, __ATOMIC_SEQ_CST);
        futex(sleepers, FUTEX_WAKE_PRIVATE, 1);
    }
}
