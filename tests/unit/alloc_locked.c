/* SPDX-License-Identifier: MIT */
/* The locked wrapper: that every operation holds the lock, once and no longer than it must. */
#include "test.h"

#include <pthread.h>
#include <string.h>

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

static size_t new_at_unlock; /* how often the last block was as the strict heap gave it */

cairn_host_interrupt_state __wrap_cairn_host_interrupts_disable(void);
void __wrap_cairn_host_interrupts_restore(cairn_host_interrupt_state state);

cairn_host_interrupt_state __wrap_cairn_host_interrupts_disable(void)
{
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
                 "tests/unit/alloc_locked.c:");
    expect_panic(got = cairn_allocator_alloc_zeroed(&entered.allocator, layout), "'entered heap'");
    expect_panic(got = cairn_allocator_realloc(&entered.allocator, block, layout, 9),
                 "'entered heap'");
    expect_panic(cairn_allocator_dealloc(&entered.allocator, block, layout), "'entered heap'");
    (void)got;
    cairn_locked_unlock(&entered);
    expect_panic(cairn_locked_unlock(&entered), "'entered heap' is not held");
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
    struct test_random random = {fill};
    struct kept kept[KEPT] = {0};
    bool sound = true;
    for (size_t i = 0; i < ROUNDS + KEPT; i++) {
        struct kept *one = &kept[i % KEPT];
        sound = sound && (!one->block || is_filled(one, fill));
        if (one->block)
            cairn_allocator_dealloc(&locked_shared.allocator, one->block, one->layout);
        one->layout = (struct cairn_layout){1 + test_random_below(&random, 200), 8};
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
        cmocka_unit_test(threads_share_one_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
