/* SPDX-License-Identifier: MIT */
/* A box type without a type of its value. */
// expect alone: <cairn/box.t.h> needs the type of the value, as in: #define ITEM struct job
#define T box_int
#ifdef CORRECT
#define ITEM int
#endif
#include <cairn/box.t.h>
