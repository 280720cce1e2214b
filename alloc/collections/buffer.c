/* SPDX-License-Identifier: MIT */
#include <cairn/buffer.h>

static bool has_room(const struct cairn_buffer *self, size_t additional)
{
    return additional <= self->capacity - self->length;
}

/* The layout of the block that the buffer has now. */
static struct cairn_layout current_layout(const struct cairn_buffer *self, struct cairn_layout item)
{
    return CAIRN_LITERAL(struct cairn_layout){self->capacity * item.size, item.align};
}

static void *new_block(const struct cairn_buffer *self, struct cairn_layout item,
                       struct cairn_layout layout)
{
    struct cairn_allocator *allocator = cairn_collection_allocator(self->allocator);
    if (self->capacity == 0)
        return cairn_allocator_alloc(allocator, layout);
    return cairn_allocator_realloc(allocator, self->items, current_layout(self, item), layout.size);
}

/* Items without size: room for as many as can be counted, and an address to point to. */
static enum cairn_collection_error set_capacity_without_memory(struct cairn_buffer *self,
                                                               struct cairn_layout item)
{
    self->items = (void *)item.align;
    self->capacity = SIZE_MAX;
    return CAIRN_COLLECTION_OK;
}

/* Gives the buffer room for exactly `capacity` items, more or fewer than now, but not 0. */
static enum cairn_collection_error set_capacity(struct cairn_buffer *self, struct cairn_layout item,
                                                size_t capacity, enum cairn_fallibility fallibility)
{
    struct cairn_layout layout = {CAIRN_CAPACITY_OVERFLOW, item.align};
    if (item.size == 0 && self->capacity == 0)
        return set_capacity_without_memory(self, item);
    if (item.size == 0 || !cairn_layout_array(item, capacity, &layout))
        return cairn_collection_failed(layout, fallibility);
    void *items = new_block(self, item, layout);
    if (!items)
        return cairn_collection_failed(layout, fallibility);
    self->items = items;
    self->capacity = capacity;
    return CAIRN_COLLECTION_OK;
}

/* Source: RawVec::MIN_NON_ZERO_CAP of Rust's alloc: tiny capacities are not worth their calls. */
static size_t least_capacity(struct cairn_layout item)
{
    if (item.size == 1)
        return 8;
    return item.size <= 1024 ? 4 : 1;
}

static size_t larger(size_t one, size_t other)
{
    return one > other ? one : other;
}

/* SIZE_MAX where the sum is larger than that: no block can have so many items. */
static size_t sum_or_most(size_t one, size_t other)
{
    size_t sum;
    return __builtin_add_overflow(one, other, &sum) ? SIZE_MAX : sum;
}

/* The capacity to grow to where `needed` is too much: doubled, so that n pushes cost O(n). */
static size_t grown_capacity(const struct cairn_buffer *self, struct cairn_layout item,
                             size_t needed)
{
    size_t doubled = sum_or_most(self->capacity, self->capacity);
    return larger(larger(doubled, needed), least_capacity(item));
}

enum cairn_collection_error cairn_buffer_reserve(struct cairn_buffer *self,
                                                 struct cairn_layout item, size_t additional,
                                                 enum cairn_fallibility fallibility)
{
    if (has_room(self, additional))
        return CAIRN_COLLECTION_OK;
    size_t capacity = grown_capacity(self, item, sum_or_most(self->length, additional));
    return set_capacity(self, item, capacity, fallibility);
}

enum cairn_collection_error cairn_buffer_reserve_exact(struct cairn_buffer *self,
                                                       struct cairn_layout item, size_t additional,
                                                       enum cairn_fallibility fallibility)
{
    if (has_room(self, additional))
        return CAIRN_COLLECTION_OK;
    return set_capacity(self, item, sum_or_most(self->length, additional), fallibility);
}

static void give_back(struct cairn_buffer *self, struct cairn_layout item)
{
    if (self->capacity != 0 && item.size != 0)
        cairn_allocator_dealloc(cairn_collection_allocator(self->allocator), self->items,
                                current_layout(self, item));
    self->items = NULL;
    self->capacity = 0;
}

enum cairn_collection_error cairn_buffer_shrink(struct cairn_buffer *self, struct cairn_layout item,
                                                size_t least, enum cairn_fallibility fallibility)
{
    size_t capacity = larger(least, self->length);
    if (capacity >= self->capacity)
        return CAIRN_COLLECTION_OK;
    if (capacity == 0)
        give_back(self, item);
    if (capacity == 0 || item.size == 0)
        return CAIRN_COLLECTION_OK;
    return set_capacity(self, item, capacity, fallibility);
}

void cairn_buffer_free(struct cairn_buffer *self, struct cairn_layout item)
{
    give_back(self, item);
    *self = CAIRN_ZERO(struct cairn_buffer);
}
