/* SPDX-License-Identifier: MIT */
/* An order of other keys than those of the map. */
// expect: incompatible.*pointer type
static inline int compare_longs(const long *one, const long *other)
{
    return *one < *other ? -1 : *one > *other;
}

#define T map_number
#ifdef CORRECT
#define KEY long
#else
#define KEY int
#endif
#define VALUE   int
#define COMPARE compare_longs
#include <cairn/btree_map.t.h>
