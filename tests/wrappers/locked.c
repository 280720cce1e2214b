/* SPDX-License-Identifier: MIT */
/*
 * The locked wrapper: that every operation holds the lock, once and no longer than it must, and
 * what becomes of one that comes inside another.
 */
#include "test.h"

#include <pthread.h>
#include <string.h>

#include <cairn/heap.h>
#include <cairn/linked_list.h>
#include <cairn/locked.h>

#include "spy.h"
#include "strict_heap.h"

static struct spy spy;
static struct cairn_locked locked = CAIRN_LOCKED(&spy.allocator, "test heap");
static size_t calls_under_lock;

static void expect_lock_held(struct spy *self)
{
    (void)self;
    assert_true(cairn_spinlock_held_by_caller(&locked.lock));
    calls_under_lock++;
}

static void begin(const struct cairn_allocator_operations *operations)
{
    spy = (struct spy){.allocator = {operations}, .on_call = expect_lock_held};
    calls_under_lock = 0;
}

static int after(void **state)
{
    (void)state;
    strict_heap_expect_empty();
    return 0;
}

static void use_all_four_operations(void)
{
    struct cairn_allocator *allocator = &locked.allocator;
    struct cairn_layout small = {8, 8}, large = {800, 8};
    unsigned char *block = cairn_allocator_alloc(allocator, small);
    memset(block, 41, 8);
    assert_false(cairn_spinlock_held_by_caller(&locked.lock));
    block = cairn_allocator_realloc(allocator, block, small, large.size);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(block[i], 41);
    assert_false(cairn_spinlock_held_by_caller(&locked.lock));
    cairn_allocator_dealloc(allocator, block, large);
    assert_false(cairn_spinlock_held_by_caller(&locked.lock));
    block = cairn_allocator_alloc_zeroed(allocator, large);
    for (size_t i = 0; i < 800; i++)
        assert_int_equal(block[i], 0);
    assert_false(cairn_spinlock_held_by_caller(&locked.lock));
    cairn_allocator_dealloc(allocator, block, large);
}

static void each_operation_is_one_call_under_the_lock(void **state)
{
    (void)state;
    begin(&spy_operations);
    use_all_four_operations();
    spy_expect(&spy, 1, 2, 1, 1);
    assert_int_equal(calls_under_lock, 5);
}

/* ---- The lock gives interrupts back when it is left; the linker gives it these (--wrap) ---- */

static size_t locks;         /* how often the lock was taken */
static size_t new_at_unlock; /* how often the last block was as the strict heap gave it */

cairn_host_interrupt_state __wrap_cairn_host_interrupts_disable(void);
void __wrap_cairn_host_interrupts_restore(cairn_host_interrupt_state state);

cairn_host_interrupt_state __wrap_cairn_host_interrupts_disable(void)
{
    locks++;
    return 0;
}

void __wrap_cairn_host_interrupts_restore(cairn_host_interrupt_state state)
{
    (void)state;
    const unsigned char *last = spy.last;
    if (last && *last == STRICT_HEAP_RUBBISH)
        new_at_unlock++;
}

/* The defaults are those of the wrapper: alloc and dealloc under the lock, the rest outside. */
static void bytes_are_set_and_copied_outside_the_lock(void **state)
{
    (void)state;
    begin(&spy_least_operations);
    new_at_unlock = 0;
    use_all_four_operations();
    spy_expect(&spy, 3, 3, 0, 0);
    assert_int_equal(calls_under_lock, 6);
    assert_int_equal(new_at_unlock, 3); /* of alloc, realloc and alloc_zeroed */
}

static void failure_gives_the_lock_back(void **state)
{
    (void)state;
    struct cairn_layout huge = {(size_t)1 << 40, 8}, small = {8, 8};
    const struct cairn_allocator_operations *both[] = {&spy_operations, &spy_least_operations};
    for (size_t i = 0; i < 2; i++) {
        begin(both[i]);
        assert_null(cairn_allocator_alloc(&locked.allocator, huge));
        assert_null(cairn_allocator_alloc_zeroed(&locked.allocator, huge));
        void *block = cairn_allocator_alloc(&locked.allocator, small);
        assert_null(cairn_allocator_realloc(&locked.allocator, block, small, huge.size));
        cairn_allocator_dealloc(&locked.allocator, block, small);
        assert_false(cairn_spinlock_held_by_caller(&locked.lock));
    }
}

/* ---- The inner allocator, reached by its owner ---- */

static void the_inner_allocator_is_reached_under_the_lock(void **state)
{
    (void)state;
    static _Alignas(16) unsigned char memory[64];
    static struct cairn_linked_list heap = CAIRN_LINKED_LIST_EMPTY;
    static struct cairn_locked locked_heap = CAIRN_LOCKED(&heap.allocator, "heap");
    struct cairn_layout layout = {64, 1};
    assert_null(cairn_allocator_alloc(&locked_heap.allocator, layout));

    cairn_locked_lock(&locked_heap);
    assert_true(cairn_spinlock_held_by_caller(&locked_heap.lock));
    enum cairn_region_error error = cairn_linked_list_init(&heap, memory, sizeof(memory));
    cairn_locked_unlock(&locked_heap);

    assert_false(cairn_spinlock_held_by_caller(&locked_heap.lock));
    assert_int_equal(error, CAIRN_REGION_OK);
    assert_ptr_equal(cairn_allocator_alloc(&locked_heap.allocator, layout), memory);
}

/* As an exception does that comes while the lock is held, and allocates. */
static void entering_again_panics_with_the_name_and_place(void **state)
{
    (void)state;
    static struct cairn_linked_list heap = CAIRN_LINKED_LIST_EMPTY;
    static struct cairn_locked entered = CAIRN_LOCKED(&heap.allocator, "entered heap");
    struct cairn_layout layout = {8, 8};
    char block[8];
    void *volatile got;
    cairn_locked_lock(&entered);
    expect_panic(got = cairn_allocator_alloc(&entered.allocator, layout),
                 "lock 'entered heap' is already held by this processor, which took it at "
                 "tests/wrappers/locked.c:");
    expect_panic(got = cairn_allocator_alloc_zeroed(&entered.allocator, layout), "'entered heap'");
    expect_panic(got = cairn_allocator_realloc(&entered.allocator, block, layout, 9),
                 "'entered heap'");
    expect_panic(cairn_allocator_dealloc(&entered.allocator, block, layout), "'entered heap'");
    (void)got;
    cairn_locked_unlock(&entered);
    expect_panic(cairn_locked_unlock(&entered), "'entered heap' is not held");
}

/* ---- Re-entry: a handler that comes while the lock is held, as the spy's on_call ---- */

static const struct cairn_layout small = {24, 8};

/* What the handler does once, and what it got. */
static void (*handler)(void);
static void *handler_block;

static void interrupt(struct spy *self)
{
    (void)self;
    void (*once)(void) = handler;
    handler = NULL;
    if (once)
        once();
}

static void begin_reentry(enum cairn_reentry reentry)
{
    locked = (struct cairn_locked)CAIRN_LOCKED(&spy.allocator, "test heap");
    cairn_locked_set_reentry(&locked, reentry);
    spy = (struct spy){.allocator = {&spy_operations}, .on_call = interrupt};
    handler_block = NULL;
}

static void *get_small(void)
{
    return cairn_allocator_alloc(&locked.allocator, small);
}

static void give_small(void *block)
{
    cairn_allocator_dealloc(&locked.allocator, block, small);
}

/* One operation, with the handler in its middle. */
static void interrupt_with(void (*what)(void))
{
    handler = what;
    give_small(get_small());
    assert_null(handler);
    assert_false(cairn_spinlock_held_by_caller(&locked.lock));
}

static void handler_allocs(void)
{
    handler_block = get_small();
}

static void handler_deallocs(void)
{
    give_small(handler_block);
}

static void handler_reallocs(void)
{
    void *block = cairn_allocator_realloc(&locked.allocator, handler_block, small, 40);
    assert_true(block == NULL || locked.reentry == CAIRN_REENTRY_ALLOWED);
    handler_block = block ? block : handler_block;
}

static void deferred_allocs_give_null_and_are_counted(void **state)
{
    (void)state;
    begin_reentry(CAIRN_REENTRY_DEFERRED);
    for (size_t i = 1; i <= 3; i++) {
        handler_block = &spy;
        interrupt_with(handler_allocs);
        assert_null(handler_block);
        assert_int_equal(locked.refused, i);
    }
    handler_block = get_small();
    void *before = handler_block;
    memset(before, 0x41, 24);
    interrupt_with(handler_reallocs);
    assert_ptr_equal(handler_block, before); /* untouched, and still owned */
    for (size_t i = 0; i < 24; i++)
        assert_int_equal(((unsigned char *)before)[i], 0x41);
    give_small(before);
    assert_int_equal(locked.refused, 4);
}

static void deferred_deallocs_wait_for_the_next_operation(void **state)
{
    (void)state;
    begin_reentry(CAIRN_REENTRY_DEFERRED);
    handler_block = get_small();
    handler = handler_deallocs;
    void *block = get_small();
    assert_int_equal(strict_heap.live, 2);
    assert_ptr_equal(locked.deferred, handler_block);
    give_small(block); /* first what was deferred */
    assert_int_equal(strict_heap.live, 0);
    assert_null(locked.deferred);
}

static void *to_free[5];

static void handler_deallocs_many(void)
{
    for (size_t i = 0; i < 5; i++)
        cairn_allocator_dealloc(&locked.allocator, to_free[i],
                                (struct cairn_layout){16 + i * 1000, (size_t)1 << i});
}

/* The strict heap compares each layout with the one that the block was allocated with. */
static void settle_gives_back_each_with_its_layout(void **state)
{
    (void)state;
    begin_reentry(CAIRN_REENTRY_DEFERRED);
    for (size_t i = 0; i < 5; i++)
        to_free[i] = cairn_allocator_alloc(&locked.allocator,
                                           (struct cairn_layout){16 + i * 1000, (size_t)1 << i});
    handler = handler_deallocs_many;
    void *block = get_small();
    assert_int_equal(strict_heap.live, 6);
    assert_int_equal(cairn_locked_settle(&locked), 5);
    assert_int_equal(strict_heap.live, 1);
    assert_int_equal(cairn_locked_settle(&locked), 0);
    give_small(block);
}

static void refused_reentry_panics(void **state)
{
    (void)state;
    begin_reentry(CAIRN_REENTRY_REFUSED);
    void *block = get_small();
    cairn_locked_lock(&locked);
    expect_panic((void)!get_small(), "lock 'test heap' is already held by this processor");
    expect_panic(give_small(block), "lock 'test heap' is already held by this processor");
    cairn_locked_unlock(&locked);
    assert_int_equal(locked.refused, 0);
    give_small(block);
}

/* ---- Re-entry that is allowed: a promise serves it ---- */

static struct cairn_promised promised[] = {CAIRN_PROMISED_UP_TO(32, 16, 4)};
static uintptr_t words[CAIRN_PROMISE_WORDS(4)];
static struct cairn_promise promise = CAIRN_PROMISE(promised, words);

static void begin_allowed(void)
{
    begin_reentry(CAIRN_REENTRY_REFUSED);
    assert_true(cairn_promise_make(&promise, &locked.allocator));
    cairn_locked_allow_reentry(&locked, &promise);
}

static void allowed_allocs_come_from_the_promise(void **state)
{
    (void)state;
    void *blocks[4];
    begin_allowed();
    for (size_t i = 0; i < 4; i++) {
        interrupt_with(handler_allocs);
        assert_true(cairn_promise_owns(&promise, handler_block));
        assert_int_equal(cairn_promise_taken(&promise), i + 1);
        memset(handler_block, 0x20 + (int)i, 32);
        blocks[i] = handler_block;
    }
    interrupt_with(handler_allocs); /* all are in use */
    assert_null(handler_block);
    assert_int_equal(locked.refused, 1);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(((unsigned char *)blocks[i])[31], 0x20 + i);
    handler_block = blocks[2];
    interrupt_with(handler_deallocs); /* at once, from a handler */
    give_small(blocks[0]);            /* and from elsewhere */
    assert_int_equal(cairn_promise_taken(&promise), 2);
    assert_null(locked.deferred);
    give_small(blocks[1]);
    cairn_allocator_dealloc(&promise.allocator, blocks[3], small); /* and to the promise itself */
    cairn_promise_end(&promise);
}

static void handler_asks_too_much(void)
{
    struct cairn_layout large = {33, 8}, aligned = {16, 32}, fits = {32, 16};
    assert_null(cairn_allocator_alloc(&locked.allocator, large));
    assert_null(cairn_allocator_alloc(&locked.allocator, aligned));
    handler_block = cairn_allocator_alloc_zeroed(&locked.allocator, fits);
}

static void the_promise_serves_what_fits_alone(void **state)
{
    (void)state;
    begin_allowed();
    interrupt_with(handler_asks_too_much);
    assert_int_equal(locked.refused, 2);
    assert_non_null(handler_block);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(((unsigned char *)handler_block)[i], 0);
    cairn_allocator_dealloc(&locked.allocator, handler_block, (struct cairn_layout){32, 16});
    cairn_promise_end(&promise);
}

/* A promised block may grow out of the promise, later, when the heap itself can serve. */
static void realloc_leaves_the_promise(void **state)
{
    (void)state;
    begin_allowed();
    interrupt_with(handler_allocs);
    memset(handler_block, 0x63, 24);
    assert_true(cairn_promise_owns(&promise, handler_block));
    unsigned char *block = cairn_allocator_realloc(&locked.allocator, handler_block, small, 4000);
    assert_false(cairn_promise_owns(&promise, block));
    for (size_t i = 0; i < 24; i++)
        assert_int_equal(block[i], 0x63);
    cairn_allocator_dealloc(&locked.allocator, block, (struct cairn_layout){4000, 8});
    cairn_promise_end(&promise);
}

static void wrong_frees_of_promised_blocks_are_found(void **state)
{
    (void)state;
    begin_allowed();
    interrupt_with(handler_allocs);
    expect_panic(give_small((char *)handler_block + 8), "8 bytes into the block at");
    give_small(handler_block);
    expect_panic(give_small(handler_block), "double free");
    cairn_promise_end(&promise);
}

static void a_promise_that_is_not_made_is_refused(void **state)
{
    (void)state;
    begin_reentry(CAIRN_REENTRY_DEFERRED);
    expect_panic(cairn_locked_allow_reentry(&locked, &promise), "cairn_promise_make()");
    expect_panic(cairn_locked_set_reentry(&locked, CAIRN_REENTRY_ALLOWED),
                 "re-entry is allowed by cairn_locked_allow_reentry()");
    assert_int_equal(locked.reentry, CAIRN_REENTRY_DEFERRED);
}

/* Then it is as with "deferred". */
static void a_promise_that_has_ended_serves_nothing(void **state)
{
    (void)state;
    begin_allowed();
    cairn_promise_end(&promise);
    handler_block = &spy;
    interrupt_with(handler_allocs);
    assert_null(handler_block);
    assert_int_equal(locked.refused, 1);
}

static void a_policy_that_changes_lets_promised_blocks_return(void **state)
{
    (void)state;
    begin_allowed();
    interrupt_with(handler_allocs);
    void *block = handler_block;
    cairn_locked_set_reentry(&locked, CAIRN_REENTRY_DEFERRED);
    interrupt_with(handler_allocs);
    assert_null(handler_block);
    give_small(block);
    cairn_promise_end(&promise);
}

/* ---- Re-entry over cairn: blocks without a size, and looks at blocks ---- */

static _Alignas(1024) unsigned char cairn_memory[8192];
static struct cairn_heap cairn_heap;

static void deferred_without_a_size(void **state)
{
    (void)state;
    assert_int_equal(cairn_heap_init(&cairn_heap, cairn_memory, sizeof(cairn_memory)), 0);
    locked = (struct cairn_locked)CAIRN_LOCKED(&cairn_heap.allocator, "cairn");
    cairn_locked_set_reentry(&locked, CAIRN_REENTRY_DEFERRED);
    void *blocks[2] = {get_small(), get_small()};
    cairn_locked_lock(&locked);
    cairn_allocator_dealloc_unsized(&locked.allocator, blocks[0]);
    give_small(blocks[1]);
    cairn_allocator_verify(&locked.allocator, blocks, small); /* is not looked at */
    assert_int_equal(cairn_allocator_usable_size(&locked.allocator, blocks[0]), 0);
    assert_int_equal(cairn_heap_statistics(&cairn_heap).used, 64);
    cairn_locked_unlock(&locked);
    assert_int_equal(cairn_locked_settle(&locked), 2);
    assert_int_equal(cairn_heap_statistics(&cairn_heap).used, 0);
    cairn_heap_check(&cairn_heap);
}

static void begin_allowed_over_cairn(void)
{
    assert_int_equal(cairn_heap_init(&cairn_heap, cairn_memory, sizeof(cairn_memory)), 0);
    locked = (struct cairn_locked)CAIRN_LOCKED(&cairn_heap.allocator, "cairn");
    assert_true(cairn_promise_make(&promise, &locked.allocator));
    cairn_locked_allow_reentry(&locked, &promise);
}

static void a_promised_block_is_not_cairn_s_to_verify(void **state)
{
    (void)state;
    begin_allowed_over_cairn();
    cairn_locked_lock(&locked);
    void *block = get_small();
    cairn_locked_unlock(&locked);
    cairn_allocator_verify(&locked.allocator, block, small);
    assert_int_equal(cairn_allocator_usable_size(&locked.allocator, block), 32);
    cairn_allocator_dealloc_unsized(&locked.allocator, block);
    assert_int_equal(cairn_promise_taken(&promise), 0);
    expect_panic(cairn_allocator_verify(&locked.allocator, block, small), "promise: verify of");
    cairn_promise_end(&promise);
}

static void a_second_deferred_free_is_found_when_it_is_done(void **state)
{
    (void)state;
    assert_int_equal(cairn_heap_init(&cairn_heap, cairn_memory, sizeof(cairn_memory)), 0);
    locked = (struct cairn_locked)CAIRN_LOCKED(&cairn_heap.allocator, "cairn");
    cairn_locked_set_reentry(&locked, CAIRN_REENTRY_DEFERRED);
    void *block = get_small();
    cairn_locked_lock(&locked);
    give_small(block);
    cairn_locked_unlock(&locked);
    expect_panic(give_small(block), "double free");
}

static void looks_at_blocks_leave_the_lock_free(void **state)
{
    (void)state;
    assert_int_equal(cairn_heap_init(&cairn_heap, cairn_memory, sizeof(cairn_memory)), 0);
    locked = (struct cairn_locked)CAIRN_LOCKED(&cairn_heap.allocator, "cairn");
    void *block = get_small();
    locked.allocator.operations->verify(&locked.allocator, block, small);
    assert_int_equal(cairn_allocator_usable_size(&locked.allocator, block), 32);
    assert_false(cairn_spinlock_held_by_caller(&locked.lock));
    cairn_allocator_dealloc_unsized(&locked.allocator, block);
    assert_false(cairn_spinlock_held_by_caller(&locked.lock));
}

/* ---- Threads ---- */

enum { THREADS = 3, ROUNDS = 20000, KEPT = 16, SIZE = 64 * 1024 };

static _Alignas(16) unsigned char memory[SIZE];
static struct cairn_linked_list shared = CAIRN_LINKED_LIST_EMPTY;
static struct cairn_locked locked_shared = CAIRN_LOCKED(&shared.allocator, "shared");

struct kept {
    unsigned char *block;
    struct cairn_layout layout;
};

static bool is_filled(const struct kept *kept, unsigned char with)
{
    for (size_t i = 0; i < kept->layout.size; i++)
        if (kept->block[i] != with)
            return false;
    return true;
}

/* Replaces blocks at random, and gives whether all still held what was written into them. */
static void *replace_blocks(void *number)
{
    unsigned char fill = (unsigned char)(uintptr_t)number;
    struct random_source random = {fill};
    struct kept kept[KEPT] = {0};
    bool sound = true;
    for (size_t i = 0; i < ROUNDS + KEPT; i++) {
        struct kept *one = &kept[i % KEPT];
        sound = sound && (!one->block || is_filled(one, fill));
        if (one->block)
            cairn_allocator_dealloc(&locked_shared.allocator, one->block, one->layout);
        one->layout = (struct cairn_layout){1 + random_below(&random, 200), 8};
        one->block =
            i < ROUNDS ? cairn_allocator_alloc(&locked_shared.allocator, one->layout) : NULL;
        if (one->block)
            memset(one->block, fill, one->layout.size);
    }
    return sound ? number : NULL;
}

static void threads_share_one_heap(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    assert_int_equal(cairn_linked_list_init(&shared, memory, SIZE), CAIRN_REGION_OK);
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, replace_blocks, (void *)(i + 1)), 0);
    for (uintptr_t i = 0; i < THREADS; i++) {
        void *result;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_int_equal((uintptr_t)result, i + 1);
    }
    cairn_linked_list_check(&shared);
    assert_int_equal(cairn_linked_list_statistics(&shared).largest_hole, SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(each_operation_is_one_call_under_the_lock, after),
        cmocka_unit_test_teardown(bytes_are_set_and_copied_outside_the_lock, after),
        cmocka_unit_test_teardown(failure_gives_the_lock_back, after),
        cmocka_unit_test(the_inner_allocator_is_reached_under_the_lock),
        cmocka_unit_test(entering_again_panics_with_the_name_and_place),
        cmocka_unit_test_teardown(deferred_allocs_give_null_and_are_counted, after),
        cmocka_unit_test_teardown(deferred_deallocs_wait_for_the_next_operation, after),
        cmocka_unit_test_teardown(settle_gives_back_each_with_its_layout, after),
        cmocka_unit_test_teardown(refused_reentry_panics, after),
        cmocka_unit_test_teardown(allowed_allocs_come_from_the_promise, after),
        cmocka_unit_test_teardown(the_promise_serves_what_fits_alone, after),
        cmocka_unit_test_teardown(realloc_leaves_the_promise, after),
        cmocka_unit_test_teardown(wrong_frees_of_promised_blocks_are_found, after),
        cmocka_unit_test_teardown(a_promise_that_is_not_made_is_refused, after),
        cmocka_unit_test_teardown(a_promise_that_has_ended_serves_nothing, after),
        cmocka_unit_test_teardown(a_policy_that_changes_lets_promised_blocks_return, after),
        cmocka_unit_test(deferred_without_a_size),
        cmocka_unit_test(a_promised_block_is_not_cairn_s_to_verify),
        cmocka_unit_test(a_second_deferred_free_is_found_when_it_is_done),
        cmocka_unit_test(looks_at_blocks_leave_the_lock_free),
        cmocka_unit_test(threads_share_one_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
