/* SPDX-License-Identifier: MIT */
/* A hash map type without a type of values. */
// expect alone: <cairn/hash_map.t.h> needs the type of its values, as in: #define VALUE struct job
#define T   map_int
#define KEY int
#ifdef CORRECT
#define VALUE int
#endif
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>
