/* SPDX-License-Identifier: MIT */
/*
 * The host seam for a program's threads: a small number for each, and a barrier for all.
 *
 * The idea: a bitmap of the numbers that are taken. A thread takes the lowest free one when it
 * first asks, keeps it in a thread-local, and gives it back when it ends. Reading it is then one
 * load.
 *
 * Nothing here allocates: a malloc may stand on it. The thread's end is seen by the destructor of a
 * thread-specific value (pthread_key_create); glibc keeps the first 32 of these in the thread's own
 * descriptor, and ours is made early. It puts itself off to the last of the rounds that POSIX
 * grants, so that destructors which still free find the number there. What the C library frees
 * after that finds a new number above all that are handed out again.
 *
 * What it is bad at: more than 1024 living threads. The others get numbers from 1024 on, each used
 * once and not again, which no per-thread cache will serve. So does every thread where the program
 * has used up all keys, and after this code's own library is closed.
 *
 * Sources: POSIX.1-2017, pthread_key_create; Linux, membarrier(2), since 4.14.
 */
#include <cairn/base/host.h>

#include <errno.h>
#include <limits.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cairn/base/bits.h>
#include <cairn/base/check.h>

#define SLOTS_REUSED   1024U
#define SLOTS_PER_WORD ((unsigned)sizeof(uintptr_t) * CHAR_BIT)

/* A bit for each number that is taken; in words, which every machine can exchange. */
static uintptr_t taken[SLOTS_REUSED / SLOTS_PER_WORD];
static unsigned used_once; /* numbers given out above those */
static pthread_once_t begun = PTHREAD_ONCE_INIT;
static pthread_key_t at_thread_end;
static bool has_key; /* ends of threads are seen */

#define UNKNOWN UINT_MAX /* the thread has not asked yet */

CAIRN_HOST_PER_THREAD unsigned cairn_host_known_slot = UNKNOWN;
static _Thread_local uintptr_t rounds_of_end; /* destructor calls that the thread has seen */

static unsigned take_once(void)
{
    return SLOTS_REUSED + __atomic_fetch_add(&used_once, 1, __ATOMIC_RELAXED);
}

/* The lowest free number; acquire, so that what its last owner did is seen by the new one. */
static unsigned take_lowest(void)
{
    for (unsigned word = 0; word < SLOTS_REUSED / SLOTS_PER_WORD; word++) {
        uintptr_t now = __atomic_load_n(&taken[word], __ATOMIC_RELAXED);
        while (~now != 0) {
            unsigned bit = cairn_lowest_bit(~now);
            if (__atomic_compare_exchange_n(&taken[word], &now, now | (uintptr_t)1 << bit, false,
                                            __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
                return word * SLOTS_PER_WORD + bit;
        }
    }
    return take_once();
}

static void give_back(unsigned slot)
{
    if (slot < SLOTS_REUSED)
        __atomic_fetch_and(&taken[slot / SLOTS_PER_WORD], ~((uintptr_t)1 << slot % SLOTS_PER_WORD),
                           __ATOMIC_RELEASE);
}

static void end_thread(void *value)
{
    if (++rounds_of_end < PTHREAD_DESTRUCTOR_ITERATIONS &&
        pthread_setspecific(at_thread_end, value) == 0)
        return;
    unsigned slot = cairn_host_known_slot;
    cairn_host_known_slot = take_once();
    give_back(slot);
}

/* In a forked child the other threads are gone, and so are their numbers. */
static void keep_only_mine(void)
{
    unsigned slot = cairn_host_known_slot;
    memset(taken, 0, sizeof(taken));
    if (slot < SLOTS_REUSED)
        taken[slot / SLOTS_PER_WORD] = (uintptr_t)1 << slot % SLOTS_PER_WORD;
}

static void begin(void)
{
    bool created = pthread_key_create(&at_thread_end, end_thread) == 0;
    __atomic_store_n(&has_key, created, __ATOMIC_RELEASE);
    int error = pthread_atfork(NULL, NULL, keep_only_mine);
    cairn_check(error == 0, "a fork cannot be watched: error %d", error);
}

/* dlclose() may unmap this code while threads live on that would call it when they end. */
static __attribute__((destructor)) void watch_no_more(void)
{
    if (__atomic_exchange_n(&has_key, false, __ATOMIC_ACQ_REL))
        (void)pthread_key_delete(at_thread_end);
}

/* False: the calling thread's end will not be seen. */
static bool watch_end(void)
{
    pthread_once(&begun, begin);
    return __atomic_load_n(&has_key, __ATOMIC_ACQUIRE) &&
           pthread_setspecific(at_thread_end, &cairn_host_known_slot) == 0;
}

/* The number comes first: should what follows ask for it again, it is there. */
static __attribute__((noinline, cold)) unsigned take_slot(void)
{
    int errno_before = errno;
    unsigned slot = take_lowest();
    cairn_host_known_slot = slot;
    if (!watch_end()) {
        give_back(slot);
        cairn_host_known_slot = take_once();
    }
    errno = errno_before;
    return cairn_host_known_slot;
}

unsigned cairn_host_slot(void)
{
    unsigned known = cairn_host_known_slot;
    return known != UNKNOWN ? known : take_slot();
}

static bool membarrier(int command)
{
    return syscall(SYS_membarrier, command, 0, 0) == 0;
}

/* A process must first say that it will ask. A forked child or a first call finds that here. */
void cairn_host_barrier_everywhere(void)
{
    int errno_before = errno;
    bool done = membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) ||
                (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) &&
                 membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED));
    cairn_check(done,
                "membarrier(2) failed with error %d; it needs Linux 4.14, and a sandbox must "
                "let it pass",
                errno);
    errno = errno_before;
}
