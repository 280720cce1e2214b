/* SPDX-License-Identifier: MIT */
/* Traces: from what the log says to the file. */
#ifndef TRACE_H
#define TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "trace_format.h"

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
