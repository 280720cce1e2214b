/* SPDX-License-Identifier: MIT */
/*
 * The heap of many processors: each owns slabs, and uses them without a lock or an atomic instruction.
 *
 *     static struct cairn_heap heap = CAIRN_HEAP_EMPTY;
 *     static struct cairn_locked locked_heap = CAIRN_LOCKED(&heap.allocator, "heap");
 *     static struct cairn_processor processors[PROCESSORS];
 *     static struct cairn_shared_heap shared =
 *         CAIRN_SHARED_HEAP(&heap, &locked_heap, &locked_heap.allocator, processors);
 *     CAIRN_GLOBAL_ALLOCATOR(&shared.allocator);
 *     ...
 *     enum cairn_region_error error = cairn_shared_heap_init(&shared, start, size);
 *
 * The idea: a slab's slices bear a tag that names its owner. What its owner allocates and frees there
 * is a move of a stack's top and a bit. A free from elsewhere clears another bit, by one atomic
 * instruction, and the owner collects what was cleared when it runs short. Everything else goes to the
 * backing allocator, which is the heap under its lock: large blocks, a new slab, a refusal.
 *
 *     processor 0: slabs   processor 1: slabs      a push or a pop; from elsewhere, one atomic and
 *              \______ the heap ______/            its lock: for a slab, or a block that is in none
 *
 * The processors' stacks lie in this struct's array, away from the blocks.
 *
 * A processor here is whatever cairn_host_slot() tells from others: a processor of a kernel, a thread
 * of a program. One that ends leaves its slabs to the next that gets its number. One without a number
 * in the array goes to the backing allocator.
 *
 * The owner says "busy" with a plain store. Whoever must have all of them at rest closes the heap: it
 * says so, has a barrier run everywhere, and waits until all are out. That happens before a refusal,
 * when the heap grows, and for a fork. Then nothing is cached that the request would have needed.
 *
 * Checks: exact and at once, as those of <cairn/heap.h>, also where two free the same object at the
 * same time. Only if others return to the same word just then, the second free is found when the owner
 * collects.
 *
 * Interrupts: a handler that finds its processor busy goes to the backing allocator (see
 * <cairn/locked.h> for what that does inside its own lock).
 *
 * What it is bad at: a heap below CAIRN_HEAP_SLABS_FROM has no slabs, and one that is more than half
 * full cuts none; then every operation takes the lock. What was returned to a processor that does
 * nothing waits until somebody runs short.
 *
 * Sources: owners, and a free from elsewhere: Leijen, Zorn, de Moura, Mimalloc: Free List Sharding in
 * Action, 2019, section 2.4. "Busy" without a barrier: Dice, Huang, Yang, Asymmetric Dekker
 * Synchronization, 2001.
 */
#ifndef CAIRN_SHARED_HEAP_H
#define CAIRN_SHARED_HEAP_H

#include <cairn/heap.h>
#include <cairn/locked.h>

CAIRN_C_BEGIN

/* Bytes, a power of two, so that a shift finds a processor. No two share a cache line. */
#ifndef CAIRN_PROCESSOR_SIZE
#define CAIRN_PROCESSOR_SIZE 8192
#endif

/* Zero is one that owns nothing yet. */
struct cairn_processor {
    CAIRN_ALIGNED(64)
    uintptr_t busy; /* the owner is inside; written by the owner alone */
    struct cairn_heap_owner owner;
    uint32_t stacks[(CAIRN_PROCESSOR_SIZE - 32 - sizeof(struct cairn_heap_owner)) / 4];
};

CAIRN_STATIC_ASSERT(sizeof(struct cairn_processor) == CAIRN_PROCESSOR_SIZE,
                    "another size makes every operation slower");

#define CAIRN_PROCESSORS_MAX 1022 /* as many as a tag can name */

struct cairn_shared_heap {
    struct cairn_allocator allocator;
    struct cairn_heap_region *region; /* the heap's; or one that has nothing: keep out */
    struct cairn_processor *processors;
    size_t processor_count;
    struct cairn_heap *heap;
    struct cairn_locked *locked;     /* its lock guards the heap */
    struct cairn_allocator *backing; /* fit for all processors at once */
    struct cairn_spinlock stopping;  /* one closes the heap at a time; taken before `locked` */
    bool has_begun;                  /* the heap has memory; guarded by `stopping` */
    void (*on_release)(
        struct cairn_shared_heap *self); /* null, or called with the heap's lock held,
                                                           after a slab went back to the heap */
};

extern const struct cairn_allocator_operations cairn_shared_heap_operations;

/*
 * `heap_pointer` is reached by `locked_pointer`, and that by `backing_pointer`: itself, or what stands
 * in front of it. `processor_array` is an array of zeros, of at most CAIRN_PROCESSORS_MAX.
 */
#define CAIRN_SHARED_HEAP(heap_pointer, locked_pointer, backing_pointer, processor_array)        \
    {                                                                                            \
        {&cairn_shared_heap_operations}, &cairn_heap_no_region, (processor_array),               \
            sizeof(processor_array) / sizeof((processor_array)[0]), (heap_pointer),              \
            (locked_pointer), (backing_pointer), CAIRN_SPINLOCK("shared heap, stopping"), false, \
            NULL                                                                                 \
    }

/*
 * Gives the heap its first memory, as cairn_heap_init() or cairn_heap_init_zeroed() does, and lets the
 * processors own slabs of it. A heap that has its memory by those is used under its lock alone. The
 * metadata takes 1/85 of the memory more; on 32 bits 1/64.
 *
 * Needs:   what those need.
 * Errors:  as those.
 * Context: before anybody has used the heap, or with its lock held.
 */
CAIRN_MUST_USE enum cairn_region_error cairn_shared_heap_init(struct cairn_shared_heap *self,
                                                              void *start, size_t size);
CAIRN_MUST_USE enum cairn_region_error cairn_shared_heap_init_zeroed(struct cairn_shared_heap *self,
                                                                     void *start, size_t size);

/*
 * Gives back to the heap whatever the processors own and nobody uses.
 *
 * Gives:   the number of bytes that are free now, or can be handed out by any.
 * Cost:    one step for each object that waits, and each slice of a slab that goes back.
 * Context: not from a handler that may have interrupted an operation on this allocator.
 * Panics:  it did interrupt one.
 */
size_t cairn_shared_heap_flush(struct cairn_shared_heap *self);

/* The heap's statistics, at a moment when nobody is inside. Context, Panics: as for the flush. */
struct cairn_heap_statistics cairn_shared_heap_statistics(struct cairn_shared_heap *self);

/*
 * Keeps every processor away from its slabs until cairn_shared_heap_go_on(): for a fork, after which
 * the other threads' must be whole, and for giving the heap more memory, which moves the metadata.
 * Meanwhile all operations go to the backing allocator.
 *
 * Context, Panics: as for the flush; so a signal handler must not fork.
 */
void cairn_shared_heap_stop(struct cairn_shared_heap *self);
void cairn_shared_heap_go_on(struct cairn_shared_heap *self);

/*
 * Whether it is the caller who keeps them away. A backing allocator that sees this in an alloc may
 * give the heap more memory: when it has refused, it is asked once more so, before an allocation
 * fails.
 */
bool cairn_shared_heap_stopped_by_caller(const struct cairn_shared_heap *self);

/*
 * The same as _go_on() in the forked child, where the caller is the only thread left. Another one may
 * have been caught on the step between saying "busy" and seeing that it must stay out.
 */
void cairn_shared_heap_go_on_alone(struct cairn_shared_heap *self);

CAIRN_C_END

#endif
