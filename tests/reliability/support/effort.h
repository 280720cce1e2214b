/* SPDX-License-Identifier: MIT */
/* How much a reliability test does: little in `make test`, much in `make reliability`. */
#ifndef EFFORT_H
#define EFFORT_H

#include <stddef.h>

/* The number in the environment variable, else `usual`. Text that is no number fails the test. */
size_t effort(const char *variable, size_t usual);

#endif
