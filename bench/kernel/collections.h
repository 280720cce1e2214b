/* SPDX-License-Identifier: MIT */
/* What it costs in the kernel to add items to a collection, one after the other. */
#ifndef COLLECTIONS_H
#define COLLECTIONS_H

#include <cairn/allocator.h>

/* Ten thousand items for each collection, and a workload for each: operation `push`. */
void count_collections(struct cairn_allocator *heap);

#endif
