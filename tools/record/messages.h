/* SPDX-License-Identifier: MIT */
/* What cairn-record says of itself, and how it gives up. */
#ifndef RECORD_MESSAGES_H
#define RECORD_MESSAGES_H

/* The status of "cairn-record itself failed", as env(1) and timeout(1) have it. */
#define STATUS_FAILED 125

/* Writes a line to standard error, after our name. */
void tell(const char *format, ...) __attribute__((__format__(printf, 1, 2)));

/* Says what is wrong, and ends with STATUS_FAILED. */
_Noreturn void give_up(const char *format, ...) __attribute__((__format__(printf, 1, 2)));

/* The block, or giving up where it is null. */
void *need_memory(void *block);

#endif
