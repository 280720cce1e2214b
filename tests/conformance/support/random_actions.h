/* SPDX-License-Identifier: MIT */
/*
 * Conformance: whether an allocator keeps the contract of <cairn/allocator.h>, by random actions
 * against a model.
 *
 * The model is a list of the blocks that are alive: where each lies, its layout, and the pattern
 * that was written into it. Every action is one of alloc, alloc_zeroed, realloc and dealloc, with
 * random sizes and alignments. After each, what the contract says is compared with what is there:
 *
 *   - a block lies inside the memory that the allocator was given, and is aligned
 *   - it overlaps no other block
 *   - zeroed memory is zero, and realloc keeps what both sizes have in common
 *   - a failed realloc leaves the block as it was
 *   - nobody else writes into a block: its pattern is whole when it is given back, and whenever the
 *     whole heap is looked at
 *   - after everything is given back, the largest block that can be had is as large as at first
 *     (unless the allocator's design is not to merge)
 *
 * It needs no host and allocates nothing, so it runs wherever the allocator runs: hosted, and in
 * a kernel. A broken rule is a panic, which names the seed and the action.
 *
 * What it is bad at: it acts from one thread, and compares each new block with all others.
 */
#ifndef CONFORMANCE_RANDOM_ACTIONS_H
#define CONFORMANCE_RANDOM_ACTIONS_H

#include <cairn/allocator.h>

struct conformance_subject {
    const char *name; /* for messages */
    struct cairn_allocator *allocator;
    void *memory; /* all of it: no block may lie elsewhere */
    size_t size;  /* bytes of it */
    /* Walks the whole heap and panics if it is not sound; null if there is no such thing. */
    void (*check)(void);
    bool never_merges; /* its free blocks keep their sizes, by design */
};

/* What happened: for the test to see that it was worth its time. */
struct conformance_report {
    size_t allocs;
    size_t zeroed_allocs;
    size_t reallocs;
    size_t deallocs;
    size_t failures; /* of the first three */
    size_t most_blocks;
    size_t largest_block; /* bytes that an empty heap can give in one block */
};

/*
 * Acts `actions` times.
 *
 * Needs:  no block of the allocator is alive. The same seed gives the same actions.
 * Gives:  a report; no block is alive again.
 * Panics: the contract is broken: "conformance of NAME, seed S, action A: ...".
 */
struct conformance_report conformance_run(const struct conformance_subject *subject, uint64_t seed,
                                          size_t actions);

#endif
