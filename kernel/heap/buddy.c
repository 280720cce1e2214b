/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=buddy: blocks of powers of two, halved and merged, behind a spinlock. */
#include <cairn/buddy.h>

#include "locked_heap.h"

LOCKED_GLOBAL_HEAP(buddy, CAIRN_BUDDY_EMPTY);
