/* SPDX-License-Identifier: MIT */
/*
 * Adversaries: short programs of heap operations, made to get one operation as dear as can be.
 *
 * A program is text, a step a line, and ends with an empty line.
 *
 *     program NAME                             the first line
 *     heap BYTES                               the heap that it runs in; the second
 *     alloc COUNT LOW HIGH ALIGN               blocks of LOW to HIGH bytes, until one is refused
 *     churn COUNT LOW HIGH ALIGN               COUNT times: frees any block, and allocates another
 *     free GROUP EVERY FIRST ORDER             frees blocks
 *     realloc GROUP EVERY FIRST ORDER LOW HIGH resizes blocks to LOW to HIGH bytes
 *
 * GROUP n is what the n-th alloc of the program has made, and 0 is all; of these, in the order in
 * which they were made, number FIRST and each EVERY-th after it. ORDER is 0 for up, 1 for down, 2
 * for any. What is random is the same in every run.
 *
 * What it is bad at: an operation costs the more, the longer its program may be. So figures are of
 * programs of at most PROGRAM_OPERATIONS_MAX operations, and a linear search goes on growing.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cairn/allocator.h>

#include "random_source.h"

#define PROGRAM_STEPS_MAX      16
#define PROGRAM_OPERATIONS_MAX 20000
#define PROGRAM_NAME_MAX       48
#define PROGRAM_ALIGN_MAX      ((size_t)1 << 16)
#define PROGRAM_HEAP_MAX       ((size_t)8 << 20)

enum step_kind { STEP_ALLOC, STEP_CHURN, STEP_FREE, STEP_REALLOC };
enum step_order { ORDER_UP, ORDER_DOWN, ORDER_ANY };

struct step {
    enum step_kind kind;
    size_t count;               /* of alloc and churn */
    size_t low, high, align;    /* bytes; of alloc, churn and realloc */
    size_t group, every, first; /* of free and realloc */
    enum step_order order;      /* likewise */
};

struct program {
    char name[PROGRAM_NAME_MAX]; /* terminated */
    size_t heap;                 /* bytes */
    size_t step_count;
    struct step steps[PROGRAM_STEPS_MAX];
};

/*
 * Reads a program, up to an empty line or the text's end. Lines that begin with # say something to
 * people.
 *
 * Gives:  *text, after what was read; no steps if there is no further program.
 * Errors: null if all is well; else what is wrong with the line at *text.
 */
CAIRN_MUST_USE const char *program_read(const char **text, struct program *program);

/* What an operation was. REFUSED is an alloc or realloc that gave null. */
enum program_operation {
    PROGRAM_ALLOC,
    PROGRAM_DEALLOC,
    PROGRAM_REALLOC,
    PROGRAM_REALLOC_MOVED,
    PROGRAM_REFUSED,
};

struct program_object {
    void *block; /* null: none */
    struct cairn_layout layout;
};

/* One run of a program. The caller sets the first six; the tables may hold anything. */
struct program_run {
    struct cairn_allocator *heap;
    size_t room; /* bytes that may be in use; a request for more is not made */
    uint64_t (*now)(void);
    /* Told of each operation, numbered from 0. False ends the run. */
    bool (*note)(struct program_run *run, enum program_operation operation, uint64_t begin,
                 uint64_t end);
    struct program_object *objects; /* PROGRAM_OPERATIONS_MAX */
    uint32_t *chosen;               /* PROGRAM_OPERATIONS_MAX */

    size_t object_count, group_count, in_use, operations;
    size_t groups[PROGRAM_STEPS_MAX + 1]; /* where the group before ends */
    struct random_source random;
};

/*
 * Runs the program to its end, or to that of PROGRAM_OPERATIONS_MAX operations, or until note() says
 * so. Blocks that are in use then stay.
 */
void program_run(const struct program *program, struct program_run *run);

/* Frees what is in use, without measuring it. */
void program_free_all(struct program_run *run);

#endif
