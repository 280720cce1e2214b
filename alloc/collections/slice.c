/* SPDX-License-Identifier: MIT */
#include <cairn/slice_core.h>

/* Bytes that are moved by way of the stack at once. */
enum { CHUNK = 512 };

static size_t smaller(size_t one, size_t other)
{
    return one < other ? one : other;
}

void cairn_swap_bytes(void *one, void *other, size_t bytes)
{
    unsigned char chunk[CHUNK], *first = (unsigned char *)one, *second = (unsigned char *)other;
    while (bytes != 0) {
        size_t step = smaller(bytes, CHUNK);
        __builtin_memcpy(chunk, first, step);
        __builtin_memcpy(first, second, step);
        __builtin_memcpy(second, chunk, step);
        first += step;
        second += step;
        bytes -= step;
    }
}

/* Needs: the shorter side is a chunk at most. */
static void rotate_by_chunk(unsigned char *bytes, size_t left, size_t right)
{
    unsigned char chunk[CHUNK];
    if (left <= right) {
        __builtin_memcpy(chunk, bytes, left);
        __builtin_memmove(bytes, bytes + left, right);
        __builtin_memcpy(bytes + right, chunk, left);
    } else {
        __builtin_memcpy(chunk, bytes + left, right);
        __builtin_memmove(bytes + right, bytes, left);
        __builtin_memcpy(bytes, chunk, right);
    }
}

/*
 * Source: Gries and Mills, "Swapping Sections", 1981: swapping the shorter side with as many bytes at
 * the front of all puts these bytes where they belong, and leaves a smaller rotation.
 */
void cairn_rotate(void *bytes, size_t left, size_t right)
{
    unsigned char *first = (unsigned char *)bytes;
    if (left == 0 || right == 0)
        return;
    while (smaller(left, right) > CHUNK) {
        size_t step = smaller(left, right);
        cairn_swap_bytes(first, first + left, step);
        first += step;
        if (left <= right)
            right -= step;
        else
            left -= step;
    }
    rotate_by_chunk(first, left, right);
}

/* Sorting in halves costs little time, and memory that is fresh from the system costs more. */
enum { WHOLE_SCRATCH = 1024 * 1024 };

void *cairn_scratch_alloc(struct cairn_allocator *allocator, struct cairn_layout item, size_t count,
                          size_t *room)
{
    struct cairn_layout layout;
    *room = count * item.size <= WHOLE_SCRATCH ? count : count / 2;
    void *scratch = NULL;
    if (cairn_layout_array(item, *room, &layout))
        scratch = cairn_allocator_alloc(cairn_collection_allocator(allocator), layout);
    if (!scratch)
        *room = 0;
    return scratch;
}

void cairn_scratch_free(struct cairn_allocator *allocator, void *scratch, struct cairn_layout item,
                        size_t room)
{
    struct cairn_layout layout = {room * item.size, item.align};
    if (scratch)
        cairn_allocator_dealloc(cairn_collection_allocator(allocator), scratch, layout);
}

void cairn_check_range(const char *function, size_t first, size_t count, size_t length)
{
    if (first > length || count > length - first)
        cairn_panic("%s: range out of bounds: the length is %zu but the range is %zu items from "
                    "index %zu on",
                    function, length, count, first);
}
