/* SPDX-License-Identifier: MIT */
/* A type made by <cairn/slice.t.h> without a type of items. */
// expect alone: <cairn/slice.t.h> needs the type of its items, as in: #define ITEM struct job
#define T slice_int
#ifdef CORRECT
#define ITEM int
#endif
#include <cairn/slice.t.h>
