/* SPDX-License-Identifier: MIT */
/*
 * Replaying a trace on an allocator.
 *
 * Each block's first and last byte are written, as its program would have written them, so that
 * the memory is real; after a realloc both must have come along. Records of all threads are
 * replayed by one, in the order in which they happened.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <cairn/allocator.h>

#include "trace.h"

struct replay_slot {
    unsigned char *block; /* null while the slot is empty */
    size_t size;
    size_t align;
};

struct replay {
    const struct trace *trace;
    struct cairn_allocator *heap;
    bool verify; /* false for `null`, whose blocks lie on each other */
    struct replay_slot *slots;
};

/* Makes a replay with all slots empty. */
void replay_begin(struct replay *replay, const struct trace *trace, struct cairn_allocator *heap,
                  bool verify);

/*
 * Replays the records from number `first` to number `end` - 1.
 *
 * Gives:  false if a request was refused; then the replay can only be ended.
 * Panics: a block came back from realloc with other contents.
 */
CAIRN_MUST_USE bool replay_run(struct replay *replay, size_t first, size_t end);

/* Frees what is in use. */
void replay_free(struct replay *replay);

/* The end. What is in use is forgotten: fine for an arena that is made anew. */
void replay_end(struct replay *replay);

#endif
