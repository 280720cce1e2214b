/* SPDX-License-Identifier: MIT */
#include "blocks.h"

#include <stdlib.h>

#include "messages.h"

/* Addresses are multiples of 16: multiplying spreads their bits. Source: Knuth, 6.4, (4). */
static size_t place_of(const struct blocks *blocks, uint64_t address)
{
    return (size_t)(address * 0x9e3779b97f4a7c15 >> 32) & (blocks->room - 1);
}

static size_t place_after(const struct blocks *blocks, size_t place)
{
    return (place + 1) & (blocks->room - 1);
}

/* The entry with the address, or the empty one where it would be. Needs: room. */
static size_t find(const struct blocks *blocks, uint64_t address)
{
    size_t place = place_of(blocks, address);
    while (blocks->entries[place].address != 0 && blocks->entries[place].address != address)
        place = place_after(blocks, place);
    return place;
}

static void put(struct blocks *blocks, struct block block)
{
    blocks->entries[find(blocks, block.address)] = block;
    blocks->used++;
}

/* Every slot that is in use was new once, so `left` never needs more than half of the room. */
static void grow(struct blocks *blocks)
{
    struct blocks larger = *blocks;
    larger.room = blocks->room ? 2 * blocks->room : 1024;
    larger.used = 0;
    larger.entries = need_memory(calloc(larger.room, sizeof(*larger.entries)));
    larger.left = need_memory(realloc(blocks->left, larger.room / 2 * sizeof(*larger.left)));
    for (size_t i = 0; i < blocks->room; i++)
        if (blocks->entries[i].address != 0)
            put(&larger, blocks->entries[i]);
    free(blocks->entries);
    *blocks = larger;
}

uint32_t blocks_add(struct blocks *blocks, uint64_t address)
{
    if (2 * blocks->used >= blocks->room)
        grow(blocks);
    uint32_t slot = blocks->left_count ? blocks->left[--blocks->left_count] : blocks->slots++;
    put(blocks, (struct block){address, slot});
    return slot;
}

/* Whether an entry that belongs at `home` can be reached from there if `hole` becomes empty. */
static bool is_reached_before(size_t home, size_t hole, size_t place)
{
    return hole <= place ? hole < home && home <= place : hole < home || home <= place;
}

static void close_up(struct blocks *blocks, size_t hole)
{
    for (size_t place = place_after(blocks, hole); blocks->entries[place].address != 0;
         place = place_after(blocks, place)) {
        size_t home = place_of(blocks, blocks->entries[place].address);
        if (is_reached_before(home, hole, place))
            continue;
        blocks->entries[hole] = blocks->entries[place];
        hole = place;
    }
    blocks->entries[hole].address = 0;
}

/* Takes the address out, and leaves its slot to the caller. */
static bool take_out(struct blocks *blocks, uint64_t address, uint32_t *slot)
{
    if (blocks->room == 0)
        return false;
    size_t place = find(blocks, address);
    if (blocks->entries[place].address == 0)
        return false;
    *slot = blocks->entries[place].slot;
    blocks->used--;
    close_up(blocks, place);
    return true;
}

bool blocks_remove(struct blocks *blocks, uint64_t address, uint32_t *slot)
{
    if (!take_out(blocks, address, slot))
        return false;
    blocks->left[blocks->left_count++] = *slot;
    return true;
}

bool blocks_move(struct blocks *blocks, uint64_t before, uint64_t address, uint32_t *slot)
{
    if (!take_out(blocks, before, slot))
        return false;
    put(blocks, (struct block){address, *slot});
    return true;
}

void blocks_forget(struct blocks *blocks)
{
    free(blocks->entries);
    free(blocks->left);
    *blocks = (struct blocks){0};
}
