/* SPDX-License-Identifier: MIT */
/* A vec type without a type of items. */
// expect alone: <cairn/vec.t.h> needs the type of its items, as in: #define ITEM struct job
#define T vec_int
#ifdef CORRECT
#define ITEM int
#endif
#include <cairn/vec.t.h>
