/* SPDX-License-Identifier: MIT */
/*
 * Fails the n-th allocation, for every n: that code survives it, leaks nothing, and changes nothing
 * unless it succeeds.
 *
 *     static void push(void)
 *     {
 *         fail_nth_pause();                       the way to the state that is of interest
 *         owned(vec_box) vec = three_items(fail_nth_allocator);
 *         fail_nth_resume();
 *         if (vec_box_try_push(&vec, make_item(4)))
 *             expect_values(&vec, 1, 2, 3, 4);
 *         else
 *             expect_values(&vec, 1, 2, 3);       the item is dropped
 *     }
 *     fail_nth(push, 1);
 *
 * A scenario runs once for each of its allocations, which then fails: alone, and in a second series
 * with all after it. After each run no block and no tracked item may be left. It may go on after a
 * failure, and is then asked for more. Register the dummy as the global allocator, and what falls
 * back on that one instead of the one that it was given is noticed.
 *
 * The method is the one that SQLite tests itself with (https://www.sqlite.org/testing.html,
 * "Out-Of-Memory Testing").
 */
#ifndef FAIL_NTH_H
#define FAIL_NTH_H

#include <cairn/allocator.h>

/* What the scenario must take its memory from: the strict heap, which fails when told to. */
extern struct cairn_allocator *const fail_nth_allocator;

/*
 * Runs the scenario until no allocation is left that has not failed.
 *
 * The test fails if it has fewer than `least` allocations, for then it does not do what it
 * was written for.
 */
void fail_nth(void (*scenario)(void), size_t least);

/* In between, no allocation fails and none counts. */
void fail_nth_pause(void);
void fail_nth_resume(void);

#endif
