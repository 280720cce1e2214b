/* SPDX-License-Identifier: MIT */
/*
 * The harness alone: every block is the arena's first. What a workload takes with it is what its
 * own bookkeeping, the random numbers and the calls take; no allocator can be faster.
 */
#include "subject.h"

static struct {
    struct cairn_allocator allocator;
    void *memory;
} null_pool;

static void *null_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    (void)layout;
    return null_pool.memory;
}

static void null_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    (void)block;
    (void)layout;
}

static void *null_realloc(struct cairn_allocator *self, void *block, struct cairn_layout layout,
                          size_t new_size)
{
    (void)self;
    (void)layout;
    (void)new_size;
    return block;
}

static const struct cairn_allocator_operations null_operations = {
    .name = "null",
    .alloc = null_alloc,
    .alloc_zeroed = null_alloc,
    .dealloc = null_dealloc,
    .realloc = null_realloc,
};

struct cairn_allocator *null_open(void *memory, size_t size)
{
    (void)size;
    null_pool.allocator.operations = &null_operations;
    null_pool.memory = memory;
    return &null_pool.allocator;
}
