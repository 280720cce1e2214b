/* SPDX-License-Identifier: MIT */
/*
 * Memory from the system, by mmap, mprotect and madvise.
 *
 * Reserved addresses are a private mapping without access and without a claim on memory
 * (MAP_NORESERVE), so that 64 GiB of them cost one entry in the kernel's list of mappings, also
 * where the system never promises more than it has (vm.overcommit_memory=2): there it is
 * mprotect() that makes the claim, and that may fail. Source: Linux,
 * Documentation/mm/overcommit-accounting.rst; mprotect(2), madvise(2).
 *
 * What it is bad at: MADV_DONTNEED gives pages back at once, even if they are wanted again in a
 * microsecond. The heap above decides what is worth it.
 */
#include "memory.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cairn/base/bits.h>

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

void *cairn_host_memory_reserve(size_t size)
{
    int errno_before = errno;
    void *start = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    errno = errno_before;
    return start == MAP_FAILED ? NULL : start;
}

bool cairn_host_memory_commit(void *at, size_t size)
{
    int errno_before = errno;
    uintptr_t start = cairn_align_down((uintptr_t)at, page_size());
    uintptr_t end = cairn_align_up((uintptr_t)at + size, page_size());
    bool committed = mprotect((void *)start, end - start, PROT_READ | PROT_WRITE) == 0;
    errno = errno_before;
    return committed;
}

bool cairn_host_memory_release(void *at, size_t size)
{
    int errno_before = errno;
    uintptr_t start = cairn_align_up((uintptr_t)at, page_size());
    uintptr_t end = cairn_align_down((uintptr_t)at + size, page_size());
    bool released = start < end && madvise((void *)start, end - start, MADV_DONTNEED) == 0;
    errno = errno_before;
    return released;
}
