/* SPDX-License-Identifier: MIT */
#include <cairn/counted.h>

static struct cairn_counted *counted_of(struct cairn_allocator *allocator)
{
    return (struct cairn_counted *)(void *)allocator;
}

static void add_live(struct cairn_counted *self, size_t blocks, size_t bytes)
{
    self->live_blocks += blocks;
    self->live_bytes += bytes;
    if (self->live_blocks > self->peak_blocks)
        self->peak_blocks = self->live_blocks;
    if (self->live_bytes > self->peak_bytes)
        self->peak_bytes = self->live_bytes;
}

static void remove_live(struct cairn_counted *self, size_t blocks, size_t bytes)
{
    cairn_check(blocks <= self->live_blocks && bytes <= self->live_bytes,
                "counted: a block of %zu bytes is given back, but only %zu blocks of %zu bytes are "
                "live; give each block back once, with the layout that it was allocated with",
                bytes, self->live_blocks, self->live_bytes);
    self->live_blocks -= blocks;
    self->live_bytes -= bytes;
}

/* What the block counts for: what it really has, or what was asked for if nobody knows that. */
static size_t size_of(struct cairn_counted *self, const void *block, size_t asked,
                      const char *operation)
{
    return cairn_allocator_knows_sizes(self->inner)
               ? cairn_allocator_size_for(self->inner, block, operation)
               : asked;
}

static void *count_alloc(struct cairn_counted *self, void *block, size_t asked)
{
    if (!block) {
        self->failures++;
        return NULL;
    }
    self->allocs++;
    add_live(self, 1, size_of(self, block, asked, "alloc"));
    return block;
}

static void *counted_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_counted *self = counted_of(allocator);
    return count_alloc(self, cairn_allocator_alloc(self->inner, layout), layout.size);
}

static void *counted_alloc_zeroed(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_counted *self = counted_of(allocator);
    return count_alloc(self, cairn_allocator_alloc_zeroed(self->inner, layout), layout.size);
}

static void counted_dealloc(struct cairn_allocator *allocator, void *block,
                            struct cairn_layout layout)
{
    struct cairn_counted *self = counted_of(allocator);
    remove_live(self, 1, size_of(self, block, layout.size, "dealloc"));
    self->deallocs++;
    cairn_allocator_dealloc(self->inner, block, layout);
}

static void counted_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    struct cairn_counted *self = counted_of(allocator);
    remove_live(self, 1, cairn_allocator_size_for(self->inner, block, "free"));
    self->deallocs++;
    cairn_allocator_dealloc_unsized(self->inner, block);
}

static void *counted_realloc(struct cairn_allocator *allocator, void *block,
                             struct cairn_layout layout, size_t new_size)
{
    struct cairn_counted *self = counted_of(allocator);
    size_t size = size_of(self, block, layout.size, "realloc");
    void *new_block = cairn_allocator_realloc(self->inner, block, layout, new_size);
    if (!new_block) {
        self->failures++;
        return NULL;
    }
    self->reallocs++;
    remove_live(self, 0, size);
    add_live(self, 0, size_of(self, new_block, new_size, "realloc"));
    return new_block;
}

static void counted_verify(struct cairn_allocator *allocator, void *block,
                           struct cairn_layout layout)
{
    cairn_allocator_verify(counted_of(allocator)->inner, block, layout);
}

static size_t counted_usable_size(struct cairn_allocator *allocator, const void *block,
                                  const char *operation)
{
    return cairn_allocator_size_for(counted_of(allocator)->inner, block, operation);
}

static struct cairn_allocator *counted_backing(struct cairn_allocator *allocator)
{
    return counted_of(allocator)->inner;
}

/* Batches are the default ones, one block after the other, so that each block is counted. */
const struct cairn_allocator_operations cairn_counted_operations = {
    .name = "counted",
    .alloc = counted_alloc,
    .dealloc = counted_dealloc,
    .alloc_zeroed = counted_alloc_zeroed,
    .realloc = counted_realloc,
    .verify = counted_verify,
    .usable_size = counted_usable_size,
    .dealloc_unsized = counted_dealloc_unsized,
    .backing = counted_backing,
};
