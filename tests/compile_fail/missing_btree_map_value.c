/* SPDX-License-Identifier: MIT */
/* A map without a type of values. */
// expect alone: <cairn/btree_map.t.h> needs the type of its values, as in: #define VALUE struct job

#define T   map_int
#define KEY int
#ifdef CORRECT
#define VALUE int
#endif
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>
