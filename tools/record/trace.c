/* SPDX-License-Identifier: MIT */
/*
 * From a log of addresses to a trace of slots.
 *
 * A log may miss an event: a signal handler that freed while malloc was interrupted is let through
 * unlogged. So a block that is freed or moved but was never given is no error here. And one that is
 * given while it is still in use must have been freed unseen: the trace frees it first.
 */
#include "trace.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "messages.h"
#include "output.h"
#include "threads.h"

struct making {
    struct trace trace;
    size_t room;     /* records */
    uint16_t thread; /* of the event that is being added */
    struct blocks blocks;
};

static void add_record(struct making *making, const struct log_event *event, uint8_t operation,
                       uint32_t slot)
{
    struct trace_header *header = &making->trace.header;
    if (header->records == UINT32_MAX)
        give_up("the program made more than %u calls, which is all that a trace can hold",
                UINT32_MAX);
    if (header->records == making->room) {
        making->room = making->room ? 2 * making->room : 4096;
        making->trace.records =
            need_memory(realloc(making->trace.records, making->room * sizeof(struct trace_record)));
    }
    bool gives = operation != TRACE_DEALLOC;
    making->trace.records[header->records++] = (struct trace_record){
        .operation = operation,
        .align_log2 = gives ? event->align_log2 : 0,
        .thread = making->thread,
        .slot = slot,
        .size = gives ? (uint32_t)event->size : 0,
    };
}

static void add_free(struct making *making, const struct log_event *event, uint64_t address)
{
    uint32_t slot;
    if (blocks_remove(&making->blocks, address, &slot))
        add_record(making, event, TRACE_DEALLOC, slot);
}

static void add_alloc(struct making *making, const struct log_event *event, uint8_t op)
{
    add_free(making, event, event->block); /* see above: it was freed unseen */
    add_record(making, event, op, blocks_add(&making->blocks, event->block));
}

static void add_realloc(struct making *making, const struct log_event *event)
{
    uint32_t slot;
    if (event->block != event->before)
        add_free(making, event, event->block); /* likewise */
    if (blocks_move(&making->blocks, event->before, event->block, &slot))
        add_record(making, event, TRACE_REALLOC, slot);
    else
        add_alloc(making, event, TRACE_ALLOC);
}

/* A block of 4 GiB or more does not fit into a record: it is as if it had never been there. */
static void leave_out(struct making *making, const struct log_event *event)
{
    making->trace.left_out++;
    if (event->operation == TRACE_REALLOC)
        add_free(making, event, event->before);
}

static void add_event(struct making *making, const struct log_event *event)
{
    if (event->operation == TRACE_DEALLOC)
        add_free(making, event, event->before);
    else if (event->size > UINT32_MAX)
        leave_out(making, event);
    else if (event->operation == TRACE_REALLOC)
        add_realloc(making, event);
    else
        add_alloc(making, event, event->operation);
}

struct trace trace_make(const struct log_event *events, size_t count)
{
    struct making making = {0};
    struct trace_header *header = &making.trace.header;
    struct threads threads = threads_find(events, count);
    for (size_t i = 0; i < count; i++) {
        making.thread = threads_number(&threads, &events[i], i);
        add_event(&making, &events[i]);
    }
    memcpy(header->magic, TRACE_MAGIC, sizeof(header->magic));
    header->version = TRACE_VERSION;
    header->slots = making.blocks.slots;
    header->threads = threads.used;
    threads_forget(&threads);
    blocks_forget(&making.blocks);
    return making.trace;
}

void trace_forget(struct trace *trace)
{
    free(trace->records);
    *trace = (struct trace){0};
}

void trace_write(const struct trace *trace, const char *path)
{
    struct output output;
    output_open(&output, path);
    output_write(&output, &trace->header, sizeof(trace->header));
    output_write(&output, trace->records, trace->header.records * sizeof(*trace->records));
    output_close(&output);
}
