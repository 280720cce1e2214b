/* SPDX-License-Identifier: MIT */
#ifndef CAIRN_HEAP_REALLOC_H
#define CAIRN_HEAP_REALLOC_H

#include <cairn/heap.h>

/* The operation `realloc` of a struct cairn_heap. */
void *cairn_heap_realloc(struct cairn_allocator *allocator, void *block, struct cairn_layout layout,
                         size_t new_size);

#endif
