/* SPDX-License-Identifier: MIT */
#include <cairn/failing.h>

static struct cairn_failing *failing_of(struct cairn_allocator *allocator)
{
    return (struct cairn_failing *)(void *)allocator;
}

void cairn_failing_at(struct cairn_failing *self, size_t nth, enum cairn_failing_mode mode)
{
    self->nth = nth;
    self->mode = mode;
    self->calls = 0;
    self->failures = 0;
}

/* Counts a call, and says whether it is one to fail. */
static bool next_call_fails(struct cairn_failing *self)
{
    self->calls++;
    bool fails = self->nth != 0 && (self->mode == CAIRN_FAILING_ONCE ? self->calls == self->nth
                                                                     : self->calls >= self->nth);
    self->failures += fails;
    return fails;
}

static void *failing_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_failing *self = failing_of(allocator);
    return next_call_fails(self) ? NULL : cairn_allocator_alloc(self->inner, layout);
}

static void failing_dealloc(struct cairn_allocator *allocator, void *block,
                            struct cairn_layout layout)
{
    cairn_allocator_dealloc(failing_of(allocator)->inner, block, layout);
}

static void *failing_alloc_zeroed(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_failing *self = failing_of(allocator);
    return next_call_fails(self) ? NULL : cairn_allocator_alloc_zeroed(self->inner, layout);
}

static void *failing_realloc(struct cairn_allocator *allocator, void *block,
                             struct cairn_layout layout, size_t new_size)
{
    struct cairn_failing *self = failing_of(allocator);
    return next_call_fails(self) ? NULL
                                 : cairn_allocator_realloc(self->inner, block, layout, new_size);
}

static void failing_verify(struct cairn_allocator *allocator, void *block,
                           struct cairn_layout layout)
{
    cairn_allocator_verify(failing_of(allocator)->inner, block, layout);
}

static size_t failing_usable_size(struct cairn_allocator *allocator, const void *block,
                                  const char *operation)
{
    return cairn_allocator_size_for(failing_of(allocator)->inner, block, operation);
}

static void failing_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    cairn_allocator_dealloc_unsized(failing_of(allocator)->inner, block);
}

static struct cairn_allocator *failing_backing(struct cairn_allocator *allocator)
{
    return failing_of(allocator)->inner;
}

/* Batches are the default ones, one block after the other, so that each block counts as a call. */
const struct cairn_allocator_operations cairn_failing_operations = {
    .name = "failing",
    .alloc = failing_alloc,
    .dealloc = failing_dealloc,
    .alloc_zeroed = failing_alloc_zeroed,
    .realloc = failing_realloc,
    .verify = failing_verify,
    .usable_size = failing_usable_size,
    .dealloc_unsized = failing_dealloc_unsized,
    .backing = failing_backing,
};
