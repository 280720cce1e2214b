/* SPDX-License-Identifier: MIT */
/* A rc slice type without a name. */
// expect alone: <cairn/rc_slice.t.h> needs the name of the type that it makes, as in: #define T rc_jobs
#ifdef CORRECT
#define T rc_jobs
#endif
#define ITEM int
#include <cairn/rc_slice.t.h>
