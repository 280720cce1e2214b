/* SPDX-License-Identifier: MIT */
/*
 * A trace (.ctr): the allocations of a program, for replaying over any allocator.
 *
 * The file is a struct trace_header and then `records` of struct trace_record, in the order in
 * which they happened. A slot is in use from its alloc to its dealloc, and is used again after
 * that, so a replayer needs an array of `slots` pointers and sizes and nothing else. What is in use
 * at the end was still live when the recording stopped. bench/traces/README.md tells more.
 */
#ifndef TRACE_FORMAT_H
#define TRACE_FORMAT_H

#include <stdint.h>

#define TRACE_MAGIC   "CTRC"
#define TRACE_VERSION 1

enum trace_operation { TRACE_ALLOC, TRACE_ALLOC_ZEROED, TRACE_REALLOC, TRACE_DEALLOC };

struct trace_header {
    char magic[4];
    uint32_t version;
    uint32_t records;
    uint32_t slots;
    uint32_t threads;
};

struct trace_record {
    uint8_t operation;  /* enum trace_operation */
    uint8_t align_log2; /* 0 for a dealloc */
    uint16_t thread;
    uint32_t slot;
    uint32_t size; /* bytes, at least 1; 0 for a dealloc */
};

_Static_assert(sizeof(struct trace_header) == 20 && sizeof(struct trace_record) == 12,
               "the file has no padding");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file is little-endian");

#endif
