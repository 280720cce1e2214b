/* SPDX-License-Identifier: MIT */
/* A map without a type of keys. */
// expect alone: <cairn/btree_map.t.h> needs the type of its keys, as in: #define KEY int

#define T map_int
#ifdef CORRECT
#define KEY int
#endif
#define VALUE   int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>
