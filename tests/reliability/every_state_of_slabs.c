/* SPDX-License-Identifier: MIT */
/*
 * Every state of small heaps of the allocator cairn with all that it has: slabs, stacks, quick lists
 * and bins in slices of 4 granules; dissolving, flush and trim; and a second region. See state_space.h.
 *
 *     SLAB_GRANULES=N   how many granules a heap has: each one more means six times the operations
 *
 * The heap is compiled here, with parameters of its own: see small_heap.h.
 */
#include "small_heap.h"

#include "effort.h"
#include "heap_state.h"

enum {
    GRANULES_USUAL = 7,
    SECOND_GRANULES = 3,
    METADATA = 1024, /* where it begins in the image */
    IMAGE = METADATA + 3072
};

static size_t second_granules; /* of a second region, 0: there is none */

static state_granules granules_of_region(const struct region *region)
{
    uintptr_t first = (uintptr_t)address_of(region, region->hot.first);
    uint32_t count = region->hot.end - region->hot.first;
    return (((state_granules)1 << count) - 1) << (first - (uintptr_t)heap_memory()) / GRANULE_BYTES;
}

/* Gives the granules that can be handed out. */
static size_t make_heap(size_t granules, size_t room, size_t second_size)
{
    const size_t size = granules * GRANULE_BYTES;
    unsigned char *second = heap_memory() + size + GRANULE_BYTES;
    if (cairn_heap_init_beside(state_heap(), heap_memory(), size, state_image + METADATA, room))
        return 0;
    if (second_size)
        (void)!cairn_heap_add_region(state_heap(), second, second_size);
    return cairn_heap_statistics(state_heap()).size / GRANULE_BYTES;
}

/* The first region's memory; then, after a gap, the second region; then the first one's metadata. */
static struct cairn_allocator *start_heap(size_t granules, unsigned char **base,
                                          state_granules *usable)
{
    size_t room = 0, second_size = 0;
    while (make_heap(granules, room, 0) == 0)
        room += GRANULE_BYTES;
    while (make_heap(granules, room, second_size) < granules + second_granules)
        second_size += GRANULE_BYTES;
    assert_true(METADATA + room <= IMAGE);
    *base = heap_memory();
    *usable = 0;
    for (struct region *region = first_of_heap(); region; region = region->next)
        *usable |= granules_of_region(region);
    return &state_heap()->allocator;
}

static void visit(const char *name, size_t granules, size_t largest, unsigned aligns)
{
    const struct state_subject subject = {
        .name = name,
        .image_size = IMAGE,
        .start = start_heap,
        .check = check_heap,
        .flush = flush_heap,
        .trim = trim_heap,
        .forget = forget_heap,
        .largest = largest,
        .aligns = aligns,
        .has_unsized = true,
        .takes_align = heap_takes_align,
    };
    visit_every_state(&subject, granules);
}

static void all_requests(void **state)
{
    (void)state;
    visit("cairn with slabs", effort("SLAB_GRANULES", GRANULES_USUAL), 0, 3);
}

static void slabs_of_one_class(void **state)
{
    (void)state;
    visit("cairn with slabs of one class", effort("SLAB_GRANULES", GRANULES_USUAL) + 1, 1, 1);
}

static void two_regions(void **state)
{
    (void)state;
    second_granules = SECOND_GRANULES;
    visit("cairn with two regions", effort("SLAB_GRANULES", GRANULES_USUAL) - SECOND_GRANULES, 0,
          2);
    second_granules = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(all_requests, show_operations),
        cmocka_unit_test_teardown(slabs_of_one_class, show_operations),
        cmocka_unit_test_teardown(two_regions, show_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
