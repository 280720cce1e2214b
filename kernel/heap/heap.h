/* SPDX-License-Identifier: MIT */
/*
 * The kernel's heap: a region of virtual memory, mapped page by page, and the global allocator
 * that is given it.
 *
 * Which allocator that is, is chosen when the kernel is linked: exactly one file of this folder
 * besides heap.c becomes part of it (ALLOCATOR=NAME takes NAME.c).
 */
#ifndef HEAP_HEAP_H
#define HEAP_HEAP_H

#include <stddef.h>

#include "mapper.h"

/* Easy to recognise in an address, and in nobody's way. */
#define HEAP_START ((uint64_t)0x444444440000)

/*
 * Maps the heap's pages to fresh frames, and gives the region to the global allocator.
 *
 * Needs:  `start` is page-aligned; `size` is not 0. The last page may reach past the size.
 * Errors: MAP_OUT_OF_FRAMES, MAP_ALREADY_MAPPED, MAP_INSIDE_HUGE_PAGE, MAP_NOT_CANONICAL. Then
 *         every page and frame taken on the way was given back.
 * Context: once, at start, before anything is allocated.
 */
CAIRN_MUST_USE enum map_error init_heap(struct mapper *mapper, uint64_t start, uint64_t size);

/*
 * The mapping alone, for a region that is to be somebody else's. Same contract.
 */
CAIRN_MUST_USE enum map_error map_region(struct mapper *mapper, uint64_t start, uint64_t size);

/* Unmaps what map_region() mapped, and frees its frames. Panics if a page is not mapped. */
void unmap_region(struct mapper *mapper, uint64_t start, uint64_t size);

/* Each allocator's file defines this: gives the region to the allocator that it registers. */
void global_allocator_init(void *start, size_t size);

#endif
