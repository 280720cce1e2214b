/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=quick_fit: lists of freed blocks by size, merged late, behind a spinlock. */
#include <cairn/global.h>
#include <cairn/locked.h>
#include <cairn/quick_fit.h>

#include "heap.h"

static struct cairn_quick_fit heap = CAIRN_QUICK_FIT_EMPTY;
static struct cairn_locked locked_heap = CAIRN_LOCKED(&heap.allocator, "heap");
CAIRN_GLOBAL_ALLOCATOR(&locked_heap.allocator);

void global_allocator_init(void *start, size_t size)
{
    cairn_locked_lock(&locked_heap);
    enum cairn_region_error error = cairn_quick_fit_init(&heap, start, size);
    cairn_locked_unlock(&locked_heap);
    cairn_check(!error, "the heap of %zu bytes at %p: %s", size, start,
                cairn_region_error_text(error));
}
