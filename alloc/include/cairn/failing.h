/* SPDX-License-Identifier: MIT */
/*
 * An allocator that fails when it is told to: how a program shows that it survives it.
 *
 *     static struct cairn_failing failing = CAIRN_FAILING(&heap.allocator);
 *     size_t nth = 0;
 *     do {
 *         cairn_failing_at(&failing, ++nth, CAIRN_FAILING_ONCE);
 *         run(&failing.allocator);            the program, or one step of it
 *         check_that_nothing_leaked();
 *     } while (failing.failures != 0);        until a run has no n-th allocation any more
 *
 * alloc, alloc_zeroed and realloc count as one call each; a call that fails on purpose does not
 * reach the inner allocator. The method is the one that SQLite tests itself with
 * (https://www.sqlite.org/testing.html, "Out-Of-Memory Testing").
 *
 * What it is bad at: it has one counter, so where several threads allocate, which of them meets the
 * n-th call is left to chance; wrap it in <cairn/locked.h> even to get that.
 *
 * Cost: O(1) beside the inner allocator.
 */
#ifndef CAIRN_FAILING_H
#define CAIRN_FAILING_H

#include <cairn/allocator.h>

CAIRN_C_BEGIN

enum cairn_failing_mode {
    CAIRN_FAILING_ONCE,    /* only the n-th call fails: memory is short for a moment */
    CAIRN_FAILING_ONWARDS, /* the n-th and every later call fails: memory is gone */
};

struct cairn_failing {
    struct cairn_allocator allocator;
    struct cairn_allocator *inner;
    size_t nth; /* the first call to fail, counted from 1; 0 for none */
    enum cairn_failing_mode mode;
    size_t calls;    /* since cairn_failing_at() */
    size_t failures; /* of these, those that failed on purpose */
};

extern const struct cairn_allocator_operations cairn_failing_operations;

/* Passes everything on until cairn_failing_at() says otherwise. */
#define CAIRN_FAILING(inner_allocator)                                              \
    {                                                                               \
        {&cairn_failing_operations}, (inner_allocator), 0, CAIRN_FAILING_ONCE, 0, 0 \
    }

/* Lets the n-th call from now on fail; 0 lets none. Both counts begin again. */
void cairn_failing_at(struct cairn_failing *self, size_t nth, enum cairn_failing_mode mode);

CAIRN_C_END

#endif
