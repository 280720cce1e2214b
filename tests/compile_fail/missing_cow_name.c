/* SPDX-License-Identifier: MIT */
/* A cow type without a name. */
// expect alone: <cairn/cow.t.h> needs the name of the type that it makes, as in: #define T cow_int
#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>
#ifdef CORRECT
#define T cow_int
#endif
#define ITEM int
#define VEC  vec_int
#include <cairn/cow.t.h>
