/* SPDX-License-Identifier: MIT */
/* malloc and free without sizes: over cairn, over the wrappers, and over what knows no sizes. */
#include "test.h"

#include <string.h>

#include <cairn/global.h>
#include <cairn/heap.h>
#include <cairn/heap_face.h>
#include <cairn/locked.h>
#include <cairn/shared_heap.h>

#include "strict_heap.h"

/* ---- the global allocator: one that hands on to whichever the test chose ---- */

static struct cairn_allocator *chosen;

static void *chosen_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    return cairn_allocator_alloc(chosen, layout);
}

static void chosen_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    cairn_allocator_dealloc(chosen, block, layout);
}

static void *chosen_realloc(struct cairn_allocator *self, void *block, struct cairn_layout layout,
                            size_t new_size)
{
    (void)self;
    return cairn_allocator_realloc(chosen, block, layout, new_size);
}

static size_t chosen_usable_size(struct cairn_allocator *self, const void *block,
                                 const char *operation)
{
    (void)self;
    return cairn_allocator_size_for(chosen, block, operation);
}

static void chosen_dealloc_unsized(struct cairn_allocator *self, void *block)
{
    (void)self;
    cairn_allocator_dealloc_unsized(chosen, block);
}

static const struct cairn_allocator_operations chosen_operations = {
    .name = "chosen",
    .alloc = chosen_alloc,
    .dealloc = chosen_dealloc,
    .realloc = chosen_realloc,
    .usable_size = chosen_usable_size,
    .dealloc_unsized = chosen_dealloc_unsized,
};
static struct cairn_allocator handing_on = {&chosen_operations};
CAIRN_GLOBAL_ALLOCATOR(&handing_on);

CAIRN_HOST_PER_THREAD unsigned cairn_host_known_slot;

unsigned cairn_host_slot(void)
{
    return cairn_host_known_slot;
}

void cairn_host_barrier_everywhere(void)
{
}

/* ---- the heaps that know sizes: bare, and with wrappers; small without a front, and large ---- */

static _Alignas(4096) unsigned char memory[4 << 20];
static struct cairn_heap heap;
static struct cairn_locked locked;
static struct cairn_processor processors[1];
static struct cairn_shared_heap shared;

enum { BARE, LOCKED, SHARED, WRAPPINGS };

static void start(int wrapping, size_t size)
{
    locked = (struct cairn_locked)CAIRN_LOCKED(&heap.allocator, "heap");
    memset(processors, 0, sizeof(processors));
    shared =
        (struct cairn_shared_heap)CAIRN_SHARED_HEAP(&heap, &locked, &locked.allocator, processors);
    assert_int_equal(cairn_shared_heap_init(&shared, memory, size), CAIRN_REGION_OK);
    struct cairn_allocator *wrapped[] = {&heap.allocator, &locked.allocator, &shared.allocator};
    chosen = wrapped[wrapping];
}

static void expect_empty(void)
{
    (void)cairn_shared_heap_flush(&shared);
    assert_int_equal(cairn_heap_statistics(&heap).used, 0);
    cairn_heap_check(&heap);
}

static void on_every_heap(void (*test)(void))
{
    static const size_t sizes[] = {64 * 1024, sizeof(memory)};
    for (int wrapping = 0; wrapping < WRAPPINGS; wrapping++)
        for (size_t i = 0; i < 2; i++) {
            start(wrapping, sizes[i]);
            test();
            expect_empty();
        }
}

/* ---- malloc, calloc, free ---- */

static void expect_sound_block(unsigned char *block, size_t size)
{
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % 16, 0);
    assert_true(cairn_usable_size(block) >= size);
    memset(block, 0xee, cairn_usable_size(block));
}

static void every_size_is_served(void)
{
    for (size_t size = 0; size <= 5000; size += 1 + size / 50)
        for (int i = 0; i < 8; i++) {
            unsigned char *block = cairn_malloc(size), *other = cairn_malloc(size);
            expect_sound_block(block, size);
            expect_sound_block(other, size);
            assert_ptr_not_equal(block, other);
            cairn_free(block);
            cairn_free(other);
        }
}

static void malloc_serves_every_size(void **state)
{
    (void)state;
    on_every_heap(every_size_is_served);
}

static void calloc_is_zero(void)
{
    for (size_t count = 1; count < 200; count++) {
        unsigned char *block = cairn_calloc(count, 7);
        for (size_t i = 0; i < count * 7; i++)
            assert_int_equal(block[i], 0);
        memset(block, 0xff, cairn_usable_size(block));
        cairn_free(block);
    }
    void *nothing = cairn_calloc(0, 7);
    expect_sound_block(nothing, 1);
    cairn_free(nothing);
}

static void calloc_gives_zeros(void **state)
{
    (void)state;
    on_every_heap(calloc_is_zero);
}

static void aligned_as_asked(void)
{
    for (size_t align = 1; align <= 8192; align *= 2)
        for (size_t size = 0; size < 300; size += 37) {
            unsigned char *block = cairn_aligned_alloc(align, size);
            expect_sound_block(block, size);
            assert_int_equal((uintptr_t)block % align, 0);
            cairn_free(block);
        }
}

static void aligned_alloc_aligns(void **state)
{
    (void)state;
    on_every_heap(aligned_as_asked);
}

static void what_cannot_be_is_null(void)
{
    assert_null(cairn_malloc(SIZE_MAX));
    assert_null(cairn_malloc((size_t)1 << 40));
    assert_null(cairn_calloc(SIZE_MAX / 2, 3));
    assert_null(cairn_calloc((size_t)1 << 40, 1));
    assert_null(cairn_aligned_alloc(0, 8));
    assert_null(cairn_aligned_alloc(3, 8));
    assert_null(cairn_aligned_alloc(48, 8));
    assert_null(cairn_aligned_alloc((size_t)1 << 40, 8));
    cairn_free(NULL);
    cairn_free_sized(NULL, 8);
}

static void impossible_requests_are_null(void **state)
{
    (void)state;
    on_every_heap(what_cannot_be_is_null);
}

/* ---- realloc ---- */

static void sizes_change_at_random(void)
{
    struct random_source random = {17};
    unsigned char *block = cairn_realloc(NULL, 0);
    size_t size = 1;
    block[0] = 5;
    for (int i = 0; i < 3000; i++) {
        size_t new_size = 1 + random_below(&random, (size_t)2 << random_below(&random, 14));
        unsigned char *new_block = cairn_realloc(block, new_size);
        if (!new_block)
            new_size = size;
        else
            block = new_block;
        for (size_t at = 0; at < size && at < new_size; at++)
            assert_int_equal(block[at], 5);
        expect_sound_block(block, new_size);
        memset(block, 5, new_size);
        size = new_size;
    }
    unsigned char *kept = cairn_realloc(block, SIZE_MAX);
    assert_null(kept);
    assert_int_equal(block[size - 1], 5);
    cairn_free(block);
}

static void realloc_keeps_the_contents(void **state)
{
    (void)state;
    on_every_heap(sizes_change_at_random);
}

static void it_stays_while_it_fits(void)
{
    unsigned char *block = cairn_malloc(100);
    size_t usable = cairn_usable_size(block);
    assert_ptr_equal(cairn_realloc(block, usable), block);
    assert_ptr_equal(cairn_realloc(block, 100), block);
    cairn_free(block);
    block = cairn_malloc(4000);
    unsigned char *small = cairn_realloc(block, 0);
    assert_true(cairn_usable_size(small) < 2000);
    cairn_free(small);
}

static void realloc_in_place(void **state)
{
    (void)state;
    on_every_heap(it_stays_while_it_fits);
}

/* ---- mistakes ---- */

/* Sizes that no block of 1000 bytes can have had. */
static void free_sized_compares(void **state)
{
    (void)state;
    static const size_t wrong[] = {0, 1, 500, 800, 1040, 2000};
    for (int wrapping = 0; wrapping < WRAPPINGS; wrapping++) {
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
            start(wrapping, sizeof(memory));
            void *block = cairn_malloc(1000);
            expect_panic(cairn_free_sized(block, wrong[i]), "wrong layout");
        }
        start(wrapping, sizeof(memory));
        void *block = cairn_malloc(1000);
        expect_panic(cairn_free_sized(block, SIZE_MAX), "give the size and the alignment");
    }
}

/* Whatever size a block was given, or resized to, is the one that it may be given back with. */
static void every_size_is_its_own(void)
{
    for (size_t size = 0; size < 5000; size += 1 + size / 9) {
        cairn_free_sized(cairn_malloc(size), size);
        cairn_free_sized(cairn_realloc(cairn_malloc(1000), size), size);
        cairn_free_sized(cairn_calloc(1, size), size);
        cairn_free_aligned_sized(cairn_aligned_alloc(256, size), 256, size);
    }
}

static void free_sized_takes_the_size_that_was_asked_for(void **state)
{
    (void)state;
    on_every_heap(every_size_is_its_own);
}

/* Where there is no memory to move it to, a block that is made smaller stays as it is. */
static void made_smaller_never_fails(void)
{
    unsigned char *block = cairn_malloc(1000);
    memset(block, 0x5c, 1000);
    void *rest = NULL;
    for (size_t size = sizeof(memory); size >= 16; size /= 2)
        for (void **got; (got = cairn_malloc(size)) != NULL; rest = got)
            *got = rest;
    block = cairn_realloc(block, 10);
    assert_non_null(block);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(block[i], 0x5c);
    assert_null(cairn_realloc(block, 2000));
    cairn_free(block);
    for (void *next; rest; rest = next) {
        next = *(void **)rest;
        cairn_free(rest);
    }
}

static void realloc_of_a_full_heap(void **state)
{
    (void)state;
    on_every_heap(made_smaller_never_fails);
}

static void wrong_frees_are_found(void **state)
{
    (void)state;
    static unsigned char foreign[64];
    for (int wrapping = 0; wrapping < WRAPPINGS; wrapping++) {
        start(wrapping, sizeof(memory));
        unsigned char *block = cairn_malloc(100);
        expect_panic(cairn_free(block + 16), "16 bytes into the live block at");
        start(wrapping, sizeof(memory));
        expect_panic(cairn_free(foreign), "not from this heap");
        start(wrapping, sizeof(memory));
        block = cairn_malloc(100);
        cairn_free(block);
        expect_panic(cairn_free(block), "double free");
        start(wrapping, sizeof(memory));
        block = cairn_malloc(100);
        cairn_free(block);
        void *volatile got;
        if (wrapping != SHARED) /* a cached block still has a size */
            expect_panic(got = cairn_realloc(block, 500), "double free, or never allocated");
        (void)got;
    }
}

/* On an allocator that knows no sizes, each that needs one says so, and malloc works. */
static void without_sizes_freeing_is_refused(void **state)
{
    (void)state;
    static const char text[] = "allocator 'strict' does not know the sizes of its blocks; give "
                               "them back with their layout, or use the allocator cairn";
    chosen = &strict_heap.allocator;
    void *block = cairn_malloc(100);
    void *volatile got;
    assert_non_null(block);
    expect_panic(cairn_free(block), text);
    expect_panic(got = cairn_realloc(block, 200), text);
    expect_panic((void)cairn_usable_size(block), text);
    (void)got;
    cairn_free_sized(block, 100); /* as that one needs none */
    strict_heap_expect_empty();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malloc_serves_every_size),
        cmocka_unit_test(calloc_gives_zeros),
        cmocka_unit_test(aligned_alloc_aligns),
        cmocka_unit_test(impossible_requests_are_null),
        cmocka_unit_test(realloc_keeps_the_contents),
        cmocka_unit_test(realloc_in_place),
        cmocka_unit_test(free_sized_compares),
        cmocka_unit_test(free_sized_takes_the_size_that_was_asked_for),
        cmocka_unit_test(realloc_of_a_full_heap),
        cmocka_unit_test(wrong_frees_are_found),
        cmocka_unit_test(without_sizes_freeing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
