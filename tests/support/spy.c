/* SPDX-License-Identifier: MIT */
#include "spy.h"

#include "strict_heap.h"
#include "test.h"

static struct spy *call_of(struct cairn_allocator *allocator)
{
    struct spy *self = (struct spy *)(void *)allocator;
    if (self->on_call)
        self->on_call(self);
    return self;
}

static void *spy_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    struct spy *spy = call_of(self);
    spy->allocs++;
    spy->last = cairn_allocator_alloc(&strict_heap.allocator, layout);
    return spy->last;
}

static void spy_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    struct spy *spy = call_of(self);
    spy->deallocs++;
    if (block == spy->last)
        spy->last = NULL;
    cairn_allocator_dealloc(&strict_heap.allocator, block, layout);
}

static void *spy_alloc_zeroed(struct cairn_allocator *self, struct cairn_layout layout)
{
    call_of(self)->zeroed_allocs++;
    return cairn_allocator_alloc_zeroed(&strict_heap.allocator, layout);
}

static void *spy_realloc(struct cairn_allocator *self, void *block, struct cairn_layout layout,
                         size_t new_size)
{
    struct spy *spy = call_of(self);
    spy->reallocs++;
    if (block == spy->last)
        spy->last = NULL;
    return cairn_allocator_realloc(&strict_heap.allocator, block, layout, new_size);
}

const struct cairn_allocator_operations spy_operations = {
    .name = "spy",
    .alloc = spy_alloc,
    .dealloc = spy_dealloc,
    .alloc_zeroed = spy_alloc_zeroed,
    .realloc = spy_realloc,
};

const struct cairn_allocator_operations spy_least_operations = {
    .name = "spy_least",
    .alloc = spy_alloc,
    .dealloc = spy_dealloc,
};

void spy_expect(const struct spy *self, size_t allocs, size_t deallocs, size_t zeroed_allocs,
                size_t reallocs)
{
    assert_int_equal(self->allocs, allocs);
    assert_int_equal(self->deallocs, deallocs);
    assert_int_equal(self->zeroed_allocs, zeroed_allocs);
    assert_int_equal(self->reallocs, reallocs);
}
