/* SPDX-License-Identifier: MIT */
#include <cairn/locked.h>

static struct cairn_locked *locked_of(struct cairn_allocator *allocator)
{
    return (struct cairn_locked *)(void *)allocator;
}

static void *locked_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_locked *self = locked_of(allocator);
    cairn_spinlock_lock(&self->lock);
    void *block = cairn_allocator_alloc(self->inner, layout);
    cairn_spinlock_unlock(&self->lock);
    return block;
}

static void locked_dealloc(struct cairn_allocator *allocator, void *block,
                           struct cairn_layout layout)
{
    struct cairn_locked *self = locked_of(allocator);
    cairn_spinlock_lock(&self->lock);
    cairn_allocator_dealloc(self->inner, block, layout);
    cairn_spinlock_unlock(&self->lock);
}

static void *locked_alloc_zeroed(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_locked *self = locked_of(allocator);
    if (!self->inner->operations->alloc_zeroed)
        return cairn_default_alloc_zeroed(allocator, layout);
    cairn_spinlock_lock(&self->lock);
    void *block = cairn_allocator_alloc_zeroed(self->inner, layout);
    cairn_spinlock_unlock(&self->lock);
    return block;
}

static void *locked_realloc(struct cairn_allocator *allocator, void *block,
                            struct cairn_layout layout, size_t new_size)
{
    struct cairn_locked *self = locked_of(allocator);
    if (!self->inner->operations->realloc)
        return cairn_default_realloc(allocator, block, layout, new_size);
    cairn_spinlock_lock(&self->lock);
    void *new_block = cairn_allocator_realloc(self->inner, block, layout, new_size);
    cairn_spinlock_unlock(&self->lock);
    return new_block;
}

const struct cairn_allocator_operations cairn_locked_operations = {
    .name = "locked",
    .alloc = locked_alloc,
    .dealloc = locked_dealloc,
    .alloc_zeroed = locked_alloc_zeroed,
    .realloc = locked_realloc,
};
