/* SPDX-License-Identifier: MIT */
/*
 * Fault injection: a program harms its heap, once, and goes on. What comes of it?
 *
 *     harmless   everything that follows is right
 *     at once    the heap says what is wrong, in the faulty call itself or in the next one; a write
 *                that the memory refuses, as a guard page does, counts as well
 *     late       the heap says so later
 *     inexact    a wild free was found at once, but by another name: not that of the operation, the
 *                address or the mistake
 *     overlap    the heap hands out memory that a live block has, or writes into one
 *     outside    the heap hands out memory that is not its own, or not memory
 *     crashed    the program dies by a signal, and nothing says why
 *     hung       it does not end
 *
 * The idea: a heap is used for a while beside a model of its live blocks. Then each fault is a child
 * process of its own, so that nothing has to be mended, and any way to end is seen. The child makes
 * its one fault, goes on allocating and freeing under the model's eyes, frees everything and, where
 * the heap can be checked as a whole, checks it.
 *
 * What is fair:
 *   - A write past a block's end, or before its start, may hit other live blocks. Their content is
 *     the program's own loss: the model no longer looks at it. Everything else it hits is the heap's
 *     to guard: free memory, slack between blocks, metadata.
 *   - A write stays in the heap's memory. What else a program can ruin is no matter of the heap's.
 *   - A freed block is written to only while no live block has its memory.
 *   - A double free is of an address at which no live block begins; so is a free of any address.
 *   - A size is wrong if it is more than the block really has, or less by more than an allocator
 *     rounds up: to its alignment, then a quarter and 16 bytes.
 *   - Flips in a struct spare the pointer to its operations: no code of the heap runs before it.
 *
 * A fault is known by a seed and its number: SEED=seed FAULT=number makes that one alone, in a
 * process that can be debugged, and says what it does. Where addresses are random, `setarch -R` keeps
 * them.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stddef.h>

enum fault_kind {
    FAULT_OVERFLOW_SHORT, /* up to 16 bytes past what was asked for */
    FAULT_OVERFLOW,       /* up to 4096 */
    FAULT_UNDERFLOW,      /* up to 4096 bytes before the block */
    FAULT_WRITE_FREED,    /* a whole freed block is overwritten */
    FAULT_WRITE_WORDS,    /* some words of one */
    FAULT_FLIP_FREED,     /* a bit of one */
    FAULT_FLIP_ANYWHERE,  /* a bit of the heap's memory, outside live blocks */
    FAULT_FLIP_METADATA,  /* a bit of what the heap keeps for itself there */
    FAULT_FLIP_STRUCT,    /* a bit of its struct */
    FAULT_FREE_RANDOM,    /* a free of any address, and so on */
    FAULT_FREE_NEARBY,    /* one in the heap */
    FAULT_FREE_INTERIOR,
    FAULT_FREE_MISALIGNED,
    FAULT_FREE_TWICE,
    FAULT_FREE_AGAIN_LATER,
    FAULT_FREE_WRONG_SIZE,
    FAULT_FREE_WRONG_ALIGN,
    FAULT_FREE_OTHER_HEAP,
    FAULT_FREE_STACK,
    FAULT_FREE_NULL_PAGE,
    FAULT_KINDS
};

enum fault_outcome {
    FAULT_HARMLESS,
    FAULT_AT_ONCE,
    FAULT_LATE,
    FAULT_INEXACT,
    FAULT_OVERLAP,
    FAULT_OUTSIDE,
    FAULT_CRASHED,
    FAULT_HUNG,
    FAULT_OUTCOMES
};

/* A way to give a block back, or to ask about one, that must find a wild free. */
struct fault_operation {
    const char *name; /* what its message has right before the address: "dealloc of " */
    void (*call)(void *block, size_t size, size_t align);
    bool takes_size, takes_align;
};

struct fault_memory {
    unsigned char *start;
    size_t size;
};

/* A heap to harm. `random` is any 64 bits. */
struct fault_subject {
    const char *name;
    unsigned long kinds; /* bit k: the subject promises something of fault kind k */
    size_t largest;      /* bytes that a block has at most */
    void (*start)(unsigned long random);
    void *(*alloc)(size_t size, size_t align);
    void (*dealloc)(void *block, size_t size, size_t align);
    void *(*realloc)(void *block, size_t size, size_t align, size_t new_size);
    void (*flush)(void);                      /* null: nothing to flush */
    void (*check)(void);                      /* null: it can't be checked as a whole */
    size_t (*usable_size)(const void *block); /* null: it is not known */
    /* Whether all of that memory may be handed out, or written by a fault. */
    bool (*owns)(const void *start, size_t size);
    /* Each null where there is none. */
    struct fault_memory (*metadata)(unsigned long random);
    struct fault_memory (*struct_memory)(unsigned long random);
    void *other_heap; /* memory that another heap has */
    const struct fault_operation *operations;
    size_t operation_count;
    /* What a message says of the mistake; null: anything. By the wild free's kind. */
    const char *messages[FAULT_KINDS];
};

/*
 * How many of a thousand faults of a kind may have an outcome that is wrong; one may in any case.
 * Where there is no allowance, none may.
 */
struct fault_allowance {
    const char *subject;
    enum fault_kind kind; /* FAULT_KINDS: any */
    enum fault_outcome outcome;
    unsigned per_mille;
};

/*
 * Injects `faults` faults and prints a table of their kinds and outcomes. Fails the running cmocka
 * test where an outcome is wrong more often than the allowances say: inexact, overlap, outside,
 * crashed and hung are wrong for all kinds; harmless and late, for wild frees, too.
 */
void inject_faults(const struct fault_subject *subject, size_t faults,
                   const struct fault_allowance *allowances, size_t allowance_count);

#endif
