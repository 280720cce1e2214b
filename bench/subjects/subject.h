/* SPDX-License-Identifier: MIT */
/*
 * Subjects: who is measured. Each is a cairn_allocator, so every subject is called in the same way,
 * through the same table of operations, and `null` shows what that way alone costs.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include <cairn/allocator.h>

enum subject_kind {
    SUBJECT_NULL,   /* no allocator: its blocks all lie on each other */
    SUBJECT_ARENA,  /* serves from the memory that it is given, and from no other */
    SUBJECT_SYSTEM, /* gets its memory from the system */
};

struct subject {
    const char *name;
    enum subject_kind kind;
    bool thread_safe; /* on its own; if not, workloads with threads put it behind a lock */

    /*
     * Makes the allocator over `size` bytes at `memory`, whatever it was before; there is one.
     *
     * Needs:  memory is aligned on SYSTEM_MEMORY_ALIGN. A SUBJECT_SYSTEM does not look at it.
     * Errors: null if that is too little memory for it.
     */
    struct cairn_allocator *(*open)(void *memory, size_t size);

    /* The bytes that it takes beside the `size` that it is given; null: none but its struct. */
    size_t (*beside)(size_t size);
};

/* What the subject has beside a heap of `size` bytes. */
static inline size_t subject_beside(const struct subject *subject, size_t size)
{
    return subject->beside ? subject->beside(size) : 0;
}

extern const struct subject subjects[];
extern const size_t subject_count;

/* The subject of that name, or null. */
const struct subject *subject_find(const char *name);

/* One file each; the arena allocators are in subjects.c. */
struct cairn_allocator *null_open(void *memory, size_t size);
struct cairn_allocator *malloc_open(void *memory, size_t size);

/* What malloc_open() gives. */
extern struct cairn_allocator malloc_allocator;

/*
 * The file that malloc, free, realloc and aligned_alloc of this process come from.
 *
 * Gives: null if they come from several files: then something was replaced only in part.
 */
const char *malloc_origin(void);

#endif
