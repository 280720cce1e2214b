/* SPDX-License-Identifier: MIT */
/*
 * The whole allocator cairn, compiled where this is included, with parameters for a heap of a few
 * granules: slices of 4 granules, slabs of one or two slices, stacks of a few objects.
 */
#ifndef SMALL_HEAP_H
#define SMALL_HEAP_H

#define CAIRN_HEAP_SLICE          4
#define CAIRN_HEAP_SLABS_FROM     ((size_t)16)
#define CAIRN_HEAP_FURTHER_REGION ((size_t)16)
#define WAITING_MAX               ((uint32_t)4)
#define LARGE_REQUEST             ((uint32_t)4)
#define SLAB_CLASS_SHARE          3
#define SLAB_LEAST                ((uint32_t)4)
#define SLAB_MOST                 ((uint32_t)8)
#define SLAB_OBJECTS              2
#define EMPTY_SHARE               2
#define STACK_LEAST               1
#define STACK_MOST                1
#define FETCH                     1
#define LOOKS                     1
#define WARM_REQUESTS             1

#include "../../../alloc/heap/bins.c"
#include "../../../alloc/heap/check.c"
#include "../../../alloc/heap/heap.c"
#include "../../../alloc/heap/realloc.c"
#include "../../../alloc/heap/regions.c"
#include "../../../alloc/heap/report.c"
#include "../../../alloc/heap/slabs.c"
#include "../../../alloc/heap/statistics.c"
#include "../../../alloc/heap/walk.c"

#endif
