/* SPDX-License-Identifier: MIT */
/* A heap without an order of its items. */
// expect alone: <cairn/binary_heap.t.h> needs the order of its items, as in: #define COMPARE job_com
#include <cairn/collection.h>

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

#define T    heap_int
#define ITEM int
#define VEC  vec_int
#ifdef CORRECT
#define COMPARE CAIRN_COMPARE_NUMBERS
#endif
#include <cairn/binary_heap.t.h>
