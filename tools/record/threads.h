/* SPDX-License-Identifier: MIT */
/*
 * From the log's threads, of any number, to the trace's, which have 16 bits.
 *
 * Each thread gets a number of its own while there are some; after that, the number of a thread that
 * has made its last call, the longest ago. So only threads that work at the same time must fit.
 */
#ifndef RECORD_THREADS_H
#define RECORD_THREADS_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"

#define TRACE_THREADS_MAX 65536

struct thread {
    size_t last_event; /* its index in the log */
    uint32_t number;   /* in the trace */
};

struct threads {
    struct thread *of_log; /* by their number in the log */
    uint32_t used;         /* numbers that were ever given */
    uint16_t *ended;       /* numbers that are free again, a ring of TRACE_THREADS_MAX */
    size_t ended_count;
    size_t ended_first;
};

/* Looks through the log's events. */
struct threads threads_find(const struct log_event *events, size_t count);

/*
 * The number of the thread that made the event with this index.
 *
 * Needs: the events come in their order, each once. Gives up where more than TRACE_THREADS_MAX
 * threads work at the same time.
 */
uint16_t threads_number(struct threads *threads, const struct log_event *event, size_t index);

void threads_forget(struct threads *threads);

#endif
