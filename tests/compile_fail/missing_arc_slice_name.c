/* SPDX-License-Identifier: MIT */
/* An arc slice type without a name. */
// expect alone: <cairn/arc_slice.t.h> needs the name of the type that it makes, as in: #define T arc_jobs
#ifdef CORRECT
#define T arc_jobs
#endif
#define ITEM int
#include <cairn/arc_slice.t.h>
