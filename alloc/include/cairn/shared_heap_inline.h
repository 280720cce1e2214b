/* SPDX-License-Identifier: MIT */
/*
 * alloc and free of a shared heap, to be inlined where one is known: no call through the table of
 * operations.
 *
 *     void *block = cairn_shared_heap_alloc(&shared, CAIRN_LAYOUT_OF(struct job));
 *     cairn_shared_heap_free(&shared, block);
 *
 * Here is what happens most: enter the caller's part, pop or push, leave. Everything else is a call.
 */
#ifndef CAIRN_SHARED_HEAP_INLINE_H
#define CAIRN_SHARED_HEAP_INLINE_H

#include <cairn/heap_inline.h>
#include <cairn/shared_heap.h>

CAIRN_C_BEGIN

/* What the inline functions cannot do at once. Not inlined, so that those need no stack frame. */
CAIRN_MUST_USE __attribute__((noinline)) void *cairn_shared_heap_alloc_slowly(
    struct cairn_shared_heap *self, struct cairn_layout layout);
__attribute__((noinline)) void cairn_shared_heap_free_slowly(struct cairn_shared_heap *self,
                                                             void *block);

/*
 * Enters the caller's part. While the heap is closed *region is one that has nothing, so that nothing
 * is found there. False where the caller must go to the backing allocator: its number is not known, or
 * too high, or it is a handler that interrupted the owner.
 */
static inline bool cairn_processor_enter(const struct cairn_shared_heap *self,
                                         struct cairn_processor **processor,
                                         struct cairn_heap_region **region)
{
    unsigned number = cairn_host_known_slot;
    if (__builtin_expect(number >= self->processor_count, 0))
        return false;
    *processor = &self->processors[number];
    /* Acquire: the number may have been another's, whose last leave() this sees. */
    if (__builtin_expect(__atomic_load_n(&(*processor)->busy, __ATOMIC_ACQUIRE) != 0, 0))
        return false;
    __atomic_store_n(&(*processor)->busy, 1, __ATOMIC_RELAXED);
    /* The processor may still see the heap open before it shows `busy`: the one that closes it
       raises a barrier here, by cairn_host_barrier_everywhere(). */
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    *region = __atomic_load_n(&self->region, __ATOMIC_ACQUIRE);
    return true;
}

static inline void cairn_processor_leave(struct cairn_processor *processor)
{
    __atomic_store_n(&processor->busy, 0, __ATOMIC_RELEASE);
}

/* The class that a layout's objects have; 0 if the heap has no slabs of it. */
static inline unsigned cairn_shared_heap_class(const struct cairn_heap_region *region,
                                               struct cairn_layout layout)
{
    size_t size_or_align = cairn_heap_size_or_align(layout);
    return __builtin_expect(size_or_align < region->shared_limit, 1)
               ? cairn_heap_class_of(size_or_align)
               : 0;
}

/* From the caller's stacks; null where more is to be done. A size of 0 has no class. */
CAIRN_MUST_USE static inline void *cairn_shared_heap_try_alloc(struct cairn_shared_heap *self,
                                                               struct cairn_layout layout)
{
    struct cairn_processor *processor;
    struct cairn_heap_region *region;
    void *object = NULL;
    if (__builtin_expect(cairn_processor_enter(self, &processor, &region), 1)) {
        struct cairn_heap_class *objects =
            &processor->owner.classes[cairn_shared_heap_class(region, layout)];
        object = cairn_heap_pop(region, objects, objects->tag);
        cairn_processor_leave(processor);
    }
    return object;
}

/* As cairn_allocator_alloc(&self->allocator, layout). */
CAIRN_MUST_USE static inline void *cairn_shared_heap_alloc(struct cairn_shared_heap *self,
                                                           struct cairn_layout layout)
{
    void *object = cairn_shared_heap_try_alloc(self, layout);
    return __builtin_expect(object != NULL, 1) ? object
                                               : cairn_shared_heap_alloc_slowly(self, layout);
}

/*
 * Onto the caller's stack; false where more is to be looked at: others returned objects, which are live
 * no more; or the object is another's. Class 0 has no objects, and its tag is nobody's.
 */
static inline bool cairn_processor_push(struct cairn_processor *processor,
                                        const struct cairn_heap_region *region, const void *block)
{
    if (__builtin_expect(__atomic_load_n(&processor->owner.returned, __ATOMIC_RELAXED) != 0, 0))
        return false;
    uintptr_t at = cairn_heap_position(region, block);
    if (__builtin_expect(at >= region->end, 0))
        return false;
    unsigned size_class = region->tags[at / CAIRN_HEAP_SLICE] % CAIRN_HEAP_OWNER_TAGS;
    if (__builtin_expect(size_class >= CAIRN_SIZE_CLASSES, 0))
        return false;
    struct cairn_heap_class *objects = &processor->owner.classes[size_class];
    return cairn_heap_push(region, objects, objects->tag, block);
}

/* As cairn_allocator_dealloc_unsized(&self->allocator, block). */
static inline void cairn_shared_heap_free(struct cairn_shared_heap *self, void *block)
{
    struct cairn_processor *processor;
    struct cairn_heap_region *region;
    if (__builtin_expect(cairn_processor_enter(self, &processor, &region), 1)) {
        bool is_freed = cairn_processor_push(processor, region, block);
        cairn_processor_leave(processor);
        if (__builtin_expect(is_freed, 1))
            return;
    }
    cairn_shared_heap_free_slowly(self, block);
}

CAIRN_C_END

#endif
