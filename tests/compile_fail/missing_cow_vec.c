/* SPDX-License-Identifier: MIT */
/* A cow type without the type of its vec. */
// expect alone: <cairn/cow.t.h> needs the type of a vec of such items, as in: #define VEC vec_int
#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>
#define T    cow_int
#define ITEM int
#ifdef CORRECT
#define VEC vec_int
#endif
#include <cairn/cow.t.h>
