/* SPDX-License-Identifier: MIT */
/*
 * The host seam for a heap that grows: addresses first, memory for them later, and back again.
 *
 * A heap reserves more addresses than it will ever need, once. They cost nothing, and because they
 * are one run, a heap that commits them from the beginning on stays one region for ever: nothing
 * before a block moves, and growing is extending.
 *
 *     reserved |#################|.............|#########|......................|
 *               committed         released, reads zero     never touched
 *
 * All three may be called by several threads at once for ranges that do not overlap, and none
 * allocates. What errno was before, it is after.
 */
#ifndef CAIRN_HOST_MEMORY_H
#define CAIRN_HOST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include <cairn/base/check.h>

/*
 * Sets `size` bytes of addresses aside. There is no memory behind them yet: whoever touches one
 * before it is committed crashes.
 *
 * Gives:  the first address, at the start of a page.
 * Errors: null, if there is no such run of addresses, or the process may not have it (ulimit -v):
 *         ask for half as much.
 * Cost:   one system call.
 */
CAIRN_MUST_USE void *cairn_host_memory_reserve(size_t size);

/*
 * Puts memory behind `size` bytes from `at`: from now on they may be read and written. Bytes that
 * are committed for the first time, or were released, read as zero. Committing again does nothing.
 *
 * Needs:  the range lies in one that was reserved. It is widened to whole pages.
 * Errors: false, if the system has no more memory to promise; nothing has changed then.
 * Cost:   one system call; a page gets its memory when it is first touched.
 */
CAIRN_MUST_USE bool cairn_host_memory_commit(void *at, size_t size);

/*
 * Gives the memory behind `size` bytes from `at` back to the system. They stay committed: they may
 * be used again at once, and get new memory then.
 *
 * Needs:  the range is committed, and nobody needs what it holds. It is narrowed to whole pages.
 * Gives:  true if those pages read as zero now; false if they are as before, because there is no
 *         whole page in the range or because the process has locked its memory (mlockall).
 * Cost:   one system call, and later a page fault for each page that is touched again.
 */
bool cairn_host_memory_release(void *at, size_t size);

#endif
