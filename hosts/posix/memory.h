/* SPDX-License-Identifier: MIT */
/*
 * The host seam for a heap's memory: pages from the system, more of them where some are, and back.
 *
 * Nothing is set aside for later: what is mapped is what the process has, so that a limit on its
 * addresses (ulimit -v), locked memory (mlockall) and core dumps count what it uses.
 *
 * All of it may be called by several threads at once for ranges that do not overlap, and nothing
 * allocates. What errno was before, it is after. Sizes are in bytes, multiples of
 * cairn_host_memory_page_size().
 */
#ifndef CAIRN_HOST_MEMORY_H
#define CAIRN_HOST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include <cairn/base/check.h>

size_t cairn_host_memory_page_size(void);

/*
 * Gives:  the first address of `size` bytes that read as zero; a page gets its memory when it is
 *         first touched.
 * Errors: null, if the system has no more, or the process may not have more.
 * Cost:   one system call.
 */
CAIRN_MUST_USE void *cairn_host_memory_map(size_t size);

/*
 * The same, with as many free addresses after it as can be found, where the system puts other
 * mappings last. Nothing is reserved.
 *
 * Cost: four system calls, or a few more.
 */
CAIRN_MUST_USE void *cairn_host_memory_map_with_room(size_t size);

/* The same at `at` and nowhere else. Errors: false, also if something is there already. */
CAIRN_MUST_USE bool cairn_host_memory_map_at(void *at, size_t size);

/*
 * Makes a whole mapping of `size` bytes larger, by moving its pages if it must.
 *
 * Gives:  where it begins now, with its contents; what it gained reads as zero.
 * Errors: null; then it is as it was.
 */
CAIRN_MUST_USE void *cairn_host_memory_enlarge(void *at, size_t size, size_t new_size);

/* Gives pages back, addresses and all. Cost: one system call, which frees every page. */
void cairn_host_memory_unmap(void *at, size_t size);

/*
 * Returns the memory of `size` bytes from `at` to the system. The addresses stay mapped: they
 * may be used again at once, and get new memory then.
 *
 * Needs:  the range is mapped, and nobody needs what it holds. It need not consist of whole pages,
 *         and is narrowed to those.
 * Gives:  true if those pages read as zero now; false if they are as before, because there is no
 *         whole page in the range or because the process has locked its memory (mlockall).
 * Cost:   one system call, and later a page fault for each page that is touched again.
 */
bool cairn_host_memory_release(void *at, size_t size);

/* Whether the process may have so many addresses, or so much memory, and no more (ulimit -v, -d). */
bool cairn_host_memory_is_limited(void);

#endif
