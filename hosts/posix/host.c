/* SPDX-License-Identifier: MIT */
/*
 * The host seam for a program on a POSIX system: all of it but the panic, which is in panic.c so
 * that a test can bring its own.
 */
#include <cairn/base/host.h>

#include <errno.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

/* What standard error does not take is lost: there is nowhere left to say so. */
void cairn_host_write(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        text += written;
        length -= (size_t)written;
    }
}

/* A program has no interrupts. Signals are not their like: blocking them costs a system call. */
cairn_host_interrupt_state cairn_host_interrupts_disable(void)
{
    return 0;
}

void cairn_host_interrupts_restore(cairn_host_interrupt_state state)
{
    (void)state;
}

/* Every thread has its own copy of a thread-local, so its address tells the threads apart. */
uintptr_t cairn_host_execution_id(void)
{
    static _Thread_local char here;
    return (uintptr_t)&here;
}

/*
 * The holder of a lock is done within a microsecond, most often: that is not worth a system call.
 * But it may wait for this very processor: so now and then, let it run. A yield helps no holder of a
 * lower priority, whom a real-time thread would keep out for ever: so, more rarely, sleep.
 */
#define PAUSES 16    /* from one yield to the next */
#define YIELDS 256   /* from one sleep to the next */
#define SLEEP  20000 /* nanoseconds */

/* Tells the processor that the thread only waits, where there is an instruction for that. */
#if defined(__x86_64__) || defined(__i386__)
#define PAUSE "pause"
#elif defined(__aarch64__) || defined(__arm__)
#define PAUSE "yield"
#else
#define PAUSE ""
#endif

static void sleep_shortly(void)
{
    int errno_before = errno;
    (void)nanosleep(&(struct timespec){.tv_nsec = SLEEP}, NULL);
    errno = errno_before;
}

/* Where the system has no random numbers, those by which it placed the program, and the time. */
uint64_t cairn_host_random(void)
{
    int errno_before = errno;
    uint64_t bits;
    if (getentropy(&bits, sizeof(bits)) != 0) {
        struct timespec now = {0};
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        bits = (uintptr_t)&bits ^ (uint64_t)now.tv_nsec << 32;
    }
    errno = errno_before;
    return bits;
}

void cairn_host_relax(void)
{
    static _Thread_local unsigned calls;
    calls++;
    if (calls % (PAUSES * YIELDS) == 0)
        sleep_shortly();
    else if (calls % PAUSES == 0)
        sched_yield();
    else
        __asm__ volatile(PAUSE);
}
