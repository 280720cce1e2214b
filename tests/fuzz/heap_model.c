/* SPDX-License-Identifier: MIT */
#include "heap_model.h"

#define GRANULE                         CAIRN_HEAP_GRANULE

#define expect(condition, message, ...) cairn_check(condition, "model: " message, __VA_ARGS__)

/* ---- which granules are handed out ---- */

static size_t granule_of(const struct heap_model *self, const void *address)
{
    return ((uintptr_t)address - (uintptr_t)self->memory) / GRANULE;
}

static size_t granules_of(size_t size)
{
    return (size + GRANULE - 1) / GRANULE;
}

/* The bits of word number `word` that stand for granules of [from, to). */
static uint64_t bits_of_word(size_t word, size_t from, size_t to)
{
    uint64_t bits = UINT64_MAX;
    if (from > word * 64)
        bits &= UINT64_MAX << (from - word * 64);
    if (to < word * 64 + 64)
        bits &= UINT64_MAX >> (word * 64 + 64 - to);
    return bits;
}

static bool is_any_busy(const struct heap_model *self, size_t from, size_t to)
{
    for (size_t word = from / 64; word * 64 < to; word++)
        if (self->busy[word] & bits_of_word(word, from, to))
            return true;
    return false;
}

static void set_busy(struct heap_model *self, size_t from, size_t to, bool busy)
{
    for (size_t word = from / 64; word * 64 < to; word++)
        if (busy)
            self->busy[word] |= bits_of_word(word, from, to);
        else
            self->busy[word] &= ~bits_of_word(word, from, to);
}

static void set_block_busy(struct heap_model *self, const struct heap_model_block *block, bool busy)
{
    size_t from = granule_of(self, block->address);
    set_busy(self, from, from + granules_of(block->layout.size), busy);
}

static bool set_walked_not_busy(void *context, enum cairn_heap_block_kind kind, void *start,
                                size_t size)
{
    struct heap_model *self = context;
    (void)kind;
    set_busy(self, granule_of(self, start), granule_of(self, start) + size / GRANULE, false);
    return true;
}

/* What a walk does not see is never handed out: metadata, and what is no region. */
static void learn_regions(struct heap_model *self)
{
    __builtin_memset(self->busy, 0xff, sizeof(self->busy));
    cairn_heap_walk(self->heap, set_walked_not_busy, self);
    for (size_t i = 0; i < self->count; i++)
        set_block_busy(self, &self->blocks[i], true);
}

/* ---- what stands in a block ---- */

/* The first bytes of the block are its pattern. */
static void expect_pattern(const struct heap_model_block *block, size_t size)
{
    const unsigned char *bytes = block->address;
    expect(bytes[0] == block->pattern && __builtin_memcmp(bytes, bytes + 1, size - 1) == 0,
           "the block of %zu at %p was overwritten", block->layout.size, (const void *)bytes);
}

static void fill(struct heap_model *self, struct heap_model_block *block)
{
    block->pattern = ++self->next_pattern;
    __builtin_memset(block->address, block->pattern, block->layout.size);
}

static void expect_place(const struct heap_model *self, const struct heap_model_block *block)
{
    size_t offset = (uintptr_t)block->address - (uintptr_t)self->memory;
    size_t from = offset / GRANULE, granules = granules_of(block->layout.size);
    expect(offset < HEAP_MODEL_BYTES && granules <= HEAP_MODEL_BYTES / GRANULE - from &&
               !is_any_busy(self, from, from + granules),
           "the block of %zu at %p is handed out twice, or is no usable memory", block->layout.size,
           (void *)block->address);
    expect(cairn_is_aligned((uintptr_t)block->address, block->layout.align),
           "the block at %p is not aligned to %zu", (void *)block->address, block->layout.align);
}

/* The largest free block serves any request that it can hold. */
static void expect_failure_is_right(const struct heap_model *self, struct cairn_layout layout)
{
    if (self->failures_are_right || layout.align > GRANULE)
        return;
    size_t largest = cairn_heap_statistics(self->heap).largest_free;
    expect(granules_of(layout.size) > largest / GRANULE,
           "no memory for %zu bytes, but %zu are free in one piece", layout.size, largest);
}

/* ---- actions ---- */

void heap_model_start(struct heap_model *self, size_t offset, size_t size)
{
    self->count = 0;
    self->next_pattern = 0;
    enum cairn_region_error error = cairn_heap_init(self->heap, self->memory + offset, size);
    expect(!error, "no heap of %zu bytes", size);
    learn_regions(self);
}

bool heap_model_add_region(struct heap_model *self, size_t offset, size_t size)
{
    if (cairn_heap_add_region(self->heap, self->memory + offset, size) != CAIRN_REGION_OK)
        return false;
    learn_regions(self);
    return true;
}

static void expect_zero(const struct heap_model_block *block)
{
    for (size_t i = 0; i < block->layout.size; i++)
        expect(block->address[i] == 0, "byte %zu of zeroed memory at %p is not zero", i,
               (void *)block->address);
}

bool heap_model_alloc(struct heap_model *self, struct cairn_layout layout, bool zeroed)
{
    struct cairn_allocator *allocator = &self->heap->allocator;
    struct heap_model_block block = {.layout = layout};
    expect(self->count < HEAP_MODEL_BLOCKS, "more than %d blocks", HEAP_MODEL_BLOCKS);
    block.address = zeroed ? cairn_allocator_alloc_zeroed(allocator, layout)
                           : cairn_allocator_alloc(allocator, layout);
    if (!block.address) {
        expect_failure_is_right(self, layout);
        return false;
    }
    expect_place(self, &block);
    if (zeroed)
        expect_zero(&block);
    set_block_busy(self, &block, true);
    fill(self, &block);
    self->blocks[self->count++] = block;
    return true;
}

bool heap_model_realloc(struct heap_model *self, size_t number, size_t new_size)
{
    struct heap_model_block *block = &self->blocks[number], grown = *block;
    expect_pattern(block, block->layout.size);
    grown.layout.size = new_size;
    grown.address =
        cairn_allocator_realloc(&self->heap->allocator, block->address, block->layout, new_size);
    if (!grown.address) {
        expect_failure_is_right(self, grown.layout);
        expect_pattern(block, block->layout.size);
        return false;
    }
    set_block_busy(self, block, false);
    expect_place(self, &grown);
    expect_pattern(&grown, new_size < block->layout.size ? new_size : block->layout.size);
    set_block_busy(self, &grown, true);
    fill(self, &grown);
    *block = grown;
    return true;
}

void heap_model_dealloc(struct heap_model *self, size_t number)
{
    struct heap_model_block block = self->blocks[number];
    expect_pattern(&block, block.layout.size);
    set_block_busy(self, &block, false);
    self->blocks[number] = self->blocks[--self->count];
    if (block.pattern % 4 == 0 && !self->always_with_layout)
        cairn_allocator_dealloc_unsized(&self->heap->allocator, block.address);
    else
        cairn_allocator_dealloc(&self->heap->allocator, block.address, block.layout);
}

void heap_model_flush(struct heap_model *self)
{
    cairn_heap_flush(self->heap);
    expect(cairn_heap_flush(self->heap) == 0, "%s", "a flush leaves blocks cached");
}

static void overwrite(void *context, void *start, size_t size)
{
    const struct heap_model *self = context;
    size_t from = granule_of(self, start);
    expect(!is_any_busy(self, from, from + size / GRANULE), "%zu bytes at %p are trimmed, and used",
           size, start);
    __builtin_memset(start, 0xdd, size);
}

void heap_model_trim(struct heap_model *self, size_t page_size)
{
    cairn_heap_trim(self->heap, page_size, overwrite, self);
}

void heap_model_check(struct heap_model *self)
{
    for (size_t i = 0; i < self->count; i++)
        expect_pattern(&self->blocks[i], self->blocks[i].layout.size);
    cairn_heap_check(self->heap);
    struct cairn_heap_statistics statistics = cairn_heap_statistics(self->heap);
    size_t counts[40] = {0}, live = 0;
    cairn_heap_count_live(self->heap, counts);
    for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++)
        live += counts[k];
    expect(live == self->count, "%zu blocks are live, and a walk finds %zu", self->count, live);
    expect(statistics.used + statistics.cached + statistics.free == statistics.size,
           "used %zu, cached %zu and free %zu are not size %zu", statistics.used, statistics.cached,
           statistics.free, statistics.size);
}
