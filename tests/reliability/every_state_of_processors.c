/* SPDX-License-Identifier: MIT */
/*
 * Every state of a small shared heap of two processors: each does every operation in each state, so that
 * objects are freed by their owner and by the other, returned, collected, and taken away before a
 * refusal. See state_space.h.
 *
 *     PROCESSOR_GRANULES=N   how many granules the heap has; two more where all objects have one granule
 *
 * What it is bad at: one operation comes after the other. tests/threads/ have them at the same time.
 */
#define CAIRN_PROCESSOR_SIZE 2560
#define GUARD                ((size_t)16)

#include "small_heap.h"

#include "../../alloc/heap/processors.c"
#include "../../alloc/heap/shared.c"

#include "effort.h"
#include "heap_state.h"

enum { GRANULES_USUAL = 5, PROCESSORS = 2, MEMORY_MAX = 7168 };

/* What lies in the image past the heap's memory. */
struct others {
    struct cairn_processor processors[PROCESSORS];
    struct cairn_locked locked;
    struct cairn_shared_heap shared;
};

static struct others *others(void)
{
    return (struct others *)(void *)(heap_memory() + MEMORY_MAX);
}

/* ---- the host ---- */

CAIRN_HOST_PER_THREAD unsigned cairn_host_known_slot;

unsigned cairn_host_slot(void)
{
    return cairn_host_known_slot;
}

void cairn_host_barrier_everywhere(void)
{
}

static void become(unsigned processor)
{
    cairn_host_known_slot = processor;
}

/* ---- the subject ---- */

static bool make_heap(size_t size)
{
    struct others *all = others();
    *state_heap() = (struct cairn_heap)CAIRN_HEAP_EMPTY;
    memset(all, 0, sizeof(*all));
    all->locked = (struct cairn_locked)CAIRN_LOCKED(&state_heap()->allocator, "heap");
    all->shared = (struct cairn_shared_heap)CAIRN_SHARED_HEAP(
        state_heap(), &all->locked, &all->locked.allocator, all->processors);
    return cairn_shared_heap_init(&all->shared, heap_memory(), size) == CAIRN_REGION_OK;
}

static struct cairn_allocator *start_heap(size_t granules, unsigned char **base,
                                          state_granules *usable)
{
    size_t size = granules * GRANULE_BYTES;
    while (!make_heap(size) || cairn_heap_statistics(state_heap()).size < granules * GRANULE_BYTES)
        size += GRANULE_BYTES;
    assert_true(size <= MEMORY_MAX);
    *base = address_of(first_of_heap(), first_of_heap()->hot.first);
    *usable = ((state_granules)1 << granules) - 1;
    return &others()->shared.allocator;
}

static void flush_shared(void)
{
    (void)cairn_shared_heap_flush(&others()->shared);
}

/* A lock that is free tells who had it. */
static void forget_lock(struct cairn_spinlock *lock)
{
    assert_int_equal(lock->holder, 0);
    *lock = (struct cairn_spinlock)CAIRN_SPINLOCK(lock->name);
}

static void forget_shared(state_granules live)
{
    forget_heap(live);
    forget_lock(&others()->locked.lock);
    forget_lock(&others()->shared.stopping);
}

static void visit(const char *name, size_t granules, size_t largest)
{
    const struct state_subject subject = {
        .name = name,
        .image_size = HEAP_MEMORY + MEMORY_MAX + sizeof(struct others),
        .start = start_heap,
        .check = check_heap,
        .flush = flush_shared,
        .forget = forget_shared,
        .become = become,
        .processors = PROCESSORS,
        .largest = largest,
        .aligns = 1,
        .has_unsized = true,
        .takes_align = heap_takes_align,
    };
    visit_every_state(&subject, granules);
}

static void all_sizes(void **state)
{
    (void)state;
    visit("cairn with two processors", effort("PROCESSOR_GRANULES", GRANULES_USUAL), 0);
}

static void objects_of_one_granule(void **state)
{
    (void)state;
    visit("cairn with two processors, one granule each",
          effort("PROCESSOR_GRANULES", GRANULES_USUAL) + 2, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(all_sizes, show_operations),
        cmocka_unit_test_teardown(objects_of_one_granule, show_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
