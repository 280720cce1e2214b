/* SPDX-License-Identifier: MIT */
/*
 * Memory from the system, by mmap, mremap and madvise.
 *
 * Room to grow: the system puts mappings at one end of the largest gap between those that are there.
 * So a mapping in a gap's middle meets nobody for long. The gap is found by mapping it without access
 * for a moment; under a limit on addresses it is smaller, and so is what may grow there.
 *
 * What it is bad at: MADV_DONTNEED gives pages back at once, even if they are wanted again in a
 * microsecond. The heap above decides what is worth it.
 *
 * Sources: mmap(2) (MAP_FIXED_NOREPLACE: Linux 4.17, before it a hint), mremap(2), madvise(2).
 */
#include "memory.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cairn/base/bits.h>

/* 256 GiB; of 32-bit addresses a half. */
#define GAP_MOST \
    (SIZE_MAX / 2 < (uint64_t)256 << 30 ? SIZE_MAX / 2 + 1 : (size_t)((uint64_t)256 << 30))

size_t cairn_host_memory_page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static void *map(void *at, size_t size, int protection, int flags)
{
    int errno_before = errno;
    void *start = mmap(at, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    errno = errno_before;
    return start == MAP_FAILED ? NULL : start;
}

void *cairn_host_memory_map(size_t size)
{
    return map(NULL, size, PROT_READ | PROT_WRITE, 0);
}

bool cairn_host_memory_map_at(void *at, size_t size)
{
    void *start = map(at, size, PROT_READ | PROT_WRITE, MAP_FIXED_NOREPLACE);
    if (start && start != at)
        cairn_host_memory_unmap(start, size);
    return start == at;
}

void *cairn_host_memory_map_with_room(size_t size)
{
    for (size_t gap = GAP_MOST; gap / 4 >= size; gap /= 2) {
        char *start = map(NULL, gap, PROT_NONE, MAP_NORESERVE);
        if (!start)
            continue;
        cairn_host_memory_unmap(start, gap);
        if (cairn_host_memory_map_at(start + gap / 2, size))
            return start + gap / 2;
    }
    return cairn_host_memory_map(size);
}

void *cairn_host_memory_enlarge(void *at, size_t size, size_t new_size)
{
    int errno_before = errno;
    void *start = mremap(at, size, new_size, MREMAP_MAYMOVE);
    errno = errno_before;
    return start == MAP_FAILED ? NULL : start;
}

void cairn_host_memory_unmap(void *at, size_t size)
{
    int errno_before = errno;
    (void)munmap(at, size);
    errno = errno_before;
}

bool cairn_host_memory_release(void *at, size_t size)
{
    int errno_before = errno;
    uintptr_t start = cairn_align_up((uintptr_t)at, cairn_host_memory_page_size());
    uintptr_t end = cairn_align_down((uintptr_t)at + size, cairn_host_memory_page_size());
    bool released = start < end && madvise((void *)start, end - start, MADV_DONTNEED) == 0;
    errno = errno_before;
    return released;
}

bool cairn_host_memory_is_limited(void)
{
    struct rlimit addresses, data;
    return getrlimit(RLIMIT_AS, &addresses) == 0 && getrlimit(RLIMIT_DATA, &data) == 0 &&
           (addresses.rlim_cur != RLIM_INFINITY || data.rlim_cur != RLIM_INFINITY);
}
