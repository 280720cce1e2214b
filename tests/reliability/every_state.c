/* SPDX-License-Identifier: MIT */
/*
 * Every state of small heaps of each allocator, see state_space.h.
 *
 *     GRANULES=N   how many granules a heap has: each one more means five times the operations
 */
#include <stdio.h>
#include <string.h>

#include <cairn/linked_list.h>
#include <cairn/quick_fit.h>

#include "effort.h"
#include "state_space.h"
#include "test.h"

enum { GRANULE = STATE_GRANULE, GRANULES_USUAL = 8 };

static void overwrite(unsigned char *bytes, size_t size)
{
    memset(bytes, STATE_RUBBISH, size);
}

static state_granules first_granules(size_t count)
{
    return ((state_granules)1 << count) - 1;
}

/* ---- quick_fit ---- */

static struct cairn_quick_fit *quick_fit(void)
{
    return (struct cairn_quick_fit *)(void *)state_image;
}

static unsigned char *quick_fit_memory(void)
{
    return state_image + (sizeof(struct cairn_quick_fit) + 63) / 64 * 64;
}

static struct cairn_allocator *start_quick_fit(size_t granules, unsigned char **base,
                                               state_granules *usable)
{
    /* Records come on top; how many is its own matter. */
    for (size_t size = granules * GRANULE;; size += GRANULE) {
        enum cairn_region_error error = cairn_quick_fit_init(quick_fit(), quick_fit_memory(), size);
        if (!error && quick_fit()->end == granules)
            break;
    }
    *base = (unsigned char *)quick_fit()->base;
    *usable = first_granules(granules);
    return &quick_fit()->allocator;
}

static void check_quick_fit(void)
{
    cairn_quick_fit_check(quick_fit());
}

static void flush_quick_fit(void)
{
    cairn_quick_fit_flush(quick_fit());
}

/*
 * A block that waits has a link in its first word. A free block's first granule has two links and
 * its size, its last one the size as well, in the last word.
 */
static void forget_quick_fit(state_granules live)
{
    const struct cairn_quick_fit_slice slice = quick_fit()->slices[0];
    state_granules waiting = slice.taken & slice.free, edges = slice.free & ~slice.taken;
    bool is_inside = false; /* a free block */
    for (unsigned at = 0; at < quick_fit()->end; at++) {
        unsigned char *granule = state_granule((unsigned char *)quick_fit()->base, at);
        bool is_edge = edges >> at & 1;
        uint32_t size;
        if (live >> at & 1)
            continue;
        memcpy(&size, granule + 8, sizeof(size));
        if (waiting >> at & 1) {
            overwrite(granule + 4, 12);
        } else if (is_edge && is_inside) {
            overwrite(granule, 12);
            is_inside = false;
        } else if (is_edge && size > 1) {
            overwrite(granule + 12, 4);
            is_inside = true;
        } else if (!is_edge) {
            overwrite(granule, 16);
        }
    }
}

static void quick_fit_in_every_state(void **state)
{
    (void)state;
    static const struct state_subject subject = {
        .name = "quick_fit",
        .image_size = sizeof(struct cairn_quick_fit) + 512,
        .start = start_quick_fit,
        .check = check_quick_fit,
        .flush = flush_quick_fit,
        .forget = forget_quick_fit,
        .aligns = 3,
        .has_unsized = true,
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
        cmocka_unit_test_teardown(quick_fit_in_every_state, show_operations),
        cmocka_unit_test_teardown(linked_list_in_every_state, show_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
