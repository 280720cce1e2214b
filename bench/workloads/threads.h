/* SPDX-License-Identifier: MIT */
/*
 * Two threads that begin together, timed by the clock on the wall: a thread that waits for the
 * other has lost that time, though it used no processor.
 */
#ifndef THREADS_H
#define THREADS_H

struct thread_work {
    void (*prepare)(void *argument); /* before the start, in the same thread; may be null */
    void (*work)(void *argument);
    void *argument;
};

/* Runs both. Gives: nanoseconds from the common start to the later end. */
double threads_run_two(const struct thread_work *first, const struct thread_work *second);

#endif
