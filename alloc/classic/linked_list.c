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

static size_t size_of(const struct cairn_hole *hole)
{
    return (size_t)hole->size;
}

static uintptr_t end_of(const struct cairn_hole *hole)
{
    return start_of(hole) + size_of(hole);
}

/* ---- holes ---- */

/*
 * 2^64 divided by the golden ratio, an odd number without a pattern (Knuth, volume 3, section 6.4).
 * A product with it differs in its upper bits where the other factor differs in any bit.
 */
#define SCATTER ((uintptr_t)0x9e3779b97f4a7c15)

static uint16_t checksum(uintptr_t start, size_t size, uintptr_t next)
{
    uintptr_t scattered = (start ^ size) * SCATTER ^ next * ~SCATTER;
    return (uint16_t)(scattered >> (sizeof(scattered) * 8 - 16));
}

static struct cairn_hole *make_hole(uintptr_t start, size_t size, struct cairn_hole *next)
{
    struct cairn_hole *hole = (struct cairn_hole *)start;
    hole->size = size & CAIRN_LINKED_LIST_SIZE_MAX;
    hole->checksum = checksum(start, size, (uintptr_t)next);
    hole->next = next;
    return hole;
}

/*
 * The hole after this one, or null. A walk goes on with this, and so looks at each hole before it
 * uses what the hole says: the memory is free, and may have been written to.
 */
static struct cairn_hole *next_of(const struct cairn_linked_list *self,
                                  const struct cairn_hole *hole)
{
    uintptr_t next = (uintptr_t)hole->next;
    uintptr_t limit = next ? next : self->end + 1;
    cairn_check(hole->checksum == checksum(start_of(hole), size_of(hole), next) &&
                    start_of(hole) < end_of(hole) && end_of(hole) < limit && limit <= self->end + 1,
                "linked_list: the hole at %p was overwritten: its size reads %#llx, its next hole "
                "%p; most likely the block before it was written past its end, or freed memory was "
                "written to",
                (const void *)hole, (unsigned long long)hole->size, (void *)hole->next);
    return hole->next;
}

/* Lets `next` follow `before`, or begin the list where `before` is null. */
static void follow(struct cairn_linked_list *self, struct cairn_hole *before,
                   struct cairn_hole *next)
{
    if (before)
        make_hole(start_of(before), size_of(before), next);
    else
        self->first = next;
}

/* ---- alloc ---- */

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
    return padding <= size_of(hole) && size <= size_of(hole) - padding;
}

/*
 * Takes `size` bytes at `block` out of the hole between `before` and `next`; what is left on both
 * sides stays free.
 */
static void split(struct cairn_linked_list *self, struct cairn_hole *before,
                  struct cairn_hole *hole, struct cairn_hole *next, uintptr_t block, size_t size)
{
    size_t padding = block - start_of(hole);
    size_t rest = size_of(hole) - padding - size;
    if (rest != 0)
        next = make_hole(block + size, rest, next);
    if (padding != 0)
        next = make_hole(start_of(hole), padding, next);
    follow(self, before, next);
}

static void *linked_list_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_linked_list *self = list_of(allocator);
    size_t size = size_in_heap(layout);
    struct cairn_hole *before = NULL, *next;
    for (struct cairn_hole *hole = self->first; hole; before = hole, hole = next) {
        uintptr_t block;
        next = next_of(self, hole);
        if (!fits(hole, size, layout.align, &block))
            continue;
        split(self, before, hole, next, block, size);
        self->used += size;
        return (void *)block;
    }
    return NULL;
}

/* ---- dealloc ---- */

/* The nearest hole on each side of an address, or null. */
struct neighbours {
    struct cairn_hole *before, *after;
};

static struct neighbours neighbours_of(const struct cairn_linked_list *self, uintptr_t address)
{
    struct neighbours found = {NULL, self->first};
    while (found.after && start_of(found.after) <= address)
        found = CAIRN_LITERAL(struct neighbours){found.after, next_of(self, found.after)};
    return found;
}

/* Makes a hole of memory that overlaps none, and one hole of all that touch. */
static void insert(struct cairn_linked_list *self, struct neighbours at, uintptr_t start,
                   size_t size)
{
    struct cairn_hole *after = at.after;
    if (after && start + size == start_of(after)) {
        after = next_of(self, at.after);
        size += size_of(at.after);
    }
    if (at.before && end_of(at.before) == start)
        make_hole(start_of(at.before), size_of(at.before) + size, after);
    else
        follow(self, at.before, make_hole(start, size, after));
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

static void check_not_free(struct neighbours at, uintptr_t block, struct cairn_layout layout,
                           size_t size)
{
    cairn_check(!at.before || end_of(at.before) <= block,
                DEALLOC_OF ": double free: %p to %p is free already; give each block back once",
                (void *)block, layout.size, layout.align, (const void *)at.before,
                (void *)end_of(at.before));
    cairn_check(!at.after || block + size <= start_of(at.after),
                DEALLOC_OF ": no such block begins there: the memory from %p on is free; give back "
                           "the very address that alloc gave, with the layout that it was "
                           "allocated with",
                (void *)block, layout.size, layout.align, (const void *)at.after);
}

static void linked_list_dealloc(struct cairn_allocator *allocator, void *address,
                                struct cairn_layout layout)
{
    struct cairn_linked_list *self = list_of(allocator);
    size_t size = size_in_heap(layout);
    uintptr_t block = (uintptr_t)address;
    check_place(self, block, layout, size);
    struct neighbours at = neighbours_of(self, block);
    check_not_free(at, block, layout, size);
    insert(self, at, block, size);
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
    insert(self, neighbours_of(self, region.start), region.start, cairn_region_size(region));
    self->size += cairn_region_size(region);
    self->end = region.end > self->end ? region.end : self->end;
    return CAIRN_REGION_OK;
}

struct cairn_linked_list_statistics cairn_linked_list_statistics(
    const struct cairn_linked_list *self)
{
    struct cairn_linked_list_statistics statistics = {
        .size = self->size, .used = self->used, .free = self->size - self->used};
    for (const struct cairn_hole *hole = self->first; hole; hole = next_of(self, hole)) {
        statistics.holes++;
        if (size_of(hole) > statistics.largest_hole)
            statistics.largest_hole = size_of(hole);
    }
    return statistics;
}

void cairn_linked_list_check(const struct cairn_linked_list *self)
{
    size_t free = 0;
    for (const struct cairn_hole *hole = self->first; hole; hole = next_of(self, hole))
        free += size_of(hole);
    cairn_check(free + self->used == self->size,
                "linked_list: %zu bytes free and %zu used are not the %zu of the heap; most likely "
                "a block was given back with a layout that is not its own",
                free, self->used, self->size);
}
