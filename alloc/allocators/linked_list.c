/* SPDX-License-Identifier: MIT */
#include <cairn/linked_list.h>

#include <cairn/base/bits.h>

enum { GRANULE = CAIRN_LINKED_LIST_GRANULE };

CAIRN_STATIC_ASSERT(sizeof(struct cairn_hole) <= GRANULE, "whatever is left over can be a hole");
CAIRN_STATIC_ASSERT(offsetof(struct cairn_linked_list, allocator) == 0,
                    "an allocator is its own face");

/* What dealloc was given, for its messages. */
#define DEALLOC_OF "linked_list: dealloc of %p, size %zu, align %zu"

static struct cairn_linked_list *list_of(struct cairn_allocator *allocator)
{
    return (struct cairn_linked_list *)(void *)allocator;
}

static uintptr_t start_of(const struct cairn_hole *hole)
{
    return (uintptr_t)hole;
}

static uintptr_t end_of(const struct cairn_hole *hole)
{
    return start_of(hole) + hole->size;
}

static struct cairn_hole *make_hole(uintptr_t start, size_t size, struct cairn_hole *next)
{
    struct cairn_hole *hole = (struct cairn_hole *)start;
    *hole = CAIRN_LITERAL(struct cairn_hole){size, next};
    return hole;
}

/* What a block of this layout takes from the heap. */
static size_t size_in_heap(struct cairn_layout layout)
{
    cairn_check(layout.size != 0 && cairn_layout_is_valid(layout),
                "linked_list: Layout { size: %zu, align: %zu } is no layout to allocate; build it "
                "with cairn_layout_make() and ask for at least one byte",
                layout.size, layout.align);
    return cairn_align_up(layout.size, GRANULE);
}

/* Whether a block fits into the hole; then *block is the lowest address that it can have. */
static bool fits(const struct cairn_hole *hole, size_t size, size_t align, uintptr_t *block)
{
    if (!cairn_try_align_up(start_of(hole), align, block))
        return false;
    size_t padding = *block - start_of(hole);
    return padding <= hole->size && size <= hole->size - padding;
}

/* Takes `size` bytes at `block` out of the hole at *link; what is left on both sides stays free. */
static void carve(struct cairn_hole **link, uintptr_t block, size_t size)
{
    struct cairn_hole *hole = *link, *next = hole->next;
    size_t before = block - start_of(hole);
    size_t behind = hole->size - before - size;
    if (behind != 0)
        next = make_hole(block + size, behind, next);
    *link = before != 0 ? make_hole(start_of(hole), before, next) : next;
}

static void *linked_list_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_linked_list *self = list_of(allocator);
    size_t size = size_in_heap(layout);
    for (struct cairn_hole **link = &self->first; *link; link = &(*link)->next) {
        uintptr_t block;
        if (!fits(*link, size, layout.align, &block))
            continue;
        carve(link, block, size);
        self->used += size;
        return (void *)block;
    }
    return NULL;
}

/* The last hole that begins before `address`; null if that is none. */
static struct cairn_hole *hole_before(const struct cairn_linked_list *self, uintptr_t address)
{
    struct cairn_hole *before = NULL;
    for (struct cairn_hole *hole = self->first; hole && start_of(hole) < address; hole = hole->next)
        before = hole;
    return before;
}

static struct cairn_hole *hole_behind(const struct cairn_linked_list *self,
                                      const struct cairn_hole *before)
{
    return before ? before->next : self->first;
}

/* Makes one hole of two that touch. */
static void merge_with_next(struct cairn_hole *hole)
{
    if (!hole || !hole->next || end_of(hole) != start_of(hole->next))
        return;
    hole->size += hole->next->size;
    hole->next = hole->next->next;
}

/* Makes a hole of memory that overlaps none, whose place is behind `before`. */
static void insert(struct cairn_linked_list *self, struct cairn_hole *before, uintptr_t start,
                   size_t size)
{
    struct cairn_hole *hole = make_hole(start, size, hole_behind(self, before));
    if (before)
        before->next = hole;
    else
        self->first = hole;
    merge_with_next(hole);
    merge_with_next(before);
}

static void check_place(const struct cairn_linked_list *self, uintptr_t block,
                        struct cairn_layout layout, size_t size)
{
    cairn_check(cairn_region_set_contains(&self->regions, block, size),
                DEALLOC_OF ": it is outside the heap; give a block back to the allocator that it "
                           "came from, with the layout that it was allocated with",
                (void *)block, layout.size, layout.align);
    cairn_check(cairn_is_aligned(block, GRANULE) && cairn_is_aligned(block, layout.align),
                DEALLOC_OF ": no such block begins there; give back the very address that alloc "
                           "gave, with the layout that it was allocated with",
                (void *)block, layout.size, layout.align);
}

static void check_not_free(const struct cairn_hole *hole, uintptr_t block,
                           struct cairn_layout layout, size_t size)
{
    bool apart = !hole || end_of(hole) <= block || block + size <= start_of(hole);
    cairn_check(apart,
                DEALLOC_OF ": double free: %p to %p is free already; give each block back once, "
                           "with the layout that it was allocated with",
                (void *)block, layout.size, layout.align, (const void *)hole, (void *)end_of(hole));
}

static void linked_list_dealloc(struct cairn_allocator *allocator, void *address,
                                struct cairn_layout layout)
{
    struct cairn_linked_list *self = list_of(allocator);
    size_t size = size_in_heap(layout);
    uintptr_t block = (uintptr_t)address;
    check_place(self, block, layout, size);
    struct cairn_hole *before = hole_before(self, block);
    check_not_free(before, block, layout, size);
    check_not_free(hole_behind(self, before), block, layout, size);
    insert(self, before, block, size);
    self->used -= size;
}

const struct cairn_allocator_operations cairn_linked_list_operations = {
    .name = "linked_list",
    .alloc = linked_list_alloc,
    .dealloc = linked_list_dealloc,
};

enum cairn_region_error cairn_linked_list_init(struct cairn_linked_list *self, void *start,
                                               size_t size)
{
    *self = CAIRN_LITERAL(struct cairn_linked_list) CAIRN_LINKED_LIST_EMPTY;
    return cairn_linked_list_add_region(self, start, size);
}

enum cairn_region_error cairn_linked_list_add_region(struct cairn_linked_list *self, void *start,
                                                     size_t size)
{
    struct cairn_region region;
    enum cairn_region_error error = cairn_region_trim(start, size, GRANULE, &region);
    if (error == CAIRN_REGION_OK)
        error = cairn_region_set_add(&self->regions, region);
    if (error != CAIRN_REGION_OK)
        return error;
    insert(self, hole_before(self, region.start), region.start, cairn_region_size(region));
    self->size += cairn_region_size(region);
    return CAIRN_REGION_OK;
}

struct cairn_linked_list_statistics cairn_linked_list_statistics(
    const struct cairn_linked_list *self)
{
    struct cairn_linked_list_statistics statistics = {
        .size = self->size, .used = self->used, .free = self->size - self->used};
    for (const struct cairn_hole *hole = self->first; hole; hole = hole->next) {
        statistics.holes++;
        if (hole->size > statistics.largest_hole)
            statistics.largest_hole = hole->size;
    }
    return statistics;
}

#define OVERWRITTEN "; most likely freed memory was written to"

/* Checks one hole; `end_before` is the end of the hole before it, or 0. */
static void check_hole(const struct cairn_linked_list *self, const struct cairn_hole *hole,
                       uintptr_t end_before)
{
    cairn_check(cairn_is_aligned(start_of(hole), GRANULE) &&
                    cairn_region_set_contains(&self->regions, start_of(hole), GRANULE),
                "linked_list: the list leads to %p, where no hole can be" OVERWRITTEN,
                (const void *)hole);
    cairn_check(hole->size != 0 && cairn_is_aligned(hole->size, GRANULE) &&
                    cairn_region_set_contains(&self->regions, start_of(hole), hole->size),
                "linked_list: the hole at %p has an impossible size, %zu" OVERWRITTEN,
                (const void *)hole, hole->size);
    cairn_check(end_before < start_of(hole),
                "linked_list: the hole at %p does not lie behind and apart from the one before it, "
                "which ends at %p" OVERWRITTEN,
                (const void *)hole, (void *)end_before);
}

void cairn_linked_list_check(const struct cairn_linked_list *self)
{
    uintptr_t end_before = 0;
    size_t free = 0;
    for (const struct cairn_hole *hole = self->first; hole; hole = hole->next) {
        check_hole(self, hole, end_before);
        end_before = end_of(hole);
        free += hole->size;
    }
    cairn_check(free + self->used == self->size,
                "linked_list: %zu bytes free and %zu used are not the %zu of the heap; most likely "
                "a block was given back with a layout that is not its own",
                free, self->used, self->size);
}
