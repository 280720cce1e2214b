/* SPDX-License-Identifier: MIT */
/* A hash set type without a comparison of items. */
// expect alone: <cairn/hash_set.t.h> needs to compare items, as in: #define EQUAL CAIRN_EQUAL_INTEGER
#define T    set_int
#define ITEM int
#define HASH CAIRN_HASH_INTEGER
#ifdef CORRECT
#define EQUAL CAIRN_EQUAL_INTEGER
#endif
#include <cairn/hash_set.t.h>
