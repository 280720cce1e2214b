/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=dummy: has no memory, whatever it is given. Every allocation fails. */
#include <cairn/dummy.h>
#include <cairn/global.h>

#include "heap.h"

static struct cairn_dummy dummy = CAIRN_DUMMY;
CAIRN_GLOBAL_ALLOCATOR(&dummy.allocator);

void global_allocator_init(void *start, size_t size)
{
    (void)start, (void)size;
}
