/* SPDX-License-Identifier: MIT */
/*
 * What the recorder's library tells cairn-record: a log, one file for each program that ran.
 *
 * The file is a struct log_header and then, from LOG_EVENTS_AT on, `events` of struct log_event, in
 * the order in which the allocator did them.
 */
#ifndef EVENT_H
#define EVENT_H

#include <stdint.h>

#include "trace_format.h"

#define LOG_MAGIC     "cairnlog"
#define LOG_EVENTS_AT 4096 /* bytes from the start of the file; a page */

/* Environment variables, from cairn-record to the library. */
/* Where logs go. */
#define LOG_FOLDER_VARIABLE "CAIRN_RECORD_FOLDER"
/* The one process that logs; not set: all do. */
#define LOG_PROCESS_VARIABLE "CAIRN_RECORD_PROCESS"
/* What standard error is at the beginning, as LOG_FILE_FORMAT says: device and inode. */
#define LOG_ERROR_VARIABLE "CAIRN_RECORD_STDERR"
#define LOG_FILE_FORMAT    "%ju:%ju"

struct log_header {
    char magic[8];
    uint64_t events;   /* that are complete */
    uint32_t threads;  /* that have allocated or freed */
    int32_t error;     /* errno of what ended the recording early, or 0 */
    char program[256]; /* the file's name without its folders, terminated */
    char becomes[256]; /* what the process calls exec with; empty if it never did, or that failed */
};
_Static_assert(sizeof(struct log_header) <= LOG_EVENTS_AT, "the header must fit before the events");

struct log_event {
    uint8_t operation;  /* enum trace_operation */
    uint8_t align_log2; /* of an alloc */
    uint16_t unused;
    uint32_t thread; /* from 0, in the order in which they first allocated */
    uint64_t block;  /* the address that was given; 0 for a dealloc */
    uint64_t before; /* the address that was given back: of realloc and dealloc */
    uint64_t size;   /* bytes as asked for; 0 for a dealloc */
};
_Static_assert(LOG_EVENTS_AT % sizeof(struct log_event) == 0, "no event lies across two pages");

#endif
