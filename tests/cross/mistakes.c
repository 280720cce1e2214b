/* SPDX-License-Identifier: MIT */
/* Wrong frees. The heap must report each by its name, where it happens. */
#include "cross.h"

enum { SIZE = 96 };

static unsigned char elsewhere[64];
static const struct cairn_layout layout = {SIZE, 8};

static void dealloc(void *block, size_t size)
{
    cairn_allocator_dealloc(&cross_heap.allocator, block, (struct cairn_layout){size, 8});
}

static void double_free(unsigned char *block)
{
    dealloc(block, SIZE);
    dealloc(block, SIZE);
}

static void interior_free(unsigned char *block)
{
    dealloc(block + 16, SIZE);
}

static void misaligned_free(unsigned char *block)
{
    dealloc(block + 1, SIZE);
}

static void foreign_free(unsigned char *block)
{
    (void)block;
    dealloc(elsewhere, SIZE);
}

static void wrong_size(unsigned char *block)
{
    dealloc(block, SIZE * 2);
}

/* Rounded up to granules it would pass the end of the address space. */
static void endless_size(unsigned char *block)
{
    dealloc(block, SIZE_MAX);
}

/* The link of a freed block that waits, in a heap that is then used on: the next block's place. */
static void write_after_free(unsigned char *block)
{
    dealloc(block, SIZE);
    for (size_t i = 0; i < SIZE; i++)
        block[i] = 0x5a;
    for (int i = 0; i < 2; i++)
        if (!cairn_allocator_alloc(&cross_heap.allocator, layout))
            return;
}

static const struct mistake {
    const char *name;
    void (*make)(unsigned char *block);
} mistakes[] = {
    {"double_free", double_free},
    {"interior_free", interior_free},
    {"foreign_free", foreign_free},
    {"misaligned_free", misaligned_free},
    {"wrong_size", wrong_size},
    {"endless_size", endless_size},
    {"write_after_free", write_after_free},
};

static bool is_same(const char *one, const char *other)
{
    while (*one && *one == *other)
        one++, other++;
    return *one == *other;
}

bool cross_mistake(const char *name)
{
    unsigned char *blocks[3];
    if (cairn_heap_init(&cross_heap, cross_memory, CROSS_MEMORY) != CAIRN_REGION_OK)
        return false;
    for (int i = 0; i < 3; i++) {
        blocks[i] = cairn_allocator_alloc(&cross_heap.allocator, layout);
        expect(blocks[i], "there is room for three blocks");
    }
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        if (!is_same(name, mistakes[i].name))
            continue;
        mistakes[i].make(blocks[1]);
        return true;
    }
    return false;
}
