/* SPDX-License-Identifier: MIT */
/* An arc type without a type of its value. */
// expect alone: <cairn/arc.t.h> needs the type of the value, as in: #define ITEM struct config
#define T arc_int
#ifdef CORRECT
#define ITEM int
#endif
#include <cairn/arc.t.h>
