/* SPDX-License-Identifier: MIT */
/* A hash map type without a comparison of keys. */
// expect alone: <cairn/hash_map.t.h> needs to compare keys, as in: #define EQUAL CAIRN_EQUAL_INTEGER
#define T     map_int
#define KEY   int
#define VALUE int
#define HASH  CAIRN_HASH_INTEGER
#ifdef CORRECT
#define EQUAL CAIRN_EQUAL_INTEGER
#endif
#include <cairn/hash_map.t.h>
