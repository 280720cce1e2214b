/* SPDX-License-Identifier: MIT */
/* ALLOCATOR=linked_list: the text's allocator, a list of holes behind a spinlock. */
#include <cairn/linked_list.h>

#include "locked_heap.h"

LOCKED_GLOBAL_HEAP(linked_list, CAIRN_LINKED_LIST_EMPTY);
