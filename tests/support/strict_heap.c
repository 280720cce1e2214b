/* SPDX-License-Identifier: MIT */
#include "strict_heap.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

enum { BLOCKS_MAX = 4096 };

static struct block {
    void *address;
    struct cairn_layout layout;
} blocks[BLOCKS_MAX]; /* the first strict_heap.live are alive */

static void *strict_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    if (layout.size == 0 || !cairn_layout_is_valid(layout) || strict_heap.live == BLOCKS_MAX)
        fail_msg("alloc of %zu bytes on %zu with %zu blocks alive", layout.size, layout.align,
                 strict_heap.live);
    size_t align = layout.align < sizeof(void *) ? sizeof(void *) : layout.align;
    void *address;
    if (layout.size > (size_t)1 << 30 || posix_memalign(&address, align, layout.size) != 0)
        return NULL;
    memset(address, STRICT_HEAP_RUBBISH, layout.size);
    blocks[strict_heap.live++] = (struct block){address, layout};
    strict_heap.live_bytes += layout.size;
    strict_heap.allocs++;
    return address;
}

static struct block *find(const void *address)
{
    for (size_t i = 0; i < strict_heap.live; i++)
        if (blocks[i].address == address)
            return &blocks[i];
    fail_msg("dealloc of %p, which is no block", address);
    return NULL;
}

static void strict_dealloc(struct cairn_allocator *self, void *address, struct cairn_layout layout)
{
    (void)self;
    struct block *block = find(address);
    if (block->layout.size != layout.size || block->layout.align != layout.align)
        fail_msg("dealloc of %p with size %zu, align %zu, but it has size %zu, align %zu", address,
                 layout.size, layout.align, block->layout.size, block->layout.align);
    *block = blocks[--strict_heap.live];
    strict_heap.live_bytes -= layout.size;
    free(address);
}

static const struct cairn_allocator_operations operations = {
    .name = "strict",
    .alloc = strict_alloc,
    .dealloc = strict_dealloc,
};

struct strict_heap strict_heap = {.allocator = {&operations}};

void strict_heap_expect_empty(void)
{
    size_t leaked = strict_heap.live, bytes = strict_heap.live_bytes;
    while (strict_heap.live > 0)
        free(blocks[--strict_heap.live].address);
    strict_heap.live_bytes = 0;
    if (leaked != 0)
        fail_msg("%zu blocks of %zu bytes leaked", leaked, bytes);
}
