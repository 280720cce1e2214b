/* SPDX-License-Identifier: MIT */
/*
 * What Rust calls. It passes addresses and sizes alone, so that it knows no struct of C's, whose
 * sizes may change.
 */
#include <cairn/heap.h>
#include <cairn/locked.h>

/* A heap that lies at the beginning of its own memory, and the lock around it. */
struct heap {
    struct cairn_heap heap;
    struct cairn_locked locked;
};

static enum cairn_region_error begin(struct heap *heap, unsigned char *start, size_t size)
{
    struct cairn_locked locked = CAIRN_LOCKED(&heap->heap.allocator, "Rust's heap");
    heap->locked = locked;
    return cairn_heap_init(&heap->heap, start, size);
}

/* The allocator; or null, and *error is why. */
struct cairn_allocator *cairn_rust_heap_begin(unsigned char *start, size_t size, const char **error)
{
    size_t padding =
        cairn_align_up((uintptr_t)start, CAIRN_ALIGNOF(struct heap)) - (uintptr_t)start;
    enum cairn_region_error result = CAIRN_REGION_TOO_SMALL;
    if (size >= padding && size - padding >= sizeof(struct heap)) {
        struct heap *heap = (struct heap *)(void *)(start + padding);
        size_t used = padding + sizeof(struct heap);
        result = begin(heap, start + used, size - used);
        if (result == CAIRN_REGION_OK)
            return &heap->locked.allocator;
    }
    *error = cairn_region_error_text(result);
    return NULL;
}

void *cairn_rust_alloc(struct cairn_allocator *allocator, size_t size, size_t align)
{
    struct cairn_layout layout = {size, align};
    return cairn_allocator_alloc(allocator, layout);
}

void *cairn_rust_alloc_zeroed(struct cairn_allocator *allocator, size_t size, size_t align)
{
    struct cairn_layout layout = {size, align};
    return cairn_allocator_alloc_zeroed(allocator, layout);
}

void cairn_rust_dealloc(struct cairn_allocator *allocator, void *block, size_t size, size_t align)
{
    struct cairn_layout layout = {size, align};
    cairn_allocator_dealloc(allocator, block, layout);
}

void *cairn_rust_realloc(struct cairn_allocator *allocator, void *block, size_t size, size_t align,
                         size_t new_size)
{
    struct cairn_layout layout = {size, align};
    return cairn_allocator_realloc(allocator, block, layout, new_size);
}
