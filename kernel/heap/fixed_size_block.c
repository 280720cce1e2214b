/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=fixed_size_block: lists of free blocks over a linked list, behind one spinlock. */
#include <cairn/fixed_size_block.h>
#include <cairn/linked_list.h>

#include "locked_heap.h"

static struct cairn_linked_list heap = CAIRN_LINKED_LIST_EMPTY;
static struct cairn_fixed_size_block blocks = CAIRN_FIXED_SIZE_BLOCK(&heap.allocator);
static struct cairn_locked locked_heap = CAIRN_LOCKED(&blocks.allocator, "heap");
CAIRN_GLOBAL_ALLOCATOR(&locked_heap.allocator);

void global_allocator_init(void *start, size_t size)
{
    cairn_locked_lock(&locked_heap);
    enum cairn_region_error error = cairn_linked_list_init(&heap, start, size);
    blocks = (struct cairn_fixed_size_block)CAIRN_FIXED_SIZE_BLOCK(&heap.allocator);
    cairn_locked_unlock(&locked_heap);
    check_heap(error, start, size);
}
