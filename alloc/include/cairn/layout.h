/* SPDX-License-Identifier: MIT */
/*
 * A layout: how many bytes a block has, and on what its address must be aligned.
 *
 * It is given to alloc and, the same, to dealloc. That is what frees an allocator from keeping
 * a header in front of every block.
 *
 * Invariants of every layout that these functions make:
 *     align is a power of two
 *     size rounded up to align <= PTRDIFF_MAX
 *
 * All are O(1), pure, and may be called from any context.
 */
#ifndef CAIRN_LAYOUT_H
#define CAIRN_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cairn/base/bits.h>
#include <cairn/base/check.h>

CAIRN_C_BEGIN

struct cairn_layout {
    size_t size;  /* bytes; 0 is a layout, but no allocator is asked for it */
    size_t align; /* bytes, a power of two */
};

/* The layout of a type, known when the program is built. */
#define CAIRN_LAYOUT_OF(type) \
    (CAIRN_LITERAL(struct cairn_layout){sizeof(type), CAIRN_ALIGNOF(type)})

/* Whether the invariants above hold. */
static inline bool cairn_layout_is_valid(struct cairn_layout layout)
{
    return cairn_is_power_of_two(layout.align) && layout.align <= (size_t)PTRDIFF_MAX + 1 &&
           layout.size <= (size_t)PTRDIFF_MAX + 1 - layout.align;
}

/* Makes a layout of `size` bytes on `align`; false, and *layout untouched, if it is not valid. */
CAIRN_MUST_USE static inline bool cairn_layout_make(size_t size, size_t align,
                                                    struct cairn_layout *layout)
{
    struct cairn_layout made = {size, align};
    if (!cairn_layout_is_valid(made))
        return false;
    *layout = made;
    return true;
}

/* The size rounded up to the alignment: the distance of such items in an array. */
static inline size_t cairn_layout_stride(struct cairn_layout layout)
{
    return cairn_align_up(layout.size, layout.align);
}

/* The layout of `count` items of `item` in a row; false if that is larger than can be. */
CAIRN_MUST_USE static inline bool cairn_layout_array(struct cairn_layout item, size_t count,
                                                     struct cairn_layout *layout)
{
    size_t size;
    if (__builtin_mul_overflow(cairn_layout_stride(item), count, &size))
        return false;
    return cairn_layout_make(size, item.align, layout);
}

/*
 * Appends `next` to `layout`, with the padding that it needs, as a compiler does with a member.
 *
 * Gives:  *layout, extended, and in *offset where `next` begins.
 * Errors: false, and both untouched, if the sum is larger than can be.
 */
CAIRN_MUST_USE static inline bool cairn_layout_extend(struct cairn_layout *layout,
                                                      struct cairn_layout next, size_t *offset)
{
    size_t begin, end;
    size_t align = layout->align > next.align ? layout->align : next.align;
    if (!cairn_try_align_up(layout->size, next.align, &begin) ||
        __builtin_add_overflow(begin, next.size, &end) || !cairn_layout_make(end, align, layout))
        return false;
    *offset = begin;
    return true;
}

CAIRN_C_END

#endif
