/* SPDX-License-Identifier: MIT */
/*
 * A program's heap: the allocator cairn over memory that grows, with slabs for each thread.
 *
 *     CAIRN_GLOBAL_ALLOCATOR(&cairn_program_heap.allocator);
 *
 *     shared heap    each thread's slabs
 *     program        blocks of 4 MiB and more, 1 MiB if zeroed: each a mapping of its own (large_blocks.h)
 *     locked
 *     growing        takes memory in steps, and gives pages back
 *     cairn
 *
 * It needs no initialisation: the first allocation takes 4 MiB. When 7/8 of what there is are taken,
 * it takes half as much again, where the first region ends; in a process with a limit on its memory
 * (ulimit -v, ulimit -d) an eighth. So the process has little more than it uses. Where the addresses
 * after it are taken, or beyond 31 GiB, it goes on elsewhere: there every operation takes the lock.
 *
 * A large block leaves the process when it is freed, and is not copied when it is resized. But where
 * one of up to 32 MiB was freed, others up to its size come from the heap. The free pages of the heap
 * go back to the system when half of the most that was ever taken is free, 32 MiB
 * at least, or twice of such blocks; cairn_program_heap_trim() gives them back at once.
 *
 * What it is bad at: growing keeps all threads out of their slabs; that is rare, for each step is
 * larger. What was taken in steps stays mapped, though it need not be resident.
 */
#ifndef CAIRN_PROGRAM_HEAP_H
#define CAIRN_PROGRAM_HEAP_H

#include <cairn/shared_heap.h>

extern struct cairn_shared_heap cairn_program_heap;

/*
 * Returns the memory of free pages to the system, what is cached included.
 *
 * Gives:   the number of bytes given back.
 * Cost:    a step for each block; a page fault for each page that is used again.
 * Context: as for cairn_shared_heap_flush().
 */
size_t cairn_program_heap_trim(void);

/*
 * For pthread_atfork(): before the fork, all threads are kept out of their slabs and of the heap;
 * after it, in parent and child, they go on.
 */
void cairn_program_heap_before_fork(void);
void cairn_program_heap_after_fork(void);
void cairn_program_heap_after_fork_in_child(void);

#endif
