/* SPDX-License-Identifier: MIT */
/*
 * A program's heap: the allocator cairn over memory that grows, with a cache for each thread.
 *
 *     CAIRN_GLOBAL_ALLOCATOR(&cairn_program_heap.allocator);
 *
 *     magazines      per thread, 32 MiB at most for all
 *     locked
 *     growing        doubles the heap before it is half full
 *     cairn
 *
 * It needs no initialisation: the first allocation reserves its addresses.
 *
 * What it is bad at: it never gets smaller by itself, and 30 GiB is the most that it has.
 */
#ifndef CAIRN_PROGRAM_HEAP_H
#define CAIRN_PROGRAM_HEAP_H

#include <cairn/magazines.h>

extern struct cairn_magazines cairn_program_heap;

/*
 * For pthread_atfork(): before the fork, all threads' caches and the heap itself are brought to rest;
 * behind it, in parent and child, they go on.
 */
void cairn_program_heap_before_fork(void);
void cairn_program_heap_after_fork(void);

#endif
