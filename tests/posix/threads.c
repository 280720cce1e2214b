/* SPDX-License-Identifier: MIT */
/* hosts/posix: each thread's number, and a barrier in all threads. */
#include "child.h"
#include "test.h"

#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cairn/base/host.h>

#define FEW  20
#define MANY 1100 /* more than there are numbers to be used again */

static pthread_barrier_t all_have_asked;

static void *ask(void *slot)
{
    *(unsigned *)slot = cairn_host_slot();
    pthread_barrier_wait(&all_have_asked);
    return NULL;
}

/* The numbers of that many threads, all alive at the same time. */
static void slots_of_threads(unsigned *slots, unsigned count)
{
    pthread_t threads[MANY];
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 * 1024);
    pthread_barrier_init(&all_have_asked, NULL, count);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(pthread_create(&threads[i], &small, ask, &slots[i]), 0);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&all_have_asked);
    pthread_attr_destroy(&small);
}

static void expect_all_different(const unsigned *slots, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_int_not_equal(slots[i], cairn_host_slot());
        for (unsigned k = 0; k < i; k++)
            assert_int_not_equal(slots[i], slots[k]);
    }
}

static void threads_have_small_numbers_of_their_own(void **state)
{
    (void)state;
    unsigned slots[FEW];
    assert_int_equal(cairn_host_slot(), cairn_host_slot());
    slots_of_threads(slots, FEW);
    expect_all_different(slots, FEW);
    for (unsigned i = 0; i < FEW; i++)
        expect_between(slots[i], 0, FEW);
}

static void numbers_of_dead_threads_are_used_again(void **state)
{
    (void)state;
    unsigned slots[FEW];
    for (int round = 0; round < 200; round++) {
        slots_of_threads(slots, FEW);
        for (unsigned i = 0; i < FEW; i++)
            expect_between(slots[i], 0, FEW);
    }
}

static void more_threads_than_numbers_are_told_apart(void **state)
{
    (void)state;
    static unsigned slots[MANY];
    slots_of_threads(slots, MANY);
    expect_all_different(slots, MANY);
}

/* A destructor of the program's, which may run after ours, and which runs again and again. */
static pthread_key_t late;
static unsigned slot_in_thread, slots_in_destructor[8], destructor_calls;

static void ask_late(void *value)
{
    slots_in_destructor[destructor_calls++ % 8] = cairn_host_slot();
    if (destructor_calls < 3)
        pthread_setspecific(late, value);
}

static void *ask_and_end(void *unused)
{
    slot_in_thread = cairn_host_slot();
    pthread_setspecific(late, &late);
    return unused;
}

static void destructors_still_have_the_number(void **state)
{
    (void)state;
    pthread_t thread;
    assert_int_equal(pthread_key_create(&late, ask_late), 0);
    assert_int_equal(pthread_create(&thread, NULL, ask_and_end, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(destructor_calls, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(slots_in_destructor[i], slot_in_thread);
    pthread_key_delete(late);
}

static unsigned slot_of_parent;

static int compare_in_child(void)
{
    unsigned slots[FEW];
    if (cairn_host_slot() != slot_of_parent)
        return 1;
    cairn_host_barrier_everywhere();
    slots_of_threads(slots, FEW);
    expect_all_different(slots, FEW);
    for (unsigned i = 0; i < FEW; i++)
        if (slots[i] > FEW)
            return 2; /* a number of a thread that was not copied is still taken */
    return 0;
}

static void *fork_here(void *unused)
{
    struct test_ending ending;
    slot_of_parent = cairn_host_slot();
    test_run_in_child(compare_in_child, &ending);
    test_expect_exit(&ending, 0);
    return unused;
}

static void *wait_for_end(void *end)
{
    cairn_host_slot();
    pthread_barrier_wait(end);
    pthread_barrier_wait(end);
    return NULL;
}

/* Thirty threads hold the low numbers while another forks: the child has these numbers again. */
static void a_forked_child_keeps_its_number_only(void **state)
{
    (void)state;
    pthread_t threads[30];
    pthread_barrier_t end;
    pthread_barrier_init(&end, NULL, 31);
    for (int i = 0; i < 30; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, wait_for_end, &end), 0);
    pthread_barrier_wait(&end);
    fork_here(NULL);
    pthread_barrier_wait(&end);
    for (int i = 0; i < 30; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&end);
}

/*
 * Dekker's protocol, with the barrier on one side only: never may both sides miss the other. The
 * fast side has a plain store and a plain load, which the processor may exchange; without the
 * barrier some of these rounds fail.
 */
#define DEKKER_ROUNDS 20000
static _Alignas(64) volatile unsigned round_now;
static _Alignas(64) volatile unsigned fast_is_in;
static _Alignas(64) volatile unsigned slow_is_in;
static _Alignas(64) volatile unsigned fast_done;
static volatile unsigned fast_saw;

static void *go_fast(void *unused)
{
    for (unsigned round = 1; round <= DEKKER_ROUNDS; round++) {
        while (round_now != round)
            cairn_host_relax();
        fast_is_in = round;
        fast_saw = slow_is_in;
        __atomic_store_n(&fast_done, round, __ATOMIC_RELEASE);
    }
    return unused;
}

/* Waits a little, each round another time, so that the two sides meet at every distance. */
static void let_rounds_differ(unsigned round)
{
    for (volatile unsigned i = 0; i < round % 64; i++)
        ;
}

static void the_barrier_orders_the_other_side_too(void **state)
{
    (void)state;
    pthread_t thread;
    unsigned both_missed = 0;
    assert_int_equal(pthread_create(&thread, NULL, go_fast, NULL), 0);
    for (unsigned round = 1; round <= DEKKER_ROUNDS; round++) {
        round_now = round;
        let_rounds_differ(round);
        slow_is_in = round;
        cairn_host_barrier_everywhere();
        unsigned slow_saw = fast_is_in;
        while (__atomic_load_n(&fast_done, __ATOMIC_ACQUIRE) != round)
            cairn_host_relax();
        both_missed += fast_saw != round && slow_saw != round;
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(both_missed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_have_small_numbers_of_their_own),
        cmocka_unit_test(numbers_of_dead_threads_are_used_again),
        cmocka_unit_test(more_threads_than_numbers_are_told_apart),
        cmocka_unit_test(destructors_still_have_the_number),
        cmocka_unit_test(a_forked_child_keeps_its_number_only),
        cmocka_unit_test(the_barrier_orders_the_other_side_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
