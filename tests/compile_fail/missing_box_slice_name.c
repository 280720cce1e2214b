/* SPDX-License-Identifier: MIT */
/* A type made by <cairn/box_slice.t.h> without a name. */
// expect alone: <cairn/box_slice.t.h> needs the name of the type that it makes
#ifdef CORRECT
#define T row_int
#endif
#define ITEM int
#include <cairn/box_slice.t.h>
