/* SPDX-License-Identifier: MIT */
/* A cow type without a type of items. */
// expect alone: <cairn/cow.t.h> needs the type of its items, as in: #define ITEM int
#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>
#define T cow_int
#ifdef CORRECT
#define ITEM int
#endif
#define VEC vec_int
#include <cairn/cow.t.h>
