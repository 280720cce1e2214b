/* SPDX-License-Identifier: MIT */
/* A hash set type without a name. */
// expect alone: <cairn/hash_set.t.h> needs the name of the type that it makes, as in: #define T set_number
#ifdef CORRECT
#define T set_int
#endif
#define ITEM  int
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_set.t.h>
