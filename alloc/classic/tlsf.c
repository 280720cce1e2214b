/* SPDX-License-Identifier: MIT */
#include <cairn/tlsf.h>

#include <cairn/base/bits.h>

enum {
    GRANULE = CAIRN_TLSF_GRANULE,
    HEADER = CAIRN_TLSF_HEADER_SIZE,
    SMALLEST_BLOCK = HEADER + GRANULE, /* the payload of a free one holds its links */
    ROWS = CAIRN_TLSF_ROWS,
    COLUMNS = CAIRN_TLSF_COLUMNS,
    LOG2_COLUMNS = 4,
    LOG2_ROW_1 = 8, /* below 256 bytes, a class for each granule; from there on, rows */
};

/* The low bits of a header's first word, which a size in granules leaves unused. */
enum {
    FREE = 1,
    STATE_MASK = GRANULE - 1,
};

CAIRN_STATIC_ASSERT(1 << LOG2_COLUMNS == COLUMNS, "they are one number");
CAIRN_STATIC_ASSERT(1 << LOG2_ROW_1 == GRANULE * COLUMNS, "row 0 has a column for each granule");
CAIRN_STATIC_ASSERT(ROWS == sizeof(size_t) * __CHAR_BIT__ - LOG2_ROW_1 + 1, "every size has a row");
CAIRN_STATIC_ASSERT(offsetof(struct cairn_tlsf_block, next) == HEADER, "the payload begins there");
CAIRN_STATIC_ASSERT(sizeof(struct cairn_tlsf_block) == SMALLEST_BLOCK,
                    "every free block holds its links");
CAIRN_STATIC_ASSERT(offsetof(struct cairn_tlsf, allocator) == 0, "an allocator is its own face");

static struct cairn_tlsf *tlsf_of(struct cairn_allocator *allocator)
{
    return (struct cairn_tlsf *)(void *)allocator;
}

/* ---- Blocks ---- */

static size_t size_of(const struct cairn_tlsf_block *block)
{
    return block->size_and_state & ~(size_t)STATE_MASK;
}

static bool is_free(const struct cairn_tlsf_block *block)
{
    return block->size_and_state & FREE;
}

static size_t size_with_header(const struct cairn_tlsf_block *block)
{
    return HEADER + size_of(block);
}

static uintptr_t payload_of(const struct cairn_tlsf_block *block)
{
    return (uintptr_t)block + HEADER;
}

static struct cairn_tlsf_block *block_at(uintptr_t address)
{
    return (struct cairn_tlsf_block *)address;
}

/* Its neighbour in memory; for a region's last block, the header at the end of the region. */
static struct cairn_tlsf_block *behind(const struct cairn_tlsf_block *block)
{
    return block_at(payload_of(block) + size_of(block));
}

/* Cuts off what lies behind the first `size` bytes of payload; gives it, a block of its own. */
static struct cairn_tlsf_block *split(struct cairn_tlsf_block *block, size_t size)
{
    struct cairn_tlsf_block *rest = block_at(payload_of(block) + size);
    behind(block)->before = rest;
    rest->size_and_state = size_of(block) - size - HEADER;
    rest->before = block;
    block->size_and_state = size;
    return rest;
}

/*
 * Makes one block, not free, of two neighbours. The second header goes, but stays readable for a
 * while: it says free, so that a double free is told as one.
 */
static void join(struct cairn_tlsf_block *block, struct cairn_tlsf_block *second)
{
    second->size_and_state |= FREE;
    behind(second)->before = block;
    block->size_and_state = size_of(block) + size_with_header(second);
}

/* ---- Classes ---- */

struct size_class {
    unsigned row, column;
};

/* The class that a free block of `size` bytes belongs to. */
static struct size_class class_of(size_t size)
{
    if (size < (size_t)1 << LOG2_ROW_1)
        return CAIRN_LITERAL(struct size_class){0, (unsigned)(size / GRANULE)};
    unsigned log2 = cairn_log2_floor(size);
    return CAIRN_LITERAL(struct size_class){log2 - LOG2_ROW_1 + 1,
                                            (unsigned)(size >> (log2 - LOG2_COLUMNS)) % COLUMNS};
}

/* The size with which the next class begins: every block of that class is large enough. */
static size_t round_up_to_class(size_t size)
{
    if (size < (size_t)1 << LOG2_ROW_1)
        return size;
    return cairn_align_up(size, (size_t)1 << (cairn_log2_floor(size) - LOG2_COLUMNS));
}

/* Makes it free; its neighbours are not. */
static void insert(struct cairn_tlsf *self, struct cairn_tlsf_block *block)
{
    struct size_class size_class = class_of(size_of(block));
    struct cairn_tlsf_block **list = &self->free[size_class.row][size_class.column];
    block->size_and_state |= FREE;
    block->next = *list;
    block->previous = NULL;
    if (*list)
        (*list)->previous = block;
    *list = block;
    self->columns[size_class.row] |= (uint16_t)(1U << size_class.column);
    self->rows |= (uint64_t)1 << size_class.row;
}

static void mark_empty(struct cairn_tlsf *self, struct size_class size_class)
{
    self->columns[size_class.row] &= (uint16_t) ~(1U << size_class.column);
    if (self->columns[size_class.row] == 0)
        self->rows &= ~((uint64_t)1 << size_class.row);
}

/* Makes it a block that is not free. */
static void unlink(struct cairn_tlsf *self, struct cairn_tlsf_block *block)
{
    struct size_class size_class = class_of(size_of(block));
    if (block->next)
        block->next->previous = block->previous;
    if (block->previous)
        block->previous->next = block->next;
    else
        self->free[size_class.row][size_class.column] = block->next;
    if (!self->free[size_class.row][size_class.column])
        mark_empty(self, size_class);
    block->size_and_state &= ~(size_t)FREE;
}

/* A free block of at least `size` bytes, or null. */
static struct cairn_tlsf_block *find(const struct cairn_tlsf *self, size_t size)
{
    struct size_class size_class = class_of(round_up_to_class(size));
    unsigned columns = self->columns[size_class.row] & (~0U << size_class.column);
    if (columns == 0) {
        uint64_t larger_rows = self->rows & (~(uint64_t)0 << size_class.row << 1);
        if (larger_rows == 0)
            return NULL;
        size_class.row = cairn_lowest_bit(larger_rows);
        columns = self->columns[size_class.row];
    }
    return self->free[size_class.row][cairn_lowest_bit(columns)];
}

/* Makes a block free, as one with its free neighbours. */
static void release(struct cairn_tlsf *self, struct cairn_tlsf_block *block)
{
    struct cairn_tlsf_block *next = behind(block), *before = block->before;
    if (is_free(next)) {
        unlink(self, next);
        join(block, next);
    }
    if (before && is_free(before)) {
        unlink(self, before);
        join(before, block);
        block = before;
    }
    insert(self, block);
}

/* ---- alloc ---- */

/* What a block of this layout has as payload. */
static size_t payload_size(struct cairn_layout layout)
{
    cairn_check(layout.size != 0 && cairn_layout_is_valid(layout),
                "tlsf: Layout { size: %zu, align: %zu } is no layout to allocate; build it with "
                "cairn_layout_make() and ask for at least one byte",
                layout.size, layout.align);
    return cairn_align_up(layout.size, GRANULE);
}

/*
 * What a free block must have so that the payload fits whatever its address is. No sum overflows:
 * size and alignment of a layout are together at most 2^63.
 */
static size_t size_to_find(struct cairn_layout layout)
{
    size_t size = payload_size(layout);
    return layout.align <= GRANULE ? size : size + layout.align + SMALLEST_BLOCK - GRANULE;
}

/* Frees what lies before the first aligned address; gives the block whose payload begins there. */
static struct cairn_tlsf_block *trim_front(struct cairn_tlsf *self, struct cairn_tlsf_block *block,
                                           size_t align)
{
    size_t padding = cairn_align_up(payload_of(block), align) - payload_of(block);
    if (padding == 0)
        return block;
    if (padding < SMALLEST_BLOCK)
        padding += align;
    struct cairn_tlsf_block *aligned = split(block, padding - HEADER);
    insert(self, block);
    return aligned;
}

/* Frees what lies behind the first `size` bytes, if that is enough for a block. */
static void trim_back(struct cairn_tlsf *self, struct cairn_tlsf_block *block, size_t size)
{
    if (size_of(block) - size >= SMALLEST_BLOCK)
        release(self, split(block, size));
}

static void *tlsf_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_tlsf *self = tlsf_of(allocator);
    struct cairn_tlsf_block *block = find(self, size_to_find(layout));
    if (!block)
        return NULL;
    unlink(self, block);
    block = trim_front(self, block, layout.align);
    trim_back(self, block, payload_size(layout));
    self->used += size_with_header(block);
    return (void *)payload_of(block);
}

/* ---- dealloc ---- */

#define BAD_BLOCK "tlsf: %p, size %zu, align %zu: "

/* Whether `size` bytes at the address lie in the heap, and a header can begin there. */
static bool is_place(const struct cairn_tlsf *self, uintptr_t header, size_t size)
{
    return cairn_is_aligned(header, GRANULE) &&
           cairn_region_set_contains(&self->regions, header, size);
}

/* Whether the header and those of its neighbours agree. */
static bool is_header(const struct cairn_tlsf *self, const struct cairn_tlsf_block *block)
{
    const struct cairn_tlsf_block *next = behind(block), *before = block->before;
    return cairn_is_aligned(block->size_and_state, GRANULE) &&
           is_place(self, (uintptr_t)next, HEADER) && next->before == block &&
           (!before || (is_place(self, (uintptr_t)before, HEADER) && behind(before) == block));
}

/* The block of a payload that a caller says is alive. */
static struct cairn_tlsf_block *checked_block(const struct cairn_tlsf *self, void *payload,
                                              struct cairn_layout layout)
{
    struct cairn_tlsf_block *block = block_at((uintptr_t)payload - HEADER);
    size_t needed = payload_size(layout);
    cairn_check(is_place(self, (uintptr_t)block, SMALLEST_BLOCK),
                BAD_BLOCK "it is outside the heap or no block can begin there; give back the very "
                          "address that alloc gave, to the allocator that it came from",
                payload, layout.size, layout.align);
    cairn_check(!is_free(block), BAD_BLOCK "double free: it is free already; give it back once",
                payload, layout.size, layout.align);
    cairn_check(is_header(self, block),
                BAD_BLOCK "no header is before it, or not any more; give back the very address "
                          "that alloc gave, and look for writes outside the blocks around it",
                payload, layout.size, layout.align);
    size_t unused = size_of(block) - needed; /* as large as can be if it is less than needed */
    cairn_check(cairn_is_aligned((uintptr_t)payload, layout.align) && unused < SMALLEST_BLOCK,
                BAD_BLOCK "wrong layout: the block there has %zu bytes; give it back with the "
                          "layout that it was allocated with",
                payload, layout.size, layout.align, size_of(block));
    return block;
}

static void tlsf_dealloc(struct cairn_allocator *allocator, void *payload,
                         struct cairn_layout layout)
{
    struct cairn_tlsf *self = tlsf_of(allocator);
    struct cairn_tlsf_block *block = checked_block(self, payload, layout);
    self->used -= size_with_header(block);
    release(self, block);
}

/* ---- realloc ---- */

/* Joins the next block if it is free and the two have `size` bytes. */
static bool try_grow(struct cairn_tlsf *self, struct cairn_tlsf_block *block, size_t size)
{
    struct cairn_tlsf_block *next = behind(block);
    if (!is_free(next) || size_of(block) + size_with_header(next) < size)
        return false;
    unlink(self, next);
    join(block, next);
    return true;
}

static void *tlsf_realloc(struct cairn_allocator *allocator, void *payload,
                          struct cairn_layout layout, size_t new_size)
{
    struct cairn_tlsf *self = tlsf_of(allocator);
    struct cairn_tlsf_block *block = checked_block(self, payload, layout);
    size_t size = payload_size(CAIRN_LITERAL(struct cairn_layout){new_size, layout.align});
    size_t old = size_with_header(block);
    if (size > size_of(block) && !try_grow(self, block, size))
        return cairn_default_realloc(allocator, payload, layout, new_size);
    trim_back(self, block, size);
    self->used += size_with_header(block) - old;
    return payload;
}

const struct cairn_allocator_operations cairn_tlsf_operations = {
    .name = "tlsf",
    .alloc = tlsf_alloc,
    .dealloc = tlsf_dealloc,
    .realloc = tlsf_realloc,
};

/* ---- Its memory ---- */

enum cairn_region_error cairn_tlsf_init(struct cairn_tlsf *self, void *start, size_t size)
{
    *self = CAIRN_LITERAL(struct cairn_tlsf) CAIRN_TLSF_EMPTY;
    return cairn_tlsf_add_region(self, start, size);
}

/* Makes one free block of the region, and the header at its end. */
static void fill(struct cairn_tlsf *self, struct cairn_region region)
{
    struct cairn_tlsf_block *block = block_at(region.start);
    block->size_and_state = cairn_region_size(region) - 2 * HEADER;
    block->before = NULL;
    struct cairn_tlsf_block *end = behind(block);
    end->size_and_state = 0;
    end->before = block;
    insert(self, block);
    self->size += size_with_header(block);
}

enum cairn_region_error cairn_tlsf_add_region(struct cairn_tlsf *self, void *start, size_t size)
{
    struct cairn_region region;
    enum cairn_region_error error = cairn_region_trim(start, size, GRANULE, &region);
    if (error == CAIRN_REGION_OK && cairn_region_size(region) < SMALLEST_BLOCK + HEADER)
        error = CAIRN_REGION_TOO_SMALL;
    if (error == CAIRN_REGION_OK)
        error = cairn_region_set_add(&self->regions, region);
    if (error == CAIRN_REGION_OK)
        fill(self, region);
    return error;
}

struct cairn_tlsf_statistics cairn_tlsf_statistics(const struct cairn_tlsf *self)
{
    struct cairn_tlsf_statistics statistics = {
        .size = self->size, .used = self->used, .free = self->size - self->used};
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
        const struct cairn_tlsf_block *block = self->free[i / COLUMNS][i % COLUMNS];
        for (; block; block = block->next) {
            statistics.free_blocks++;
            if (size_of(block) > statistics.largest_free)
                statistics.largest_free = size_of(block);
        }
    }
    return statistics;
}

/* ---- The walk over the whole heap ---- */

#define OVERWRITTEN "; most likely something wrote outside its block or after it was freed"

struct census {
    size_t free, used; /* bytes, headers included */
    size_t free_blocks;
};

/* Checks one header; `before` is the block before it, null if it is a region's first. */
static void check_header(const struct cairn_tlsf_block *block,
                         const struct cairn_tlsf_block *before, uintptr_t end)
{
    size_t state = block->size_and_state & STATE_MASK;
    cairn_check((state == FREE || state == 0) && size_of(block) <= end - payload_of(block),
                "tlsf: the header at %p has an impossible size, %#zx" OVERWRITTEN,
                (const void *)block, block->size_and_state);
    cairn_check(block->before == before,
                "tlsf: the header at %p says that %p is before it, but %p is" OVERWRITTEN,
                (const void *)block, (const void *)block->before, (const void *)before);
    cairn_check(!before || !is_free(before) || !is_free(block),
                "tlsf: %p and %p are neighbours, both free, but were not merged",
                (const void *)before, (const void *)block);
}

static void count(struct census *census, const struct cairn_tlsf_block *block)
{
    if (is_free(block)) {
        census->free += size_with_header(block);
        census->free_blocks++;
    } else {
        census->used += size_with_header(block);
    }
}

/* A set keeps regions that touch as one, so behind the header that ends one, another may begin. */
static void check_region(struct cairn_region region, struct census *census)
{
    const struct cairn_tlsf_block *before = NULL;
    for (uintptr_t address = region.start; address < region.end;) {
        const struct cairn_tlsf_block *block = block_at(address);
        check_header(block, before, region.end);
        address = (uintptr_t)behind(block);
        bool is_end = size_of(block) == 0;
        if (!is_end)
            count(census, block);
        before = is_end ? NULL : block;
    }
    cairn_check(!before, "tlsf: the region to %p does not end in a header" OVERWRITTEN,
                (void *)region.end);
}

/*
 * Checks one list; gives how many blocks it has. It cannot go in a circle: the block where it
 * closes would have two that are previous.
 */
static size_t check_list(const struct cairn_tlsf *self, struct size_class size_class)
{
    const struct cairn_tlsf_block *block = self->free[size_class.row][size_class.column],
                                  *previous = NULL;
    size_t listed = 0;
    for (; block; listed++, previous = block, block = block->next) {
        cairn_check(is_place(self, (uintptr_t)block, SMALLEST_BLOCK) && is_free(block) &&
                        block->previous == previous,
                    "tlsf: a list leads to %p, which is no free block of it" OVERWRITTEN,
                    (const void *)block);
        struct size_class own = class_of(size_of(block));
        cairn_check(own.row == size_class.row && own.column == size_class.column,
                    "tlsf: the free block at %p, of %zu bytes, is in the list of another "
                    "class" OVERWRITTEN,
                    (const void *)block, size_of(block));
    }
    cairn_check((self->columns[size_class.row] >> size_class.column & 1) == (listed != 0),
                "tlsf: the bit of row %u, column %u is wrong" OVERWRITTEN, size_class.row,
                size_class.column);
    return listed;
}

static void check_lists(const struct cairn_tlsf *self, size_t free_blocks)
{
    size_t listed = 0;
    for (unsigned row = 0; row < ROWS; row++) {
        for (unsigned column = 0; column < COLUMNS; column++)
            listed += check_list(self, CAIRN_LITERAL(struct size_class){row, column});
        cairn_check((self->rows >> row & 1) == (self->columns[row] != 0),
                    "tlsf: the bit of row %u is wrong" OVERWRITTEN, row);
    }
    cairn_check(listed == free_blocks, "tlsf: %zu blocks are free, but %zu are listed" OVERWRITTEN,
                free_blocks, listed);
}

void cairn_tlsf_check(const struct cairn_tlsf *self)
{
    struct census census = {0};
    for (size_t i = 0; i < self->regions.count; i++)
        check_region(self->regions.regions[i], &census);
    cairn_check(census.used == self->used && census.free + census.used == self->size,
                "tlsf: %zu bytes are used and %zu free, but %zu of %zu were counted" OVERWRITTEN,
                census.used, census.free, self->used, self->size);
    check_lists(self, census.free_blocks);
}
