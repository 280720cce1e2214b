/* SPDX-License-Identifier: MIT */
#include <cairn/heap_face.h>

#include <cairn/global.h>

#define FACE_ALIGN 16

static size_t at_least_one(size_t size)
{
    return size ? size : 1;
}

void *cairn_aligned_alloc(size_t align, size_t size)
{
    struct cairn_layout layout;
    if (!cairn_layout_make(at_least_one(size), align < FACE_ALIGN ? FACE_ALIGN : align, &layout) ||
        !cairn_is_power_of_two(align))
        return NULL;
    return cairn_global_alloc(layout);
}

void *cairn_malloc(size_t size)
{
    return cairn_aligned_alloc(FACE_ALIGN, size);
}

void *cairn_calloc(size_t count, size_t size)
{
    size_t bytes;
    struct cairn_layout layout;
    if (__builtin_mul_overflow(count, size, &bytes) ||
        !cairn_layout_make(at_least_one(bytes), FACE_ALIGN, &layout))
        return NULL;
    return cairn_global_alloc_zeroed(layout);
}

void cairn_free(void *block)
{
    if (block)
        cairn_allocator_dealloc_unsized(cairn_global_allocator(), block);
}

void cairn_free_sized(void *block, size_t size)
{
    cairn_free_aligned_sized(block, FACE_ALIGN, size);
}

void cairn_free_aligned_sized(void *block, size_t align, size_t size)
{
    if (!block)
        return;
    struct cairn_layout layout;
    bool is_layout =
        cairn_layout_make(at_least_one(size), align < FACE_ALIGN ? FACE_ALIGN : align, &layout);
    cairn_check(is_layout,
                "free_sized of %p: no block has %zu bytes on a multiple of %zu; give the size and "
                "the alignment that it was allocated with",
                block, size, align);
    cairn_global_dealloc(block, layout);
}

size_t cairn_usable_size(const void *block)
{
    return cairn_allocator_usable_size(cairn_global_allocator(), block);
}

void *cairn_realloc(void *block, size_t new_size)
{
    struct cairn_layout layout;
    if (!block)
        return cairn_malloc(new_size);
    size_t usable = cairn_allocator_size_for(cairn_global_allocator(), block, "realloc");
    if (usable == 0 || !cairn_layout_make(at_least_one(new_size), FACE_ALIGN, &layout))
        return NULL;
    void *resized = cairn_global_realloc(
        block, CAIRN_LITERAL(struct cairn_layout){usable, FACE_ALIGN}, layout.size);
    return !resized && layout.size <= usable ? block : resized;
}
