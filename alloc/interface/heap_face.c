/* SPDX-License-Identifier: MIT */
#include <cairn/heap_face.h>

#include <cairn/global.h>

#define FACE_ALIGN 16

/* From this size on, resizing where the block stands is worth asking the allocator for. */
#define LARGE ((size_t)8 * 1024)

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
    if (!block)
        return;
    size_t usable = cairn_usable_size(block);
    cairn_check(size <= usable,
                "free_sized of %p: the block has %zu bytes, not %zu; give the size that it was "
                "allocated with",
                block, usable, size);
    cairn_free(block);
}

size_t cairn_usable_size(const void *block)
{
    return cairn_allocator_usable_size(cairn_global_allocator(), block);
}

static void *move(void *block, size_t usable, size_t new_size)
{
    void *new_block = cairn_malloc(new_size);
    if (!new_block)
        return NULL;
    __builtin_memcpy(new_block, block, usable < new_size ? usable : new_size);
    cairn_free(block);
    return new_block;
}

void *cairn_realloc(void *block, size_t new_size)
{
    struct cairn_layout layout;
    new_size = at_least_one(new_size);
    if (!block)
        return cairn_malloc(new_size);
    size_t usable = cairn_usable_size(block);
    if (new_size <= usable && new_size > usable / 2)
        return block;
    if (usable < LARGE || new_size < LARGE)
        return move(block, usable, new_size);
    if (!cairn_layout_make(new_size, FACE_ALIGN, &layout))
        return NULL;
    return cairn_global_realloc(block, CAIRN_LITERAL(struct cairn_layout){usable, FACE_ALIGN},
                                new_size);
}
