/* SPDX-License-Identifier: MIT */
/*
 * Every state of small heaps of each allocator, see state_space.h.
 *
 *     GRANULES=N   how many granules a heap has: each one more means five times the operations
 */
#include <stdio.h>
#include <string.h>

#include <cairn/heap_inline.h>
#include <cairn/linked_list.h>

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

/* ---- cairn: a heap without slabs ---- */

static struct cairn_heap *heap(void)
{
    return (struct cairn_heap *)(void *)state_image;
}

static unsigned char *heap_memory(void)
{
    return state_image + (sizeof(struct cairn_heap) + 63) / 64 * 64;
}

static unsigned char *heap_base(void)
{
    const struct cairn_heap_region *region = heap()->region;
    return (unsigned char *)region->base + (size_t)region->first * GRANULE;
}

static struct cairn_allocator *start_heap(size_t granules, unsigned char **base,
                                          state_granules *usable)
{
    /* Metadata comes on top; how much is its own matter. */
    for (size_t size = granules * GRANULE;; size += GRANULE)
        if (!cairn_heap_init(heap(), heap_memory(), size) &&
            cairn_heap_statistics(heap()).size == granules * GRANULE)
            break;
    *base = heap_base();
    *usable = first_granules(granules);
    return &heap()->allocator;
}

static void check_heap(void)
{
    cairn_heap_check(heap());
}

static void flush_heap(void)
{
    cairn_heap_flush(heap());
}

/* What the records have of a granule, counted from the heap's first one. */
static bool has_record(bool taken, bool free, unsigned at)
{
    const struct cairn_heap_region *region = heap()->region;
    const struct cairn_heap_slice *slice = cairn_heap_slice_of(region, region->first + at);
    unsigned bit = (region->first + at) % CAIRN_HEAP_SLICE;
    return (slice->taken >> bit & 1) == taken && (slice->free >> bit & 1) == free;
}

/*
 * A block that waits has a link in its first word. A free block's first granule has two links and
 * its size, its last one the size as well, in the last word.
 */
static void forget_heap(state_granules live)
{
    bool is_inside = false; /* a free block */
    for (unsigned at = 0; at < heap()->region->end - heap()->region->first; at++) {
        unsigned char *granule = state_granule(heap_base(), at);
        bool is_edge = has_record(false, true, at);
        uint32_t size;
        if (live >> at & 1)
            continue;
        memcpy(&size, granule + 8, sizeof(size));
        if (has_record(true, true, at)) {
            overwrite(granule + sizeof(void *), GRANULE - sizeof(void *));
        } else if (is_edge && is_inside) {
            overwrite(granule, 12);
            is_inside = false;
        } else if (is_edge && size > 1) {
            overwrite(granule + 12, 4);
            is_inside = true;
        } else if (!is_edge) {
            overwrite(granule, GRANULE);
        }
    }
}

static void heap_in_every_state(void **state)
{
    (void)state;
    static const struct state_subject subject = {
        .name = "cairn",
        .image_size = sizeof(struct cairn_heap) + 2048,
        .start = start_heap,
        .check = check_heap,
        .flush = flush_heap,
        .forget = forget_heap,
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
        cmocka_unit_test_teardown(heap_in_every_state, show_operations),
        cmocka_unit_test_teardown(linked_list_in_every_state, show_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
