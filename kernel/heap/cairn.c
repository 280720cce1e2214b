/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=cairn: our own allocator, behind a spinlock. */
#include <cairn/global.h>
#include <cairn/heap.h>
#include <cairn/locked.h>

#include "heap.h"

static struct cairn_heap heap = CAIRN_HEAP_EMPTY;
static struct cairn_locked locked_heap = CAIRN_LOCKED(&heap.allocator, "heap");
CAIRN_GLOBAL_ALLOCATOR(&locked_heap.allocator);

void global_allocator_init(void *start, size_t size)
{
    cairn_locked_lock(&locked_heap);
    enum cairn_region_error error = cairn_heap_init(&heap, start, size);
    cairn_locked_unlock(&locked_heap);
    cairn_check(!error, "the heap of %zu bytes at %p: %s", size, start,
                cairn_region_error_text(error));
}
