/* SPDX-License-Identifier: MIT */
/*
 * An allocator as the kernel's, behind a spinlock: a file of one line for each that is made from a
 * region by cairn_NAME_init().
 */
#ifndef HEAP_LOCKED_HEAP_H
#define HEAP_LOCKED_HEAP_H

#include <cairn/global.h>
#include <cairn/locked.h>

#include "heap.h"

/* name: what stands for NAME in struct cairn_NAME and cairn_NAME_init(); EMPTY: its initialiser. */
#define LOCKED_GLOBAL_HEAP(name, EMPTY)                                             \
    static struct cairn_##name heap = EMPTY;                                        \
    static struct cairn_locked locked_heap = CAIRN_LOCKED(&heap.allocator, "heap"); \
    CAIRN_GLOBAL_ALLOCATOR(&locked_heap.allocator);                                 \
                                                                                    \
    void global_allocator_init(void *start, size_t size)                            \
    {                                                                               \
        cairn_locked_lock(&locked_heap);                                            \
        enum cairn_region_error error = cairn_##name##_init(&heap, start, size);    \
        cairn_locked_unlock(&locked_heap);                                          \
        check_heap(error, start, size);                                             \
    }                                                                               \
    CAIRN_STATIC_ASSERT(sizeof(heap) != 0, "for the semicolon")

/* Panics unless the allocator took the region. */
static inline void check_heap(enum cairn_region_error error, void *start, size_t size)
{
    cairn_check(!error, "the heap of %zu bytes at %p: %s", size, start,
                cairn_region_error_text(error));
}

#endif
