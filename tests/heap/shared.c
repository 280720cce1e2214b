/* SPDX-License-Identifier: MIT */
/*
 * The shared heap, one step at a time: the test itself says which processor runs. What threads do at
 * the same time is tests/threads/shared_heap.c.
 */
#include "test.h"

#include <string.h>

#include <cairn/base/host.h>
#include <cairn/shared_heap.h>

enum { LARGE = 8 << 20, STEP = 1 << 20, SMALL = 256 << 10, PROCESSORS = 3 };

/* ---- the host: the processor that runs is a variable ---- */

#define UNKNOWN (~0U)

CAIRN_HOST_PER_THREAD unsigned cairn_host_known_slot;
static unsigned running;
static void (*at_barrier)(void);

unsigned cairn_host_slot(void)
{
    cairn_host_known_slot = running;
    return running;
}

void cairn_host_barrier_everywhere(void)
{
    if (at_barrier)
        at_barrier();
}

static void run_on(unsigned processor)
{
    running = cairn_host_known_slot = processor;
}

/* ---- the heap ---- */

static _Alignas(4096) unsigned char memory[LARGE];
static struct cairn_heap heap;
static struct cairn_locked locked;
static struct cairn_processor processors[PROCESSORS];
static struct cairn_shared_heap shared;

static void begin(size_t size)
{
    memset(memory, 0xa5, sizeof(memory));
    memset(processors, 0, sizeof(processors));
    at_barrier = NULL;
    run_on(0);
    locked = (struct cairn_locked)CAIRN_LOCKED(&heap.allocator, "heap");
    shared =
        (struct cairn_shared_heap)CAIRN_SHARED_HEAP(&heap, &locked, &locked.allocator, processors);
    assert_int_equal(cairn_shared_heap_init(&shared, memory, size), CAIRN_REGION_OK);
}

static struct cairn_layout layout_of(size_t size)
{
    return (struct cairn_layout){size, 8};
}

static void *get(size_t size)
{
    void *block = cairn_allocator_alloc(&shared.allocator, layout_of(size));
    assert_non_null(block);
    memset(block, 0x5c, size);
    return block;
}

static void give(void *block, size_t size)
{
    cairn_allocator_dealloc(&shared.allocator, block, layout_of(size));
}

/* Until the running processor has a slab of this size. */
static void warm(size_t size)
{
    void *blocks[8];
    for (size_t i = 0; i < 8; i++)
        blocks[i] = get(size);
    for (size_t i = 0; i < 8; i++)
        give(blocks[i], size);
}

static size_t returned_to(unsigned processor)
{
    return processors[processor].owner.returned;
}

static void expect_nothing_is_lost(void)
{
    (void)cairn_shared_heap_flush(&shared);
    cairn_heap_check(&heap);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
    assert_int_equal(cairn_heap_statistics(&heap).cached, 0);
}

/* ---- whose memory ---- */

static void a_warm_pair_takes_no_lock(void **state)
{
    (void)state;
    begin(LARGE);
    warm(48);
    cairn_locked_lock(&locked); /* which is not taken twice */
    give(get(48), 48);
    assert_int_equal(cairn_allocator_usable_size(&shared.allocator, get(48)), 48);
    cairn_locked_unlock(&locked);
}

static void a_processor_has_room_for_its_stacks(void **state)
{
    (void)state;
    begin(LARGE);
    warm(48);
    const struct cairn_heap_class *last = &processors[0].owner.classes[CAIRN_SIZE_CLASSES - 1];
    const uint32_t *end = (const uint32_t *)(const void *)&processors[1];
    assert_true(last->stack + last->limit <= end);
}

/* Each processor has objects of slabs of its own, and none that another uses. */
static void processors_have_slabs_of_their_own(void **state)
{
    (void)state;
    void *blocks[PROCESSORS];
    begin(LARGE);
    for (unsigned i = 0; i < PROCESSORS; i++) {
        run_on(i);
        warm(48);
        blocks[i] = get(48);
        for (unsigned j = 0; j < i; j++)
            assert_true((uintptr_t)blocks[i] / 1024 != (uintptr_t)blocks[j] / 1024);
    }
    for (unsigned i = 0; i < PROCESSORS; i++)
        give(blocks[i], 48); /* all by the last one */
    assert_true(returned_to(0) && returned_to(1) && !returned_to(2));
    expect_nothing_is_lost();
}

/* More than the stack holds goes back and comes again, each object once. */
static void what_was_returned_is_used_again(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    static void *blocks[MANY];
    begin(LARGE);
    for (int round = 0; round < 20; round++) {
        run_on(0);
        for (size_t i = 0; i < MANY; i++)
            blocks[i] = get(48);
        run_on(1);
        for (size_t i = 0; i < MANY; i++)
            give(blocks[i], 48);
    }
    assert_true(cairn_heap_statistics(&heap).peak < (size_t)2 * MANY * 48);
    expect_nothing_is_lost();
}

/* Else each free of the owner's would have to look for its object among those. */
static void what_was_returned_is_collected_by_an_owner_that_only_frees(void **state)
{
    (void)state;
    void *blocks[64];
    begin(LARGE);
    warm(48);
    for (size_t i = 0; i < 64; i++)
        blocks[i] = get(48);
    run_on(1);
    give(blocks[0], 48);
    run_on(0);
    assert_true(returned_to(0));
    for (size_t i = 1; i < 64; i++)
        give(blocks[i], 48);
    assert_false(returned_to(0));
    expect_nothing_is_lost();
}

static void a_processor_without_a_number_is_served(void **state)
{
    (void)state;
    begin(LARGE);
    warm(48);
    void *block = get(48);
    run_on(PROCESSORS);
    give(block, 48); /* of slab memory */
    give(get(48), 48);
    cairn_allocator_dealloc_unsized(&shared.allocator, get(3000));
    assert_true(returned_to(0));
    expect_nothing_is_lost();
}

static void a_processor_finds_its_number(void **state)
{
    (void)state;
    begin(LARGE);
    warm(48);
    void *block = get(48);
    cairn_host_known_slot = UNKNOWN;
    give(block, 48);
    assert_int_equal(cairn_host_known_slot, 0);
    cairn_host_known_slot = UNKNOWN;
    assert_ptr_equal(get(48), block); /* from a stack that has something */
    give(block, 48);
    expect_nothing_is_lost();
}

static void a_small_heap_is_used_under_its_lock(void **state)
{
    (void)state;
    begin(SMALL);
    warm(48);
    assert_int_equal(processors[0].owner.number, 0);
    give(get(48), 48);
    expect_nothing_is_lost();
}

static void a_heap_that_was_not_shared_is_used_under_its_lock(void **state)
{
    (void)state;
    begin(LARGE);
    assert_int_equal(cairn_heap_init(&heap, memory, LARGE), CAIRN_REGION_OK);
    warm(48);
    assert_int_equal(processors[0].owner.number, 0);
    expect_nothing_is_lost();
}

/* ---- growing, and memory that runs out ---- */

static void the_heap_grows_while_all_stand_still(void **state)
{
    (void)state;
    void *blocks[PROCESSORS];
    begin(STEP); /* which has no slabs yet */
    for (size_t size = STEP; size < LARGE; size += STEP) {
        for (unsigned i = 0; i < PROCESSORS; i++) {
            run_on(i);
            warm(100);
            blocks[i] = get(100);
        }
        cairn_shared_heap_stop(&shared);
        cairn_locked_lock(&locked);
        assert_int_equal(cairn_heap_add_region(&heap, memory + size, STEP), CAIRN_REGION_OK);
        cairn_locked_unlock(&locked);
        cairn_shared_heap_go_on(&shared);
        for (unsigned i = 0; i < PROCESSORS; i++)
            give(blocks[i], 100);
    }
    assert_true(processors[0].owner.number == 1 && processors[2].owner.number == 3);
    expect_nothing_is_lost();
}

/* Stacks, returned objects, empty slabs, and single objects between live ones. */
static void nothing_is_kept_that_a_refusal_would_have_needed(void **state)
{
    (void)state;
    enum { MANY = 20000, SIZE = 64 };
    static void *blocks[MANY];
    begin(LARGE);
    for (size_t i = 0; i < MANY; i++) {
        run_on((unsigned)(i % 2));
        blocks[i] = get(SIZE);
    }
    run_on(2);
    for (size_t i = 0; i < MANY; i += 4)
        give(blocks[i], SIZE);
    run_on(0);
    for (size_t i = 1; i < MANY; i += 4)
        give(blocks[i], SIZE);
    size_t count = 0;
    while (cairn_allocator_alloc(&shared.allocator, layout_of(SIZE)))
        count++;
    cairn_heap_check(&heap);
    struct cairn_heap_statistics all = cairn_heap_statistics(&heap);
    assert_true(count >= MANY / 2);
    assert_true(all.cached == 0 && all.largest_free < SIZE);
}

static void a_large_block_gets_what_others_own(void **state)
{
    (void)state;
    begin(LARGE);
    for (unsigned i = 0; i < PROCESSORS; i++) {
        run_on(i);
        for (size_t size = 16; size < 1000; size += 16)
            warm(size);
    }
    size_t all = cairn_heap_statistics(&heap).size;
    void *block = cairn_allocator_alloc(&shared.allocator, layout_of(all));
    assert_non_null(block);
    cairn_allocator_dealloc(&shared.allocator, block, layout_of(all));
    expect_nothing_is_lost();
}

/* ---- while all stand still ---- */

static void while_stopped_the_lock_is_taken(void **state)
{
    (void)state;
    begin(LARGE);
    warm(48);
    void *block = get(48);
    uint32_t count = processors[0].owner.classes[3].count;
    cairn_shared_heap_stop(&shared);
    assert_true(cairn_shared_heap_stopped_by_caller(&shared));
    give(get(48), 48);
    give(block, 48); /* returned, though it is the owner who does it */
    assert_int_equal(processors[0].owner.classes[3].count, count);
    cairn_shared_heap_go_on(&shared);
    assert_false(cairn_shared_heap_stopped_by_caller(&shared));
    assert_true(returned_to(0));
    expect_nothing_is_lost();
}

static void after_a_fork_no_processor_is_left_busy(void **state)
{
    (void)state;
    begin(LARGE);
    warm(48);
    cairn_shared_heap_stop(&shared);
    processors[1].busy = 1; /* it just came, and would see that the heap is closed */
    cairn_shared_heap_go_on_alone(&shared);
    run_on(1);
    warm(48);
    assert_int_equal(processors[1].owner.number, 2);
    expect_nothing_is_lost();
}

/* ---- a handler that interrupts its processor inside ---- */

static void a_handler_goes_to_the_heap(void **state)
{
    (void)state;
    begin(LARGE);
    warm(48);
    void *block = get(48);
    processors[0].busy = 1;
    void *other = get(48);
    give(block, 48);
    cairn_allocator_dealloc_unsized(&shared.allocator, other);
    processors[0].busy = 0;
    assert_true(returned_to(0));
    expect_nothing_is_lost();
}

static void a_handler_that_finds_no_memory_waits_for_nobody(void **state)
{
    (void)state;
    begin(LARGE);
    warm(48);
    processors[0].busy = 1;
    assert_null(cairn_allocator_alloc(&shared.allocator, layout_of(LARGE)));
    expect_panic((void)cairn_shared_heap_flush(&shared), "in the middle of an operation");
    processors[0].busy = 0;
}

/* ---- invalid frees, by the owner and by another, by the operation's own name ---- */

static void *kept;

static void start_with_one(unsigned owner)
{
    begin(LARGE);
    run_on(owner);
    warm(100);
    kept = get(100);
}

static void invalid_frees_are_found(void **state)
{
    (void)state;
    for (unsigned by = 0; by < PROCESSORS + 1; by++) {
        start_with_one(0);
        run_on(by);
        give(kept, 100);
        expect_panic(give(kept, 100), "dealloc of");
        start_with_one(0);
        run_on(by);
        give(kept, 100);
        expect_panic(cairn_allocator_dealloc_unsized(&shared.allocator, kept), "free of");
        start_with_one(0);
        run_on(by);
        expect_panic(give((char *)kept + 16, 100), "16 bytes into the live block");
        start_with_one(0);
        run_on(by);
        expect_panic(give(kept, 200), "wrong layout");
        start_with_one(0);
        run_on(by);
        expect_panic(give((char *)kept + 1, 100), "1 bytes into the live block");
        start_with_one(0);
        run_on(by);
        expect_panic(give(&kept, 100), "not from this heap");
    }
}

/* First by one, then by another, in each order. */
static void a_second_free_from_elsewhere_is_found(void **state)
{
    (void)state;
    for (unsigned first = 0; first < PROCESSORS; first++)
        for (unsigned second = 0; second < PROCESSORS; second++) {
            start_with_one(0);
            run_on(first);
            give(kept, 100);
            run_on(second);
            expect_panic(give(kept, 100), "double free");
        }
}

static void realloc_of_a_free_object_is_found(void **state)
{
    (void)state;
    start_with_one(0);
    run_on(1);
    give(kept, 100);
    void *volatile resized;
    expect_panic(resized = cairn_allocator_realloc(&shared.allocator, kept, layout_of(100), 500),
                 "double free, or never allocated");
    (void)resized;
}

/* Until the running processor has no object left, and looks what was returned. */
static void use_up(size_t size)
{
    for (int i = 0; i < 3000; i++)
        (void)get(size);
}

/* A word of the metadata that leads to another's slab. */
static void a_list_that_was_written_to_is_found(void **state)
{
    (void)state;
    start_with_one(0);
    run_on(2);
    warm(100);
    run_on(1);
    give(kept, 100);
    processors[2].owner.returned = processors[0].owner.returned;
    run_on(2);
    expect_panic(use_up(100), "the list of returned objects is corrupted");
}

/* ---- random actions against a model ---- */

enum { BLOCKS = 400, ACTIONS = 60000 };

static struct model_block {
    unsigned char *block;
    size_t size;
    unsigned char pattern;
} blocks[BLOCKS];

static void check_whole(const struct model_block *model)
{
    for (size_t i = 0; i < model->size; i++)
        assert_int_equal(model->block[i], model->pattern);
}

static void fill(struct model_block *model, size_t size, unsigned char pattern)
{
    model->size = size;
    model->pattern = pattern;
    memset(model->block, pattern, size);
}

static void free_block(struct model_block *model, bool unsized)
{
    check_whole(model);
    if (unsized)
        cairn_allocator_dealloc_unsized(&shared.allocator, model->block);
    else
        cairn_allocator_dealloc(&shared.allocator, model->block, layout_of(model->size));
    model->block = NULL;
}

static void resize_block(struct model_block *model, size_t size, unsigned char pattern)
{
    check_whole(model);
    unsigned char *resized =
        cairn_allocator_realloc(&shared.allocator, model->block, layout_of(model->size), size);
    if (!resized)
        return;
    model->block = resized;
    model->size = size < model->size ? size : model->size;
    check_whole(model);
    fill(model, size, pattern);
}

static void act(struct random_source *random, size_t largest)
{
    struct model_block *model = &blocks[random_below(random, BLOCKS)];
    size_t size = 1 + random_below(random, random_one_in(random, 4) ? largest : 200);
    unsigned char pattern = (unsigned char)random_next(random);
    run_on((unsigned)random_below(random, PROCESSORS + 1));
    if (!model->block) {
        model->block = cairn_allocator_alloc(&shared.allocator, layout_of(size));
        if (model->block)
            fill(model, size, pattern);
    } else if (random_one_in(random, 4)) {
        resize_block(model, size, pattern);
    } else {
        free_block(model, random_one_in(random, 2));
    }
    if (random_one_in(random, 2000)) {
        cairn_shared_heap_stop(&shared);
        cairn_heap_check(&heap);
        cairn_shared_heap_go_on(&shared);
    }
}

static void act_in(size_t heap_size, size_t largest)
{
    struct random_source random = test_random_start();
    begin(heap_size);
    memset(blocks, 0, sizeof(blocks));
    for (size_t i = 0; i < ACTIONS; i++)
        act(&random, largest);
    for (size_t i = 0; i < BLOCKS; i++)
        if (blocks[i].block)
            free_block(&blocks[i], true);
    expect_nothing_is_lost();
}

static void random_actions(void **state)
{
    (void)state;
    act_in(LARGE, 5000);
}

static void random_actions_where_memory_is_scarce(void **state)
{
    (void)state;
    act_in(2200 << 10, 30000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_warm_pair_takes_no_lock),
        cmocka_unit_test(a_processor_has_room_for_its_stacks),
        cmocka_unit_test(processors_have_slabs_of_their_own),
        cmocka_unit_test(what_was_returned_is_used_again),
        cmocka_unit_test(what_was_returned_is_collected_by_an_owner_that_only_frees),
        cmocka_unit_test(a_processor_without_a_number_is_served),
        cmocka_unit_test(a_processor_finds_its_number),
        cmocka_unit_test(a_small_heap_is_used_under_its_lock),
        cmocka_unit_test(a_heap_that_was_not_shared_is_used_under_its_lock),
        cmocka_unit_test(the_heap_grows_while_all_stand_still),
        cmocka_unit_test(nothing_is_kept_that_a_refusal_would_have_needed),
        cmocka_unit_test(a_large_block_gets_what_others_own),
        cmocka_unit_test(while_stopped_the_lock_is_taken),
        cmocka_unit_test(after_a_fork_no_processor_is_left_busy),
        cmocka_unit_test(a_handler_goes_to_the_heap),
        cmocka_unit_test(a_handler_that_finds_no_memory_waits_for_nobody),
        cmocka_unit_test(invalid_frees_are_found),
        cmocka_unit_test(a_second_free_from_elsewhere_is_found),
        cmocka_unit_test(realloc_of_a_free_object_is_found),
        cmocka_unit_test(a_list_that_was_written_to_is_found),
        cmocka_unit_test(random_actions),
        cmocka_unit_test(random_actions_where_memory_is_scarce),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
