/* SPDX-License-Identifier: MIT */
/* A map without an order of its keys. */
// expect alone: <cairn/btree_map.t.h> needs the order of its keys, as in: #define COMPARE CAIRN_COMPARE_NUMBERS

#define T     map_int
#define KEY   int
#define VALUE int
#ifdef CORRECT
#define COMPARE CAIRN_COMPARE_NUMBERS
#endif
#include <cairn/btree_map.t.h>
