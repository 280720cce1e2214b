/* SPDX-License-Identifier: MIT */
/* An allocation whose block is ignored: it could never be given back. */
// expect: ignoring return value.*warn_unused_result
#include <cairn/allocator.h>

void allocate(struct cairn_allocator *allocator);

void allocate(struct cairn_allocator *allocator)
{
    struct cairn_layout layout = CAIRN_LAYOUT_OF(int);
#ifdef CORRECT
    void *block = cairn_allocator_alloc(allocator, layout);
    if (block)
        cairn_allocator_dealloc(allocator, block, layout);
#else
    cairn_allocator_alloc(allocator, layout);
#endif
}
