/* SPDX-License-Identifier: MIT */
/*
 * The global allocator: the one that collections use when they are given none.
 *
 * A program registers it in one source file, at file scope:
 *
 *     static struct cairn_linked_list heap = CAIRN_LINKED_LIST_EMPTY;
 *     static struct cairn_locked locked_heap = CAIRN_LOCKED(&heap.allocator, "heap");
 *     CAIRN_GLOBAL_ALLOCATOR(&locked_heap.allocator);
 *
 * A program that uses the heap and registers none does not link, and the linker says that no
 * global memory allocator was found but one is required. Two are a multiple definition.
 */
#ifndef CAIRN_GLOBAL_H
#define CAIRN_GLOBAL_H

#include <cairn/allocator.h>

CAIRN_C_BEGIN

/* The linker prints this name where the allocator is missing, so it is written to be read. */
#define CAIRN_GLOBAL_ALLOCATOR_SYMBOL \
    no_global_memory_allocator_found_but_one_is_required__add_CAIRN_GLOBAL_ALLOCATOR

extern struct cairn_allocator *const CAIRN_GLOBAL_ALLOCATOR_SYMBOL;

/* Registers the allocator at `address`, which must be a constant expression. */
#define CAIRN_GLOBAL_ALLOCATOR(address) \
    struct cairn_allocator *const CAIRN_GLOBAL_ALLOCATOR_SYMBOL = (address)

/* The registered allocator; never null. Any context. */
struct cairn_allocator *cairn_global_allocator(void);

/* The interface of <cairn/allocator.h> on the registered allocator: same contracts. */
CAIRN_MUST_USE void *cairn_global_alloc(struct cairn_layout layout);
CAIRN_MUST_USE void *cairn_global_alloc_zeroed(struct cairn_layout layout);
CAIRN_MUST_USE void *cairn_global_realloc(void *block, struct cairn_layout layout, size_t new_size);
void cairn_global_dealloc(void *block, struct cairn_layout layout);

CAIRN_C_END

#endif
