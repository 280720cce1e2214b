/* SPDX-License-Identifier: MIT */
/* A type made by <cairn/slice.t.h> without a name. */
// expect alone: <cairn/slice.t.h> needs the name of the type that it makes
#ifdef CORRECT
#define T slice_int
#endif
#define ITEM int
#include <cairn/slice.t.h>
