/* SPDX-License-Identifier: MIT */
/* A hash map type without a name. */
// expect alone: <cairn/hash_map.t.h> needs the name of the type that it makes, as in: #define T map_job
#ifdef CORRECT
#define T map_int
#endif
#define KEY   int
#define VALUE int
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>
