/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=cairn: our own allocator, behind a spinlock. */
#include <cairn/heap.h>

#include "locked_heap.h"

LOCKED_GLOBAL_HEAP(heap, CAIRN_HEAP_EMPTY);
