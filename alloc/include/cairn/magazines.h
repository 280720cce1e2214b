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
 * plain store. Whoever must empty all slots, because memory ran out, closes them: it raises a flag,
 * has a barrier run everywhere, and waits until all owners are out. The owners pay nothing for that.
 *
 * Bounded: all magazines, full or not, are counted with the blocks that they can hold, and together
 * stay within the budget in bytes. A quarter of it is for classes of which a slot has no magazine, so
 * that no other class takes all. A small heap gets a small budget, or 0, and is as tight as without.
 * Before an allocation fails, everything is given back to the inner allocator.
 *
 * Checks: over an allocator that shows its live blocks (<cairn/live_map.h>), what is given back is
 * looked up there, without a lock: only a block that surely is one of its class is cached. All else
 * goes to the inner allocator, which knows: a block of a size that it does not keep in classes, and
 * every wrong free. A free block in a magazine bears a mark: freeing it again is found at once; if
 * it was written in between, which hides the mark, that is found before the block is handed out, so
 * no memory is ever handed out twice. Over an allocator without a live map everything is cached, and
 * the mark alone is looked at.
 *
 * Interrupts: a handler that finds its processor's slot busy goes straight to the inner allocator
 * (see <cairn/locked.h> for what that one does inside its own lock), and empties no slot.
 *
 * What it is bad at: a block in one processor's magazine serves no other until memory runs out.
 * Where the inner allocator keeps no classes (cairn: in a small heap, or one that is more than half
 * full), every operation takes its lock. Over an allocator without a live map, sizes are rounded up
 * to the classes of <cairn/size_classes.h>.
 */
#ifndef CAIRN_MAGAZINES_H
#define CAIRN_MAGAZINES_H

#include <cairn/allocator.h>
#include <cairn/base/spinlock.h>
#include <cairn/live_map.h>
#include <cairn/size_classes.h>

CAIRN_C_BEGIN

/* Bytes; larger blocks are never cached. */
#define CAIRN_MAGAZINE_LARGEST ((size_t)CAIRN_SIZE_CLASS_MAX_GRANULES * CAIRN_SIZE_CLASS_GRANULE)

struct cairn_magazine;

/*
 * The two magazines of one class. The loaded one lies open: its blocks are [bottom, top), and there
 * is room up to `limit`; the three are null where none is loaded. `previous` may be null.
 */
struct cairn_magazine_rack {
    void **top;
    void **bottom;
    void **limit;
    struct cairn_magazine *previous;
};

/*
 * A power of two, so that a shift finds a slot. No two share a cache line, nor a pair of lines, as
 * processors fetch them.
 */
#define CAIRN_MAGAZINE_SLOT_SIZE 2048

/* Zero is an empty slot. */
struct cairn_magazine_slot {
    /* The owner is inside; written by the owner alone. */
    CAIRN_ALIGNED(CAIRN_MAGAZINE_SLOT_SIZE) uint32_t busy;
    uint8_t misses[CAIRN_SIZE_CLASSES]; /* up to where a class gets its first magazine */
    struct cairn_magazine_rack racks[CAIRN_SIZE_CLASSES];
};

CAIRN_STATIC_ASSERT(sizeof(struct cairn_magazine_slot) == CAIRN_MAGAZINE_SLOT_SIZE,
                    "another size makes every operation slower");

enum cairn_magazine_kind { CAIRN_MAGAZINE_EMPTY, CAIRN_MAGAZINE_FULL };

/* The magazines of one class that no slot has, by kind. */
struct cairn_magazine_depot {
    CAIRN_ALIGNED(64) struct cairn_spinlock lock;
    struct cairn_magazine *magazines[2]; /* guarded by the lock */
};

struct cairn_magazines {
    /* What every operation reads: one cache line. */
    struct cairn_allocator allocator;
    struct cairn_magazine_slot *slots;
    size_t slot_count;    /* a processor with a higher number is not cached */
    size_t largest_align; /* of what is cached; 0: the slots are closed, their owners stay out */
    struct cairn_live_map map; /* the inner allocator's; its `end` is 0 if there is none */

    struct cairn_allocator *inner; /* fit for all processors at once */
    size_t budget;                 /* bytes */

    /* One closes the slots at a time; taken before the others. Guards what only then changes: map,
       largest_align, has_begun. */
    CAIRN_ALIGNED(64) struct cairn_spinlock flushing;
    bool has_begun; /* the first block is there, and the map, if there is one */
    struct cairn_spinlock accounts;
    size_t charged; /* bytes, <= budget; guarded by accounts */
    struct cairn_magazine_depot depots[CAIRN_SIZE_CLASSES];
};

extern const struct cairn_allocator_operations cairn_magazines_operations;

/*
 * `inner_allocator` must take operations from all processors at once: put <cairn/locked.h> around
 * one that does not. `slot_array` is an array of zeros that lives as long.
 */
#define CAIRN_MAGAZINES(inner_allocator, slot_array, budget_bytes)                                 \
    {                                                                                              \
        {&cairn_magazines_operations}, (slot_array), sizeof(slot_array) / sizeof((slot_array)[0]), \
            0, CAIRN_LIVE_MAP_EMPTY, (inner_allocator), (budget_bytes),                            \
            CAIRN_SPINLOCK("magazines, flushing"), false, CAIRN_SPINLOCK("magazines, accounts"),   \
            0,                                                                                     \
        {                                                                                          \
            CAIRN_EACH_SIZE_CLASS({CAIRN_SPINLOCK("magazines, depot"), {NULL, NULL}})              \
        }                                                                                          \
    }

/*
 * Gives everything that is cached back to the inner allocator.
 *
 * Gives:   the number of bytes given back, magazines included.
 * Cost:    bounded by the budget: one dealloc of the inner allocator for each block cached.
 * Context: not from a handler that may have interrupted an operation on this allocator.
 * Panics:  it did interrupt one.
 */
size_t cairn_magazines_flush(struct cairn_magazines *self);

/* The same for one slot: for a processor that goes offline, a thread that ends. */
size_t cairn_magazines_flush_slot(struct cairn_magazines *self, unsigned number);

/*
 * Keeps every processor out of its slot until cairn_magazines_go_on(): for a fork, after which the
 * other threads' slots must be whole, and for giving the inner allocator more memory, which changes
 * its live map. Meanwhile all operations go to the inner allocator, and nobody has a lock of this
 * one.
 *
 * Context, Panics: as for cairn_magazines_flush(); so a signal handler must not fork.
 */
void cairn_magazines_stop(struct cairn_magazines *self);
void cairn_magazines_go_on(struct cairn_magazines *self);

/*
 * Whether it is the caller who keeps them out. An inner allocator that sees this in an alloc may take
 * more memory: when it has refused, it is asked once more so, before an allocation fails.
 */
bool cairn_magazines_stopped_by_caller(const struct cairn_magazines *self);

/*
 * The same in the forked child, where the caller is the only thread left. Another one may have been
 * caught on the step between saying "busy" and seeing that it must stay out: its slot is freed.
 */
void cairn_magazines_go_on_alone(struct cairn_magazines *self);

/*
 * Bytes of free blocks that are cached now. Stops every slot for the count.
 *
 * Context, Panics: as for cairn_magazines_flush().
 */
size_t cairn_magazines_cached(struct cairn_magazines *self);

CAIRN_C_END

#endif
