/* SPDX-License-Identifier: MIT */
/* A hash map type without a hash function. */
// expect alone: <cairn/hash_map.t.h> needs a hash function, as in: #define HASH CAIRN_HASH_INTEGER
#define T     map_int
#define KEY   int
#define VALUE int
#ifdef CORRECT
#define HASH CAIRN_HASH_INTEGER
#endif
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>
