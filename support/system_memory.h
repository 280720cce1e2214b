/* SPDX-License-Identifier: MIT */
/*
 * Memory straight from the system, for arenas and for the benchmarks' own tables.
 *
 * No table of a benchmark comes from malloc: where malloc is the subject, it must serve the workload
 * alone.
 */
#ifndef SYSTEM_MEMORY_H
#define SYSTEM_MEMORY_H

#include <stddef.h>

/* Where a mapping begins: such an address suits every allocator, buddies included. */
#define SYSTEM_MEMORY_ALIGN ((size_t)1 << 21)

/*
 * Maps `bytes` of zeros, not yet backed by pages.
 *
 * Errors: the program ends, and says how much it could not get.
 */
void *system_memory_map(size_t bytes);

/* Gives the memory back. Needs: the very address and size of system_memory_map(). */
void system_memory_unmap(void *memory, size_t bytes);

/* Writes to every page, so that no page fault is left to be timed. */
void system_memory_touch(void *memory, size_t bytes);

/* Takes the pages away again; what lies there is zero when it is next looked at. */
void system_memory_discard(void *memory, size_t bytes);

/* Bytes of anonymous memory, exactly, that this process has now. Cost: a walk of page tables. */
size_t system_memory_resident(void);

#endif
