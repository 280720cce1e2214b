/* SPDX-License-Identifier: MIT */
/* A set without a type of items. */
// expect alone: <cairn/btree_set.t.h> needs the type of its items, as in: #define ITEM int

#define T set_int
#ifdef CORRECT
#define ITEM int
#endif
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_set.t.h>
