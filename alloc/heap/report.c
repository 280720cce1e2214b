/* SPDX-License-Identifier: MIT */
#include "operations.h"
#include "walk.h"

static struct walked_block block_around(const struct region *region, uint32_t at)
{
    struct walked_block block = cairn_walk_first(region);
    while (block.at + block.size <=
           at) /* a walked block is at least 1 long, and `at` before the end */
        block = cairn_walk_next(region, block);
    return block;
}

static CAIRN_NORETURN void report_foreign(const struct region *region, const void *block,
                                          const char *operation)
{
    struct cairn_region given = region ? region->given : CAIRN_ZERO(struct cairn_region);
    cairn_panic("cairn: %s of %p: not from this heap, whose first region is %#llx to %#llx; give "
                "a block back to the heap that it came from",
                operation, block, (unsigned long long)given.start, (unsigned long long)given.end);
}

static CAIRN_NORETURN void report_live(const void *block, struct cairn_layout layout,
                                       const char *operation, const void *start, size_t size)
{
    if (start != block)
        cairn_panic("cairn: %s of %p: that is %zu bytes into the live block at %p of %zu bytes; "
                    "give back the address that alloc gave",
                    operation, block, (size_t)((uintptr_t)block - (uintptr_t)start), start, size);
    cairn_panic("cairn: %s of %p with size %zu and align %zu: wrong layout, the block has %zu "
                "bytes; give the layout that it was allocated with",
                operation, block, layout.size, layout.align, size);
}

void cairn_heap_report_invalid(const struct cairn_heap *self, const void *block,
                               struct cairn_layout layout, const char *operation)
{
    const struct region *region = region_with(self, block);
    if (!region)
        report_foreign(first_region(self), block, operation);
    uint32_t at = (uint32_t)(((uintptr_t)block - region->hot.base) / GRANULE_BYTES);
    if (at - region->reserved_at < region->reserved)
        report_foreign(first_region(self), block, operation);
    struct walked_block around = block_around(region, at);
    const void *start = address_of(region, around.at);
    size_t size = (size_t)around.size * GRANULE_BYTES;
    if (around.kind == CAIRN_HEAP_BLOCK_LIVE)
        report_live(block, layout, operation, start, size);
    cairn_panic("cairn: %s of %p: double free, or never allocated: %zu bytes at %p are free; give "
                "each block back once",
                operation, block, size, start);
}
