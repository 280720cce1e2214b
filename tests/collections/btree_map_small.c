/* SPDX-License-Identifier: MIT */
/* The tests of btree_map.c again, with the template as it is where size counts, not speed. */
#define __OPTIMIZE_SIZE__ 1
#include "btree_map.c"
