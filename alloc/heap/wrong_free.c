/* SPDX-License-Identifier: MIT */
#include "wrong_free.h"

#include "heap_parts.h"
#include "seal.h"
#include "walk.h"

static struct walked_block block_around(const struct cairn_heap_part *part, size_t position)
{
    struct walked_block block = walk_block(part, part->first);
    while (block.position + block.granules <= position) /* a walked block is at least 1 long */
        block = walk_block(part, block.position + block.granules);
    return block;
}

static CAIRN_NORETURN void report_foreign(const struct cairn_heap *self, const void *block,
                                          const char *operation)
{
    cairn_panic("cairn: %s of %p: not from this heap, whose first region is %#llx to %#llx; give "
                "a block back to the heap that it came from",
                operation, block, (unsigned long long)self->part.region_start,
                (unsigned long long)self->part.region_end);
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

void cairn_heap_report_wrong(const struct cairn_heap *self, const void *block,
                             struct cairn_layout layout, const char *operation)
{
    const struct cairn_heap_part *part = cairn_heap_part_of(self, block);
    if (!part)
        report_foreign(self, block, operation);
    struct walked_block around = block_around(part, position_of(part, block));
    const void *start = block_at(part, around.position);
    size_t size = around.granules * CAIRN_HEAP_GRANULE;
    if (around.kind == CAIRN_HEAP_BLOCK_LIVE)
        report_live(block, layout, operation, start, size);
    cairn_panic("cairn: %s of %p: double free, or never allocated: %zu bytes at %p are free; give "
                "each block back once",
                operation, block, size, start);
}
