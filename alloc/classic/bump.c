/* SPDX-License-Identifier: MIT */
#include <cairn/bump.h>

CAIRN_STATIC_ASSERT(offsetof(struct cairn_bump, allocator) == 0, "an allocator is its own face");

static struct cairn_bump *bump_of(struct cairn_allocator *allocator)
{
    return (struct cairn_bump *)(void *)allocator;
}

static void check_layout(struct cairn_layout layout)
{
    cairn_check(layout.size != 0 && cairn_layout_is_valid(layout),
                "bump: Layout { size: %zu, align: %zu } is no layout to allocate; build it with "
                "cairn_layout_make() and ask for at least one byte",
                layout.size, layout.align);
}

static void *bump_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_bump *self = bump_of(allocator);
    uintptr_t block;
    check_layout(layout);
    if (!cairn_try_align_up(self->next, layout.align, &block))
        return NULL;
    if (block >= self->end || layout.size > self->end - block)
        return NULL;
    self->next = block + layout.size;
    self->blocks++;
    return (void *)block;
}

/* Checks what can be known of a block that a caller says is alive. */
static void check_block(const struct cairn_bump *self, uintptr_t block, struct cairn_layout layout)
{
    check_layout(layout);
    cairn_check(self->start <= block && block < self->next && layout.size <= self->next - block,
                "bump: %p, size %zu, align %zu is outside what was handed out: freed before, as "
                "all blocks were, or never from here; give a block back once, to the allocator "
                "that it came from, with the layout that it was allocated with",
                (void *)block, layout.size, layout.align);
    cairn_check(cairn_is_aligned(block, layout.align),
                "bump: no block of size %zu, align %zu begins at %p; give back the very address "
                "that alloc gave, with the layout that it was allocated with",
                layout.size, layout.align, (void *)block);
}

static void bump_dealloc(struct cairn_allocator *allocator, void *address,
                         struct cairn_layout layout)
{
    struct cairn_bump *self = bump_of(allocator);
    check_block(self, (uintptr_t)address, layout);
    if (--self->blocks == 0)
        self->next = self->start;
}

static void *bump_realloc(struct cairn_allocator *allocator, void *address,
                          struct cairn_layout layout, size_t new_size)
{
    struct cairn_bump *self = bump_of(allocator);
    uintptr_t block = (uintptr_t)address;
    check_block(self, block, layout);
    check_layout(CAIRN_LITERAL(struct cairn_layout){new_size, layout.align});
    bool is_last = block + layout.size == self->next;
    if (is_last && new_size <= self->end - block) {
        self->next = block + new_size;
        return address;
    }
    if (new_size <= layout.size)
        return address;
    return cairn_default_realloc(allocator, address, layout, new_size);
}

const struct cairn_allocator_operations cairn_bump_operations = {
    .name = "bump",
    .alloc = bump_alloc,
    .dealloc = bump_dealloc,
    .realloc = bump_realloc,
};

enum cairn_region_error cairn_bump_init(struct cairn_bump *self, void *start, size_t size)
{
    struct cairn_region region;
    *self = CAIRN_LITERAL(struct cairn_bump) CAIRN_BUMP_EMPTY;
    enum cairn_region_error error = cairn_region_trim(start, size, 1, &region);
    if (error != CAIRN_REGION_OK)
        return error;
    self->start = self->next = region.start;
    self->end = region.end;
    return CAIRN_REGION_OK;
}

struct cairn_bump_statistics cairn_bump_statistics(const struct cairn_bump *self)
{
    return CAIRN_LITERAL(struct cairn_bump_statistics){
        .size = self->end - self->start,
        .used = self->next - self->start,
        .free = self->end - self->next,
        .blocks = self->blocks,
    };
}

void cairn_bump_check(const struct cairn_bump *self)
{
    cairn_check(self->start <= self->next && self->next <= self->end,
                "bump: next, %p, is not between start, %p, and end, %p; most likely something "
                "wrote over the allocator",
                (void *)self->next, (void *)self->start, (void *)self->end);
    cairn_check((self->blocks == 0) == (self->next == self->start),
                "bump: %zu blocks are alive in the %zu bytes handed out; most likely something "
                "wrote over the allocator",
                self->blocks, self->next - self->start);
}
