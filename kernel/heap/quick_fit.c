/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=quick_fit: lists of freed blocks by size, merged late, behind a spinlock. */
#include <cairn/quick_fit.h>

#include "locked_heap.h"

LOCKED_GLOBAL_HEAP(quick_fit, CAIRN_QUICK_FIT_EMPTY);
