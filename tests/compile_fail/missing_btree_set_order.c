/* SPDX-License-Identifier: MIT */
/* A set without an order of its items. */
// expect alone: <cairn/btree_set.t.h> needs the order of its items, as in: #define COMPARE CAIRN_COMPARE_NUMBERS

#define T    set_int
#define ITEM int
#ifdef CORRECT
#define COMPARE CAIRN_COMPARE_NUMBERS
#endif
#include <cairn/btree_set.t.h>
