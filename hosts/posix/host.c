/* SPDX-License-Identifier: MIT */
/*
 * The host seam for a program on a POSIX system: all of it but the panic, which is in panic.c so
 * that a test can bring its own, and what threads need (threads.c, waiting.c).
 */
#include <cairn/base/host.h>

#include <errno.h>
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

/* Every thread has its own copy of a thread-local, so its address tells the threads apart. */
uintptr_t cairn_host_execution_id(void)
{
    static _Thread_local char here;
    return (uintptr_t)&here;
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
