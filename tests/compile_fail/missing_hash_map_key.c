/* SPDX-License-Identifier: MIT */
/* A hash map type without a type of keys. */
// expect alone: <cairn/hash_map.t.h> needs the type of its keys, as in: #define KEY int
#define T map_int
#ifdef CORRECT
#define KEY int
#endif
#define VALUE int
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>
