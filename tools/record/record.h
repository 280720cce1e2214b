/* SPDX-License-Identifier: MIT */
/* What the parts of cairn-record share: how it gives up. */
#ifndef RECORD_H
#define RECORD_H

/* Says what is wrong, and ends with the status of "cairn-record itself failed". */
_Noreturn void give_up(const char *format, ...) __attribute__((__format__(printf, 1, 2)));

/* The block, or giving up where it is null. */
void *need_memory(void *block);

#endif
