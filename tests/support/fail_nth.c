/* SPDX-License-Identifier: MIT */
#include "fail_nth.h"

#include <cairn/failing.h>

#include "strict_heap.h"
#include "test.h"
#include "tracked.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
static struct cairn_failing paused; /* as it was before fail_nth_pause() */

struct cairn_allocator *const fail_nth_allocator = &failing.allocator;

void fail_nth_pause(void)
{
    paused = failing;
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
}

void fail_nth_resume(void)
{
    failing = paused;
}

static void expect_nothing_left(size_t nth)
{
    if (strict_heap.live != 0 || tracked_live != 0)
        print_error("when allocation %zu fails:\n", nth);
    strict_heap_expect_empty();
    tracked_expect_none();
}

/* Gives the number of allocations that have failed one after the other. */
static size_t fail_each(void (*scenario)(void), enum cairn_failing_mode mode)
{
    for (size_t nth = 1;; nth++) {
        cairn_failing_at(&failing, nth, mode);
        scenario();
        bool is_through = failing.failures == 0;
        cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
        expect_nothing_left(nth);
        if (is_through)
            return nth - 1;
    }
}

void fail_nth(void (*scenario)(void), size_t least)
{
    size_t allocations = fail_each(scenario, CAIRN_FAILING_ONCE);
    if (allocations < least)
        fail_msg("it allocates %zu times, fewer than %zu", allocations, least);
    fail_each(scenario, CAIRN_FAILING_ONWARDS);
}
