/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=tlsf: two-level segregated fit, every operation in bounded time, behind a spinlock. */
#include <cairn/tlsf.h>

#include "locked_heap.h"

LOCKED_GLOBAL_HEAP(tlsf, CAIRN_TLSF_EMPTY);
