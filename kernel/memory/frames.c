/* SPDX-License-Identifier: MIT */
#include "frames.h"

#include <string.h>

#define BITS 64

static uint64_t words_for(uint64_t bits)
{
    return (bits + BITS - 1) / BITS;
}

static uint64_t frame_limit_of(const struct memory_map *map)
{
    return memory_map_end(map, MEMORY_USABLE) / FRAME_SIZE;
}

size_t frame_allocator_bytes(const struct memory_map *map)
{
    uint64_t words = 0, level = frame_limit_of(map);
    do {
        level = words_for(level);
        words += level;
    } while (level > 1);
    return words * sizeof(uint64_t);
}

/* Carves the levels out of the memory, the lowest first. */
static void place_levels(struct frame_allocator *self, uint64_t *bitmaps)
{
    uint64_t words = self->frame_limit;
    do {
        words = words_for(words);
        self->levels[self->level_count++] = bitmaps;
        bitmaps += words;
    } while (words > 1);
}

/* Sets the frame's bit, and on each level above that of a word which was 0 until now. */
static void mark_free(struct frame_allocator *self, uint64_t number)
{
    for (unsigned level = 0; level < self->level_count; level++) {
        uint64_t *word = &self->levels[level][number / BITS];
        uint64_t before = *word;
        *word |= 1ULL << number % BITS;
        if (before != 0)
            return;
        number /= BITS;
    }
}

/* Clears the frame's bit, and on each level above that of a word which is 0 now. */
static void mark_taken(struct frame_allocator *self, uint64_t number)
{
    for (unsigned level = 0; level < self->level_count; level++) {
        uint64_t *word = &self->levels[level][number / BITS];
        *word &= ~(1ULL << number % BITS);
        if (*word != 0)
            return;
        number /= BITS;
    }
}

/* Sets the bits from `begin` up to `end`, a word at a time. */
static void set_bits(uint64_t *words, uint64_t begin, uint64_t end)
{
    while (begin < end) {
        uint64_t word_end = (begin / BITS + 1) * BITS;
        uint64_t count = (end < word_end ? end : word_end) - begin;
        uint64_t ones = count == BITS ? UINT64_MAX : (1ULL << count) - 1;
        words[begin / BITS] |= ones << begin % BITS;
        begin += count;
    }
}

static void build_upper_levels(struct frame_allocator *self)
{
    uint64_t words = words_for(self->frame_limit);
    for (unsigned level = 1; level < self->level_count; level++) {
        for (uint64_t i = 0; i < words; i++)
            if (self->levels[level - 1][i])
                self->levels[level][i / BITS] |= 1ULL << i % BITS;
        words = words_for(words);
    }
}

void frame_allocator_init(struct frame_allocator *self, const struct memory_map *map, void *bitmaps)
{
    *self = (struct frame_allocator){.map = map, .frame_limit = frame_limit_of(map)};
    memset(bitmaps, 0, frame_allocator_bytes(map));
    place_levels(self, bitmaps);
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_region *region = &map->regions[i];
        if (region->kind == MEMORY_USABLE)
            set_bits(self->levels[0], region->begin / FRAME_SIZE, region->end / FRAME_SIZE);
    }
    build_upper_levels(self);
    self->total_count = memory_map_bytes(map, MEMORY_USABLE) / FRAME_SIZE;
    self->free_count = self->total_count;
}

bool frame_alloc(struct frame_allocator *self, struct frame *frame)
{
    if (self->free_count == 0)
        return false;
    uint64_t number = 0;
    for (unsigned level = self->level_count; level-- > 0;)
        number = number * BITS + cairn_lowest_bit(self->levels[level][number]);
    mark_taken(self, number);
    self->free_count--;
    frame->start = physical(number * FRAME_SIZE);
    return true;
}

static bool is_usable(const struct memory_map *map, uint64_t address)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_region *region = &map->regions[i];
        if (region->kind == MEMORY_USABLE && region->begin <= address && address < region->end)
            return true;
    }
    return false;
}

void frame_free(struct frame_allocator *self, struct frame frame)
{
    uint64_t address = frame.start.value, number = address / FRAME_SIZE;
    cairn_check(
        cairn_is_aligned(address, FRAME_SIZE) && is_usable(self->map, address),
        "frame_free: %#llx is not a frame that was handed out: the memory map has no usable "
        "frame there",
        (unsigned long long)address);
    cairn_check(!(self->levels[0][number / BITS] >> number % BITS & 1),
                "frame_free: frame %#llx is free already; it was given back twice",
                (unsigned long long)address);
    mark_free(self, number);
    self->free_count++;
}
