/* SPDX-License-Identifier: MIT */
#include <cairn/magazines.h>

#include <string.h>

/* A stack of free blocks of one class. It is itself a block of the inner allocator. */
struct cairn_magazine {
    struct cairn_magazine *next; /* in the depot */
    uint32_t count;
    uint32_t capacity;
    void *rounds[];
};

/* Misses of a class in a slot until it gets a magazine: what is rare is not worth one. */
#define WARM 4

/* A magazine holds about this many bytes, within these bounds. */
#define MAGAZINE_BYTES   8192
#define MAGAZINE_ROUNDS  64
#define MAGAZINE_MINIMUM 4

static struct cairn_magazines *magazines_of(struct cairn_allocator *allocator)
{
    return (struct cairn_magazines *)(void *)allocator;
}

/* ---- size classes ---- */

/*
 * 8 classes of 16 bytes' distance up to 128, then 4 a doubling up to 4096: those of the allocator
 * cairn. Were they others, a block given back without its size, whose real size is one of cairn's
 * classes, would go to another class than it came from, and none would ever come home.
 */
#define LINEAR_LARGEST 128
#define LINEAR_CLASSES 8
#define CLASS_ALIGN    16

/* With a budget of 0 nothing is, so that nothing is rounded up; and size 0 is the inner one's. */
static bool is_cacheable(const struct cairn_magazines *self, struct cairn_layout layout)
{
    return layout.size - 1 < CAIRN_MAGAZINE_LARGEST && layout.align <= CLASS_ALIGN &&
           self->budget > 0;
}

static unsigned class_of(size_t size)
{
    if (size <= LINEAR_LARGEST)
        return (unsigned)((size - 1) / 16);
    unsigned doubling = cairn_log2_floor(size - 1); /* from 7 on */
    return LINEAR_CLASSES + (doubling - 7) * 4 + (unsigned)((size - 1) >> (doubling - 2) & 3);
}

static size_t class_size(unsigned number)
{
    if (number < LINEAR_CLASSES)
        return (number + 1) * 16;
    unsigned doubling = (number - LINEAR_CLASSES) / 4, step = (number - LINEAR_CLASSES) % 4;
    return ((size_t)128 << doubling) + ((size_t)32 << doubling) * (step + 1);
}

static struct cairn_layout class_layout(unsigned number)
{
    return (struct cairn_layout){class_size(number), CLASS_ALIGN};
}

/* ---- the mark in a free block ---- */

static uintptr_t mark_of(const void *block)
{
    return (uintptr_t)block ^ (uintptr_t)0x5ca1ab1e0ddba11ULL;
}

/* In the second word: the first one was often just written, in pieces, by the block's user. */
#define MARK_OFFSET 8

static bool bears_mark(const void *block)
{
    uintptr_t word;
    memcpy(&word, (const char *)block + MARK_OFFSET, sizeof(word));
    return word == mark_of(block);
}

static void set_mark(void *block, uintptr_t word)
{
    memcpy((char *)block + MARK_OFFSET, &word, sizeof(word));
}

static void push(struct cairn_magazine *magazine, void *block)
{
    set_mark(block, mark_of(block));
    magazine->rounds[magazine->count++] = block;
}

static void *pop(struct cairn_magazine *magazine)
{
    void *block = magazine->rounds[--magazine->count];
    cairn_check(bears_mark(block),
                "magazines: block %p was written after it was freed, or freed twice; look for who "
                "kept its address",
                block);
    set_mark(block, 0);
    return block;
}

/* ---- entering a slot ---- */

/*
 * Gives the caller's slot, entered, or null where it must go to the inner allocator: it has no
 * slot, somebody is emptying it, or the caller is a handler that interrupted its owner.
 */
static inline struct cairn_magazine_slot *enter(struct cairn_magazines *self)
{
    unsigned number = cairn_host_slot();
    if (number >= self->slot_count)
        return NULL;
    struct cairn_magazine_slot *slot = &self->slots[number];
    /* Acquire: the slot may have been another's, whose last leave() this sees. */
    if (__atomic_load_n(&slot->busy, __ATOMIC_ACQUIRE))
        return NULL;
    __atomic_store_n(&slot->busy, 1, __ATOMIC_RELAXED);
    /* The processor may still see `stopped` before it shows `busy`: the one that stops the slot
       raises a barrier here, by cairn_host_barrier_everywhere(). */
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (__builtin_expect(__atomic_load_n(&slot->stopped, __ATOMIC_ACQUIRE), 0)) {
        __atomic_store_n(&slot->busy, 0, __ATOMIC_RELEASE);
        return NULL;
    }
    return slot;
}

static void leave(struct cairn_magazine_slot *slot)
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

/* Needs: `flushing` is held; the caller is not inside a slot. */
static void stop_slot(struct cairn_magazine_slot *slot)
{
    __atomic_store_n(&slot->stopped, 1, __ATOMIC_RELEASE);
}

static void wait_until_out(const struct cairn_magazine_slot *slot)
{
    while (__atomic_load_n(&slot->busy, __ATOMIC_ACQUIRE))
        cairn_host_relax();
}

static void let_slot_go_on(struct cairn_magazine_slot *slot)
{
    __atomic_store_n(&slot->stopped, 0, __ATOMIC_RELEASE);
}

/* ---- magazines: made, kept in the depot, given up ---- */

static uint32_t capacity_of(unsigned size_class)
{
    size_t rounds = MAGAZINE_BYTES / class_size(size_class);
    if (rounds > MAGAZINE_ROUNDS)
        return MAGAZINE_ROUNDS;
    return rounds < MAGAZINE_MINIMUM ? MAGAZINE_MINIMUM : (uint32_t)rounds;
}

static struct cairn_layout magazine_layout(unsigned size_class)
{
    size_t size = sizeof(struct cairn_magazine) + capacity_of(size_class) * sizeof(void *);
    return (struct cairn_layout){size, _Alignof(struct cairn_magazine)};
}

/* What a magazine counts for: itself, and all the blocks that it can hold. */
static size_t charge_of(unsigned size_class)
{
    return magazine_layout(size_class).size + capacity_of(size_class) * class_size(size_class);
}

static bool charge(struct cairn_magazines *self, unsigned size_class)
{
    cairn_spinlock_lock(&self->depot);
    bool fits = charge_of(size_class) <= self->budget - self->charged;
    if (fits)
        self->charged += charge_of(size_class);
    cairn_spinlock_unlock(&self->depot);
    return fits;
}

static void discharge(struct cairn_magazines *self, unsigned size_class)
{
    cairn_spinlock_lock(&self->depot);
    self->charged -= charge_of(size_class);
    cairn_spinlock_unlock(&self->depot);
}

static struct cairn_magazine *make_magazine(struct cairn_magazines *self, unsigned size_class)
{
    if (!charge(self, size_class))
        return NULL;
    struct cairn_magazine *magazine =
        cairn_allocator_alloc(self->inner, magazine_layout(size_class));
    if (!magazine) {
        discharge(self, size_class);
        return NULL;
    }
    *magazine = (struct cairn_magazine){.capacity = capacity_of(size_class)};
    return magazine;
}

static struct cairn_magazine *take_from(struct cairn_magazines *self, struct cairn_magazine **list)
{
    if (!__atomic_load_n(list, __ATOMIC_RELAXED))
        return NULL;
    cairn_spinlock_lock(&self->depot);
    struct cairn_magazine *magazine = *list;
    if (magazine)
        __atomic_store_n(list, magazine->next, __ATOMIC_RELAXED);
    cairn_spinlock_unlock(&self->depot);
    return magazine;
}

static void put_into(struct cairn_magazines *self, struct cairn_magazine **list,
                     struct cairn_magazine *magazine)
{
    if (!magazine)
        return;
    cairn_spinlock_lock(&self->depot);
    magazine->next = *list;
    __atomic_store_n(list, magazine, __ATOMIC_RELAXED);
    cairn_spinlock_unlock(&self->depot);
}

/* Gives blocks back to the inner allocator until `keep` are left. */
static size_t drain(struct cairn_magazines *self, unsigned size_class,
                    struct cairn_magazine *magazine, uint32_t keep)
{
    size_t bytes = 0;
    for (; magazine->count > keep; bytes += class_size(size_class))
        cairn_allocator_dealloc(self->inner, pop(magazine), class_layout(size_class));
    return bytes;
}

/* Gives a magazine up, with its blocks. */
static size_t end_magazine(struct cairn_magazines *self, unsigned size_class,
                           struct cairn_magazine *magazine)
{
    if (!magazine)
        return 0;
    size_t bytes = drain(self, size_class, magazine, 0) + magazine_layout(size_class).size;
    cairn_allocator_dealloc(self->inner, magazine, magazine_layout(size_class));
    discharge(self, size_class);
    return bytes;
}

/* ---- the slot's two magazines ---- */

static void exchange(struct cairn_magazine_pair *pair)
{
    struct cairn_magazine *loaded = pair->loaded;
    pair->loaded = pair->previous;
    pair->previous = loaded;
}

static bool has_block(const struct cairn_magazine *magazine)
{
    return magazine && magazine->count > 0;
}

static bool has_room(const struct cairn_magazine *magazine)
{
    return magazine && magazine->count < magazine->capacity;
}

/* Whether the class is used enough in this slot to be worth a magazine. */
static bool is_warm(struct cairn_magazine_slot *slot, unsigned size_class)
{
    if (slot->misses[size_class] < WARM)
        slot->misses[size_class]++;
    return slot->misses[size_class] == WARM;
}

/* Fills half of an empty magazine from the inner allocator. */
static void refill(struct cairn_magazines *self, unsigned size_class,
                   struct cairn_magazine *magazine)
{
    uint32_t wanted = magazine->capacity / 2;
    while (magazine->count < wanted) {
        void *block = cairn_allocator_alloc(self->inner, class_layout(size_class));
        if (!block)
            return;
        push(magazine, block);
    }
}

/* Sees to it that the loaded magazine has a block; false if the inner allocator must serve. */
static bool load_block(struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                       unsigned size_class)
{
    struct cairn_magazine_pair *pair = &slot->pairs[size_class];
    if (has_block(pair->previous)) {
        exchange(pair);
        return true;
    }
    struct cairn_magazine *full = take_from(self, &self->full[size_class]);
    if (full) {
        put_into(self, &self->empty[size_class], pair->previous);
        pair->previous = pair->loaded;
        pair->loaded = full;
        return true;
    }
    if (!pair->loaded && is_warm(slot, size_class))
        pair->loaded = make_magazine(self, size_class);
    if (!pair->loaded)
        return false;
    refill(self, size_class, pair->loaded);
    return has_block(pair->loaded);
}

/* Sees to it that the loaded magazine has room; false if the inner allocator must take the block.
 */
static bool load_room(struct cairn_magazines *self, struct cairn_magazine_slot *slot,
                      unsigned size_class)
{
    struct cairn_magazine_pair *pair = &slot->pairs[size_class];
    if (has_room(pair->previous)) {
        exchange(pair);
        return true;
    }
    if (!pair->loaded && !is_warm(slot, size_class))
        return false;
    struct cairn_magazine *empty = take_from(self, &self->empty[size_class]);
    if (!empty)
        empty = make_magazine(self, size_class);
    if (empty) {
        put_into(self, &self->full[size_class], pair->previous);
        pair->previous = pair->loaded;
        pair->loaded = empty;
        return true;
    }
    if (pair->loaded) /* the budget is used up: make room in what is there */
        drain(self, size_class, pair->loaded, pair->loaded->capacity / 2);
    return has_room(pair->loaded);
}

/* ---- emptying ---- */

static size_t flush_pairs(struct cairn_magazines *self, struct cairn_magazine_slot *slot)
{
    size_t bytes = 0;
    for (unsigned size_class = 0; size_class < CAIRN_MAGAZINE_CLASSES; size_class++) {
        struct cairn_magazine_pair *pair = &slot->pairs[size_class];
        bytes += end_magazine(self, size_class, pair->loaded);
        bytes += end_magazine(self, size_class, pair->previous);
        *pair = (struct cairn_magazine_pair){0};
    }
    return bytes;
}

static size_t flush_depot(struct cairn_magazines *self)
{
    size_t bytes = 0;
    struct cairn_magazine *magazine;
    for (unsigned size_class = 0; size_class < CAIRN_MAGAZINE_CLASSES; size_class++) {
        while ((magazine = take_from(self, &self->full[size_class])))
            bytes += end_magazine(self, size_class, magazine);
        while ((magazine = take_from(self, &self->empty[size_class])))
            bytes += end_magazine(self, size_class, magazine);
    }
    return bytes;
}

void cairn_magazines_stop(struct cairn_magazines *self)
{
    cairn_spinlock_lock(&self->flushing);
    for (size_t i = 0; i < self->slot_count; i++)
        stop_slot(&self->slots[i]);
    cairn_host_barrier_everywhere();
    for (size_t i = 0; i < self->slot_count; i++)
        wait_until_out(&self->slots[i]);
}

void cairn_magazines_go_on(struct cairn_magazines *self)
{
    for (size_t i = 0; i < self->slot_count; i++)
        let_slot_go_on(&self->slots[i]);
    cairn_spinlock_unlock(&self->flushing);
}

/* Needs: the slots are stopped. */
static size_t flush_stopped(struct cairn_magazines *self)
{
    size_t bytes = 0;
    for (size_t i = 0; i < self->slot_count; i++)
        bytes += flush_pairs(self, &self->slots[i]);
    return bytes + flush_depot(self);
}

void cairn_magazines_go_on_alone(struct cairn_magazines *self)
{
    for (size_t i = 0; i < self->slot_count; i++)
        __atomic_store_n(&self->slots[i].busy, 0, __ATOMIC_RELAXED);
    cairn_magazines_go_on(self);
}

size_t cairn_magazines_flush(struct cairn_magazines *self)
{
    cairn_magazines_stop(self);
    size_t bytes = flush_stopped(self);
    cairn_magazines_go_on(self);
    return bytes;
}

size_t cairn_magazines_flush_slot(struct cairn_magazines *self, unsigned number)
{
    if (number >= self->slot_count)
        return 0;
    struct cairn_magazine_slot *slot = &self->slots[number];
    cairn_spinlock_lock(&self->flushing);
    stop_slot(slot);
    cairn_host_barrier_everywhere();
    wait_until_out(slot);
    size_t bytes = flush_pairs(self, slot);
    let_slot_go_on(slot);
    cairn_spinlock_unlock(&self->flushing);
    return bytes;
}

static size_t blocks_in(const struct cairn_magazine *magazine)
{
    size_t blocks = 0;
    for (; magazine; magazine = magazine->next)
        blocks += magazine->count;
    return blocks;
}

static size_t blocks_in_pair(const struct cairn_magazine_pair *pair)
{
    return (pair->loaded ? pair->loaded->count : 0) + (pair->previous ? pair->previous->count : 0);
}

size_t cairn_magazines_cached(struct cairn_magazines *self)
{
    size_t bytes = 0;
    cairn_magazines_stop(self);
    cairn_spinlock_lock(&self->depot);
    for (unsigned size_class = 0; size_class < CAIRN_MAGAZINE_CLASSES; size_class++) {
        size_t blocks = blocks_in(self->full[size_class]);
        for (size_t i = 0; i < self->slot_count; i++)
            blocks += blocks_in_pair(&self->slots[i].pairs[size_class]);
        bytes += blocks * class_size(size_class);
    }
    cairn_spinlock_unlock(&self->depot);
    cairn_magazines_go_on(self);
    return bytes;
}

/* ---- double free ---- */

static bool holds(const struct cairn_magazine *magazine, const void *block)
{
    for (uint32_t i = 0; magazine && i < magazine->count; i++)
        if (magazine->rounds[i] == block)
            return true;
    return false;
}

static bool list_holds(const struct cairn_magazine *list, const void *block)
{
    for (; list; list = list->next)
        if (holds(list, block))
            return true;
    return false;
}

static bool is_cached(const struct cairn_magazines *self, unsigned size_class, const void *block)
{
    for (size_t i = 0; i < self->slot_count; i++) {
        const struct cairn_magazine_pair *pair = &self->slots[i].pairs[size_class];
        if (holds(pair->loaded, block) || holds(pair->previous, block))
            return true;
    }
    return list_holds(self->full[size_class], block);
}

static void check_not_cached(const struct cairn_magazines *self, const void *block)
{
    for (unsigned size_class = 0; size_class < CAIRN_MAGAZINE_CLASSES; size_class++)
        cairn_check(!is_cached(self, size_class, block),
                    "magazines: double free: block %p of up to %zu bytes is free already; give "
                    "each block back once",
                    block, class_size(size_class));
}

/*
 * A block that bears the mark is free already, or its user wrote that very word by accident. So
 * the mark is cheap to look for, and the search that decides is as good as never made in vain. A
 * handler cannot stop the others; what it misses, pop() finds.
 */
static void refuse_second_free(struct cairn_magazines *self, const void *block)
{
    if (interrupts_an_operation(self)) {
        check_not_cached(self, block);
        return;
    }
    cairn_magazines_stop(self);
    check_not_cached(self, block);
    cairn_magazines_go_on(self);
}

/* ---- the interface ---- */

/* While nobody caches anything: what others free meanwhile goes to the inner allocator, too. */
static void *alloc_after_flush(struct cairn_magazines *self, struct cairn_layout layout)
{
    cairn_magazines_stop(self);
    flush_stopped(self);
    void *block = cairn_allocator_alloc(self->inner, layout);
    cairn_magazines_go_on(self);
    return block;
}

/* Straight to the inner allocator; if it has nothing left, once more after it got all back. */
static void *alloc_from_inner(struct cairn_magazines *self, struct cairn_layout layout)
{
    void *block = cairn_allocator_alloc(self->inner, layout);
    if (!block && !interrupts_an_operation(self))
        block = alloc_after_flush(self, layout);
    return block;
}

static void *magazines_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_magazines *self = magazines_of(allocator);
    if (!is_cacheable(self, layout))
        return alloc_from_inner(self, layout);
    unsigned size_class = class_of(layout.size);
    struct cairn_magazine_slot *slot = enter(self);
    if (slot) {
        void *block = NULL;
        if (has_block(slot->pairs[size_class].loaded) || load_block(self, slot, size_class))
            block = pop(slot->pairs[size_class].loaded);
        leave(slot);
        if (block)
            return block;
    }
    return alloc_from_inner(self, class_layout(size_class));
}

static void verify(struct cairn_magazines *self, void *block, struct cairn_layout layout)
{
    if (self->inner->operations->verify)
        self->inner->operations->verify(self->inner, block, layout);
}

/* Keeps a block of the class in the caller's slot; false if the inner allocator must take it. */
static inline bool keep(struct cairn_magazines *self, unsigned size_class, void *block)
{
    if (__builtin_expect(bears_mark(block), 0))
        refuse_second_free(self, block);
    struct cairn_magazine_slot *slot = enter(self);
    if (!slot)
        return false;
    bool kept = has_room(slot->pairs[size_class].loaded) || load_room(self, slot, size_class);
    if (kept)
        push(slot->pairs[size_class].loaded, block);
    leave(slot);
    return kept;
}

static void magazines_dealloc(struct cairn_allocator *allocator, void *block,
                              struct cairn_layout layout)
{
    struct cairn_magazines *self = magazines_of(allocator);
    if (!is_cacheable(self, layout)) {
        cairn_allocator_dealloc(self->inner, block, layout);
        return;
    }
    unsigned size_class = class_of(layout.size);
    verify(self, block, class_layout(size_class));
    if (!keep(self, size_class, block))
        cairn_allocator_dealloc(self->inner, block, class_layout(size_class));
}

static size_t magazines_usable_size(struct cairn_allocator *allocator, const void *block)
{
    return cairn_allocator_usable_size(magazines_of(allocator)->inner, block);
}

/* A block of just a class's size may as well be of that class. */
static void magazines_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    struct cairn_magazines *self = magazines_of(allocator);
    size_t size = cairn_allocator_usable_size(self->inner, block);
    if (size <= CAIRN_MAGAZINE_LARGEST && class_size(class_of(size)) == size &&
        keep(self, class_of(size), block))
        return;
    cairn_allocator_dealloc_unsized(self->inner, block);
}

/* What the inner allocator was asked for. */
static struct cairn_layout inner_layout(const struct cairn_magazines *self,
                                        struct cairn_layout layout)
{
    return is_cacheable(self, layout) ? class_layout(class_of(layout.size)) : layout;
}

static void *magazines_realloc(struct cairn_allocator *allocator, void *block,
                               struct cairn_layout layout, size_t new_size)
{
    struct cairn_magazines *self = magazines_of(allocator);
    struct cairn_layout new_layout = {new_size, layout.align};
    bool was_cacheable = is_cacheable(self, layout), will_be = is_cacheable(self, new_layout);
    if (was_cacheable && will_be && class_of(layout.size) == class_of(new_size)) {
        verify(self, block, inner_layout(self, layout));
        return block;
    }
    if (!was_cacheable && !will_be) { /* the inner allocator may resize in place */
        void *new_block = cairn_allocator_realloc(self->inner, block, layout, new_size);
        if (new_block)
            return new_block;
    }
    return cairn_default_realloc(allocator, block, layout, new_size);
}

static void magazines_verify(struct cairn_allocator *allocator, void *block,
                             struct cairn_layout layout)
{
    struct cairn_magazines *self = magazines_of(allocator);
    verify(self, block, inner_layout(self, layout));
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
