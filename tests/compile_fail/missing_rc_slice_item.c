/* SPDX-License-Identifier: MIT */
/* A rc slice type without a type of items. */
// expect alone: <cairn/rc_slice.t.h> needs the type of its items, as in: #define ITEM struct job
#define T rc_jobs
#ifdef CORRECT
#define ITEM int
#endif
#include <cairn/rc_slice.t.h>
