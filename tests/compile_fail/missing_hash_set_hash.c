/* SPDX-License-Identifier: MIT */
/* A hash set type without a hash function. */
// expect alone: <cairn/hash_set.t.h> needs a hash function, as in: #define HASH CAIRN_HASH_INTEGER
#define T    set_int
#define ITEM int
#ifdef CORRECT
#define HASH CAIRN_HASH_INTEGER
#endif
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_set.t.h>
