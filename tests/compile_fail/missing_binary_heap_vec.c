/* SPDX-License-Identifier: MIT */
/* A heap without the vec that it lives in. */
// expect alone: <cairn/binary_heap.t.h> needs the vec that it lives in, as in: #define VEC vec_job
#include <cairn/collection.h>

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

#define T       heap_int
#define ITEM    int
#define COMPARE CAIRN_COMPARE_NUMBERS
#ifdef CORRECT
#define VEC vec_int
#endif
#include <cairn/binary_heap.t.h>
