/* SPDX-License-Identifier: MIT */
/*
 * Many threads on arcs, under ThreadSanitizer too: a value is dropped once, by the last owner; nobody
 * sees one that is gone or half made; exactly one of all owners takes the value out; and who is told
 * that it is alone may write.
 */
#include "test.h"

#include <pthread.h>
#include <stdlib.h>

#include <cairn/base/host.h>
#include <cairn/collection.h>

#include "random_source.h"

enum { THREADS = 4, ROUNDS = 100000 };

/* ---- The C library's memory, in which ThreadSanitizer sees what is used after it was freed ---- */

static size_t live_blocks;

static void *memory_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    __atomic_fetch_add(&live_blocks, 1, __ATOMIC_RELAXED);
    return malloc(layout.size);
}

static void memory_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self, (void)layout;
    __atomic_fetch_sub(&live_blocks, 1, __ATOMIC_RELAXED);
    free(block);
}

static const struct cairn_allocator_operations memory_operations = {
    .name = "memory",
    .alloc = memory_alloc,
    .dealloc = memory_dealloc,
};
static struct cairn_allocator memory = {&memory_operations};
CAIRN_GLOBAL_ALLOCATOR(&memory);

/* ---- A value whose two halves are always the same ---- */

struct halves {
    size_t one, other;
};

static size_t live_values;

static struct halves make(size_t number)
{
    __atomic_fetch_add(&live_values, 1, __ATOMIC_RELAXED);
    return (struct halves){number, number};
}

static void check_whole(const struct halves *halves)
{
    cairn_check(halves->one == halves->other, "half of the value is %zu, half %zu", halves->one,
                halves->other);
}

/* Not atomic: what was done before must be seen here. */
static void halves_drop(struct halves *halves)
{
    check_whole(halves);
    halves->one = SIZE_MAX;
    __atomic_fetch_sub(&live_values, 1, __ATOMIC_RELAXED);
}

static enum cairn_collection_error halves_try_clone(struct halves *to, const struct halves *from)
{
    check_whole(from);
    *to = make(from->one);
    return CAIRN_COLLECTION_OK;
}

#define T          arc_halves
#define ITEM       struct halves
#define ITEM_DROP  halves_drop
#define ITEM_CLONE halves_try_clone
#include <cairn/arc.t.h>

/* ---- Running ---- */

static pthread_barrier_t start;

static void run(void *(*body)(void *), void *arguments, size_t size)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, body, (char *)arguments + i * size), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&start);
}

static void expect_nothing_left(void)
{
    assert_int_equal(live_values, 0);
    assert_int_equal(live_blocks, 0);
}

/* ---- Handles come and go ---- */

enum { HANDLES = 4 };

struct worker {
    struct random_source random;
    arc_halves strong[HANDLES]; /* its own; the first are of a value that all share */
    arc_halves_weak weak[HANDLES];
};

static void set_strong(struct worker *self, size_t to, arc_halves handle)
{
    arc_halves_drop(&self->strong[to]);
    self->strong[to] = handle;
}

static void set_weak(struct worker *self, size_t to, arc_halves_weak handle)
{
    arc_halves_weak_drop(&self->weak[to]);
    self->weak[to] = handle;
}

/* What the threads pass around, so that they go on to have handles of the same values. */
enum { PLACES = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static arc_halves passed[PLACES];
static arc_halves_weak passed_weak[PLACES];

static void pass(arc_halves *handle, arc_halves_weak *weak, size_t place)
{
    pthread_mutex_lock(&lock);
    arc_halves was = passed[place];
    arc_halves_weak was_weak = passed_weak[place];
    passed[place] = *handle;
    passed_weak[place] = *weak;
    pthread_mutex_unlock(&lock);
    *handle = was;
    *weak = was_weak;
}

static void write_if_alone(arc_halves *handle, size_t number)
{
    struct halves *halves = arc_halves_get_mut(handle);
    if (!halves)
        return;
    halves->one = number;
    halves->other = number;
}

static void make_own(arc_halves *handle, size_t number)
{
    if (!handle->block)
        return;
    struct halves *halves = arc_halves_make_mut(handle);
    check_whole(halves);
    halves->one = number;
    halves->other = number;
}

static void act(struct worker *self, size_t round)
{
    size_t to = random_below(&self->random, HANDLES), from = random_below(&self->random, HANDLES);
    arc_halves upgraded;
    struct halves halves;
    switch (random_below(&self->random, 10)) {
    case 0:
        return set_strong(self, to, arc_halves_new(make(round)));
    case 1:
    case 2:
        return set_strong(self, to, arc_halves_clone(&self->strong[from]));
    case 3:
        return set_weak(self, to, arc_halves_downgrade(&self->strong[from]));
    case 4:
        return set_weak(self, to, arc_halves_weak_clone(&self->weak[from]));
    case 5:
        (void)!arc_halves_weak_upgrade(&self->weak[from], &upgraded);
        return set_strong(self, to, upgraded);
    case 6:
        return write_if_alone(&self->strong[to], round);
    case 7:
        return make_own(&self->strong[to], round);
    case 8:
        return pass(&self->strong[to], &self->weak[from], random_below(&self->random, PLACES));
    default:
        if (arc_halves_into_inner(&self->strong[to], &halves))
            halves_drop(&halves);
    }
}

static void *work(void *argument)
{
    struct worker *self = argument;
    pthread_barrier_wait(&start);
    for (size_t round = 0; round < ROUNDS; round++) {
        act(self, round);
        const struct halves *halves =
            arc_halves_value(&self->strong[random_below(&self->random, HANDLES)]);
        if (halves)
            check_whole(halves);
    }
    for (size_t i = 0; i < HANDLES; i++) {
        set_strong(self, i, (arc_halves){0});
        set_weak(self, i, (arc_halves_weak){0});
    }
    return NULL;
}

static void handles_come_and_go(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    struct worker workers[THREADS] = {0};
    arc_halves first = arc_halves_new(make(41));
    for (size_t i = 0; i < THREADS; i++) {
        workers[i].random.state = random_next(&random);
        workers[i].strong[0] = arc_halves_clone(&first);
        workers[i].strong[1] = arc_halves_clone(&first);
        workers[i].weak[0] = arc_halves_downgrade(&first);
        workers[i].weak[1] = arc_halves_downgrade(&first);
    }
    arc_halves_drop(&first);
    run(work, workers, sizeof(workers[0]));
    for (size_t i = 0; i < PLACES; i++) {
        arc_halves_drop(&passed[i]);
        arc_halves_weak_drop(&passed_weak[i]);
    }
    expect_nothing_left();
}

/* ---- All end at once ---- */

enum { VALUES = 10000 };

struct owner {
    arc_halves handles[VALUES];
    arc_halves_weak weak[VALUES];
    size_t taken, upgraded;
};

static void *take_out(void *argument)
{
    struct owner *self = argument;
    struct halves halves;
    arc_halves again;
    pthread_barrier_wait(&start);
    for (size_t i = 0; i < VALUES; i++) {
        if (arc_halves_into_inner(&self->handles[i], &halves)) {
            self->taken++;
            halves_drop(&halves);
        }
        if (arc_halves_weak_upgrade(&self->weak[i], &again)) {
            check_whole(arc_halves_value(&again));
            self->upgraded++;
            if (arc_halves_into_inner(&again, &halves)) {
                self->taken++;
                halves_drop(&halves);
            }
        }
        arc_halves_weak_drop(&self->weak[i]);
    }
    return NULL;
}

static void exactly_one_owner_takes_the_value(void **state)
{
    (void)state;
    static struct owner owners[THREADS];
    size_t taken = 0;
    for (size_t i = 0; i < VALUES; i++) {
        owners[0].handles[i] = arc_halves_new(make(i));
        for (size_t j = 0; j < THREADS; j++) {
            if (j > 0)
                owners[j].handles[i] = arc_halves_clone(&owners[0].handles[i]);
            owners[j].weak[i] = arc_halves_downgrade(&owners[0].handles[i]);
        }
    }
    run(take_out, owners, sizeof(owners[0]));
    for (size_t i = 0; i < THREADS; i++)
        taken += owners[i].taken;
    assert_int_equal(taken, VALUES);
    expect_nothing_left();
}

/* ---- One owner asks whether it is alone, while the other hides as a weak handle ---- */

struct pair {
    arc_halves asking[VALUES], hiding[VALUES];
    size_t arrived;
};

struct side {
    struct pair *pair;
    bool is_asking;
};

/* Both sides come to each value at the same time. */
static void meet(struct pair *pair, size_t value)
{
    __atomic_fetch_add(&pair->arrived, 1, __ATOMIC_RELAXED);
    while (__atomic_load_n(&pair->arrived, __ATOMIC_RELAXED) < (value + 1) * 2)
        cairn_host_relax();
}

static void *ask_or_hide(void *argument)
{
    const struct side *side = argument;
    for (size_t i = 0; i < VALUES; i++) {
        arc_halves *asking = &side->pair->asking[i], *hiding = &side->pair->hiding[i];
        meet(side->pair, i);
        if (side->is_asking) {
            write_if_alone(asking, i);
            arc_halves_drop(asking);
            continue;
        }
        arc_halves_weak weak = arc_halves_downgrade(hiding);
        arc_halves_drop(hiding);
        if (arc_halves_weak_upgrade(&weak, hiding))
            check_whole(arc_halves_value(hiding));
        arc_halves_drop(hiding);
        arc_halves_weak_drop(&weak);
    }
    return NULL;
}

static void who_is_told_to_be_alone_is_alone(void **state)
{
    (void)state;
    static struct pair pairs[THREADS / 2];
    struct side sides[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        sides[i] = (struct side){&pairs[i / 2], i % 2 == 0};
    for (size_t i = 0; i < THREADS / 2; i++)
        for (size_t j = 0; j < VALUES; j++) {
            pairs[i].asking[j] = arc_halves_new(make(j));
            pairs[i].hiding[j] = arc_halves_clone(&pairs[i].asking[j]);
        }
    run(ask_or_hide, sides, sizeof(sides[0]));
    expect_nothing_left();
}

/* ---- A weak handle that another thread has before the value is there ---- */

struct letter_box {
    struct arc_halves_block *weak; /* null: empty */
    size_t number;
};

static enum cairn_collection_error make_late(struct halves *halves, const arc_halves_weak *self,
                                             void *context)
{
    struct letter_box *box = context;
    arc_halves_weak weak = arc_halves_weak_clone(self);
    __atomic_store_n(&box->weak, weak.block, __ATOMIC_RELEASE);
    *halves = make(box->number++);
    return CAIRN_COLLECTION_OK;
}

static void *make_values(void *argument)
{
    struct letter_box *box = argument;
    for (size_t i = 0; i < VALUES; i++) {
        arc_halves made = arc_halves_new_cyclic(make_late, box);
        while (__atomic_load_n(&box->weak, __ATOMIC_RELAXED)) /* or the value may be gone again */
            cairn_host_relax();
        arc_halves_drop(&made);
    }
    return NULL;
}

static void upgrade_as_soon_as_possible(struct letter_box *box)
{
    arc_halves_weak weak = {0};
    arc_halves strong;
    while (!(weak.block = __atomic_load_n(&box->weak, __ATOMIC_ACQUIRE)))
        cairn_host_relax();
    while (!arc_halves_weak_upgrade(&weak, &strong))
        cairn_host_relax();
    check_whole(arc_halves_value(&strong));
    __atomic_store_n(&box->weak, NULL, __ATOMIC_RELAXED);
    arc_halves_drop(&strong);
    arc_halves_weak_drop(&weak);
}

static void a_value_is_whole_once_it_can_be_owned(void **state)
{
    (void)state;
    struct letter_box box = {NULL, 0};
    pthread_t maker;
    assert_int_equal(pthread_create(&maker, NULL, make_values, &box), 0);
    for (size_t i = 0; i < VALUES; i++)
        upgrade_as_soon_as_possible(&box);
    assert_int_equal(pthread_join(maker, NULL), 0);
    expect_nothing_left();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handles_come_and_go),
        cmocka_unit_test(exactly_one_owner_takes_the_value),
        cmocka_unit_test(who_is_told_to_be_alone_is_alone),
        cmocka_unit_test(a_value_is_whole_once_it_can_be_owned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
