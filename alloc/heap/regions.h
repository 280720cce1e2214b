/* SPDX-License-Identifier: MIT */
/* How a heap gets its first region. */
#ifndef CAIRN_HEAP_REGIONS_H
#define CAIRN_HEAP_REGIONS_H

#include <cairn/heap.h>

struct region_options {
    bool zeroed;                        /* the memory reads as zero */
    bool is_further;                    /* it is not the first one, and has bins alone */
    struct cairn_processor *processors; /* that own slabs beside the heap, or null */
    uint32_t processor_count;
};

/* What cairn_heap_init() does, and its like. */
enum cairn_region_error cairn_heap_init_with(struct cairn_heap *self, void *start, size_t size,
                                             struct region_options options);

#endif
