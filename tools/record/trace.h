/* SPDX-License-Identifier: MIT */
/*
 * A trace (.ctr): the allocations of a program, for replaying over any allocator. Little-endian.
 *
 * The file is a struct trace_header and then `records` of struct trace_record, in the order in
 * which they happened. A slot is in use from its alloc to its dealloc, and is used again after
 * that, so a replayer needs an array of `slots` pointers and sizes and nothing else. What is in use
 * at the end was still live when the recording stopped.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"

#define TRACE_MAGIC   "CTRC"
#define TRACE_VERSION 1

struct trace_header {
    char magic[4];
    uint32_t version;
    uint32_t records;
    uint32_t slots;
    uint32_t threads;
};

struct trace_record {
    uint8_t op;         /* 0 alloc, 1 the same and zeroed, 2 realloc, 3 dealloc */
    uint8_t log2_align; /* 0 for a dealloc */
    uint16_t thread;
    uint32_t slot;
    uint32_t size; /* bytes, at least 1; 0 for a dealloc */
};
_Static_assert(sizeof(struct trace_header) == 20 && sizeof(struct trace_record) == 12,
               "the file has no padding");

struct trace {
    struct trace_header header;
    struct trace_record *records;
    size_t left_out; /* blocks of 4 GiB and more, which a record cannot hold */
};

/*
 * Makes a trace of the events. It is as a program without us would have it: a block that the log
 * has not seen allocated (the dynamic linker's own) is not freed in it either.
 */
struct trace trace_make(const struct log_event *events, size_t count);

void trace_forget(struct trace *trace);

/* Writes the trace into the file; by xz where its name ends in .xz. */
void trace_write(const struct trace *trace, const char *path);

#endif
