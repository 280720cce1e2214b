/* SPDX-License-Identifier: MIT */
/*
 * A magazine, the mark that its free blocks bear, and the rack in which it lies open.
 *
 * The idea: a loaded magazine is three pointers in its rack, so that a push or a pop is a store and a
 * compare, and its own count is written only when it is unloaded. A block gets its mark when it is
 * pushed and loses it when it leaves, so a block that bears one is free already, or its user wrote
 * that very word; and one that lies here without it was written after it was freed, or freed twice.
 *
 * What it is bad at: the mark is in the block, where its user can write.
 */
#ifndef CAIRN_MAGAZINES_MAGAZINE_H
#define CAIRN_MAGAZINES_MAGAZINE_H

#include <cairn/magazines.h>

/* 62 pointers and what stands before them are 512 bytes. */
#define MAGAZINE_ROUNDS 62

/*
 * A stack of free blocks of one class. It is itself a block of the inner allocator, and the room
 * for `capacity` pointers comes right after this.
 */
struct cairn_magazine {
    struct cairn_magazine *next; /* in the depot */
    uint32_t count;              /* of blocks, while it is not loaded: then its rack knows */
    uint32_t capacity;
};

static inline void **rounds_of(const struct cairn_magazine *magazine)
{
    return (void **)(uintptr_t)(magazine + 1);
}

/* ---- the mark in a free block ---- */

/* No address, so that few blocks hold it by accident. */
static inline uintptr_t mark_of(const void *block)
{
    return ~(uintptr_t)block;
}

/* In the second word: the first one was often just written, in pieces, by the block's user. */
#define MARK_OFFSET sizeof(uintptr_t)

static inline bool bears_mark(const void *block)
{
    uintptr_t word;
    __builtin_memcpy(&word, (const char *)block + MARK_OFFSET, sizeof(word));
    return word == mark_of(block);
}

static inline void set_mark(void *block, uintptr_t word)
{
    __builtin_memcpy((char *)block + MARK_OFFSET, &word, sizeof(word));
}

static inline void clear_mark(void *block)
{
    cairn_check(bears_mark(block),
                "magazines: block %p was written after it was freed, or freed twice; look for who "
                "kept its address",
                block);
    set_mark(block, 0);
}

/* ---- the loaded magazine ---- */

static inline bool has_block(const struct cairn_magazine_rack *rack)
{
    return rack->top != rack->bottom;
}

static inline bool has_room(const struct cairn_magazine_rack *rack)
{
    return rack->top != rack->limit;
}

static inline void push(struct cairn_magazine_rack *rack, void *block)
{
    void **top = rack->top;
    set_mark(block, mark_of(block));
    *top = block;
    rack->top = top + 1;
}

static inline void *pop(struct cairn_magazine_rack *rack)
{
    void **top = rack->top - 1;
    void *block = *top;
    clear_mark(block);
    rack->top = top;
    return block;
}

/* ---- changing it ---- */

static inline void load(struct cairn_magazine_rack *rack, struct cairn_magazine *magazine)
{
    rack->bottom = rounds_of(magazine);
    rack->top = rounds_of(magazine) + magazine->count;
    rack->limit = rounds_of(magazine) + magazine->capacity;
}

static inline struct cairn_magazine *loaded(const struct cairn_magazine_rack *rack)
{
    return rack->bottom ? (struct cairn_magazine *)(void *)rack->bottom - 1 : NULL;
}

/* Null if none was loaded. */
static inline struct cairn_magazine *unload(struct cairn_magazine_rack *rack)
{
    struct cairn_magazine *magazine = loaded(rack);
    if (magazine)
        magazine->count = (uint32_t)(rack->top - rack->bottom);
    rack->top = rack->bottom = rack->limit = NULL;
    return magazine;
}

/* Before it is given up, so that a handler never finds it here afterwards. May be null. */
static inline struct cairn_magazine *take_previous(struct cairn_magazine_rack *rack)
{
    struct cairn_magazine *magazine = rack->previous;
    rack->previous = NULL;
    return magazine;
}

/* Loads another magazine; the one that was loaded becomes the previous one. */
static inline void load_instead(struct cairn_magazine_rack *rack, struct cairn_magazine *magazine)
{
    rack->previous = unload(rack);
    load(rack, magazine);
}

#endif
