/* SPDX-License-Identifier: MIT */
/* A type made by <cairn/box_slice.t.h> without a type of items. */
// expect alone: <cairn/box_slice.t.h> needs the type of its items, as in: #define ITEM struct job
#define T row_int
#ifdef CORRECT
#define ITEM int
#endif
#include <cairn/box_slice.t.h>
