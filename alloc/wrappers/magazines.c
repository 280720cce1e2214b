/* SPDX-License-Identifier: MIT */
#include <cairn/magazines.h>

#include <string.h>

/* A stack of free blocks of one class. It is itself a block of the inner allocator. */
struct cairn_magazine {
    struct cairn_magazine *next; /* in the depot */
    uint32_t count;              /* of blocks, while it is not loaded: then its rack knows */
    uint32_t capacity;
    void *rounds[];
};

/* Misses of a class in a slot until it gets a magazine: what is rare is not worth one. */
#define WARM 4

/*
 * A magazine holds blocks of about 1/256 of the budget, within these bounds, in bytes and in blocks.
 * 62 pointers and what stands before them are 512 bytes.
 */
#define BUDGET_SHARE     256
#define BYTES_LEAST      ((size_t)4 * 1024)
#define BYTES_MOST       ((size_t)32 * 1024)
#define MAGAZINE_ROUNDS  62
#define MAGAZINE_MINIMUM 4

static struct cairn_magazines *magazines_of(struct cairn_allocator *allocator)
{
    return (struct cairn_magazines *)(void *)allocator;
}

/* ---- size classes ---- */

#define CLASS_ALIGN CAIRN_SIZE_CLASS_GRANULE

/*
 * Size and alignment in one, less one: a block of a class is as aligned as the class's size allows,
 * so an alignment asks for a class as a size does. Of size 0, which is the inner allocator's to
 * refuse, it is larger than all.
 */
static inline size_t key_of(struct cairn_layout layout)
{
    return (layout.size - 1) | (layout.align - 1);
}

/* Whether there is a class for it. */
static inline bool has_class(struct cairn_layout layout)
{
    return key_of(layout) < CAIRN_MAGAZINE_LARGEST;
}

/* Needs: there is one. */
static inline size_t class_of(struct cairn_layout layout)
{
    return cairn_class_of_granules[key_of(layout) / CAIRN_SIZE_CLASS_GRANULE];
}

static size_t class_size(size_t size_class)
{
    return (size_t)cairn_class_granules[size_class] * CAIRN_SIZE_CLASS_GRANULE;
}

static struct cairn_layout class_layout(size_t size_class)
{
    return (struct cairn_layout){class_size(size_class), CLASS_ALIGN};
}

/* ---- the mark in a free block ---- */

/* No address, so that few blocks hold it by accident. */
static inline uintptr_t mark_of(const void *block)
{
    return ~(uintptr_t)block;
}

/* In the second word: the first one was often just written, in pieces, by the block's user. */
#define MARK_OFFSET 8

static inline bool bears_mark(const void *block)
{
    uintptr_t word;
    memcpy(&word, (const char *)block + MARK_OFFSET, sizeof(word));
    return word == mark_of(block);
}

static inline void set_mark(void *block, uintptr_t word)
{
    memcpy((char *)block + MARK_OFFSET, &word, sizeof(word));
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

static void load(struct cairn_magazine_rack *rack, struct cairn_magazine *magazine)
{
    rack->bottom = magazine->rounds;
    rack->top = magazine->rounds + magazine->count;
    rack->limit = magazine->rounds + magazine->capacity;
}

static struct cairn_magazine *loaded(const struct cairn_magazine_rack *rack)
{
    char *rounds = (char *)rack->bottom;
    return rounds
               ? (struct cairn_magazine *)(void *)(rounds - offsetof(struct cairn_magazine, rounds))
               : NULL;
}

/* Null if none was loaded. */
static struct cairn_magazine *unload(struct cairn_magazine_rack *rack)
{
    struct cairn_magazine *magazine = loaded(rack);
    if (magazine)
        magazine->count = (uint32_t)(rack->top - rack->bottom);
    rack->top = rack->bottom = rack->limit = NULL;
    return magazine;
}

/* Loads another magazine; the one that was loaded becomes the previous one. */
static void load_instead(struct cairn_magazine_rack *rack, struct cairn_magazine *magazine)
{
    rack->previous = unload(rack);
    load(rack, magazine);
}

/* ---- entering a slot ---- */

/*
 * Enters the caller's slot, for a block of this alignment; false if the slots are closed, such blocks
 * are not cached, or the caller is a handler that interrupted the slot's owner.
 */
static inline bool claim(const struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                         size_t align)
{
    /* Acquire: the slot may have been another's, whose last leave() this sees. */
    if (__builtin_expect(__atomic_load_n(&slot->busy, __ATOMIC_ACQUIRE), 0))
        return false;
    __atomic_store_n(&slot->busy, 1, __ATOMIC_RELAXED);
    /* The processor may still see the slots open before it shows `busy`: the one that closes them
       raises a barrier here, by cairn_host_barrier_everywhere(). */
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (__builtin_expect(__atomic_load_n(&self->largest_align, __ATOMIC_ACQUIRE) < align, 0)) {
        __atomic_store_n(&slot->busy, 0, __ATOMIC_RELEASE);
        return false;
    }
    return true;
}

/* The same for a caller whose slot's number is known, which needs no call. */
static inline bool enter_known(const struct cairn_magazines *self,
                               struct cairn_magazine_slot **slot, size_t align)
{
    unsigned number = cairn_host_known_slot;
    if (__builtin_expect(number >= self->slot_count, 0))
        return false;
    *slot = &self->slots[number];
    return claim(self, *slot, align);
}

/*
 * Gives the caller's slot, entered, or null where it must go to the inner allocator: it has no
 * slot, or cannot enter it.
 */
static struct cairn_magazine_slot *enter(const struct cairn_magazines *self, size_t align)
{
    unsigned number = cairn_host_slot();
    bool is_in = number < self->slot_count && claim(self, &self->slots[number], align);
    return is_in ? &self->slots[number] : NULL;
}

static inline void leave(struct cairn_magazine_slot *slot)
{
    __atomic_store_n(&slot->busy, 0, __ATOMIC_RELEASE);
}

/*
 * Whether the caller is a handler that came into the middle of an operation on this allocator, on
 * its own processor. It may look at everything there, but must neither wait for it nor change it.
 */
static bool interrupts_an_operation(const struct cairn_magazines *self)
{
    unsigned number = cairn_host_slot();
    return (number < self->slot_count &&
            __atomic_load_n(&self->slots[number].busy, __ATOMIC_RELAXED)) ||
           cairn_spinlock_held_by_caller(&self->flushing);
}

/* ---- closing and opening the slots; under `flushing` ---- */

/* Needs: the caller is not inside a slot. */
static void close_slots(struct cairn_magazines *self)
{
    __atomic_store_n(&self->largest_align, 0, __ATOMIC_RELEASE);
    cairn_host_barrier_everywhere();
    for (size_t i = 0; i < self->slot_count; i++)
        while (__atomic_load_n(&self->slots[i].busy, __ATOMIC_ACQUIRE))
            cairn_host_relax();
}

/* What has a class in a live map is as aligned as its size allows. */
static void open_slots(struct cairn_magazines *self)
{
    size_t largest_align = self->map.end ? SIZE_MAX : CLASS_ALIGN;
    __atomic_store_n(&self->largest_align, largest_align, __ATOMIC_RELEASE);
}

/* ---- what the inner allocator shows ---- */

/* Whether it has a live map; then that alone says what is cached. */
static bool has_map(const struct cairn_magazines *self)
{
    const struct cairn_allocator_operations *inner = self->inner->operations;
    return inner->live_map && inner->live_map(self->inner, NULL);
}

/*
 * Looks at what the inner allocator shows now; false if it has no memory yet. The base never changes,
 * and the end only grows: who is not inside a slot looks at these two alone.
 *
 * Needs: the slots are closed.
 */
static bool take_map(struct cairn_magazines *self)
{
    struct cairn_live_map map;
    if (!has_map(self))
        return true;
    (void)self->inner->operations->live_map(self->inner, &map);
    self->map.live = map.live;
    self->map.tags = map.tags;
    __atomic_store_n(&self->map.base, map.base, __ATOMIC_RELAXED);
    __atomic_store_n(&self->map.end, map.end, __ATOMIC_RELEASE);
    return map.end != 0;
}

/*
 * The slots are closed until the first block is there: only then the inner allocator surely has
 * memory to show.
 *
 * Needs: the caller has a block; it is not inside a slot.
 */
static void begin(struct cairn_magazines *self)
{
    if (__atomic_load_n(&self->has_begun, __ATOMIC_RELAXED) || self->budget == 0 ||
        interrupts_an_operation(self))
        return;
    cairn_spinlock_lock(&self->flushing);
    if (!self->has_begun && take_map(self)) {
        __atomic_store_n(&self->has_begun, true, __ATOMIC_RELAXED);
        open_slots(self);
    }
    cairn_spinlock_unlock(&self->flushing);
}

/* Needs: the caller is inside a slot. */
static bool may_be_cached(const struct cairn_magazines *self, size_t size_class, const void *block)
{
    return self->map.end == 0 || cairn_live_map_is(&self->map, block, size_class);
}

/*
 * If the inner allocator shows no live blocks, any block of a class must serve every size of it. So
 * it is asked for that size.
 */
static bool rounds_up(const struct cairn_magazines *self, struct cairn_layout layout)
{
    return self->budget > 0 && has_class(layout) && layout.align <= CLASS_ALIGN && !has_map(self);
}

static struct cairn_layout inner_layout(const struct cairn_magazines *self,
                                        struct cairn_layout layout)
{
    return rounds_up(self, layout) ? class_layout(class_of(layout)) : layout;
}

/* ---- magazines: made, kept in the depot, given up ---- */

static uint32_t capacity_of(const struct cairn_magazines *self, size_t size_class)
{
    size_t bytes = self->budget / BUDGET_SHARE;
    bytes = bytes < BYTES_LEAST ? BYTES_LEAST : bytes > BYTES_MOST ? BYTES_MOST : bytes;
    size_t rounds = bytes / class_size(size_class);
    if (rounds > MAGAZINE_ROUNDS)
        return MAGAZINE_ROUNDS;
    return rounds < MAGAZINE_MINIMUM ? MAGAZINE_MINIMUM : (uint32_t)rounds;
}

static struct cairn_layout magazine_layout(uint32_t capacity)
{
    return (struct cairn_layout){sizeof(struct cairn_magazine) + capacity * sizeof(void *),
                                 _Alignof(struct cairn_magazine)};
}

/* What a magazine counts for: itself, and all the blocks that it can hold. */
static size_t charge_of(size_t size_class, uint32_t capacity)
{
    return magazine_layout(capacity).size + capacity * class_size(size_class);
}

static bool charge(struct cairn_magazines *self, size_t bytes)
{
    cairn_spinlock_lock(&self->accounts);
    bool fits = bytes <= self->budget - self->charged;
    if (fits)
        self->charged += bytes;
    cairn_spinlock_unlock(&self->accounts);
    return fits;
}

static void discharge(struct cairn_magazines *self, size_t bytes)
{
    cairn_spinlock_lock(&self->accounts);
    self->charged -= bytes;
    cairn_spinlock_unlock(&self->accounts);
}

static struct cairn_magazine *make_magazine(struct cairn_magazines *self, size_t size_class)
{
    uint32_t capacity = capacity_of(self, size_class);
    if (!charge(self, charge_of(size_class, capacity)))
        return NULL;
    struct cairn_magazine *magazine = cairn_allocator_alloc(self->inner, magazine_layout(capacity));
    if (!magazine) {
        discharge(self, charge_of(size_class, capacity));
        return NULL;
    }
    *magazine = (struct cairn_magazine){.capacity = capacity};
    return magazine;
}

static void put_into(struct cairn_magazine **list, struct cairn_magazine *magazine)
{
    if (!magazine)
        return;
    magazine->next = *list;
    __atomic_store_n(list, magazine, __ATOMIC_RELAXED);
}

/*
 * Takes a magazine of this kind out of the depot, if there is one, and only then leaves another of
 * the other kind, which may be null.
 */
static struct cairn_magazine *exchange(struct cairn_magazine_depot *depot,
                                       enum cairn_magazine_kind kind, struct cairn_magazine *for_it)
{
    struct cairn_magazine **list = &depot->magazines[kind];
    if (!__atomic_load_n(list, __ATOMIC_RELAXED))
        return NULL;
    cairn_spinlock_lock(&depot->lock);
    struct cairn_magazine *magazine = *list;
    if (magazine) {
        __atomic_store_n(list, magazine->next, __ATOMIC_RELAXED);
        put_into(&depot->magazines[!kind], for_it);
    }
    cairn_spinlock_unlock(&depot->lock);
    return magazine;
}

static void leave_full(struct cairn_magazine_depot *depot, struct cairn_magazine *magazine)
{
    if (!magazine)
        return;
    cairn_spinlock_lock(&depot->lock);
    put_into(&depot->magazines[CAIRN_MAGAZINE_FULL], magazine);
    cairn_spinlock_unlock(&depot->lock);
}

/* Gives blocks back to the inner allocator until `keep` are left. */
static size_t drain(struct cairn_magazines *self, size_t size_class,
                    struct cairn_magazine *magazine, uint32_t keep)
{
    uint32_t count = magazine->count - keep;
    for (uint32_t i = keep; i < magazine->count; i++)
        clear_mark(magazine->rounds[i]);
    magazine->count = keep;
    cairn_allocator_dealloc_many(self->inner, class_layout(size_class), &magazine->rounds[keep],
                                 count);
    return count * class_size(size_class);
}

/* Gives a magazine up, with its blocks. */
static size_t end_magazine(struct cairn_magazines *self, size_t size_class,
                           struct cairn_magazine *magazine)
{
    if (!magazine)
        return 0;
    uint32_t capacity = magazine->capacity;
    size_t bytes = drain(self, size_class, magazine, 0) + magazine_layout(capacity).size;
    cairn_allocator_dealloc(self->inner, magazine, magazine_layout(capacity));
    discharge(self, charge_of(size_class, capacity));
    return bytes;
}

/* ---- when the loaded magazine does not serve; inside the slot ---- */

/* Sees to it that the loaded magazine has a block, if that needs no new one. */
static bool load_block(struct cairn_magazines *self, struct cairn_magazine_rack *rack,
                       size_t size_class)
{
    struct cairn_magazine *previous = rack->previous;
    if (has_block(rack))
        return true;
    if (previous && previous->count > 0) {
        load_instead(rack, previous);
        return true;
    }
    struct cairn_magazine *full =
        exchange(&self->depots[size_class], CAIRN_MAGAZINE_FULL, previous);
    if (full)
        load_instead(rack, full);
    return full != NULL;
}

/* Whether the class is used enough in this slot to be worth a magazine. */
static bool is_warm(struct cairn_magazine_slot *slot, size_t size_class)
{
    if (slot->misses[size_class] < WARM)
        slot->misses[size_class]++;
    return slot->misses[size_class] == WARM;
}

/* Loads an empty magazine; what was the previous one, full or null, goes to the depot. */
static bool load_empty(struct cairn_magazines *self, struct cairn_magazine_rack *rack,
                       size_t size_class)
{
    struct cairn_magazine_depot *depot = &self->depots[size_class];
    struct cairn_magazine *empty = exchange(depot, CAIRN_MAGAZINE_EMPTY, rack->previous);
    if (!empty) {
        empty = make_magazine(self, size_class);
        if (!empty)
            return false;
        leave_full(depot, rack->previous);
    }
    load_instead(rack, empty);
    return true;
}

/* Fills half of the loaded magazine, which is empty, from the inner allocator. */
static void refill(struct cairn_magazines *self, struct cairn_magazine_rack *rack,
                   size_t size_class, struct cairn_layout layout)
{
    void **blocks = rack->bottom;
    size_t wanted = (size_t)(rack->limit - blocks) / 2;
    size_t count = cairn_allocator_alloc_many(self->inner, layout, blocks, wanted);
    for (size_t i = 0; i < count; i++) { /* those that are kept move up, over those that are not */
        if (may_be_cached(self, size_class, blocks[i]))
            push(rack, blocks[i]);
        else
            cairn_allocator_dealloc(self->inner, blocks[i], layout);
    }
}

/* Takes a block from wherever there is one; if from the inner allocator, a few more with it. */
static void *alloc_in_slot(struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                           size_t size_class, struct cairn_layout layout)
{
    struct cairn_magazine_rack *rack = &slot->racks[size_class];
    if (load_block(self, rack, size_class))
        return pop(rack);
    void *block = cairn_allocator_alloc(self->inner, layout);
    if (block && may_be_cached(self, size_class, block) &&
        (loaded(rack) || (is_warm(slot, size_class) && load_empty(self, rack, size_class))))
        refill(self, rack, size_class, layout);
    return block;
}

/* Gives half of what is in the loaded magazine back: the budget is used up. */
static void make_room(struct cairn_magazines *self, struct cairn_magazine_rack *rack,
                      size_t size_class)
{
    struct cairn_magazine *magazine = unload(rack);
    if (!magazine)
        return;
    drain(self, size_class, magazine, magazine->count / 2);
    load(rack, magazine);
}

/* Sees to it that the loaded magazine has room; false if the inner allocator must take the block.
 */
static bool load_room(struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                      size_t size_class)
{
    struct cairn_magazine_rack *rack = &slot->racks[size_class];
    struct cairn_magazine *previous = rack->previous;
    if (has_room(rack))
        return true;
    if (previous && previous->count < previous->capacity)
        load_instead(rack, previous);
    else if ((loaded(rack) || is_warm(slot, size_class)) && !load_empty(self, rack, size_class))
        make_room(self, rack, size_class);
    return has_room(rack);
}

/* ---- emptying ---- */

static size_t flush_racks(struct cairn_magazines *self, struct cairn_magazine_slot *slot)
{
    size_t bytes = 0;
    for (size_t size_class = 1; size_class < CAIRN_SIZE_CLASSES; size_class++) {
        struct cairn_magazine_rack *rack = &slot->racks[size_class];
        bytes += end_magazine(self, size_class, unload(rack));
        bytes += end_magazine(self, size_class, rack->previous);
        rack->previous = NULL;
    }
    return bytes;
}

static size_t flush_depots(struct cairn_magazines *self)
{
    size_t bytes = 0;
    struct cairn_magazine *magazine;
    for (size_t size_class = 1; size_class < CAIRN_SIZE_CLASSES; size_class++)
        for (unsigned kind = CAIRN_MAGAZINE_EMPTY; kind <= CAIRN_MAGAZINE_FULL; kind++)
            while ((magazine = exchange(&self->depots[size_class], kind, NULL)))
                bytes += end_magazine(self, size_class, magazine);
    return bytes;
}

void cairn_magazines_stop(struct cairn_magazines *self)
{
    cairn_spinlock_lock(&self->flushing);
    close_slots(self);
}

void cairn_magazines_go_on(struct cairn_magazines *self)
{
    if (self->has_begun) {
        (void)take_map(self); /* the inner allocator may have more memory now */
        open_slots(self);
    }
    cairn_spinlock_unlock(&self->flushing);
}

void cairn_magazines_go_on_alone(struct cairn_magazines *self)
{
    for (size_t i = 0; i < self->slot_count; i++)
        __atomic_store_n(&self->slots[i].busy, 0, __ATOMIC_RELAXED);
    cairn_magazines_go_on(self);
}

/* Needs: the slots are closed. */
static size_t flush_closed(struct cairn_magazines *self)
{
    size_t bytes = 0;
    for (size_t i = 0; i < self->slot_count; i++)
        bytes += flush_racks(self, &self->slots[i]);
    return bytes + flush_depots(self);
}

size_t cairn_magazines_flush(struct cairn_magazines *self)
{
    cairn_magazines_stop(self);
    size_t bytes = flush_closed(self);
    cairn_magazines_go_on(self);
    return bytes;
}

size_t cairn_magazines_flush_slot(struct cairn_magazines *self, unsigned number)
{
    if (number >= self->slot_count)
        return 0;
    cairn_magazines_stop(self);
    size_t bytes = flush_racks(self, &self->slots[number]);
    cairn_magazines_go_on(self);
    return bytes;
}

/* ---- looking at all that is cached ---- */

/* A loaded magazine's blocks; their number as a handler sees it may be nonsense for a moment. */
struct span {
    void *const *blocks;
    size_t count;
};

static struct span loaded_blocks(const struct cairn_magazine_rack *rack)
{
    size_t count = (size_t)(rack->top - rack->bottom);
    return (struct span){rack->bottom, count <= MAGAZINE_ROUNDS ? count : 0};
}

static struct span blocks_of(const struct cairn_magazine *magazine)
{
    return magazine ? (struct span){magazine->rounds, magazine->count} : (struct span){NULL, 0};
}

/* Calls `look` for all blocks of the class that are cached, as long as it gives true. */
static bool for_cached(const struct cairn_magazines *self, size_t size_class,
                       bool (*look)(void *context, struct span span), void *context)
{
    for (size_t i = 0; i < self->slot_count; i++) {
        const struct cairn_magazine_rack *rack = &self->slots[i].racks[size_class];
        if (!look(context, loaded_blocks(rack)) || !look(context, blocks_of(rack->previous)))
            return false;
    }
    const struct cairn_magazine *full = self->depots[size_class].magazines[CAIRN_MAGAZINE_FULL];
    for (; full; full = full->next)
        if (!look(context, blocks_of(full)))
            return false;
    return true;
}

static bool add_count(void *count, struct span span)
{
    *(size_t *)count += span.count;
    return true;
}

size_t cairn_magazines_cached(struct cairn_magazines *self)
{
    size_t bytes = 0;
    cairn_magazines_stop(self);
    for (size_t size_class = 1; size_class < CAIRN_SIZE_CLASSES; size_class++) {
        size_t blocks = 0;
        (void)for_cached(self, size_class, add_count, &blocks);
        bytes += blocks * class_size(size_class);
    }
    cairn_magazines_go_on(self);
    return bytes;
}

/* ---- double free ---- */

static bool holds_not(void *block, struct span span)
{
    for (size_t i = 0; i < span.count; i++)
        if (span.blocks[i] == block)
            return false;
    return true;
}

static void check_not_cached(const struct cairn_magazines *self, void *block)
{
    for (size_t size_class = 1; size_class < CAIRN_SIZE_CLASSES; size_class++)
        cairn_check(for_cached(self, size_class, holds_not, block),
                    "magazines: double free: block %p of up to %zu bytes is free already; give "
                    "each block back once",
                    block, class_size(size_class));
}

/*
 * A block that bears the mark is free already, or its user wrote that very word by accident. So
 * the mark is cheap to look for, and the search that decides is as good as never made in vain. A
 * handler cannot stop the others; what it misses, pop() finds.
 *
 * Needs: the caller is not inside a slot.
 */
static void refuse_second_free(struct cairn_magazines *self, void *block)
{
    if (interrupts_an_operation(self)) {
        check_not_cached(self, block);
        return;
    }
    cairn_magazines_stop(self);
    check_not_cached(self, block);
    cairn_magazines_go_on(self);
}

/* Whether the live map reaches there: then it is memory that can be read. */
static bool is_in_map(const struct cairn_magazines *self, const void *block)
{
    uint64_t end = __atomic_load_n(&self->map.end, __ATOMIC_ACQUIRE);
    uintptr_t base = __atomic_load_n(&self->map.base, __ATOMIC_RELAXED);
    return cairn_live_map_position(base, block) < end;
}

/* For a block that goes to the inner allocator, to which a cached one looks as live as any. */
static void check_not_cached_if_marked(struct cairn_magazines *self, void *block)
{
    if (bears_mark(block))
        refuse_second_free(self, block);
}

/* ---- alloc ---- */

/* While nobody caches anything: what others free meanwhile goes to the inner allocator, too. */
static void *alloc_after_flush(struct cairn_magazines *self, struct cairn_layout layout)
{
    cairn_magazines_stop(self);
    flush_closed(self);
    void *block = cairn_allocator_alloc(self->inner, layout);
    cairn_magazines_go_on(self);
    return block;
}

/* Straight to the inner allocator; if it has nothing left, once more after it got all back. */
static __attribute__((noinline)) void *alloc_from_inner(struct cairn_magazines *self,
                                                        struct cairn_layout layout)
{
    void *block = cairn_allocator_alloc(self->inner, layout);
    if (!block && !interrupts_an_operation(self))
        block = alloc_after_flush(self, layout);
    return block;
}

/* The slot is entered, or null if it could not be at once; it is left. */
static __attribute__((noinline)) void *alloc_slowly(struct cairn_magazines *self,
                                                    struct cairn_layout layout,
                                                    struct cairn_magazine_slot *slot)
{
    void *block = NULL;
    struct cairn_layout asked = inner_layout(self, layout);
    if (!slot)
        slot = enter(self, layout.align);
    if (slot) {
        block = alloc_in_slot(self, slot, class_of(layout), asked);
        leave(slot);
    }
    if (!block)
        block = alloc_from_inner(self, asked);
    if (block)
        begin(self);
    return block;
}

static void *magazines_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_magazines *self = magazines_of(allocator);
    struct cairn_magazine_slot *slot;
    if (__builtin_expect(!has_class(layout), 0))
        return alloc_from_inner(self, layout);
    if (__builtin_expect(!enter_known(self, &slot, layout.align), 0))
        return alloc_slowly(self, layout, NULL);
    struct cairn_magazine_rack *rack = &slot->racks[class_of(layout)];
    if (__builtin_expect(!has_block(rack), 0))
        return alloc_slowly(self, layout, slot);
    void *block = pop(rack);
    leave(slot);
    return block;
}

/* ---- dealloc ---- */

/* Keeps a block that may be cached, if that needs no more than a push. */
static inline bool keep(struct cairn_magazine_slot *slot, size_t size_class, void *block)
{
    struct cairn_magazine_rack *rack = &slot->racks[size_class];
    if (__builtin_expect(bears_mark(block) || !has_room(rack), 0))
        return false;
    push(rack, block);
    return true;
}

/* Keeps a block of the class in the slot, which is left; false if the inner one must take it. */
static bool keep_slowly(struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                        size_t size_class, void *block)
{
    bool kept = may_be_cached(self, size_class, block) && !bears_mark(block) &&
                load_room(self, slot, size_class);
    if (kept)
        push(&slot->racks[size_class], block);
    leave(slot);
    return kept;
}

static __attribute__((noinline)) void dealloc_to_inner(struct cairn_magazines *self, void *block,
                                                       struct cairn_layout layout)
{
    cairn_allocator_dealloc(self->inner, block, layout);
}

static __attribute__((noinline)) void dealloc_slowly(struct cairn_magazines *self, void *block,
                                                     struct cairn_layout layout,
                                                     struct cairn_magazine_slot *slot)
{
    begin(self);
    if (!slot)
        slot = enter(self, layout.align);
    if (slot && keep_slowly(self, slot, class_of(layout), block))
        return;
    if (is_in_map(self, block) || rounds_up(self, layout))
        check_not_cached_if_marked(self, block);
    dealloc_to_inner(self, block, inner_layout(self, layout));
}

static void magazines_dealloc(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout)
{
    struct cairn_magazines *self = magazines_of(allocator);
    struct cairn_magazine_slot *slot;
    if (__builtin_expect(!has_class(layout), 0)) {
        dealloc_to_inner(self, block, layout);
        return;
    }
    size_t size_class = class_of(layout);
    if (__builtin_expect(!enter_known(self, &slot, layout.align), 0)) {
        dealloc_slowly(self, block, layout, NULL);
        return;
    }
    bool is_sure = cairn_live_map_is(&self->map, block, size_class);
    if (__builtin_expect(!is_sure || !keep(slot, size_class, block), 0)) {
        dealloc_slowly(self, block, layout, slot);
        return;
    }
    leave(slot);
}

static __attribute__((noinline)) void dealloc_unsized_slowly(struct cairn_magazines *self,
                                                             void *block,
                                                             struct cairn_magazine_slot *slot)
{
    if (!slot)
        slot = enter(self, 1);
    size_t size_class = slot ? cairn_live_map_class(&self->map, block) : 0;
    if (size_class && keep_slowly(self, slot, size_class, block))
        return;
    if (slot && !size_class)
        leave(slot);
    if (is_in_map(self, block))
        check_not_cached_if_marked(self, block);
    cairn_allocator_dealloc_unsized(self->inner, block);
}

static void magazines_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    struct cairn_magazines *self = magazines_of(allocator);
    struct cairn_magazine_slot *slot;
    if (__builtin_expect(!enter_known(self, &slot, 1), 0)) {
        dealloc_unsized_slowly(self, block, NULL);
        return;
    }
    size_t size_class = cairn_live_map_class(&self->map, block);
    if (__builtin_expect(size_class == 0 || !keep(slot, size_class, block), 0)) {
        dealloc_unsized_slowly(self, block, slot);
        return;
    }
    leave(slot);
}

/* ---- sizes ---- */

/* The class that the live map is sure of; 0 if of none. */
static size_t find_sure_class(struct cairn_magazines *self, const void *block)
{
    struct cairn_magazine_slot *slot = enter(self, 1);
    if (!slot)
        return 0;
    size_t size_class = cairn_live_map_class(&self->map, block);
    leave(slot);
    return size_class;
}

static size_t magazines_usable_size(struct cairn_allocator *allocator, const void *block)
{
    struct cairn_magazines *self = magazines_of(allocator);
    size_t size_class = find_sure_class(self, block);
    return size_class ? class_size(size_class) : cairn_allocator_usable_size(self->inner, block);
}

static void magazines_verify(struct cairn_allocator *allocator, void *block,
                             struct cairn_layout layout)
{
    struct cairn_magazines *self = magazines_of(allocator);
    if (self->inner->operations->verify)
        self->inner->operations->verify(self->inner, block, inner_layout(self, layout));
}

/* ---- realloc ---- */

/* From this size on a block is rather resized where it stands than moved. */
#define IN_PLACE_FROM 4096

/* Moves the block through the magazines, or lets the inner allocator resize it. */
static void *resize(struct cairn_magazines *self, void *block, struct cairn_layout layout,
                    size_t new_size, bool is_inner)
{
    if (is_inner) {
        void *new_block = cairn_allocator_realloc(self->inner, block, layout, new_size);
        if (new_block)
            return new_block;
    }
    return cairn_default_realloc(&self->allocator, block, layout, new_size);
}

/* Where any block of a class serves every size of it. */
static void *realloc_without_map(struct cairn_magazines *self, void *block,
                                 struct cairn_layout layout, struct cairn_layout new_layout)
{
    bool is_exact = self->budget == 0 || layout.align > CLASS_ALIGN;
    bool had_class = !is_exact && has_class(layout), will_have = !is_exact && has_class(new_layout);
    if (had_class && will_have && class_of(layout) == class_of(new_layout))
        return block;
    return resize(self, block, layout, new_layout.size, !had_class && !will_have);
}

static void *magazines_realloc(struct cairn_allocator *allocator, void *block,
                               struct cairn_layout layout, size_t new_size)
{
    struct cairn_magazines *self = magazines_of(allocator);
    struct cairn_layout new_layout = {new_size, layout.align};
    size_t size_class = find_sure_class(self, block);
    if (!size_class && !has_map(self))
        return realloc_without_map(self, block, layout, new_layout);
    if (is_in_map(self, block))
        check_not_cached_if_marked(self, block);
    if (!size_class || !has_class(layout) || class_of(layout) != size_class)
        return resize(self, block, layout, new_size, true);
    if (has_class(new_layout) && class_of(new_layout) == size_class)
        return block;
    bool is_large = layout.size >= IN_PLACE_FROM && new_size >= IN_PLACE_FROM;
    return resize(self, block, layout, new_size, is_large);
}

const struct cairn_allocator_operations cairn_magazines_operations = {
    .name = "magazines",
    .alloc = magazines_alloc,
    .dealloc = magazines_dealloc,
    .realloc = magazines_realloc,
    .verify = magazines_verify,
    .usable_size = magazines_usable_size,
    .dealloc_unsized = magazines_dealloc_unsized,
};
