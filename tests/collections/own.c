/* SPDX-License-Identifier: MIT */
/* owned() and take(): that leaving a scope drops, however it is left, and that moving does not. */
#include "test.h"

#include <cairn/own.h>

/* An owning type of the simplest kind: zero is the empty value, and dropping it does nothing. */
typedef struct thing {
    int *drops;
} thing;

static void thing_drop(thing *self)
{
    if (self->drops)
        ++*self->drops;
    *self = (thing){0};
}

static void the_end_of_the_scope_drops(void **state)
{
    (void)state;
    int drops = 0;
    {
        owned(thing) mine = {&drops};
        assert_int_equal(drops, 0);
        assert_ptr_equal(mine.drops, &drops);
    }
    assert_int_equal(drops, 1);
}

static int leave_early(int *drops)
{
    owned(thing) mine = {drops};
    for (;;) {
        owned(thing) another = {drops};
        if (another.drops)
            return *drops; /* before either is dropped */
    }
}

static void every_way_out_drops(void **state)
{
    (void)state;
    int drops = 0;
    assert_int_equal(leave_early(&drops), 0);
    assert_int_equal(drops, 2);
    for (int i = 0; i < 3; i++) {
        owned(thing) mine = {&drops};
        if (i == 1)
            continue;
    }
    assert_int_equal(drops, 5);
}

static void take_moves_and_leaves_the_empty_value(void **state)
{
    (void)state;
    int drops = 0;
    {
        owned(thing) mine = {&drops};
        owned(thing) theirs = take(mine);
        assert_null(mine.drops);
        assert_ptr_equal(theirs.drops, &drops);
    }
    assert_int_equal(drops, 1);
}

static void take_evaluates_its_argument_once(void **state)
{
    (void)state;
    int drops = 0;
    thing things[2] = {{&drops}, {&drops}};
    size_t i = 0;
    thing taken = take(things[i++]);
    assert_int_equal(i, 1);
    assert_null(things[0].drops);
    assert_non_null(things[1].drops);
    assert_ptr_equal(taken.drops, &drops);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_of_the_scope_drops),
        cmocka_unit_test(every_way_out_drops),
        cmocka_unit_test(take_moves_and_leaves_the_empty_value),
        cmocka_unit_test(take_evaluates_its_argument_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
