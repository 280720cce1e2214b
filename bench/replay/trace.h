/* SPDX-License-Identifier: MIT */
/*
 * Allocation traces (support/trace_format.h): reading them, as they are or compressed by xz.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cairn/base/check.h>

#include "trace_format.h"
#include "xz.h"

/*
 * A trace in memory that has been checked.
 *
 * Invariants: slot < slots in every record; alloc meets an empty slot, realloc and dealloc one in
 *             use; sizes and alignments make valid layouts. No size is 0, for malloc(0) gives a
 *             block too: a size of 0 in the file is 1 here.
 */
struct trace {
    size_t record_count;
    size_t slot_count;
    size_t peak_bytes;   /* the most that was in use at once, as requested */
    size_t largest_size; /* bytes of the largest request */
    unsigned largest_align_log2;
    struct trace_record *records;
    struct xz_bytes file;
};

/*
 * Reads a trace.
 *
 * Errors: false, and *error, a buffer of TRACE_ERROR_MAX, says what is wrong, and at which record.
 */
#define TRACE_ERROR_MAX 256
CAIRN_MUST_USE bool trace_read(const char *path, struct trace *trace, char *error);

void trace_release(struct trace *trace);

#endif
