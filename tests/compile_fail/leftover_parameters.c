/* SPDX-License-Identifier: MIT */
/* A template takes its parameters away again: the next one does not get the last one's. */
// expect alone: <cairn/box.t.h> needs the type of the value
#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

#define T box_int
#ifdef CORRECT
#define ITEM int
#endif
#include <cairn/box.t.h>
