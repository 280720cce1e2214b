/* SPDX-License-Identifier: MIT */
/* A new box that is ignored: its value would never be dropped. */
// expect: ignoring return value.*warn_unused_result
#define T    box_int
#define ITEM int
#include <cairn/box.t.h>

void make(void);

void make(void)
{
#ifdef CORRECT
    owned(box_int) box = box_int_new(41);
#else
    box_int_new(41);
#endif
}
