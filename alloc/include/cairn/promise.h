/* SPDX-License-Identifier: MIT */
/*
 * A promise: memory for given layouts and counts, taken from any allocator beforehand. What was
 * promised can then be had without fail, without a lock and in any context.
 *
 *     static struct cairn_promised promised[] = {
 *         CAIRN_PROMISED_EXACTLY(sizeof(struct packet), _Alignof(struct packet), 100),
 *         CAIRN_PROMISED_UP_TO(64, 16, 20),
 *     };
 *     static uintptr_t words[CAIRN_PROMISE_WORDS(100) + CAIRN_PROMISE_WORDS(20)];
 *     static struct cairn_promise promise = CAIRN_PROMISE(promised, words);
 *     ...
 *     if (!cairn_promise_make(&promise, &heap.allocator))
 *         return false;                                        nothing was taken
 *     struct packet *packet = cairn_allocator_alloc(&promise.allocator, layout);
 *
 * The idea: one block of the inner allocator, cut into rows of equal blocks, and a bitmap of the free
 * ones for each row. A block is taken by compare-and-swap of its bit, and given back by setting it,
 * so whatever comes in between, a handler or another processor, finds every bit right. The bitmaps
 * lie in the user's memory, where no overflow of a block reaches them:
 *
 *     the inner allocator's    |head| 100 packets       | 20 of up to 64 |
 *     words                     1101...     1111...
 *
 * What is promised holds for exactly that: a row serves its own layout alone, so that a small
 * request cannot use up what was promised to large ones. Only a row that says "up to" serves all
 * that fits into its blocks. A request goes to the first row that serves it and has a block left, so
 * the order of the rows is a policy: exact ones first, then small ones.
 *
 * What it is bad at: its memory is of no use to anybody else. In a row of "up to", a wrong layout is
 * found only if the row would not serve it.
 */
#ifndef CAIRN_PROMISE_H
#define CAIRN_PROMISE_H

#include <cairn/allocator.h>

CAIRN_C_BEGIN

/* A row: `count` blocks of a layout. */
struct cairn_promised {
    struct cairn_layout layout;
    size_t count;
    bool up_to;        /* serves what is smaller or less aligned, too */
    uintptr_t start;   /* once made: the first block's address */
    uintptr_t stride;  /* once made: bytes from one block to the next, at least 16 */
    size_t given_back; /* blocks, ever */
};

#define CAIRN_PROMISED_EXACTLY(size, align, count) \
    {                                              \
        {(size), (align)}, (count), false, 0, 0, 0 \
    }
#define CAIRN_PROMISED_UP_TO(size, align, count)  \
    {                                             \
        {(size), (align)}, (count), true, 0, 0, 0 \
    }

/* Words of bitmap that a row of `count` blocks needs. */
#define CAIRN_PROMISE_WORD_BITS (sizeof(uintptr_t) * __CHAR_BIT__)
#define CAIRN_PROMISE_WORDS(count) \
    (((count) + CAIRN_PROMISE_WORD_BITS - 1) / CAIRN_PROMISE_WORD_BITS)

struct cairn_promise {
    struct cairn_allocator allocator;
    struct cairn_promised *promised; /* the rows, in the order in which they are asked */
    size_t rows;
    uintptr_t *words; /* of all rows, one after the other; a set bit: the block is free */
    size_t word_count;
    struct cairn_allocator *inner; /* null: not made */
    uintptr_t start;               /* the inner allocator's block, which holds all rows */
    struct cairn_layout layout;    /* its layout */
    size_t refused;                /* requests that gave null */
};

extern const struct cairn_allocator_operations cairn_promise_operations;

/* A promise that is not made yet, and so refuses everything. Both are arrays; `words` is zero. */
#define CAIRN_PROMISE(promised, words)                                                     \
    {                                                                                      \
        {&cairn_promise_operations}, (promised), sizeof(promised) / sizeof((promised)[0]), \
            (words), sizeof(words) / sizeof((words)[0]), NULL, 0, {0, 1}, 0                \
    }

/*
 * Takes the memory for all rows from `inner`, which is used again only when the promise ends.
 *
 * From then on the promise is an allocator that knows its blocks' sizes. alloc gives null, counted in
 * `refused`, only if no row serves the layout, or if all blocks of those that do are in use, or just
 * being given back by an operation that was interrupted. realloc leaves a block where it is if its
 * row serves the new layout, too; else it needs a second one.
 *
 * Needs:   each row has at least one block, and a valid layout whose size is not 0. There are enough
 *          words. The bytes: 16, each count times its layout's size rounded up to its alignment (at
 *          least 16), and gaps before rows of higher alignment.
 * Errors:  false if the memory does not suffice; then nothing has changed.
 * Panics:  what it needs is not there; it is made already.
 * Context: before anybody uses the promise.
 *
 * Cost of alloc: O(rows + words) where a block is left; before a refusal the same again, and again for
 *          each block that would have served, but went back and to somebody else meanwhile. Of all
 *          others: O(rows).
 * Context of all operations: any, at the same time: handlers, other processors, an NMI. On a machine
 *          without atomic instructions, whose atomics turn interrupts off
 *          (base/freestanding/atomics.c), no NMI.
 * Panics of all operations: a block is given that is not of this promise, or begins elsewhere, or is
 *          free; or with a layout that its row does not serve.
 */
CAIRN_MUST_USE bool cairn_promise_make(struct cairn_promise *self, struct cairn_allocator *inner);

/*
 * Gives the memory back. The promise can be made again, also from another allocator.
 *
 * Panics:  a block is not given back yet; it is not made.
 * Context: nobody else uses the promise.
 */
void cairn_promise_end(struct cairn_promise *self);

/* Blocks that are in use at this moment. Cost: O(blocks). Context: any. */
size_t cairn_promise_taken(const struct cairn_promise *self);

/* Whether the address lies in the promise's memory. Cost: O(1). Context: any. */
static inline bool cairn_promise_owns(const struct cairn_promise *self, const void *block)
{
    return (uintptr_t)block - self->start < self->layout.size;
}

CAIRN_C_END

#endif
