/* SPDX-License-Identifier: MIT */
/* A hash set type without a type of items. */
// expect alone: <cairn/hash_set.t.h> needs the type of its items, as in: #define ITEM int
#define T set_int
#ifdef CORRECT
#define ITEM int
#endif
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_set.t.h>
