/* SPDX-License-Identifier: MIT */
/* An arc slice type without a type of items. */
// expect alone: <cairn/arc_slice.t.h> needs the type of its items, as in: #define ITEM struct job
#define T arc_jobs
#ifdef CORRECT
#define ITEM int
#endif
#include <cairn/arc_slice.t.h>
