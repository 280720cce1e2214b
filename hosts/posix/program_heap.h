/* SPDX-License-Identifier: MIT */
/*
 * A program's heap: the allocator cairn over memory that grows, with a cache for each thread.
 *
 *     CAIRN_GLOBAL_ALLOCATOR(&cairn_program_heap.allocator);
 *
 *     magazines      per thread, 32 MiB at most for all
 *     locked
 *     whole          begins by itself, and gives large blocks' memory back
 *     cairn
 *
 * It needs no initialisation: the first allocation takes 30 GiB of addresses (1 GiB on a 32-bit
 * machine), or as many as there are. The system puts memory behind those that are used. So the heap never grows, and its ledger
 * never moves: the checks of dealloc read it without the lock.
 *
 * A freed block of 4 MiB or more gives its memory back to the system at once. Smaller ones keep it.
 *
 * What it is bad at: those 30 GiB, or 1, are the most that it has; and where the system counts every address as
 * memory (vm.overcommit_memory=2), it takes up to half of what there is from the start.
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
void cairn_program_heap_after_fork_in_child(void);

#endif
