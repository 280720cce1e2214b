/* SPDX-License-Identifier: MIT */
/*
 * Per-processor caches over any allocator: most operations take no lock and no atomic instruction.
 *
 *     static struct cairn_magazine_slot slots[PROCESSORS];
 *     static struct cairn_magazines heap = CAIRN_MAGAZINES(&locked_heap.allocator, slots, BUDGET);
 *
 * The idea: for each size class a processor has two magazines, small stacks of free blocks. A block
 * freed goes onto the loaded one and the next allocation of its class takes it from there. When
 * the loaded one is empty (or full) the two change places; when both are, one is exchanged for a
 * full (or empty) one of the depot, which all processors share. So memory that another processor
 * frees comes home a magazine at a time, and the depot's lock is taken once for many blocks.
 *
 *     slot 0: [loaded][previous]   slot 1: [loaded][previous]      a push or a pop
 *                   \________ depot ________/                      its lock, once per magazine
 *                      inner allocator                             its lock, once per batch
 *
 * Source: Bonwick, Adams, Magazines and Vmem, USENIX 2001, section 3.
 *
 * A slot belongs to one processor or thread, and only its owner touches it: it says "busy" with a
 * plain store. Whoever must empty all slots, because memory ran out, stops them: it raises a flag,
 * has a barrier run everywhere, and waits until the owner is out. The owner pays nothing for that.
 *
 * Bounded: all magazines, full or not, are counted with the blocks that they can hold, and together
 * stay within the budget in bytes. A small heap gets a small budget, or 0, and is as tight as
 * without. Before an allocation fails, everything is given back to the inner allocator.
 *
 * Checks: if the inner allocator can tell a live block from anything else (its operation `verify`),
 * an invalid, interior or wrong-layout dealloc is found at once. A free block in a magazine bears a
 * mark: freeing it again is found at once; if it was written in between, which hides the mark, that
 * is found before the block is handed out, so no memory is ever handed out twice.
 *
 * Interrupts: a handler that finds its processor's slot busy goes straight to the inner allocator
 * (see <cairn/locked.h> for what that one does inside its own lock), and empties no slot.
 *
 * What it is bad at: a block in one processor's magazine serves no other until memory runs out.
 * Sizes are rounded up to 28 classes, as the allocator cairn has them: that loses nothing, beyond a
 * multiple of 16, up to 128 bytes, and less than 1/5 from there on.
 */
#ifndef CAIRN_MAGAZINES_H
#define CAIRN_MAGAZINES_H

#include <cairn/allocator.h>
#include <cairn/base/spinlock.h>

#define CAIRN_MAGAZINE_CLASSES 28
#define CAIRN_MAGAZINE_LARGEST 4096 /* bytes; larger blocks are never cached */

struct cairn_magazine;

/* Two magazines of one class; either may be null. */
struct cairn_magazine_pair {
    struct cairn_magazine *loaded;
    struct cairn_magazine *previous;
};

/* Zero is an empty slot. */
struct cairn_magazine_slot {
    _Alignas(64) uint32_t busy; /* the owner is inside; written by the owner alone */
    uint32_t stopped;           /* the owner must stay out; written under `flushing` alone */
    uint8_t misses[CAIRN_MAGAZINE_CLASSES]; /* up to where a class gets its first magazine */
    struct cairn_magazine_pair pairs[CAIRN_MAGAZINE_CLASSES];
};

struct cairn_magazines {
    struct cairn_allocator allocator;
    struct cairn_allocator *inner; /* fit for all processors at once */
    struct cairn_magazine_slot *slots;
    size_t slot_count;              /* a processor with a higher number is not cached */
    size_t budget;                  /* bytes */
    struct cairn_spinlock flushing; /* one empties the slots at a time; taken before `depot` */
    struct cairn_spinlock depot;
    size_t charged;                                       /* guarded by depot; <= budget */
    struct cairn_magazine *full[CAIRN_MAGAZINE_CLASSES];  /* guarded by depot */
    struct cairn_magazine *empty[CAIRN_MAGAZINE_CLASSES]; /* guarded by depot */
};

extern const struct cairn_allocator_operations cairn_magazines_operations;

/*
 * `inner_allocator` must take operations from all processors at once: put <cairn/locked.h> around
 * one that does not. `slot_array` is an array of zeros that lives as long.
 */
#define CAIRN_MAGAZINES(inner_allocator, slot_array, budget_bytes)                         \
    {                                                                                      \
        .allocator = {&cairn_magazines_operations}, .inner = (inner_allocator),            \
        .slots = (slot_array), .slot_count = sizeof(slot_array) / sizeof((slot_array)[0]), \
        .budget = (budget_bytes), .flushing = CAIRN_SPINLOCK("magazines, flushing"),       \
        .depot = CAIRN_SPINLOCK("magazines, depot")                                        \
    }

/*
 * Gives everything that is cached back to the inner allocator.
 *
 * Gives:   the number of bytes given back, magazines included.
 * Cost:    bounded by the budget: one dealloc of the inner allocator for each block cached.
 * Context: not from a handler that may have interrupted an operation on this allocator.
 */
size_t cairn_magazines_flush(struct cairn_magazines *self);

/* The same for one slot: for a processor that goes offline, a thread that ends. */
size_t cairn_magazines_flush_slot(struct cairn_magazines *self, unsigned slot);

/*
 * Keeps every processor out of its slot until cairn_magazines_go_on(): for a fork, after which the
 * other threads' slots must be whole. Meanwhile all operations go to the inner allocator.
 */
void cairn_magazines_stop(struct cairn_magazines *self);
void cairn_magazines_go_on(struct cairn_magazines *self);

/*
 * The same in the forked child, where the caller is the only thread left. Another one may have been
 * caught on the step between saying "busy" and seeing that it must stay out: its slot is freed.
 */
void cairn_magazines_go_on_alone(struct cairn_magazines *self);

/*
 * Bytes of free blocks that are cached now. Stops every slot for the count.
 *
 * Context: as for cairn_magazines_flush().
 */
size_t cairn_magazines_cached(struct cairn_magazines *self);

#endif
