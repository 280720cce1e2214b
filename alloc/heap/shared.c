/* SPDX-License-Identifier: MIT */
/*
 * The shared heap's operations.
 *
 * What happens most of the time is one short function each: enter, pop or push, leave. Everything else
 * is a call into the slow half, which enters once more.
 */
#include <cairn/shared_heap_inline.h>

#include "processors.h"
#include "regions.h"
#include "slabs.h"

static struct cairn_shared_heap *shared_of(struct cairn_allocator *allocator)
{
    return (struct cairn_shared_heap *)(void *)allocator;
}

/* ---- the heap's lock ---- */

/* False for a handler that interrupted whoever has it. */
static bool lock_heap(struct cairn_shared_heap *self)
{
    if (cairn_spinlock_held_by_caller(&self->locked->lock))
        return false;
    cairn_locked_lock(self->locked);
    return true;
}

static void unlock_heap(struct cairn_shared_heap *self)
{
    cairn_locked_unlock(self->locked);
}

/* ---- memory that others have ---- */

typedef void owner_action(struct region *region, struct cairn_heap_owner *owner, unsigned argument);

/* Needs: the heap is closed. */
static void for_each_processor(struct cairn_shared_heap *self, owner_action *act, unsigned argument)
{
    struct region *region = first_region(self->heap);
    for (uint32_t number = 1; region && number <= region->processor_count; number++) {
        struct cairn_heap_owner *owner = cairn_slabs_owner(region, number);
        if (owner)
            act(region, owner, argument);
    }
}

static void flush_owner(struct region *region, struct cairn_heap_owner *owner, unsigned unused)
{
    (void)unused;
    cairn_slabs_flush(region, owner);
}

static size_t flush_closed(struct cairn_shared_heap *self)
{
    cairn_locked_lock(self->locked);
    size_t taken = cairn_heap_taken(self->heap);
    for_each_processor(self, flush_owner, 0);
    taken -= cairn_heap_taken(self->heap);
    cairn_locked_unlock(self->locked);
    return taken;
}

static void dissolve_closed(struct cairn_shared_heap *self, unsigned size_class)
{
    cairn_locked_lock(self->locked);
    for_each_processor(self, cairn_slabs_dissolve, size_class);
    cairn_locked_unlock(self->locked);
}

size_t cairn_shared_heap_flush(struct cairn_shared_heap *self)
{
    cairn_shared_heap_stop(self);
    size_t bytes = flush_closed(self);
    cairn_locked_lock(self->locked);
    bytes += cairn_heap_flush(self->heap);
    cairn_locked_unlock(self->locked);
    cairn_shared_heap_go_on(self);
    return bytes;
}

struct cairn_heap_statistics cairn_shared_heap_statistics(struct cairn_shared_heap *self)
{
    cairn_shared_heap_stop(self);
    cairn_locked_lock(self->locked);
    struct cairn_heap_statistics statistics = cairn_heap_statistics(self->heap);
    cairn_locked_unlock(self->locked);
    cairn_shared_heap_go_on(self);
    return statistics;
}

/* ---- alloc ---- */

/* The backing allocator may give the heap more memory now. If it has none, single objects are left. */
static void *alloc_while_stopped(struct cairn_shared_heap *self, struct cairn_layout layout)
{
    cairn_shared_heap_stop(self);
    (void)flush_closed(self);
    void *block = cairn_allocator_alloc(self->backing, layout);
    for (unsigned i = 1; i < CAIRN_SIZE_CLASSES && !block; i++) {
        dissolve_closed(self, i);
        block = cairn_allocator_alloc(self->backing, layout);
    }
    cairn_shared_heap_go_on(self);
    return block;
}

static __attribute__((noinline)) void *alloc_from_backing(struct cairn_shared_heap *self,
                                                          struct cairn_layout layout)
{
    void *block = cairn_allocator_alloc(self->backing, layout);
    if (!block && !cairn_processors_interrupt_an_operation(self))
        block = alloc_while_stopped(self, layout);
    if (block)
        cairn_processors_begin(self);
    return block;
}

/* A new slab for the processor; false if it gets none. */
static bool cut_slab(struct cairn_shared_heap *self, struct region *region,
                     struct cairn_heap_owner *owner, unsigned size_class)
{
    bool is_cut = false;
    if (lock_heap(self)) {
        is_cut = cairn_slabs_cut(region, owner, size_class);
        unlock_heap(self);
    }
    return is_cut;
}

/* From the caller's slabs; null if they have none. Needs: it is inside. */
static void *take_own_object(struct cairn_shared_heap *self, struct cairn_processor *processor,
                             struct region *region, struct cairn_layout layout)
{
    unsigned size_class = cairn_shared_heap_class(&region->hot, layout);
    struct cairn_heap_owner *owner = &processor->owner;
    struct cairn_heap_class *objects = &owner->classes[size_class];
    if (size_class == 0)
        return NULL;
    if (owner->number == 0)
        cairn_slabs_begin(owner, (uint32_t)(processor - self->processors) + 1, 0,
                          processor->stacks);
    void *object = cairn_heap_pop(&region->hot, objects, objects->tag);
    if (!object)
        object = cairn_slabs_take(region, owner, size_class);
    if (!object && cut_slab(self, region, owner, size_class))
        object = cairn_slabs_take(region, owner, size_class);
    return object;
}

void *cairn_shared_heap_alloc_slowly(struct cairn_shared_heap *self, struct cairn_layout layout)
{
    struct cairn_processor *processor;
    struct cairn_heap_region *region;
    void *object = NULL;
    if (enter_first(self, &processor, &region)) {
        object = take_own_object(self, processor, region_of(region), layout);
        cairn_processor_leave(processor);
    }
    return object ? object : alloc_from_backing(self, layout);
}

static void *shared_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    return cairn_shared_heap_alloc(shared_of(allocator), layout);
}

/* What is in no slab may be zero already: the heap knows. Its failure is not the last word. */
static void *shared_alloc_zeroed(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_shared_heap *self = shared_of(allocator);
    void *block = NULL;
    if (cairn_shared_heap_class(__atomic_load_n(&self->region, __ATOMIC_ACQUIRE), layout) == 0)
        block = cairn_allocator_alloc_zeroed(self->backing, layout);
    return block ? block : cairn_default_alloc_zeroed(allocator, layout);
}

/* ---- dealloc ---- */

/* The granule where a live object of a slab begins, whoever owns it; NONE if none does. */
static inline uint32_t object_at(const struct region *region, const void *block)
{
    uintptr_t at = cairn_heap_position(&region->hot, block);
    bool is_object = at < region->hot.end && slab_class_at(region, (uint32_t)at) &&
                     is_live(region, (uint32_t)at);
    return is_object ? (uint32_t)at : NONE;
}

/*
 * Onto the caller's stack; false where more is to be looked at: others returned objects, which are live
 * no more; or the object is another's. Class 0 has no objects, and its tag is nobody's.
 */
static inline bool push(struct cairn_processor *processor, const struct cairn_heap_region *region,
                        unsigned size_class, const void *block)
{
    struct cairn_heap_class *objects = &processor->owner.classes[size_class];
    return __atomic_load_n(&processor->owner.returned, __ATOMIC_RELAXED) == 0 &&
           cairn_heap_push(region, objects, objects->tag, block);
}

/* Lets a full stack have room. */
static void make_room(struct cairn_shared_heap *self, struct region *region,
                      struct cairn_heap_owner *owner, unsigned size_class)
{
    uint32_t empty = cairn_slabs_make_room(region, owner, size_class);
    if (empty != NONE && lock_heap(self)) {
        cairn_slabs_release(region, owner, empty);
        if (self->on_release)
            self->on_release(self);
        unlock_heap(self);
    }
}

/*
 * While others have returned objects, each free has to look whether its own is one of them. If they are
 * a few, collecting them ends that. If there are more all the time, doing it often is dearer.
 */
static void collect_sometimes(struct region *region, struct cairn_heap_owner *owner)
{
    if (__atomic_load_n(&owner->returned, __ATOMIC_RELAXED) == 0 || ++owner->looks < LOOKS)
        return;
    owner->looks = 0;
    cairn_slabs_collect(region, owner);
}

/*
 * Frees an object; false if the block is no live object of this class, and the heap must look at it.
 * `size_class` 0: of any. Needs: the caller is inside.
 */
static bool free_object(struct cairn_shared_heap *self, struct cairn_processor *processor,
                        struct region *region, void *block, unsigned size_class)
{
    uint32_t at = object_at(region, block);
    if (at == NONE || (size_class && slab_class_at(region, at) != size_class))
        return false;
    struct cairn_heap_owner *owner = &processor->owner;
    if (tag_at(region, at) / CAIRN_HEAP_OWNER_TAGS != owner->number)
        return cairn_slabs_return(region, at);
    size_class = slab_class_at(region, at);
    struct cairn_heap_class *objects = &owner->classes[size_class];
    collect_sometimes(region, owner);
    if (objects->count == objects->limit)
        make_room(self, region, owner, size_class);
    return cairn_heap_push(&region->hot, objects, objects->tag, block);
}

static __attribute__((noinline)) void dealloc_slowly(struct cairn_shared_heap *self, void *block,
                                                     struct cairn_layout layout)
{
    struct cairn_processor *processor;
    struct cairn_heap_region *region;
    bool is_freed = false;
    if (enter_first(self, &processor, &region)) {
        unsigned size_class = cairn_shared_heap_class(region, layout);
        is_freed = size_class && free_object(self, processor, region_of(region), block, size_class);
        cairn_processor_leave(processor);
    }
    if (!is_freed)
        cairn_allocator_dealloc(self->backing, block, layout);
}

static void shared_dealloc(struct cairn_allocator *allocator, void *block,
                           struct cairn_layout layout)
{
    struct cairn_shared_heap *self = shared_of(allocator);
    struct cairn_processor *processor;
    struct cairn_heap_region *region;
    if (__builtin_expect(cairn_processor_enter(self, &processor, &region), 1)) {
        bool is_freed = push(processor, region, cairn_shared_heap_class(region, layout), block);
        cairn_processor_leave(processor);
        if (__builtin_expect(is_freed, 1))
            return;
    }
    dealloc_slowly(self, block, layout);
}

/* ---- without a layout ---- */

void cairn_shared_heap_free_slowly(struct cairn_shared_heap *self, void *block)
{
    struct cairn_processor *processor;
    struct cairn_heap_region *region;
    bool is_freed = false;
    if (enter_first(self, &processor, &region)) {
        is_freed = free_object(self, processor, region_of(region), block, 0);
        cairn_processor_leave(processor);
    }
    if (!is_freed)
        cairn_allocator_dealloc_unsized(self->backing, block);
}

/* The size class of the slab that the address lies in, or another number below the tags of an owner. */
static inline unsigned class_at(const struct cairn_heap_region *region, const void *block)
{
    uintptr_t at = cairn_heap_position(region, block);
    return at < region->end ? region->tags[at / SLICE] % CAIRN_HEAP_OWNER_TAGS : 0;
}

static void shared_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    cairn_shared_heap_free(shared_of(allocator), block);
}

/* The class of the live object that begins there; 0 if none does, or if that cannot be seen now. */
static unsigned find_class(struct cairn_shared_heap *self, const void *block)
{
    struct cairn_processor *processor;
    struct cairn_heap_region *region;
    unsigned size_class = 0;
    if (!enter_first(self, &processor, &region))
        return 0;
    if (object_at(region_of(region), block) != NONE)
        size_class = class_at(region, block);
    cairn_processor_leave(processor);
    return size_class;
}

static size_t shared_usable_size(struct cairn_allocator *allocator, const void *block,
                                 const char *operation)
{
    struct cairn_shared_heap *self = shared_of(allocator);
    unsigned size_class = find_class(self, block);
    return size_class ? (size_t)cairn_class_granules[size_class] * GRANULE_BYTES
                      : cairn_allocator_size_for(self->backing, block, operation);
}

/* ---- realloc ---- */

static bool has_class(struct cairn_layout layout, unsigned size_class)
{
    size_t granules = cairn_heap_size_or_align(layout) / GRANULE_BYTES;
    return granules < CAIRN_SIZE_CLASS_MAX_GRANULES &&
           cairn_class_of_granules[granules] == size_class;
}

/* Within its class an object stays; to another one it is moved. What is in no slab is the heap's. */
static void *shared_realloc(struct cairn_allocator *allocator, void *block,
                            struct cairn_layout layout, size_t new_size)
{
    struct cairn_shared_heap *self = shared_of(allocator);
    struct cairn_layout new_layout = {new_size, layout.align};
    unsigned size_class = find_class(self, block);
    if (size_class && has_class(layout, size_class))
        return has_class(new_layout, size_class)
                   ? block
                   : cairn_default_realloc(allocator, block, layout, new_size);
    void *resized = cairn_allocator_realloc(self->backing, block, layout, new_size);
    return resized ? resized : cairn_default_realloc(allocator, block, layout, new_size);
}

/* ---- the interface ---- */

static void shared_verify(struct cairn_allocator *allocator, void *block,
                          struct cairn_layout layout)
{
    cairn_allocator_verify(shared_of(allocator)->backing, block, layout);
}

static struct cairn_allocator *shared_backing(struct cairn_allocator *allocator)
{
    return shared_of(allocator)->backing;
}

const struct cairn_allocator_operations cairn_shared_heap_operations = {
    .name = "shared heap",
    .alloc = shared_alloc,
    .dealloc = shared_dealloc,
    .alloc_zeroed = shared_alloc_zeroed,
    .realloc = shared_realloc,
    .verify = shared_verify,
    .usable_size = shared_usable_size,
    .dealloc_unsized = shared_dealloc_unsized,
    .backing = shared_backing,
};

/* ---- its first memory ---- */

static enum cairn_region_error init(struct cairn_shared_heap *self, void *start, size_t size,
                                    bool zeroed)
{
    struct region_options options = {zeroed, false, self->processors,
                                     (uint32_t)self->processor_count};
    cairn_check(self->processor_count <= CAIRN_PROCESSORS_MAX,
                "shared heap: %zu processors, and at most %d can be told apart",
                self->processor_count, CAIRN_PROCESSORS_MAX);
    return cairn_heap_init_with(self->heap, start, size, options);
}

enum cairn_region_error cairn_shared_heap_init(struct cairn_shared_heap *self, void *start,
                                               size_t size)
{
    return init(self, start, size, false);
}

enum cairn_region_error cairn_shared_heap_init_zeroed(struct cairn_shared_heap *self, void *start,
                                                      size_t size)
{
    return init(self, start, size, true);
}
