/* SPDX-License-Identifier: MIT */
/*
 * Every state of small heaps of each allocator, see state_space.h.
 *
 *     GRANULES=N   how many granules a heap has: each one more means five times the operations
 */
#include <stdio.h>

#include <cairn/linked_list.h>

#include "effort.h"
#include "heap_state.h"
#include "test.h"

enum { GRANULE = STATE_GRANULE, GRANULES_USUAL = 8 };

static state_granules first_granules(size_t count)
{
    return ((state_granules)1 << count) - 1;
}

/* ---- cairn: a heap without slabs ---- */

static struct cairn_allocator *start_heap(size_t granules, unsigned char **base,
                                          state_granules *usable)
{
    /* Metadata comes on top; how much is its own matter. */
    for (size_t size = granules * GRANULE;; size += GRANULE)
        if (!cairn_heap_init(state_heap(), heap_memory(), size) &&
            cairn_heap_statistics(state_heap()).size == granules * GRANULE)
            break;
    *base = address_of(first_of_heap(), first_of_heap()->hot.first);
    *usable = first_granules(granules);
    return &state_heap()->allocator;
}

static void heap_in_every_state(void **state)
{
    (void)state;
    static const struct state_subject subject = {
        .name = "cairn",
        .image_size = HEAP_MEMORY + 2048,
        .start = start_heap,
        .check = check_heap,
        .flush = flush_heap,
        .forget = forget_heap,
        .aligns = 3,
        .has_unsized = true,
        .grows_in_place = true,
    };
    visit_every_state(&subject, effort("GRANULES", GRANULES_USUAL));
}

/* ---- linked_list: two regions, with two granules in between ---- */

static struct cairn_linked_list *linked_list(void)
{
    return (struct cairn_linked_list *)(void *)state_image;
}

static unsigned char *linked_list_memory(void)
{
    return state_image + (sizeof(struct cairn_linked_list) + 63) / 64 * 64;
}

static state_granules linked_list_usable;

static struct cairn_allocator *start_linked_list(size_t granules, unsigned char **base,
                                                 state_granules *usable)
{
    size_t first = (granules + 1) / 2, second = granules - first;
    unsigned char *start = *base = linked_list_memory();
    assert_int_equal(cairn_linked_list_init(linked_list(), start, first * GRANULE), 0);
    assert_int_equal(cairn_linked_list_add_region(linked_list(), start + (first + 2) * GRANULE,
                                                  second * GRANULE),
                     0);
    *usable = first_granules(first) | first_granules(second) << (first + 2);
    linked_list_usable = *usable;
    return &linked_list()->allocator;
}

static void check_linked_list(void)
{
    cairn_linked_list_check(linked_list());
}

/* Of free memory, the holes' first granules are looked at. */
static void forget_linked_list(state_granules live)
{
    state_granules rubbish = linked_list_usable & ~live;
    unsigned char *start = linked_list_memory();
    for (const struct cairn_hole *hole = linked_list()->first; hole; hole = hole->next)
        rubbish &= ~((state_granules)1 << ((uintptr_t)hole - (uintptr_t)start) / GRANULE);
    for (; rubbish; rubbish &= rubbish - 1)
        overwrite(state_granule(start, (unsigned)__builtin_ctzll(rubbish)), GRANULE);
}

static void linked_list_in_every_state(void **state)
{
    (void)state;
    static const struct state_subject subject = {
        .name = "linked_list",
        .image_size = sizeof(struct cairn_linked_list) + 512,
        .start = start_linked_list,
        .check = check_linked_list,
        .forget = forget_linked_list,
        .aligns = 3,
    };
    visit_every_state(&subject, effort("GRANULES", GRANULES_USUAL) + 3); /* it has fewer states */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(heap_in_every_state, show_operations),
        cmocka_unit_test_teardown(linked_list_in_every_state, show_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
