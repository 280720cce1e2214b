/* SPDX-License-Identifier: MIT */
#include <cairn/fixed_size_block.h>

enum {
    SMALLEST = CAIRN_FIXED_SIZE_BLOCK_SMALLEST,
    LARGEST = CAIRN_FIXED_SIZE_BLOCK_LARGEST,
    LISTS = CAIRN_FIXED_SIZE_BLOCK_LISTS,
};

CAIRN_STATIC_ASSERT(SMALLEST << (LISTS - 1) == LARGEST, "one list for each power of two");
CAIRN_STATIC_ASSERT(sizeof(struct cairn_free_block) <= SMALLEST, "a free block holds its own link");
CAIRN_STATIC_ASSERT(offsetof(struct cairn_fixed_size_block, allocator) == 0,
                    "an allocator is its own face");

/* What dealloc was given, for its messages. */
#define DEALLOC_OF "fixed_size_block: dealloc of %p, size %zu, align %zu"

static struct cairn_fixed_size_block *blocks_of(struct cairn_allocator *allocator)
{
    return (struct cairn_fixed_size_block *)(void *)allocator;
}

static void check_layout(struct cairn_layout layout)
{
    cairn_check(layout.size != 0 && cairn_layout_is_valid(layout),
                "fixed_size_block: Layout { size: %zu, align: %zu } is no layout to allocate; "
                "build it with cairn_layout_make() and ask for at least one byte",
                layout.size, layout.align);
}

/* The smallest block size that serves the layout, by its size and as its alignment. */
static size_t block_size_for(struct cairn_layout layout)
{
    size_t needed = layout.size > layout.align ? layout.size : layout.align;
    if (needed <= SMALLEST)
        return SMALLEST;
    return (size_t)1 << (cairn_log2_floor(needed - 1) + 1);
}

static struct cairn_layout layout_of_block(size_t block_size)
{
    return CAIRN_LITERAL(struct cairn_layout){block_size, block_size};
}

static struct cairn_fixed_size_block_list *list_for(struct cairn_fixed_size_block *self,
                                                    size_t block_size)
{
    return &self->lists[cairn_log2_floor(block_size / SMALLEST)];
}

static void push(struct cairn_fixed_size_block_list *list, struct cairn_free_block *block)
{
    *block = CAIRN_LITERAL(struct cairn_free_block){list->first, list};
    list->first = block;
}

/* The list is not empty. */
static struct cairn_free_block *pop(struct cairn_fixed_size_block_list *list)
{
    struct cairn_free_block *block = list->first;
    cairn_check(block->list == list,
                "fixed_size_block: the free block at %p does not name its list any more; it was "
                "written to after it was freed",
                (void *)block);
    list->first = block->next;
    block->list = NULL;
    return block;
}

/* A new block of that size, from the fallback. */
static void *make_block(struct cairn_fixed_size_block *self, size_t block_size)
{
    void *block = cairn_allocator_alloc(self->fallback, layout_of_block(block_size));
    if (block)
        self->taken += block_size;
    return block;
}

static void *fixed_size_block_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_fixed_size_block *self = blocks_of(allocator);
    check_layout(layout);
    size_t block_size = block_size_for(layout);
    if (block_size > LARGEST)
        return cairn_allocator_alloc(self->fallback, layout);
    struct cairn_fixed_size_block_list *list = list_for(self, block_size);
    void *block = list->first ? pop(list) : make_block(self, block_size);
    if (block)
        self->used += block_size;
    return block;
}

static bool is_own_list(const struct cairn_fixed_size_block *self,
                        const struct cairn_fixed_size_block_list *list)
{
    for (size_t i = 0; i < LISTS; i++)
        if (list == &self->lists[i])
            return true;
    return false;
}

/*
 * A free block names its list. A live one may do so by chance, so the list has the last word: only
 * what looks like a double free pays for the walk.
 */
static void check_not_free(const struct cairn_fixed_size_block *self,
                           const struct cairn_free_block *block, struct cairn_layout layout)
{
    if (!is_own_list(self, block->list))
        return;
    for (const struct cairn_free_block *free = block->list->first; free; free = free->next)
        cairn_check(free != block,
                    DEALLOC_OF ": double free: it is in the list of free blocks already; give "
                               "each block back once",
                    (const void *)block, layout.size, layout.align);
}

static void check_block(const struct cairn_fixed_size_block *self, void *block,
                        struct cairn_layout layout, size_t block_size)
{
    cairn_check(block && cairn_is_aligned((uintptr_t)block, block_size),
                DEALLOC_OF ": no block of %zu bytes begins there; give back the very address that "
                           "alloc gave, with the layout that it was allocated with",
                block, layout.size, layout.align, block_size);
    check_not_free(self, (struct cairn_free_block *)block, layout);
}

static void fixed_size_block_dealloc(struct cairn_allocator *allocator, void *block,
                                     struct cairn_layout layout)
{
    struct cairn_fixed_size_block *self = blocks_of(allocator);
    check_layout(layout);
    size_t block_size = block_size_for(layout);
    if (block_size > LARGEST) {
        cairn_allocator_dealloc(self->fallback, block, layout);
        return;
    }
    check_block(self, block, layout, block_size);
    push(list_for(self, block_size), (struct cairn_free_block *)block);
    self->used -= block_size;
}

static void *fixed_size_block_realloc(struct cairn_allocator *allocator, void *block,
                                      struct cairn_layout layout, size_t new_size)
{
    struct cairn_fixed_size_block *self = blocks_of(allocator);
    struct cairn_layout new_layout = {new_size, layout.align};
    check_layout(layout);
    check_layout(new_layout);
    size_t old_size = block_size_for(layout), wanted = block_size_for(new_layout);
    if (old_size > LARGEST && wanted > LARGEST)
        return cairn_allocator_realloc(self->fallback, block, layout, new_size);
    if (old_size != wanted)
        return cairn_default_realloc(allocator, block, layout, new_size);
    check_block(self, block, layout, old_size);
    return block;
}

const struct cairn_allocator_operations cairn_fixed_size_block_operations = {
    .name = "fixed_size_block",
    .alloc = fixed_size_block_alloc,
    .dealloc = fixed_size_block_dealloc,
    .realloc = fixed_size_block_realloc,
};

struct cairn_fixed_size_block_statistics cairn_fixed_size_block_statistics(
    const struct cairn_fixed_size_block *self)
{
    return CAIRN_LITERAL(struct cairn_fixed_size_block_statistics){
        .taken = self->taken, .used = self->used, .free = self->taken - self->used};
}

#define OVERWRITTEN "; most likely freed memory was written to"

/* Checks one list, which holds at most `most` bytes; gives how many it holds. */
static size_t check_list(const struct cairn_fixed_size_block_list *list, size_t block_size,
                         size_t most)
{
    size_t bytes = 0;
    for (const struct cairn_free_block *block = list->first; block; block = block->next) {
        cairn_check(cairn_is_aligned((uintptr_t)block, block_size),
                    "fixed_size_block: the list of %zu bytes leads to %p, where no such block can "
                    "begin" OVERWRITTEN,
                    block_size, (const void *)block);
        cairn_check(block->list == list,
                    "fixed_size_block: the free block at %p does not name its list of %zu "
                    "bytes" OVERWRITTEN,
                    (const void *)block, block_size);
        bytes += block_size;
        cairn_check(bytes <= most,
                    "fixed_size_block: the list of %zu bytes holds more than is free, or goes in "
                    "a circle" OVERWRITTEN,
                    block_size);
    }
    return bytes;
}

void cairn_fixed_size_block_check(const struct cairn_fixed_size_block *self)
{
    size_t free = 0;
    for (size_t i = 0; i < LISTS; i++)
        free += check_list(&self->lists[i], (size_t)SMALLEST << i, self->taken - self->used - free);
    cairn_check(free + self->used == self->taken,
                "fixed_size_block: %zu bytes free and %zu used are not the %zu taken from the "
                "fallback; most likely a block was given back with a layout that is not its own",
                free, self->used, self->taken);
}
