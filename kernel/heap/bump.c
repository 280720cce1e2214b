/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=bump: an address that moves up; nothing is used again until all is freed. */
#include <cairn/bump.h>

#include "locked_heap.h"

LOCKED_GLOBAL_HEAP(bump, CAIRN_BUMP_EMPTY);
