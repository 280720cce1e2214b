/* SPDX-License-Identifier: MIT */
/*
 * Every wrapper hands on every operation, around an allocator that has only the two that it must
 * have, and around one that has them all. A new wrapper is one line in WRAPPERS.
 */
#include "test.h"

#include <string.h>

#include <cairn/base/host.h>
#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/heap.h>
#include <cairn/linked_list.h>
#include <cairn/locked.h>

enum { SIZE = 1024 * 1024 };

/* clang-format off */
/* one(name, initialiser): a struct cairn_name around the allocator `inner`. */
#define WRAPPERS(one)                               \
    one(locked, CAIRN_LOCKED(inner, "conformance")) \
    one(counted, CAIRN_COUNTED(inner))              \
    one(failing, CAIRN_FAILING(inner))
/* clang-format on */

static _Alignas(4096) unsigned char memory[SIZE];
static struct cairn_linked_list list;
static struct cairn_heap heap;

/* What is wrapped, and the wrapper around it. `knows` is what the inner one can tell. */
static struct cairn_allocator *inner, *wrapped;
static bool knows;

static const struct cairn_layout layout = {100, 16};

static void begin(bool with_everything)
{
    memset(memory, 0xa5, SIZE);
    assert_int_equal(cairn_linked_list_init(&list, memory, SIZE), CAIRN_REGION_OK);
    inner = &list.allocator;
    knows = with_everything;
    if (with_everything) {
        assert_int_equal(cairn_heap_init(&heap, memory, SIZE), CAIRN_REGION_OK);
        inner = &heap.allocator;
    }
}

static void expect_sound(bool is_empty)
{
    if (knows) {
        cairn_heap_check(&heap);
        assert_true(!is_empty || cairn_heap_statistics(&heap).used == 0);
    } else {
        cairn_linked_list_check(&list);
        assert_true(!is_empty || cairn_linked_list_statistics(&list).used == 0);
    }
}

static unsigned char *get(void)
{
    unsigned char *block = cairn_allocator_alloc(wrapped, layout);
    assert_non_null(block);
    memset(block, 0x5c, layout.size);
    return block;
}

static void give(void *block)
{
    cairn_allocator_dealloc(wrapped, block, layout);
}

static void expect_bytes(const unsigned char *block, int byte, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(block[i], byte);
}

static void alloc_and_dealloc(void)
{
    unsigned char *one = get(), *two = get();
    assert_true(one + layout.size <= two || two + layout.size <= one);
    give(one);
    give(two);
}

static void alloc_zeroed(void)
{
    give(get()); /* leaves other bytes there */
    unsigned char *block = cairn_allocator_alloc_zeroed(wrapped, layout);
    assert_non_null(block);
    expect_bytes(block, 0, layout.size);
    give(block);
}

static void resize(void)
{
    unsigned char *block = cairn_allocator_realloc(wrapped, get(), layout, 5000);
    assert_non_null(block);
    expect_bytes(block, 0x5c, layout.size);
    block = cairn_allocator_realloc(wrapped, block, (struct cairn_layout){5000, 16}, 100);
    assert_non_null(block);
    expect_bytes(block, 0x5c, layout.size);
    give(block);
}

/* An allocator that cannot tell says nothing. */
static void expect_verify(unsigned char *block, size_t size, const char *mistake)
{
    struct cairn_layout given = {size, 16};
    if (knows)
        expect_panic(cairn_allocator_verify(wrapped, block, given), mistake);
    else
        cairn_allocator_verify(wrapped, block, given);
}

static void verify(void)
{
    unsigned char *block = get();
    cairn_allocator_verify(wrapped, block, layout);
    give(block);
}

static void verify_inside_a_block(void)
{
    expect_verify(get() + 16, layout.size, "16 bytes into the live block");
}

static void verify_with_another_size(void)
{
    expect_verify(get(), 500, "wrong layout");
}

static const char no_sizes[] = "allocator 'linked_list' does not know the sizes of its blocks";

static void usable_size(void)
{
    void *block = get();
    if (knows)
        assert_true(cairn_allocator_usable_size(wrapped, block) >= layout.size);
    else
        expect_panic((void)cairn_allocator_usable_size(wrapped, block), no_sizes);
}

static void dealloc_unsized(void)
{
    void *block = get();
    if (!knows) {
        expect_panic(cairn_allocator_dealloc_unsized(wrapped, block), no_sizes);
        return;
    }
    cairn_allocator_dealloc_unsized(wrapped, block);
    expect_sound(true);
}

/* Through two wrappers as through one. */
static void knows_sizes(void)
{
    struct cairn_failing around = CAIRN_FAILING(wrapped);
    assert_int_equal(cairn_allocator_knows_sizes(wrapped), knows);
    assert_int_equal(cairn_allocator_knows_sizes(&around.allocator), knows);
    assert_ptr_equal(cairn_allocator_innermost(&around.allocator), inner);
}

/* Each begins with a new heap, and leaves an empty one, or ends in a panic. */
static const struct {
    void (*run)(void);
    bool leaves_blocks;
} operations[] = {
    {alloc_and_dealloc, false},
    {alloc_zeroed, false},
    {resize, false},
    {verify, false},
    {verify_inside_a_block, true},
    {verify_with_another_size, true},
    {knows_sizes, false},
    {usable_size, true},
    {dealloc_unsized, true},
};

#define TEST_WRAPPER(name, ...)                                                     \
    static void name##_hands_everything_on(void **state)                            \
    {                                                                               \
        (void)state;                                                                \
        for (int with_everything = 0; with_everything < 2; with_everything++) {     \
            for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) { \
                begin(with_everything);                                             \
                struct cairn_##name name = __VA_ARGS__;                             \
                wrapped = &name.allocator;                                          \
                operations[i].run();                                                \
                expect_sound(!operations[i].leaves_blocks);                         \
            }                                                                       \
        }                                                                           \
    }
WRAPPERS(TEST_WRAPPER)

#define WRAPPER_ENTRY(name, ...) cmocka_unit_test(name##_hands_everything_on),

int main(void)
{
    const struct CMUnitTest tests[] = {WRAPPERS(WRAPPER_ENTRY)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
