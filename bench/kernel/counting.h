/* SPDX-License-Identifier: MIT */
/*
 * Counting the instructions of single operations.
 *
 * Run with -icount shift=0,sleep=off: then the time-stamp counter counts instructions, exactly, the
 * same number in every run. What reading the counter twice takes is taken off.
 */
#ifndef COUNTING_H
#define COUNTING_H

#include <stdint.h>

enum operation { ALLOC, DEALLOC, REALLOC, REALLOC_MOVED, REFUSED, PUSH, OPERATIONS };

/* Sets how many instructions lie between two readings of the counter, as the caller reads it. */
void counting_begin(uint64_t instructions);

/* Notes one operation, between two readings of the counter. */
void counting_note(enum operation operation, uint64_t begin, uint64_t end);

/* Forgets what was noted. */
void counting_forget(void);

/* Prints median and maximum of each operation that was noted, a line each, and forgets them. */
void counting_tell(const char *workload);

#endif
