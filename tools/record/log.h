/* SPDX-License-Identifier: MIT */
/* The library's side of the log: see log.c. One thread at a time. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

#include "event.h"

/* Begins the log, if this process is to be recorded. If it cannot be written, it has said why. */
void log_begin(void);

/* Whether this process writes the log: not before log_begin(), and not in a child that it forks. */
bool log_is_mine(void);

/* Appends the event. What cannot be written ends the log; its header says why. */
void log_append(struct log_event event);

/* Marks that this process is about to become `program`; with "", that it is not after all. */
void log_mark_exec(const char *program);

/* Counts one more thread; gives its number, from 0. */
unsigned log_add_thread(void);

#endif
