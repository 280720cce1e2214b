/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=bump: an address that moves up; nothing is used again until all is freed. */
#include <cairn/bump.h>
#include <cairn/global.h>
#include <cairn/locked.h>

#include "heap.h"

static struct cairn_bump heap = CAIRN_BUMP_EMPTY;
static struct cairn_locked locked_heap = CAIRN_LOCKED(&heap.allocator, "heap");
CAIRN_GLOBAL_ALLOCATOR(&locked_heap.allocator);

void global_allocator_init(void *start, size_t size)
{
    cairn_locked_lock(&locked_heap);
    enum cairn_region_error error = cairn_bump_init(&heap, start, size);
    cairn_locked_unlock(&locked_heap);
    cairn_check(!error, "the heap of %zu bytes at %p: %s", size, start,
                cairn_region_error_text(error));
}
