/* SPDX-License-Identifier: MIT */
/*
 * Every number that was chosen by measurement; docs/design.md has the measurements. A test may build
 * the heap with others, to meet all of its states.
 */
#ifndef CAIRN_HEAP_PARAMETERS_H
#define CAIRN_HEAP_PARAMETERS_H

#include <cairn/heap_inline.h>

#define GRANULE_BYTES CAIRN_HEAP_GRANULE

/* ---- records ---- */

#define SLICE CAIRN_HEAP_SLICE
#define LARGE \
    ((uint32_t)(2 * SLICE)) /* granules: such a block covers a slice, wherever it begins */

/* ---- quick lists ---- */

#ifndef QUICK
#define QUICK SLICE /* granules, the largest size with a list; at most SLICE */
#endif
#define QUICK_LEAST 8  /* granules, in the smallest heap */
#define QUICK_SHARE 64 /* a heap has a list for sizes up to this share of it */

/* Granules that wait in all lists, and half of the heap at most. */
#ifndef WAITING_MAX
#define WAITING_MAX ((uint32_t)64 * 1024 / GRANULE_BYTES)
#endif

/* A request is large above this many granules, or above this share of the heap if that is more. */
#ifndef LARGE_REQUEST
#define LARGE_REQUEST ((uint32_t)32)
#endif
#define LARGE_REQUEST_SHARE 256

/* Granules of a heap in which all that waits is merged before every large request. */
#define SMALL_HEAP ((uint32_t)256 * 1024 / GRANULE_BYTES)

/* ---- bins ---- */

#define BINS  128
#define TRIES ((uint32_t)2) /* blocks of a bin that are looked at */

/* ---- slabs ---- */

#define SLABS_FROM CAIRN_HEAP_SLABS_FROM
#ifndef SLAB_CLASS_SHARE
#define SLAB_CLASS_SHARE 4096 /* objects are at most this share of the heap */
#endif

/* Granules of a slab, and half of what its class has already. */
#ifndef SLAB_LEAST
#define SLAB_LEAST ((uint32_t)256)
#endif
#ifndef SLAB_MOST
#define SLAB_MOST ((uint32_t)4096)
#endif
#ifndef SLAB_OBJECTS
#define SLAB_OBJECTS 4 /* at least */
#endif
#define SLAB_SHARE 2 /* of the heap; where more is taken, no slabs are cut */
#ifndef EMPTY_SHARE
#define EMPTY_SHARE 32 /* of the heap, that empty slabs may keep */
#endif
/* What a class's stack holds: this share of the heap, but a number of objects within bounds. */
#define STACK_SHARE         64
#define STACK_OBJECTS_SHARE 4096 /* one object for this many granules of the heap */
#ifndef STACK_LEAST
#define STACK_LEAST 32
#endif
#ifndef STACK_MOST
#define STACK_MOST 512
#endif
#ifndef ROOM
#define ROOM 32 /* objects that leave a full stack at once */
#endif
#ifndef FETCH
#define FETCH 16 /* objects, at least, that come to the stack at once while their slab has them */
#endif
#ifndef LOOKS
#define LOOKS 16 /* frees that find returned objects, before these are collected */
#endif
#define PROCESSOR_STACK_SHARE 240 /* granules in a processor's stack, within the same bounds */
#ifndef WARM_REQUESTS
#define WARM_REQUESTS 4 /* requests of a class that are served without a slab */
#endif

/* ---- regions and realloc ---- */

/* Of one region, 31 GiB: a record has 31 bits for a size. */
#define REGION_GRANULES_MAX ((uint32_t)31 << 26)

#ifndef GUARD
#define GUARD \
    ((size_t)4096) /* bytes between the metadata of a heap with slabs and its first block */
#endif

/* In a heap that is fuller than this share, realloc moves a block to a tighter place. */
#define TIGHT_SHARE 4

#endif
