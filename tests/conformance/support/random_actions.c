/* SPDX-License-Identifier: MIT */
#include "random_actions.h"

#include "random_source.h"

enum { BLOCKS_MAX = 200, ACTIONS_PER_CHECK = 64, ALIGN_BITS = 13 };

struct block {
    unsigned char *address;
    struct cairn_layout layout;
    unsigned char pattern; /* byte number i holds pattern + i */
};

static struct {
    const struct conformance_subject *subject;
    uint64_t seed;
    struct random_source random;
    size_t action;
    size_t count;
    struct block blocks[BLOCKS_MAX]; /* the first `count` are alive */
    struct conformance_report report;
} game;

/* expect(condition, "what is wrong", ...): the condition is part of the contract. */
#define expect(condition, message, ...)                                          \
    cairn_check(condition, "conformance of %s, seed %llu, action %zu: " message, \
                game.subject->name, (unsigned long long)game.seed, game.action, __VA_ARGS__)

static size_t below(size_t bound)
{
    return (size_t)random_below(&game.random, bound);
}

/* ---- Blocks ---- */

static void fill(const struct block *block)
{
    for (size_t i = 0; i < block->layout.size; i++)
        block->address[i] = (unsigned char)(block->pattern + i);
}

/* The first `size` bytes hold the pattern. */
static void expect_pattern(const struct block *block, size_t size)
{
    for (size_t i = 0; i < size; i++)
        expect(block->address[i] == (unsigned char)(block->pattern + i),
               "byte %zu of the block of %zu at %p was overwritten", i, block->layout.size,
               (void *)block->address);
}

static void expect_zero(const struct block *block)
{
    for (size_t i = 0; i < block->layout.size; i++)
        expect(block->address[i] == 0, "byte %zu of the zeroed block of %zu at %p is not zero", i,
               block->layout.size, (void *)block->address);
}

static bool overlap(const struct block *one, const struct block *other)
{
    uintptr_t start = (uintptr_t)one->address, other_start = (uintptr_t)other->address;
    return start < other_start + other->layout.size && other_start < start + one->layout.size;
}

static void expect_place(const struct block *block)
{
    uintptr_t offset = (uintptr_t)block->address - (uintptr_t)game.subject->memory;
    expect(offset < game.subject->size && block->layout.size <= game.subject->size - offset,
           "the block of %zu at %p is outside the heap", block->layout.size,
           (void *)block->address);
    expect(cairn_is_aligned((uintptr_t)block->address, block->layout.align),
           "the block at %p is not aligned to %zu", (void *)block->address, block->layout.align);
}

/* It overlaps no block that is alive, `except` one: the block that it took the place of. */
static void expect_alone(const struct block *block, const struct block *except)
{
    for (const struct block *other = game.blocks; other < game.blocks + game.count; other++)
        expect(other == except || !overlap(block, other),
               "the block of %zu at %p overlaps the block of %zu at %p", block->layout.size,
               (void *)block->address, other->layout.size, (void *)other->address);
}

/* ---- Choices ---- */

/* Mostly small, now and then up to more than the heap has. */
static size_t random_size(void)
{
    const size_t bounds[] = {16, 64, 64, 256, 256, 1024, 4096};
    if (below(50) == 0)
        return 1 + below(game.subject->size + game.subject->size / 4);
    return 1 + below(bounds[below(sizeof(bounds) / sizeof(bounds[0]))]);
}

static struct cairn_layout random_layout(void)
{
    size_t bits = below(4) == 0 ? ALIGN_BITS : 5;
    return (struct cairn_layout){random_size(), (size_t)1 << below(bits)};
}

static struct block *random_block(void)
{
    return &game.blocks[below(game.count)];
}

/* ---- Actions ---- */

/* Notes a new block; or that there was none to be had. */
static void add_block(struct block block, size_t *successes)
{
    if (!block.address) {
        game.report.failures++;
        return;
    }
    ++*successes;
    expect_place(&block);
    expect_alone(&block, NULL);
    block.pattern = (unsigned char)below(256);
    fill(&block);
    game.blocks[game.count++] = block;
    if (game.count > game.report.most_blocks)
        game.report.most_blocks = game.count;
}

static void act_alloc(void)
{
    struct block block = {.layout = random_layout()};
    block.address = cairn_allocator_alloc(game.subject->allocator, block.layout);
    add_block(block, &game.report.allocs);
}

static void act_alloc_zeroed(void)
{
    struct block block = {.layout = random_layout()};
    block.address = cairn_allocator_alloc_zeroed(game.subject->allocator, block.layout);
    if (block.address) {
        expect_place(&block);
        expect_zero(&block);
    }
    add_block(block, &game.report.zeroed_allocs);
}

static void act_realloc(void)
{
    struct block *block = random_block(), grown = *block;
    grown.layout.size = random_size();
    grown.address = cairn_allocator_realloc(game.subject->allocator, block->address, block->layout,
                                            grown.layout.size);
    if (!grown.address) {
        game.report.failures++;
        expect_pattern(block, block->layout.size);
        return;
    }
    game.report.reallocs++;
    expect_place(&grown);
    expect_alone(&grown, block);
    size_t kept = grown.layout.size < block->layout.size ? grown.layout.size : block->layout.size;
    expect_pattern(&grown, kept);
    fill(&grown);
    *block = grown;
}

static void dealloc(struct block *block)
{
    expect_pattern(block, block->layout.size);
    cairn_allocator_dealloc(game.subject->allocator, block->address, block->layout);
    *block = game.blocks[--game.count];
    game.report.deallocs++;
}

static void act(void)
{
    size_t choice = below(8);
    if (game.count == 0 || (choice < 3 && game.count < BLOCKS_MAX))
        act_alloc();
    else if (choice == 3 && game.count < BLOCKS_MAX)
        act_alloc_zeroed();
    else if (choice == 4)
        act_realloc();
    else
        dealloc(random_block());
}

static void look_at_everything(void)
{
    for (size_t i = 0; i < game.count; i++)
        expect_pattern(&game.blocks[i], game.blocks[i].layout.size);
    if (game.subject->check)
        game.subject->check();
}

/* ---- The whole heap in one block ---- */

static bool can_give(size_t size)
{
    struct cairn_layout layout = {size, 1};
    void *block = cairn_allocator_alloc(game.subject->allocator, layout);
    if (block)
        cairn_allocator_dealloc(game.subject->allocator, block, layout);
    return block != NULL;
}

/* By halving: `least` can be given, `most` cannot. */
static size_t largest_block(void)
{
    size_t least = 0, most = game.subject->size + 1;
    while (most - least > 1) {
        size_t middle = least + (most - least) / 2;
        if (can_give(middle))
            least = middle;
        else
            most = middle;
    }
    return least;
}

/* Nothing is alive. */
static void expect_as_at_first(void)
{
    size_t left = largest_block();
    expect(left == game.report.largest_block,
           "all is given back, but the largest block to be had is %zu, not %zu", left,
           game.report.largest_block);
}

struct conformance_report conformance_run(const struct conformance_subject *subject, uint64_t seed,
                                          size_t actions)
{
    __builtin_memset(&game, 0, sizeof(game));
    game.subject = subject;
    game.seed = seed;
    game.random.state = seed;
    game.report.largest_block = largest_block();
    for (game.action = 1; game.action <= actions; game.action++) {
        act();
        if (game.action % ACTIONS_PER_CHECK == 0)
            look_at_everything();
    }
    while (game.count > 0)
        dealloc(random_block());
    look_at_everything();
    if (!subject->never_merges)
        expect_as_at_first();
    return game.report;
}
