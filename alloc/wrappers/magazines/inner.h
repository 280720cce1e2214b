/* SPDX-License-Identifier: MIT */
/*
 * The inner allocator as the caches see it: the classes in which its blocks are kept, what it is asked
 * for, and what its live map tells of a block.
 *
 * With a live map (<cairn/live_map.h>) that alone says what a block's class is: whatever is asked for
 * goes through as it is. Without one, any block of a class must serve every size of it, so the inner
 * allocator is asked for the class's size.
 */
#ifndef CAIRN_MAGAZINES_INNER_H
#define CAIRN_MAGAZINES_INNER_H

#include <cairn/magazines.h>

static inline struct cairn_magazines *magazines_of(struct cairn_allocator *allocator)
{
    return (struct cairn_magazines *)(void *)allocator;
}

/* ---- size classes ---- */

#define CLASS_ALIGN CAIRN_SIZE_CLASS_GRANULE

/*
 * Size and alignment in one, less one: a block of a class is as aligned as the class's size allows,
 * so an alignment asks for a class as a size does. Of size 0, which is the inner allocator's to
 * refuse, it is larger than all.
 */
static inline size_t key_of(struct cairn_layout layout)
{
    return (layout.size - 1) | (layout.align - 1);
}

/* Whether there is a class for it. */
static inline bool has_class(struct cairn_layout layout)
{
    return key_of(layout) < CAIRN_MAGAZINE_LARGEST;
}

/* Needs: there is one. */
static inline size_t class_of(struct cairn_layout layout)
{
    return cairn_class_of_granules[key_of(layout) / CAIRN_SIZE_CLASS_GRANULE];
}

static inline size_t class_size(size_t size_class)
{
    return (size_t)cairn_class_granules[size_class] * CAIRN_SIZE_CLASS_GRANULE;
}

static inline struct cairn_layout class_layout(size_t size_class)
{
    return CAIRN_LITERAL(struct cairn_layout){class_size(size_class), CLASS_ALIGN};
}

/* ---- what is asked of the inner allocator ---- */

/* Whether it has a live map; then that alone says what is cached. */
static inline bool has_map(const struct cairn_magazines *self)
{
    const struct cairn_allocator_operations *inner = self->inner->operations;
    return inner->live_map && inner->live_map(self->inner, NULL);
}

/*
 * If the inner allocator shows no live blocks, any block of a class must serve every size of it. So
 * it is asked for that size.
 */
static inline bool rounds_up(const struct cairn_magazines *self, struct cairn_layout layout)
{
    return self->budget > 0 && has_class(layout) && layout.align <= CLASS_ALIGN && !has_map(self);
}

static inline struct cairn_layout inner_layout(const struct cairn_magazines *self,
                                               struct cairn_layout layout)
{
    return rounds_up(self, layout) ? class_layout(class_of(layout)) : layout;
}

/* ---- what its live map tells ---- */

/* Needs: the caller is inside a slot. */
static inline bool may_be_cached(const struct cairn_magazines *self, size_t size_class,
                                 const void *block)
{
    return self->map.end == 0 || cairn_live_map_is(&self->map, block, size_class);
}

/* Whether the live map reaches there: then it is memory that can be read. */
static inline bool is_in_map(const struct cairn_magazines *self, const void *block)
{
    size_t end = __atomic_load_n(&self->map.end, __ATOMIC_ACQUIRE);
    uintptr_t base = __atomic_load_n(&self->map.base, __ATOMIC_RELAXED);
    return cairn_live_map_position(base, block) < end;
}

#endif
