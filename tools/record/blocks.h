/* SPDX-License-Identifier: MIT */
/*
 * The blocks that are in use at one moment of a log: from address to slot.
 *
 * The idea: an open hash table with linear probing, at most half full, in which a removed entry is
 * closed up by moving later ones back, so that it never fills with graves. Source: Knuth, The Art
 * of Computer Programming, volume 3, section 6.4, algorithms L and R.
 *
 * Slots are numbered from 0, and the one that was left last is used again first: so there are never
 * more than were in use at once.
 */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block {
    uint64_t address; /* 0: the entry is empty */
    uint32_t slot;
};

/* Zero is the empty table. */
struct blocks {
    struct block *entries;
    size_t room; /* entries; a power of two, or 0 */
    size_t used;
    uint32_t *left; /* slots that were used and left */
    size_t left_count;
    uint32_t slots; /* that were ever used: the next new one */
};

/* Adds the address, which is not 0 and not there; gives its slot. Ends the program without memory.
 */
uint32_t blocks_add(struct blocks *blocks, uint64_t address);

/* Finds the address's slot, and removes the address; false if it is not there. */
bool blocks_remove(struct blocks *blocks, uint64_t address, uint32_t *slot);

/* Puts `address`, which is not there, in the place of `before`; false if that is not there. */
bool blocks_move(struct blocks *blocks, uint64_t before, uint64_t address, uint32_t *slot);

/* Makes it the empty table again. */
void blocks_forget(struct blocks *blocks);

#endif
