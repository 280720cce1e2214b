/* SPDX-License-Identifier: MIT */
/*
 * Per-processor caches: what they promise, on one thread that plays several processors.
 *
 * The host's two functions that tell processors apart are the test's own, so that it says on which
 * one it runs. Real threads are in tests/threads.
 */
#include "test.h"

#include <limits.h>
#include <string.h>

#include <cairn/heap.h>
#include <cairn/locked.h>
#include <cairn/magazines.h>

#include "strict_heap.h"

enum { PROCESSORS = 3, PLENTY = 1 << 20 };

#define processor cairn_host_known_slot /* on which this test is */

CAIRN_HOST_PER_THREAD unsigned cairn_host_known_slot;

/* One that does not know yet becomes processor 0. */
unsigned cairn_host_slot(void)
{
    if (processor == UINT_MAX)
        processor = 0;
    return processor;
}

void cairn_host_barrier_everywhere(void)
{
}

/* ---- the depot's lock, counted; the linker leads here (--wrap) ---- */

static size_t locks;

void __real_cairn_spinlock_lock_at(struct cairn_spinlock *lock, const char *file, int line);
void __wrap_cairn_spinlock_lock_at(struct cairn_spinlock *lock, const char *file, int line);

void __wrap_cairn_spinlock_lock_at(struct cairn_spinlock *lock, const char *file, int line)
{
    locks++;
    __real_cairn_spinlock_lock_at(lock, file, line);
}

/* ---- the inner allocator: the strict heap, which knows what it was asked for ---- */

static struct recorder {
    struct cairn_allocator allocator;
    size_t allocs, deallocs, reallocs;
    struct cairn_layout asked; /* the last alloc's */
    void (*on_alloc)(void);    /* unless null, called once */
    void (*after_dealloc)(void);
    bool refuses;
} inner;

static void *inner_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    void (*on_alloc)(void) = inner.on_alloc;
    inner.on_alloc = NULL;
    if (on_alloc)
        on_alloc();
    inner.allocs++;
    inner.asked = layout;
    return inner.refuses ? NULL : cairn_allocator_alloc(&strict_heap.allocator, layout);
}

static void inner_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    void (*after_dealloc)(void) = inner.after_dealloc;
    inner.after_dealloc = NULL; /* not after what it frees itself */
    inner.deallocs++;
    cairn_allocator_dealloc(&strict_heap.allocator, block, layout);
    if (after_dealloc)
        after_dealloc();
    inner.after_dealloc = after_dealloc;
}

static void *inner_realloc(struct cairn_allocator *self, void *block, struct cairn_layout layout,
                           size_t new_size)
{
    (void)self;
    inner.reallocs++;
    return cairn_allocator_realloc(&strict_heap.allocator, block, layout, new_size);
}

static const struct cairn_allocator_operations inner_operations = {
    .name = "recorder",
    .alloc = inner_alloc,
    .dealloc = inner_dealloc,
    .realloc = inner_realloc,
};

static struct cairn_magazine_slot slots[PROCESSORS];
static struct cairn_magazines cache;

static void begin_over(struct cairn_allocator *allocator, size_t budget)
{
    memset(slots, 0, sizeof(slots));
    cache = (struct cairn_magazines)CAIRN_MAGAZINES(allocator, slots, budget);
    processor = 0;
}

static void begin(size_t budget)
{
    inner = (struct recorder){.allocator = {&inner_operations}};
    begin_over(&inner.allocator, budget);
}

static size_t inner_calls(void)
{
    return inner.allocs + inner.deallocs + inner.reallocs;
}

static struct cairn_layout layout_of(size_t size)
{
    return (struct cairn_layout){size, 8};
}

static void *get(size_t size)
{
    return cairn_allocator_alloc(&cache.allocator, layout_of(size));
}

static void give(void *block, size_t size)
{
    cairn_allocator_dealloc(&cache.allocator, block, layout_of(size));
}

/* Allocates and frees so often that the class gets magazines, with `cached` free blocks in them. */
static void fill_class(size_t size, size_t cached)
{
    void *blocks[1024];
    assert_true(cached <= 1024);
    for (int i = 0; i < 8; i++)
        give(get(size), size);
    for (size_t i = 0; i < cached; i++)
        assert_non_null(blocks[i] = get(size));
    for (size_t i = 0; i < cached; i++)
        give(blocks[i], size);
}

static int after(void **state)
{
    (void)state;
    strict_heap_expect_empty();
    return 0;
}

static void expect_nothing_is_lost(void)
{
    (void)cairn_magazines_flush(&cache);
    assert_int_equal(cairn_magazines_cached(&cache), 0);
    assert_int_equal(cache.charged, 0);
    strict_heap_expect_empty();
}

/* ---- classes ---- */

static size_t class_size_of(size_t size)
{
    begin(PLENTY);
    unsigned char *block = get(size);
    size_t class_size = inner.asked.size;
    memset(block, 0xff, size);
    give(block, size); /* the strict heap wants the layout that it was asked for */
    strict_heap_expect_empty();
    return class_size;
}

static void every_size_is_rounded_up_as_it_is_said(void **state)
{
    (void)state;
    size_t classes = 0, last = 0;
    for (size_t size = 1; size <= CAIRN_MAGAZINE_LARGEST; size++) {
        size_t class_size = class_size_of(size);
        assert_true(class_size >= size && class_size % 16 == 0);
        if (size <= 128)
            assert_int_equal(class_size, (size + 15) / 16 * 16);
        else
            assert_true((class_size - size) * 5 < class_size);
        assert_true(class_size == last || size == last + 1);
        classes += class_size != last;
        last = class_size;
    }
    assert_int_equal(classes, CAIRN_SIZE_CLASSES - 1);
    assert_int_equal(last, CAIRN_MAGAZINE_LARGEST);
}

/* A cached block of each class serves every size of it: the strict heap's blocks end at the byte. */
static void every_size_finds_its_class_again(void **state)
{
    (void)state;
    begin(PLENTY);
    for (size_t size = 1; size <= CAIRN_MAGAZINE_LARGEST; size += 1 + size / 100)
        for (int i = 0; i < 6; i++) {
            unsigned char *block = get(size);
            memset(block, 0xff, size);
            give(block, size);
        }
    expect_nothing_is_lost();
}

static void what_no_class_fits_goes_through_as_it_is(void **state)
{
    (void)state;
    const struct cairn_layout layouts[] = {{CAIRN_MAGAZINE_LARGEST + 1, 8}, {100, 32}, {7, 4096}};
    begin(PLENTY);
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
        for (int round = 0; round < 20; round++) {
            void *block = cairn_allocator_alloc(&cache.allocator, layouts[i]);
            assert_int_equal(inner.asked.size, layouts[i].size);
            assert_int_equal(inner.asked.align, layouts[i].align);
            cairn_allocator_dealloc(&cache.allocator, block, layouts[i]);
        }
    assert_int_equal(inner_calls(), 2 * 20 * 3);
}

/* Size 0 is no valid layout. What becomes of it is the inner allocator's to say. */
static void size_0_is_the_inner_allocator_s(void **state)
{
    (void)state;
    static _Alignas(1024) unsigned char memory[65536];
    static struct cairn_heap heap;
    assert_int_equal(cairn_heap_init(&heap, memory, sizeof(memory)), CAIRN_REGION_OK);
    begin_over(&heap.allocator, PLENTY);
    void *block = get(0), *other = get(0);
    assert_true(block && other && block != other);
    give(block, 0);
    give(other, 0);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
}

/* ---- caching ---- */

static void a_warm_pair_asks_nobody(void **state)
{
    (void)state;
    begin(PLENTY);
    fill_class(64, 1);
    size_t calls = inner_calls(), locked = locks;
    for (int i = 0; i < 1000; i++)
        give(get(64), 64);
    assert_int_equal(inner_calls(), calls);
    assert_int_equal(locks, locked);
    expect_nothing_is_lost();
}

static void a_rare_class_gets_no_magazine(void **state)
{
    (void)state;
    void *blocks[3];
    begin(PLENTY);
    for (int i = 0; i < 3; i++)
        blocks[i] = get(64);
    assert_int_equal(cache.charged, 0);
    assert_int_equal(strict_heap.live, 3);
    for (int i = 0; i < 3; i++)
        cairn_allocator_dealloc(&strict_heap.allocator, blocks[i], (struct cairn_layout){64, 16});
}

static void a_processor_without_a_slot_is_served(void **state)
{
    (void)state;
    begin(PLENTY);
    processor = PROCESSORS;
    for (int i = 0; i < 100; i++)
        give(get(64), 64);
    assert_int_equal(inner.allocs, 100);
    assert_int_equal(inner.deallocs, 100);
    assert_int_equal(cairn_magazines_flush_slot(&cache, PROCESSORS), 0);
}

/* What was cached by whoever was there before must neither be lost nor be handed out twice. */
static void a_processor_that_does_not_know_its_slot_finds_it(void **state)
{
    (void)state;
    enum { BLOCKS = 40 };
    void *blocks[BLOCKS];
    begin(PLENTY);
    fill_class(64, 5);
    processor = UINT_MAX;
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = get(64);
        for (int k = 0; k < i; k++)
            assert_ptr_not_equal(blocks[k], blocks[i]);
    }
    processor = UINT_MAX;
    for (int i = 0; i < BLOCKS; i++)
        give(blocks[i], 64);
    expect_nothing_is_lost();
}

static void what_is_cached_is_counted(void **state)
{
    (void)state;
    begin(PLENTY);
    fill_class(64, 200);
    size_t in_magazines = cairn_magazines_cached(&cache);
    assert_true(in_magazines >= 200 * 64 && in_magazines % 64 == 0);
    void *blocks[100];
    for (size_t i = 0; i < 100; i++)
        blocks[i] = get(64);
    assert_int_equal(cairn_magazines_cached(&cache), in_magazines - 100 * 64);
    for (size_t i = 0; i < 100; i++)
        give(blocks[i], 64);
    assert_int_equal(cairn_magazines_cached(&cache), in_magazines);
    size_t all = strict_heap.live_bytes;
    assert_int_equal(cairn_magazines_flush(&cache), all);
}

/* Magazines change places with the depot's: one lock or two for 64 blocks, none for the others. */
static void memory_comes_home_in_batches(void **state)
{
    (void)state;
    enum { BLOCKS = 1000, ROUNDS = 20 };
    void *blocks[BLOCKS];
    begin(PLENTY);
    size_t allocs_before = 0, locks_before = 0;
    for (int round = 0; round < ROUNDS; round++) {
        if (round == 1) {
            allocs_before = inner.allocs;
            locks_before = locks;
        }
        processor = 0;
        for (size_t i = 0; i < BLOCKS; i++)
            blocks[i] = get(64);
        processor = 1;
        for (size_t i = 0; i < BLOCKS; i++)
            give(blocks[i], 64);
    }
    assert_true(inner.allocs - allocs_before <= 256);
    expect_between((locks - locks_before) / (ROUNDS - 1), 1, 2 * 4 * BLOCKS / 64);
    expect_nothing_is_lost();
}

static void a_slot_is_flushed_alone(void **state)
{
    (void)state;
    begin(PLENTY);
    fill_class(64, 50);
    size_t cached = cairn_magazines_cached(&cache);
    processor = 1;
    fill_class(96, 50);
    size_t others = cairn_magazines_cached(&cache) - cached, live = strict_heap.live_bytes;
    size_t bytes = cairn_magazines_flush_slot(&cache, 0);
    assert_int_equal(bytes, live - strict_heap.live_bytes);
    assert_int_equal(cairn_magazines_cached(&cache), others);
    assert_true(bytes >= 50 * 64 && others >= 50 * 96);
    expect_nothing_is_lost();
}

static void while_stopped_all_goes_to_the_inner_allocator(void **state)
{
    (void)state;
    begin(PLENTY);
    fill_class(64, 10);
    size_t cached = cairn_magazines_cached(&cache), allocs = inner.allocs;
    size_t deallocs = inner.deallocs;
    cairn_magazines_stop(&cache);
    void *block = get(64);
    assert_int_equal(inner.allocs, allocs + 1);
    give(block, 64);
    assert_int_equal(inner.deallocs, deallocs + 1);
    cairn_magazines_go_on(&cache);
    give(get(64), 64);
    assert_int_equal(inner.allocs, allocs + 1);
    assert_int_equal(cairn_magazines_cached(&cache), cached);
    expect_nothing_is_lost();
}

/* As fork finds a thread that has said "busy" and not yet seen that it must stay out. */
static void after_a_fork_no_slot_is_left_busy(void **state)
{
    (void)state;
    begin(PLENTY);
    fill_class(64, 10);
    cairn_magazines_stop(&cache);
    slots[0].busy = slots[2].busy = 1;
    cairn_magazines_go_on_alone(&cache);
    size_t allocs = inner.allocs;
    give(get(64), 64);
    assert_int_equal(inner.allocs, allocs);
    expect_nothing_is_lost(); /* and waits for no slot */
}

/* ---- random actions: patterns, budget, nothing lost ---- */

enum { OBJECTS = 200 };

static struct object {
    unsigned char *block;
    size_t size;
    unsigned char fill;
} objects[OBJECTS];

static void expect_filled(const struct object *object, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (object->block[i] != object->fill)
            fail_msg("byte %zu of a block of %zu was overwritten", i, object->size);
}

static void fill(struct object *object, struct random_source *random)
{
    object->fill = (unsigned char)random_next(random);
    memset(object->block, object->fill, object->size);
}

static void act(struct object *object, struct random_source *random)
{
    size_t size = 1 + random_below(random, random_one_in(random, 4) ? 6000 : 300);
    if (!object->block) {
        object->size = size;
        object->block = get(size);
    } else if (random_one_in(random, 3)) {
        expect_filled(object, object->size);
        size_t kept = size < object->size ? size : object->size;
        object->block =
            cairn_allocator_realloc(&cache.allocator, object->block, layout_of(object->size), size);
        object->size = size;
        expect_filled(object, kept);
    } else {
        expect_filled(object, object->size);
        give(object->block, object->size);
        object->block = NULL;
        return;
    }
    fill(object, random);
}

/* What the inner allocator gave out, and no object has: cached blocks, and the magazines. */
static size_t bytes_held_back(void)
{
    size_t held = strict_heap.live_bytes;
    for (size_t i = 0; i < OBJECTS; i++)
        if (objects[i].block)
            held -= objects[i].size;
    return held;
}

static size_t bytes_rounded_up(void)
{
    size_t bytes = 0;
    for (size_t i = 0; i < OBJECTS; i++)
        if (objects[i].block && objects[i].size <= CAIRN_MAGAZINE_LARGEST)
            bytes += 15 + objects[i].size / 4;
    return bytes;
}

static void run_within(size_t budget, struct random_source *random)
{
    begin(budget);
    memset(objects, 0, sizeof(objects));
    for (int i = 0; i < 20000; i++) {
        processor = (unsigned)random_below(random, PROCESSORS + 1);
        act(&objects[random_below(random, OBJECTS)], random);
        assert_true(cache.charged <= budget);
        if (i % 500 == 0) {
            assert_true(bytes_held_back() <= budget + bytes_rounded_up());
            assert_true(cairn_magazines_cached(&cache) <= cache.charged);
        }
    }
    for (size_t i = 0; i < OBJECTS; i++)
        if (objects[i].block)
            give(objects[i].block, objects[i].size);
    assert_int_equal(strict_heap.live_bytes == 0, cache.charged == 0);
    expect_nothing_is_lost();
}

static void the_budget_is_never_exceeded(void **state)
{
    (void)state;
    static const size_t budgets[] = {0, 1, 500, 5000, 40000, PLENTY};
    struct random_source random = test_random_start();
    for (size_t i = 0; i < sizeof(budgets) / sizeof(budgets[0]); i++)
        run_within(budgets[i], &random);
}

/* The budget is of use, too: a magazine's worth of it caches. */
static void a_small_budget_caches_little(void **state)
{
    (void)state;
    begin(9000);
    fill_class(64, 300);
    expect_between(cairn_magazines_cached(&cache), 64, 9000);
    expect_nothing_is_lost();
}

/* So much of one class is freed that it would use the budget up, four times over. */
static void a_burst_of_one_class_leaves_the_others_enough(void **state)
{
    (void)state;
    begin(PLENTY);
    fill_class(4096, 1024);
    expect_between(cairn_magazines_cached(&cache), PLENTY / 2, PLENTY);
    for (size_t granules = 1; granules <= 128; granules++)
        fill_class(granules * 16, 1);
    size_t calls = inner_calls();
    for (size_t granules = 1; granules <= 128; granules++)
        give(get(granules * 16), granules * 16);
    assert_int_equal(inner_calls(), calls);
    expect_nothing_is_lost();
}

static void a_budget_of_0_rounds_nothing_up(void **state)
{
    (void)state;
    begin(0);
    for (size_t size = 1; size <= 300; size++)
        for (int i = 0; i < 8; i++) {
            void *block = get(size);
            assert_int_equal(inner.asked.size, size);
            give(block, size);
            strict_heap_expect_empty();
        }
    void *block = get(100);
    block = cairn_allocator_realloc(&cache.allocator, block, layout_of(100), 101);
    assert_int_equal(inner.reallocs, 1);
    give(block, 101);
}

/* ---- running out ---- */

static _Alignas(4096) unsigned char memory[20 << 20]; /* so large that 4 KiB are a class */
static struct cairn_heap heap;
static struct cairn_locked locked;

static void begin_over_cairn(size_t budget)
{
    assert_int_equal(cairn_heap_init(&heap, memory, sizeof(memory)), CAIRN_REGION_OK);
    locked = (struct cairn_locked)CAIRN_LOCKED(&heap.allocator, "heap");
    begin_over(&locked.allocator, budget);
}

static void all_is_flushed_before_an_alloc_fails(void **state)
{
    (void)state;
    begin_over_cairn(PLENTY);
    for (processor = 0; processor < 2; processor++)
        fill_class(512, 100 + processor * 100); /* in slots and in the depot */
    assert_true(cairn_heap_statistics(&heap).used > 60000);
    processor = 2;
    size_t all = cairn_heap_statistics(&heap).size;
    void *block = get(all);
    assert_non_null(block);
    assert_null(get(16));
    assert_null(get(all));
    give(block, all);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
    cairn_heap_check(&heap);
}

/* Somebody else's flush may have brought the memory back already, so that nothing is left to do. */
static void free_elsewhere(void)
{
    inner.refuses = false;
}

static void refuse_once(void)
{
    inner.refuses = true;
    inner.on_alloc = free_elsewhere;
}

static void an_alloc_asks_again_even_where_nothing_was_cached(void **state)
{
    (void)state;
    begin(PLENTY);
    inner.on_alloc = refuse_once;
    void *block = get(5000);
    assert_non_null(block);
    assert_int_equal(inner.allocs, 2);
    give(block, 5000);
}

static void failure_is_null_and_leaves_all_as_it_was(void **state)
{
    (void)state;
    begin(PLENTY);
    fill_class(64, 10);
    unsigned char *block = get(64);
    memset(block, 0x3c, 64);
    inner.refuses = true;
    assert_null(get(5000));
    assert_null(get(300));
    assert_null(cairn_allocator_realloc(&cache.allocator, block, layout_of(64), 5000));
    assert_null(cairn_allocator_alloc_zeroed(&cache.allocator, layout_of(300)));
    inner.refuses = false;
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(block[i], 0x3c);
    give(block, 64);
    expect_nothing_is_lost();
}

/* ---- over cairn, which shows its live blocks ---- */

/* What the heap does not keep in classes goes to it as it is: nothing is rounded up. */
static void in_a_small_heap_blocks_have_their_exact_size(void **state)
{
    (void)state;
    static _Alignas(1024) unsigned char small[64 << 10];
    void *blocks[20];
    begin_over_cairn(PLENTY);
    assert_int_equal(cairn_heap_init(&heap, small, sizeof(small)), CAIRN_REGION_OK);
    for (int i = 0; i < 20; i++)
        blocks[i] = get(130);
    assert_int_equal(cairn_heap_statistics(&heap).used, 20 * 144);
    for (int i = 0; i < 20; i++)
        give(blocks[i], 130);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
    assert_int_equal(cairn_magazines_cached(&cache), 0);
}

/* Where a cache was before, its marks may be left: they would be searched for at each dealloc. */
static void what_an_earlier_cache_left_is_no_mark(void **state)
{
    (void)state;
    enum { BLOCKS = 200 };
    uintptr_t *blocks[BLOCKS];
    begin_over_cairn(PLENTY);
    for (int i = 0; i < BLOCKS; i++)
        blocks[i] = get(64);
    for (int i = 0; i < BLOCKS; i++)
        give(blocks[i], 64);
    assert_int_equal(blocks[BLOCKS / 2][1], ~(uintptr_t)blocks[BLOCKS / 2]);
    begin_over_cairn(PLENTY);
    for (int i = 0; i < BLOCKS; i++) {
        uintptr_t *block = get(64);
        assert_int_not_equal(block[1], ~(uintptr_t)block);
    }
}

static void aligned_blocks_are_cached_too(void **state)
{
    (void)state;
    begin_over_cairn(PLENTY);
    for (size_t align = 32; align <= 1024; align *= 2) {
        struct cairn_layout layout = {align * 3 / 4, align};
        void *blocks[4];
        for (int round = 0; round < 6; round++) {
            size_t locks_before = locks;
            for (int i = 0; i < 4; i++) {
                blocks[i] = cairn_allocator_alloc(&cache.allocator, layout);
                assert_int_equal((uintptr_t)blocks[i] % align, 0);
            }
            for (int i = 0; i < 4; i++)
                cairn_allocator_dealloc(&cache.allocator, blocks[i], layout);
            if (round == 5)
                assert_int_equal(locks, locks_before);
        }
    }
    (void)cairn_magazines_flush(&cache);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
}

/* Half full and more: classes come and go, so that of one batch some blocks are of a run. */
static void around_half_full_nothing_is_lost(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    begin_over_cairn(PLENTY);
    assert_int_equal(cairn_heap_init(&heap, memory, 1 << 20), CAIRN_REGION_OK);
    memset(objects, 0, sizeof(objects));
    void *ballast = get(360 << 10);
    for (int i = 0; i < 100000; i++) {
        processor = (unsigned)random_below(&random, PROCESSORS);
        act(&objects[random_below(&random, OBJECTS)], &random);
    }
    for (size_t i = 0; i < OBJECTS; i++)
        if (objects[i].block)
            give(objects[i].block, objects[i].size);
    give(ballast, 360 << 10);
    (void)cairn_magazines_flush(&cache);
    assert_int_equal(cache.charged, 0);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
    cairn_heap_check(&heap);
}

/* A heap that grows moves its records; after that the caches look where it is now. */
static void the_heap_grows_while_caches_stand_still(void **state)
{
    (void)state;
    enum { BEFORE = 4 << 20, BLOCKS = 3000 };
    static void *blocks[BLOCKS];
    begin_over_cairn(PLENTY);
    assert_int_equal(cairn_heap_init(&heap, memory, BEFORE), CAIRN_REGION_OK);
    fill_class(1000, 100);
    void *old = get(1000);
    cairn_magazines_stop(&cache);
    assert_int_equal(cairn_heap_add_region(&heap, memory + BEFORE, sizeof(memory) - BEFORE), 0);
    memset(memory + 64, 0xff, 1024); /* where they were */
    cairn_magazines_go_on(&cache);
    give(old, 1000);
    assert_ptr_equal(get(1000), old);
    give(old, 1000);
    for (size_t i = 0; i < BLOCKS; i++)
        blocks[i] = get(1000);
    size_t cached = cairn_magazines_cached(&cache);
    assert_true((uintptr_t)blocks[BLOCKS - 1] > (uintptr_t)memory + BEFORE / 2);
    for (size_t i = 0; i < BLOCKS; i++)
        give(blocks[i], 1000);
    assert_true(cairn_magazines_cached(&cache) > cached + 100 * 1008);
    (void)cairn_magazines_flush(&cache);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
    cairn_heap_check(&heap);
}

/* As large as a class, and yet none of the heap's blocks: it goes home, and is not cached. */
static void a_promised_block_goes_home(void **state)
{
    (void)state;
    begin_over_cairn(PLENTY);
    for (int i = 0; i < 5; i++)
        fill_class(112, 5); /* 96 and the promise's head are a class of which there are runs */
    static struct cairn_promised promised[] = {CAIRN_PROMISED_UP_TO(96, 16, 1)};
    static uintptr_t words[1];
    static struct cairn_promise promise = CAIRN_PROMISE(promised, words);
    assert_true(cairn_promise_make(&promise, &locked.allocator));
    cairn_locked_allow_reentry(&locked, &promise);
    for (int unsized = 0; unsized < 2; unsized++) {
        cairn_locked_lock(&locked);
        void *block = cairn_allocator_alloc(&locked.allocator, layout_of(96));
        cairn_locked_unlock(&locked);
        assert_int_equal(cairn_promise_taken(&promise), 1);
        if (unsized)
            cairn_allocator_dealloc_unsized(&cache.allocator, block);
        else
            give(block, 96);
        assert_int_equal(cairn_promise_taken(&promise), 0);
    }
    cairn_promise_end(&promise);
}

/* ---- a handler that comes into the middle of an operation ---- */

static void *from_handler;
static size_t handler_deallocs;

static void handler_allocates(void)
{
    assert_int_equal(slots[0].busy, 1);
    from_handler = get(64);
    size_t before = inner.deallocs;
    give(get(64), 64);
    handler_deallocs = inner.deallocs - before;
}

/* The fifth alloc gives the class its magazine, and is interrupted in it. */
static void a_handler_goes_straight_to_the_inner_allocator(void **state)
{
    (void)state;
    void *blocks[5];
    begin(PLENTY);
    for (int i = 0; i < 3; i++)
        blocks[i] = get(64);
    inner.on_alloc = handler_allocates;
    blocks[3] = get(64);
    blocks[4] = get(64);
    assert_null(inner.on_alloc);
    assert_int_equal(handler_deallocs, 1);
    for (int i = 0; i < 5; i++)
        give(blocks[i], 64);
    give(from_handler, 64);
    expect_nothing_is_lost();
}

static void handler_finds_no_memory(void)
{
    assert_int_equal(slots[0].busy, 1);
    size_t before = inner.deallocs;
    inner.refuses = true;
    from_handler = get(64);
    inner.refuses = false;
    handler_deallocs = inner.deallocs - before;
}

/* It must not wait for its own processor to leave the slot. */
static void a_handler_flushes_nothing(void **state)
{
    (void)state;
    begin(PLENTY);
    fill_class(96, 20);
    give(get(64), 64);
    void *block = get(64);
    from_handler = block;
    inner.on_alloc = handler_finds_no_memory;
    give(block, 64); /* makes a magazine */
    assert_null(from_handler);
    assert_int_equal(handler_deallocs, 0);
    expect_nothing_is_lost();
}

static void handler_flushes(void)
{
    assert_int_equal(slots[0].busy, 1);
    (void)cairn_magazines_flush(&cache);
}

/* It would wait for what it interrupted, which waits for it. */
static void a_handler_that_flushes_is_told(void **state)
{
    (void)state;
    begin(PLENTY);
    fill_class(96, 20);
    inner.on_alloc = handler_flushes;
    void *volatile got;
    expect_panic(got = get(64), "magazines: stopped, flushed or counted in the middle");
    (void)got;
    slots[0].busy = 0; /* the alloc did not come back */
    expect_nothing_is_lost();
}

/* It holds its mark by accident, so that all that is cached is searched. */
static void handler_frees_a_marked_block(void)
{
    unsigned char *block = get(64);
    uintptr_t mark = ~(uintptr_t)block;
    memcpy(block + 8, &mark, sizeof(mark));
    give(block, 64);
}

/* After each block and each magazine: it must never look into one that was given up. */
static void a_handler_may_look_while_all_is_flushed(void **state)
{
    (void)state;
    begin(PLENTY);
    fill_class(64, 200);
    assert_non_null(slots[0].racks[4].bottom);
    assert_non_null(slots[0].racks[4].previous);
    size_t deallocs = inner.deallocs;
    inner.after_dealloc = handler_frees_a_marked_block;
    (void)cairn_magazines_flush(&cache);
    inner.after_dealloc = NULL;
    assert_true(inner.deallocs - deallocs > 2 * 200);
    expect_nothing_is_lost();
}

/* ---- wrong frees ---- */

static void a_second_free_is_found_at_once(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 16, 64, 100, 1000, 4096};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        for (unsigned second = 0; second < PROCESSORS; second++) {
            begin_over_cairn(PLENTY);
            fill_class(sizes[i], 4);
            void *block = get(sizes[i]);
            give(block, sizes[i]);
            processor = second;
            expect_panic(give(block, sizes[i]), "double free: block 0x");
        }
}

static void a_second_free_is_found_when_the_first_is_in_the_depot(void **state)
{
    (void)state;
    begin_over_cairn(PLENTY);
    void *block = get(64);
    fill_class(64, 10);
    give(block, 64);
    fill_class(64, 300); /* pushes its magazine away */
    processor = 1;
    fill_class(64, 100);
    void *volatile depot = cache.depots[4].magazines[CAIRN_MAGAZINE_FULL];
    if (!depot)
        fail_msg("nothing is in the depot");
    void *const *rounds = (void *const *)((char *)depot + 16);
    expect_panic(give(rounds[0], 64), "is free already; give each block back once");
}

static void a_write_after_free_is_found_before_it_is_handed_out(void **state)
{
    (void)state;
    begin_over_cairn(PLENTY);
    fill_class(64, 4);
    unsigned char *block = get(64);
    give(block, 64);
    memset(block, 0x11, 64);
    void *volatile got;
    expect_panic(got = get(64), "was written after it was freed, or freed twice");
    (void)got;
}

static void a_write_after_free_is_found_before_it_goes_home(void **state)
{
    (void)state;
    begin_over_cairn(PLENTY);
    fill_class(64, 4);
    unsigned char *block = get(64);
    give(block, 64);
    memset(block, 0x11, 64);
    expect_panic((void)cairn_magazines_flush(&cache), "was written after it was freed");
}

static void realloc_of_a_free_block_is_found(void **state)
{
    (void)state;
    for (size_t size = 60; size <= 120; size += 60) { /* in its class, and to another */
        begin_over_cairn(PLENTY);
        fill_class(64, 4);
        void *block = get(64);
        give(block, 64);
        void *volatile got;
        expect_panic(got = cairn_allocator_realloc(&cache.allocator, block, layout_of(64), size),
                     "double free: block 0x");
        (void)got;
    }
}

/* Where any block of a class serves every size of it: the mark alone tells. */
static void realloc_of_a_free_block_is_found_without_a_live_map(void **state)
{
    (void)state;
    for (size_t size = 60; size <= 120; size += 60) {
        begin(PLENTY);
        fill_class(64, 4);
        void *block = get(64);
        give(block, 64);
        void *volatile got;
        expect_panic(got = cairn_allocator_realloc(&cache.allocator, block, layout_of(64), size),
                     "double free: block 0x");
        (void)got;
        cairn_magazines_go_on(&cache); /* it was found while all stood still */
        expect_nothing_is_lost();
    }
}

/* The write hides the first free from the second; then the block is there twice, and once too much. */
static void a_second_free_behind_a_write_is_found_before_it_is_handed_out_twice(void **state)
{
    (void)state;
    begin_over_cairn(PLENTY);
    fill_class(64, 4);
    unsigned char *block = get(64);
    give(block, 64);
    memset(block, 0x11, 64);
    give(block, 64);
    assert_ptr_equal(get(64), block);
    memset(block, 0x22, 64);
    void *volatile got;
    expect_panic(got = get(64), "was written after it was freed, or freed twice");
    (void)got;
}

/* Whoever writes a block's mark into it by accident may free it. */
static void a_live_block_may_hold_its_mark(void **state)
{
    (void)state;
    unsigned char as_freed[64];
    begin_over_cairn(PLENTY);
    fill_class(64, 4);
    unsigned char *block = get(64);
    give(block, 64);
    memcpy(as_freed, block, 64);
    assert_ptr_equal(get(64), block);
    memcpy(block, as_freed, 64);
    give(block, 64); /* to the inner allocator */
    (void)cairn_magazines_flush(&cache);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
}

/* Else whoever leaves its first words alone would seem to free it twice. */
static void a_new_block_bears_no_mark(void **state)
{
    (void)state;
    begin_over_cairn(PLENTY);
    fill_class(64, 4);
    void *block = get(64);
    size_t locked_before = locks;
    for (int i = 0; i < 10; i++) {
        give(block, 64);
        assert_ptr_equal(get(64), block);
    }
    assert_int_equal(locks, locked_before);
    give(block, 64);
}

/* The classes have magazines: a dealloc would go into one, did nobody look at it first. */
static unsigned char *begin_warm(void)
{
    begin_over_cairn(PLENTY);
    fill_class(48, 10);
    fill_class(300, 10);
    fill_class(64, 10);
    return get(64);
}

static void what_is_no_block_is_found_at_once(void **state)
{
    (void)state;
    static unsigned char foreign[64];
    unsigned char *block = begin_warm();
    expect_panic(give(block + 16, 48), "16 bytes into the live block at");
    block = begin_warm();
    expect_panic(give(block, 300), "wrong layout, the block has 64 bytes");
    block = begin_warm();
    expect_panic(give(foreign, 64), "not from this heap");
    block = begin_warm();
    void *volatile got;
    expect_panic(got = cairn_allocator_realloc(&cache.allocator, block + 16, layout_of(64), 60),
                 "16 bytes into the live block at");
    (void)got;
    block = begin_warm();
    expect_panic(got = cairn_allocator_realloc(&cache.allocator, block, layout_of(300), 310),
                 "cairn: realloc of");
    (void)got;
    block = begin_warm();
    cache.allocator.operations->verify(&cache.allocator, block, layout_of(60));
    expect_panic(cache.allocator.operations->verify(&cache.allocator, block, layout_of(65)),
                 "wrong layout");
}

/* ---- realloc ---- */

static void realloc_within_a_class_stays(void **state)
{
    (void)state;
    begin(PLENTY);
    unsigned char *block = get(129);
    size_t calls = inner_calls();
    for (size_t size = 129, next = 160; size <= 160; size++, next--)
        assert_ptr_equal(
            cairn_allocator_realloc(&cache.allocator, block, layout_of(289 - next), next), block);
    assert_int_equal(inner_calls(), calls);
    give(block, 129);
}

static void realloc_across_classes_keeps_the_contents(void **state)
{
    (void)state;
    enum { MOST = CAIRN_MAGAZINE_LARGEST };
    static const size_t sizes[] = {1,        16,     17,    128,  129, MOST,
                                   MOST + 1, 200000, 50000, MOST, 200, 1};
    begin(PLENTY);
    struct object object = {get(1), 1, 0x77};
    memset(object.block, object.fill, 1);
    for (size_t i = 1; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t size = sizes[i], kept = size < object.size ? size : object.size;
        object.block =
            cairn_allocator_realloc(&cache.allocator, object.block, layout_of(object.size), size);
        expect_filled(&object, kept);
        object.size = size;
        memset(object.block, object.fill, size);
    }
    assert_int_equal(inner.reallocs, 2); /* MOST + 1 to 200000 to 50000 */
    give(object.block, 1);
    expect_nothing_is_lost();
}

/* ---- without sizes ---- */

/* A block's real size is one of the classes, its own: so it comes home. */
static void blocks_without_a_size_go_to_their_class(void **state)
{
    (void)state;
    static _Alignas(4096) unsigned char large[32 << 20];
    static struct cairn_heap large_heap;
    assert_int_equal(cairn_heap_init(&large_heap, large, sizeof(large)), CAIRN_REGION_OK);
    begin_over(&large_heap.allocator, PLENTY);
    for (size_t size = 1; size <= 4096; size += 7) {
        for (int i = 0; i < 300; i++) {
            unsigned char *block = get(size);
            assert_true(cairn_allocator_usable_size(&cache.allocator, block) >= size);
            memset(block, 0xff, size);
            cairn_allocator_dealloc_unsized(&cache.allocator, block);
        }
        expect_between(cairn_magazines_flush(&cache), 0, 2 * (5 * size + 5000));
    }
    assert_int_equal(cairn_heap_statistics(&large_heap).used, 0);
    cairn_heap_check(&large_heap);
}

static void a_second_free_without_a_size_is_found(void **state)
{
    (void)state;
    begin_over_cairn(PLENTY);
    fill_class(64, 4);
    void *block = get(64);
    cairn_allocator_dealloc_unsized(&cache.allocator, block);
    expect_panic(cairn_allocator_dealloc_unsized(&cache.allocator, block), "double free");
}

static void over_an_allocator_without_sizes_that_is_said(void **state)
{
    (void)state;
    begin(PLENTY);
    void *block = get(64);
    expect_panic(cairn_allocator_dealloc_unsized(&cache.allocator, block),
                 "allocator 'recorder' does not know the sizes of its blocks");
    expect_panic((void)cairn_allocator_usable_size(&cache.allocator, block), "'recorder'");
    give(block, 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_size_is_rounded_up_as_it_is_said, after),
        cmocka_unit_test_teardown(every_size_finds_its_class_again, after),
        cmocka_unit_test_teardown(what_no_class_fits_goes_through_as_it_is, after),
        cmocka_unit_test(size_0_is_the_inner_allocator_s),
        cmocka_unit_test_teardown(a_warm_pair_asks_nobody, after),
        cmocka_unit_test_teardown(a_rare_class_gets_no_magazine, after),
        cmocka_unit_test_teardown(a_processor_without_a_slot_is_served, after),
        cmocka_unit_test_teardown(a_processor_that_does_not_know_its_slot_finds_it, after),
        cmocka_unit_test_teardown(what_is_cached_is_counted, after),
        cmocka_unit_test_teardown(memory_comes_home_in_batches, after),
        cmocka_unit_test_teardown(a_slot_is_flushed_alone, after),
        cmocka_unit_test_teardown(while_stopped_all_goes_to_the_inner_allocator, after),
        cmocka_unit_test_teardown(after_a_fork_no_slot_is_left_busy, after),
        cmocka_unit_test_teardown(the_budget_is_never_exceeded, after),
        cmocka_unit_test_teardown(a_small_budget_caches_little, after),
        cmocka_unit_test_teardown(a_burst_of_one_class_leaves_the_others_enough, after),
        cmocka_unit_test_teardown(a_budget_of_0_rounds_nothing_up, after),
        cmocka_unit_test(all_is_flushed_before_an_alloc_fails),
        cmocka_unit_test_teardown(an_alloc_asks_again_even_where_nothing_was_cached, after),
        cmocka_unit_test_teardown(failure_is_null_and_leaves_all_as_it_was, after),
        cmocka_unit_test(in_a_small_heap_blocks_have_their_exact_size),
        cmocka_unit_test(what_an_earlier_cache_left_is_no_mark),
        cmocka_unit_test(aligned_blocks_are_cached_too),
        cmocka_unit_test(around_half_full_nothing_is_lost),
        cmocka_unit_test(the_heap_grows_while_caches_stand_still),
        cmocka_unit_test(a_promised_block_goes_home),
        cmocka_unit_test_teardown(a_handler_goes_straight_to_the_inner_allocator, after),
        cmocka_unit_test_teardown(a_handler_flushes_nothing, after),
        cmocka_unit_test_teardown(a_handler_that_flushes_is_told, after),
        cmocka_unit_test_teardown(a_handler_may_look_while_all_is_flushed, after),
        cmocka_unit_test(a_second_free_is_found_at_once),
        cmocka_unit_test(a_second_free_is_found_when_the_first_is_in_the_depot),
        cmocka_unit_test(a_write_after_free_is_found_before_it_is_handed_out),
        cmocka_unit_test(a_write_after_free_is_found_before_it_goes_home),
        cmocka_unit_test(realloc_of_a_free_block_is_found),
        cmocka_unit_test_teardown(realloc_of_a_free_block_is_found_without_a_live_map, after),
        cmocka_unit_test(a_second_free_behind_a_write_is_found_before_it_is_handed_out_twice),
        cmocka_unit_test(a_live_block_may_hold_its_mark),
        cmocka_unit_test(a_new_block_bears_no_mark),
        cmocka_unit_test(what_is_no_block_is_found_at_once),
        cmocka_unit_test_teardown(realloc_within_a_class_stays, after),
        cmocka_unit_test_teardown(realloc_across_classes_keeps_the_contents, after),
        cmocka_unit_test(blocks_without_a_size_go_to_their_class),
        cmocka_unit_test(a_second_free_without_a_size_is_found),
        cmocka_unit_test_teardown(over_an_allocator_without_sizes_that_is_said, after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
