/* SPDX-License-Identifier: MIT */
/*
 * Growing and shrinking a ring, for every length, capacity and number of items of up to 256 bytes: a
 * block is asked for with room for all of them, whose size has not overflowed; or it is refused, and
 * nothing has changed. What lies where is not looked at here: there is no memory. It takes minutes.
 */
// sources: alloc/collections/ring.c
// unwind: 2
// mutant: alloc/collections/ring.c if (count > CAIRN_RING_CAPACITY_MAX) -> if (count > SIZE_MAX / 2 + 1)
// mutant: alloc/collections/ring.c (size_t)2 << cairn_log2_floor(count - 1) -> (size_t)1 << cairn_log2_floor(count)
// mutant: alloc/collections/ring.c needed = SIZE_MAX; -> needed = 0;
// mutant: alloc/collections/ring.c capacity >= before || item.size == 0 || least > before -> capacity >= before || item.size == 0
#include <assert.h>

#include <cairn/ring.h>

static size_t asked_bytes; /* of the last block; 0 for none */
static bool has_memory;

static void *alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    static char block[1];
    (void)allocator;
    assert(cairn_layout_is_valid(layout) && layout.size != 0);
    asked_bytes = layout.size;
    return has_memory ? block : NULL;
}

static void dealloc(struct cairn_allocator *allocator, void *block, struct cairn_layout layout)
{
    (void)allocator, (void)block;
    assert(cairn_layout_is_valid(layout) && layout.size != 0);
}

void *cairn_allocator_realloc(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout, size_t new_size)
{
    dealloc(allocator, block, layout);
    return alloc(allocator, (struct cairn_layout){new_size, layout.align});
}

struct cairn_allocator *cairn_global_allocator(void)
{
    static const struct cairn_allocator_operations operations = {.alloc = alloc,
                                                                 .dealloc = dealloc};
    static struct cairn_allocator allocator = {&operations};
    return &allocator;
}

void cairn_collection_give_up_if_infallible(struct cairn_layout layout,
                                            enum cairn_fallibility fallibility)
{
    (void)layout, (void)fallibility;
}

/* Items do not move here. CBMC takes this one; clang, which only compiles the proof, lets nobody. */
#ifndef __clang__
void *__builtin_memmove(void *to, const void *from, size_t size)
{
    (void)from, (void)size;
    return to;
}
#endif

static void check_reserve(struct cairn_ring ring, struct cairn_layout item, size_t additional)
{
    struct cairn_ring before = ring;
    enum cairn_collection_error error = cairn_ring_reserve(&ring, item, additional, CAIRN_FALLIBLE);
    size_t capacity = cairn_ring_capacity(ring.ends);
    assert(ring.length == before.length);
    if (error) {
        assert(ring.ends == before.ends && ring.items == before.items);
        return;
    }
    assert(capacity >= ring.length && capacity - ring.length >= additional);
    assert(asked_bytes == 0 || asked_bytes == capacity * item.size);
    assert(ring.ends - capacity < capacity || capacity == 0);
}

/* The items lie at the beginning, so that none moves. */
static void check_shrink(struct cairn_ring ring, struct cairn_layout item, size_t least)
{
    struct cairn_ring before = ring;
    enum cairn_collection_error error = cairn_ring_shrink(&ring, item, least, CAIRN_FALLIBLE);
    size_t capacity = cairn_ring_capacity(ring.ends), old = cairn_ring_capacity(before.ends);
    assert(!error || capacity == old);
    assert(capacity <= old && capacity >= ring.length);
    assert(capacity >= least || capacity == old);
    assert(asked_bytes == 0 || error || asked_bytes == capacity * item.size);
}

int main(void)
{
    size_t ends, length, number, size;
    unsigned log2_align;
    bool any, shrinks;
    static char items[1];
    has_memory = any;
    if (log2_align > 8 || size > 256 || ends / 2 >= CAIRN_RING_CAPACITY_MAX)
        return 0;
    struct cairn_layout item = {size, (size_t)1 << log2_align}, block = {0, 1};
    size_t capacity = cairn_ring_capacity(ends);
    if (!cairn_is_aligned(size, item.align) || length > capacity)
        return 0;
    if (size != 0 && !cairn_layout_array(item, capacity, &block)) /* no ring could be that large */
        return 0;
    if (size == 0 && capacity != 0 && capacity != CAIRN_RING_CAPACITY_MAX)
        return 0;
    struct cairn_ring ring = {items, length, ends, NULL};
    if (!shrinks)
        check_reserve(ring, item, number);
    else if (ends == capacity)
        check_shrink(ring, item, number);
    return 0;
}
