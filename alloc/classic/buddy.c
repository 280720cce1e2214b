/* SPDX-License-Identifier: MIT */
#include <cairn/buddy.h>

#include <cairn/base/bits.h>

enum {
    GRANULE = CAIRN_BUDDY_GRANULE,
    LOG2_GRANULE = 4,
    ORDERS = CAIRN_BUDDY_ORDERS,
};

/* The map's bytes: which kind of block begins at a granule, and in the low bits its order. */
enum {
    NO_BLOCK = 0,
    LIVE = 0x40,
    FREE = 0x80,
    ORDER_MASK = 0x3f,
};

CAIRN_STATIC_ASSERT(1 << LOG2_GRANULE == GRANULE, "they are one number");
CAIRN_STATIC_ASSERT(ORDERS - 1 <= ORDER_MASK, "every order fits into a byte of the map");
CAIRN_STATIC_ASSERT(ORDERS + LOG2_GRANULE == sizeof(size_t) * __CHAR_BIT__,
                    "every size has an order");
CAIRN_STATIC_ASSERT(sizeof(struct cairn_buddy_block) <= GRANULE,
                    "every free block holds its links");
CAIRN_STATIC_ASSERT(offsetof(struct cairn_buddy, allocator) == 0, "an allocator is its own face");

static struct cairn_buddy *buddy_of(struct cairn_allocator *allocator)
{
    return (struct cairn_buddy *)(void *)allocator;
}

/* ---- Orders ---- */

static size_t size_of_order(unsigned order)
{
    return (size_t)GRANULE << order;
}

/* The smallest order whose blocks have the layout's size, and so its alignment too. */
static unsigned order_for(struct cairn_layout layout)
{
    cairn_check(layout.size != 0 && cairn_layout_is_valid(layout),
                "buddy: Layout { size: %zu, align: %zu } is no layout to allocate; build it with "
                "cairn_layout_make() and ask for at least one byte",
                layout.size, layout.align);
    size_t needed = layout.size > layout.align ? layout.size : layout.align;
    return needed <= GRANULE ? 0 : cairn_log2_floor(needed - 1) + 1 - LOG2_GRANULE;
}

static uintptr_t upper_half(uintptr_t block, unsigned half_order)
{
    return block + size_of_order(half_order);
}

/* ---- The map ---- */

static bool is_inside(const struct cairn_buddy *self, uintptr_t address)
{
    return self->start <= address && address < self->end;
}

static unsigned char *state_of(const struct cairn_buddy *self, uintptr_t block)
{
    return &self->map[(block - self->start) / GRANULE];
}

static void set_state(struct cairn_buddy *self, uintptr_t block, unsigned state)
{
    *state_of(self, block) = (unsigned char)state;
}

static bool is_free(const struct cairn_buddy *self, uintptr_t block, unsigned order)
{
    return is_inside(self, block) && *state_of(self, block) == (FREE | order);
}

/* ---- The lists ---- */

static void insert(struct cairn_buddy *self, uintptr_t address, unsigned order)
{
    struct cairn_buddy_block *block = (struct cairn_buddy_block *)address;
    struct cairn_buddy_block *next = self->free[order];
    *block = CAIRN_LITERAL(struct cairn_buddy_block){.next = next};
    if (next)
        next->previous = block;
    self->free[order] = block;
    self->nonempty |= (uint64_t)1 << order;
    set_state(self, address, FREE | order);
}

static void unlink(struct cairn_buddy *self, uintptr_t address, unsigned order)
{
    struct cairn_buddy_block *block = (struct cairn_buddy_block *)address;
    if (block->next)
        block->next->previous = block->previous;
    if (block->previous)
        block->previous->next = block->next;
    else
        self->free[order] = block->next;
    if (!self->free[order])
        self->nonempty &= ~((uint64_t)1 << order);
    set_state(self, address, NO_BLOCK);
}

/* ---- Halving and merging ---- */

/* Makes a block of order `from` one of order `to`; the upper halves become free. */
static void halve(struct cairn_buddy *self, uintptr_t block, unsigned from, unsigned to)
{
    while (from > to) {
        from--;
        insert(self, upper_half(block, from), from);
    }
}

/* Makes memory that no block covers free, as one block with its buddies that are free. */
static void release(struct cairn_buddy *self, uintptr_t block, unsigned order)
{
    while (order < ORDERS - 1) {
        uintptr_t buddy = block ^ size_of_order(order);
        if (!is_free(self, buddy, order))
            break;
        unlink(self, buddy, order);
        block = cairn_align_down(block, size_of_order(order + 1));
        order++;
    }
    insert(self, block, order);
}

static void *buddy_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_buddy *self = buddy_of(allocator);
    unsigned order = order_for(layout);
    uint64_t large_enough = self->nonempty >> order << order;
    if (large_enough == 0)
        return NULL;
    unsigned found = cairn_lowest_bit(large_enough);
    uintptr_t block = (uintptr_t)self->free[found];
    unlink(self, block, found);
    halve(self, block, found, order);
    set_state(self, block, LIVE | order);
    self->used += size_of_order(order);
    return (void *)block;
}

/* ---- What dealloc is given ---- */

#define BAD_BLOCK "buddy: %p, size %zu, align %zu: "

/* The block, free or live, in which `address` lies; 0 if the map does not know one. */
static uintptr_t block_around(const struct cairn_buddy *self, uintptr_t address)
{
    for (unsigned order = 0; order < ORDERS; order++) {
        uintptr_t start = cairn_align_down(address, size_of_order(order));
        if (!is_inside(self, start))
            break;
        if (*state_of(self, start) != NO_BLOCK)
            return start;
    }
    return 0;
}

/* Says why a caller's block is none that is alive. */
static CAIRN_NORETURN __attribute__((cold)) void report(const struct cairn_buddy *self,
                                                        uintptr_t block, struct cairn_layout layout)
{
    uintptr_t around = block_around(self, block);
    cairn_check(around != 0,
                BAD_BLOCK "the map knows no block there; something wrote over the map, which lies "
                          "behind the heap's last block",
                (void *)block, layout.size, layout.align);
    unsigned state = *state_of(self, around);
    cairn_check(!(state & FREE),
                BAD_BLOCK "double free: it is free already; give each block back once",
                (void *)block, layout.size, layout.align);
    cairn_check(block != around,
                BAD_BLOCK "wrong layout: the block there has %zu bytes; give it back with the "
                          "layout that it was allocated with",
                (void *)block, layout.size, layout.align, size_of_order(state & ORDER_MASK));
    cairn_panic(BAD_BLOCK "no block begins there, it is inside that at %p; give back the very "
                          "address that alloc gave",
                (void *)block, layout.size, layout.align, (void *)around);
}

static void check_block(const struct cairn_buddy *self, uintptr_t block, struct cairn_layout layout,
                        unsigned order)
{
    cairn_check(is_inside(self, block),
                BAD_BLOCK "it is outside the heap; give a block back to the allocator that it "
                          "came from",
                (void *)block, layout.size, layout.align);
    if (!cairn_is_aligned(block, GRANULE) || *state_of(self, block) != (LIVE | order))
        report(self, block, layout);
}

static void buddy_dealloc(struct cairn_allocator *allocator, void *address,
                          struct cairn_layout layout)
{
    struct cairn_buddy *self = buddy_of(allocator);
    unsigned order = order_for(layout);
    uintptr_t block = (uintptr_t)address;
    check_block(self, block, layout, order);
    set_state(self, block, NO_BLOCK);
    release(self, block, order);
    self->used -= size_of_order(order);
}

/* ---- realloc ---- */

/* Whether the block is the lower half of ever larger ones up to order `to`, the uppers all free. */
static bool can_grow(const struct cairn_buddy *self, uintptr_t block, unsigned from, unsigned to)
{
    if (!cairn_is_aligned(block, size_of_order(to)))
        return false;
    for (; from < to; from++)
        if (!is_free(self, upper_half(block, from), from))
            return false;
    return true;
}

static void grow(struct cairn_buddy *self, uintptr_t block, unsigned from, unsigned to)
{
    for (; from < to; from++)
        unlink(self, upper_half(block, from), from);
}

static void *buddy_realloc(struct cairn_allocator *allocator, void *address,
                           struct cairn_layout layout, size_t new_size)
{
    struct cairn_buddy *self = buddy_of(allocator);
    uintptr_t block = (uintptr_t)address;
    unsigned from = order_for(layout);
    unsigned to = order_for(CAIRN_LITERAL(struct cairn_layout){new_size, layout.align});
    check_block(self, block, layout, from);
    if (from < to && !can_grow(self, block, from, to))
        return cairn_default_realloc(allocator, address, layout, new_size);
    grow(self, block, from, to);
    halve(self, block, from, to);
    set_state(self, block, LIVE | to);
    self->used += size_of_order(to) - size_of_order(from);
    return address;
}

const struct cairn_allocator_operations cairn_buddy_operations = {
    .name = "buddy",
    .alloc = buddy_alloc,
    .dealloc = buddy_dealloc,
    .realloc = buddy_realloc,
};

/* ---- Its memory ---- */

/* The order of the largest block that can begin at `address` and ends by `end`. */
static unsigned largest_order_at(uintptr_t address, uintptr_t end)
{
    unsigned by_address = cairn_lowest_bit(address);
    unsigned by_size = cairn_log2_floor(end - address);
    return (by_address < by_size ? by_address : by_size) - LOG2_GRANULE;
}

static void fill(struct cairn_buddy *self)
{
    uintptr_t address = self->start;
    while (address < self->end) {
        unsigned order = largest_order_at(address, self->end);
        insert(self, address, order);
        address += size_of_order(order);
    }
}

enum cairn_region_error cairn_buddy_init(struct cairn_buddy *self, void *start, size_t size)
{
    struct cairn_region region;
    *self = CAIRN_LITERAL(struct cairn_buddy) CAIRN_BUDDY_EMPTY;
    enum cairn_region_error error = cairn_region_trim(start, size, GRANULE, &region);
    if (error != CAIRN_REGION_OK)
        return error;
    size_t granules = cairn_region_size(region) / (GRANULE + 1); /* each with its byte of the map */
    if (granules == 0)
        return CAIRN_REGION_TOO_SMALL;
    self->start = region.start;
    self->end = region.start + granules * GRANULE;
    self->map = (unsigned char *)self->end;
    __builtin_memset(self->map, NO_BLOCK, granules);
    fill(self);
    return CAIRN_REGION_OK;
}

struct cairn_buddy_statistics cairn_buddy_statistics(const struct cairn_buddy *self)
{
    size_t size = self->end - self->start;
    return CAIRN_LITERAL(struct cairn_buddy_statistics){
        .size = size,
        .used = self->used,
        .free = size - self->used,
        .largest_free = self->nonempty ? size_of_order(cairn_log2_floor(self->nonempty)) : 0,
    };
}

/* ---- The walk over the whole heap ---- */

#define OVERWRITTEN "; most likely something wrote outside its block"

/* What lies in the blocks that the map tells of. */
struct census {
    size_t used;                /* bytes */
    size_t free_blocks[ORDERS]; /* how many */
};

/* Checks the block that begins at `address`; gives its end. */
static uintptr_t check_one(const struct cairn_buddy *self, uintptr_t address, struct census *census)
{
    unsigned state = *state_of(self, address), order = state & ORDER_MASK;
    bool live = state == (LIVE | order), free = state == (FREE | order);
    cairn_check((live || free) && order < ORDERS,
                "buddy: the map says %#x of %p, which is no state of a block" OVERWRITTEN, state,
                (void *)address);
    size_t size = size_of_order(order);
    cairn_check(cairn_is_aligned(address, size) && size <= self->end - address,
                "buddy: a block of %zu bytes cannot be at %p" OVERWRITTEN, size, (void *)address);
    cairn_check(!free || !is_free(self, address ^ size, order),
                "buddy: %p and its buddy of %zu bytes are both free but were not merged",
                (void *)address, size);
    for (uintptr_t inside = address + GRANULE; inside < address + size; inside += GRANULE)
        cairn_check(*state_of(self, inside) == NO_BLOCK,
                    "buddy: the map has a block at %p, inside that of %zu bytes at "
                    "%p" OVERWRITTEN,
                    (void *)inside, size, (void *)address);
    if (live)
        census->used += size;
    else
        census->free_blocks[order]++;
    return address + size;
}

/* A list cannot go in a circle: the block where it closes would have two that are previous. */
static void check_list(const struct cairn_buddy *self, unsigned order, size_t free_blocks)
{
    const struct cairn_buddy_block *block = self->free[order], *previous = NULL;
    size_t listed = 0;
    for (; block; listed++, previous = block, block = block->next)
        cairn_check(cairn_is_aligned((uintptr_t)block, GRANULE) &&
                        is_free(self, (uintptr_t)block, order) && block->previous == previous,
                    "buddy: the list of order %u leads to %p, which is no free block of it; most "
                    "likely freed memory was written to",
                    order, (const void *)block);
    cairn_check(listed == free_blocks,
                "buddy: %zu blocks of order %u are free, but %zu are listed; most likely freed "
                "memory was written to",
                free_blocks, order, listed);
    cairn_check((self->nonempty >> order & 1) == (listed != 0),
                "buddy: the bit of order %u is wrong; most likely something wrote over the "
                "allocator",
                order);
}

void cairn_buddy_check(const struct cairn_buddy *self)
{
    struct census census = {0};
    for (uintptr_t address = self->start; address < self->end;)
        address = check_one(self, address, &census);
    cairn_check(census.used == self->used,
                "buddy: %zu bytes are in live blocks, but %zu were counted" OVERWRITTEN,
                census.used, self->used);
    for (unsigned order = 0; order < ORDERS; order++)
        check_list(self, order, census.free_blocks[order]);
}
