/* SPDX-License-Identifier: MIT */
/* The value of an rc, which others may be looking at, is written without asking. */
// expect: assignment of read-only location|read-only variable is not assignable
#define T    rc_int
#define ITEM int
#include <cairn/rc.t.h>

void change(rc_int *shared);

void change(rc_int *shared)
{
#ifdef CORRECT
    *rc_int_make_mut(shared) = 42;
#else
    *rc_int_value(shared) = 42;
#endif
}
