/* SPDX-License-Identifier: MIT */
/* The intrusive list: every operation on lists of up to a few nodes, at every place. */
#include "test.h"

#include <cairn/base/list.h>

struct task {
    int number;
    struct cairn_list_node waiting;
};

enum { TASKS = 6 };
static struct task tasks[TASKS];

/* The tasks of these numbers, in this order, seen from both ends. */
static void expect_numbers(const struct cairn_list *list, size_t count, const int *numbers)
{
    struct cairn_list_node *node = list->first;
    for (size_t i = 0; i < count; i++, node = node->next)
        assert_int_equal(CAIRN_CONTAINER_OF(node, struct task, waiting)->number, numbers[i]);
    assert_null(node);
    node = list->last;
    for (size_t i = count; i-- > 0; node = node->previous)
        assert_int_equal(CAIRN_CONTAINER_OF(node, struct task, waiting)->number, numbers[i]);
    assert_null(node);
}

#define EXPECT(list, ...) \
    expect_numbers(list, sizeof((int[]){__VA_ARGS__}) / sizeof(int), (int[]){__VA_ARGS__})

/* Tasks 0 to count - 1. */
static struct cairn_list list_of(int count)
{
    struct cairn_list list = {0};
    for (int i = 0; i < TASKS; i++)
        tasks[i] = (struct task){.number = i};
    for (int i = 0; i < count; i++)
        cairn_list_push_back(&list, &tasks[i].waiting);
    return list;
}

static void nodes_come_and_go_at_both_ends(void **state)
{
    (void)state;
    struct cairn_list list = list_of(0);
    assert_null(cairn_list_pop_front(&list));
    assert_null(cairn_list_pop_back(&list));
    cairn_list_push_back(&list, &tasks[1].waiting);
    cairn_list_push_front(&list, &tasks[0].waiting);
    cairn_list_push_back(&list, &tasks[2].waiting);
    EXPECT(&list, 0, 1, 2);
    assert_ptr_equal(cairn_list_pop_front(&list), &tasks[0].waiting);
    assert_ptr_equal(cairn_list_pop_back(&list), &tasks[2].waiting);
    assert_ptr_equal(cairn_list_pop_back(&list), &tasks[1].waiting);
    assert_true(!list.first && !list.last);
}

static void nodes_are_inserted_and_taken_out_anywhere(void **state)
{
    (void)state;
    for (int place = 0; place < 3; place++) {
        struct cairn_list list = list_of(3);
        cairn_list_insert_before(&list, &tasks[place].waiting, &tasks[3].waiting);
        assert_ptr_equal(tasks[place].waiting.previous, &tasks[3].waiting);
        cairn_list_remove(&list, &tasks[3].waiting);
        EXPECT(&list, 0, 1, 2);
        cairn_list_insert_after(&list, &tasks[place].waiting, &tasks[3].waiting);
        assert_ptr_equal(tasks[place].waiting.next, &tasks[3].waiting);
        cairn_list_remove(&list, &tasks[3].waiting);
        EXPECT(&list, 0, 1, 2);
        assert_true(!tasks[3].waiting.next && !tasks[3].waiting.previous);
    }
}

static void lists_are_put_together_and_split(void **state)
{
    (void)state;
    for (int place = -1; place < 4; place++) {
        struct cairn_list list = list_of(4), rest;
        rest = cairn_list_split_after(&list, place < 0 ? NULL : &tasks[place].waiting);
        expect_numbers(&list, (size_t)(place + 1), (int[]){0, 1, 2, 3});
        expect_numbers(&rest, (size_t)(3 - place), &(int[]){0, 1, 2, 3, 4}[place + 1]);
        cairn_list_append(&list, &rest);
        assert_true(!rest.first && !rest.last);
        EXPECT(&list, 0, 1, 2, 3);
    }
    struct cairn_list list = list_of(4), middle = {0};
    cairn_list_push_back(&middle, &tasks[4].waiting);
    cairn_list_push_back(&middle, &tasks[5].waiting);
    cairn_list_splice(&list, &tasks[1].waiting, &middle, &tasks[2].waiting);
    EXPECT(&list, 0, 1, 4, 5, 2, 3);
    cairn_list_splice(&list, &tasks[1].waiting, &middle, &tasks[4].waiting); /* nothing */
    EXPECT(&list, 0, 1, 4, 5, 2, 3);
}

static void a_node_that_is_not_there_is_found(void **state)
{
    (void)state;
    struct cairn_list list = list_of(3), other = {0};
    cairn_list_push_back(&other, &tasks[4].waiting);
    expect_panic(cairn_list_remove(&list, &tasks[3].waiting), "is not in this list");
    expect_panic(cairn_list_remove(&list, &tasks[4].waiting), "is not in this list");
    expect_panic(cairn_list_insert_before(&list, &tasks[4].waiting, &tasks[5].waiting),
                 "is not in this list");
    cairn_list_remove(&list, &tasks[1].waiting);
    expect_panic(cairn_list_remove(&list, &tasks[1].waiting), "is not in this list");
    tasks[0].waiting.next = &tasks[5].waiting; /* overwritten */
    expect_panic(cairn_list_remove(&list, &tasks[2].waiting), "is not in this list");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_come_and_go_at_both_ends),
        cmocka_unit_test(nodes_are_inserted_and_taken_out_anywhere),
        cmocka_unit_test(lists_are_put_together_and_split),
        cmocka_unit_test(a_node_that_is_not_there_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
