/* SPDX-License-Identifier: MIT */
/* Deques and lists on the kernel's heap, and the list that needs none. */
#include "kernel_test.h"

#include <cairn/base/list.h>

#define T    vec_u64
#define ITEM uint64_t
#include <cairn/vec.t.h>

#define T    deque_u64
#define ITEM uint64_t
#define VEC  vec_u64
#include <cairn/vec_deque.t.h>

#define T    list_u64
#define ITEM uint64_t
#include <cairn/list.t.h>

/* As many come as go, so it stays at its first capacity however long it runs. */
TEST(queue_around_the_ring)
{
    owned(deque_u64) queue = {0};
    uint64_t next = 0, item;
    for (uint64_t i = 0; i < 1000; i++) {
        deque_u64_push_back(&queue, i);
        if (queue.length > 3) {
            cairn_check(deque_u64_pop_front(&queue, &item) && item == next, "%llu is first",
                        (unsigned long long)item);
            next++;
        }
    }
    cairn_check(deque_u64_capacity(&queue) == 4, "room for %zu", deque_u64_capacity(&queue));
}

TEST(deque_until_the_heap_is_full)
{
    owned(deque_u64) deque = {0};
    uint64_t count = 0;
    while (deque_u64_try_push_front(&deque, count) == CAIRN_COLLECTION_OK)
        count++;
    cairn_check(count > 1000 && deque.length == count, "%zu are there", deque.length);
    for (uint64_t i = 0; i < count; i++)
        cairn_check(*deque_u64_at(&deque, i) == count - 1 - i, "at %llu is another",
                    (unsigned long long)i);
}

TEST(deque_to_vec_and_back)
{
    owned(deque_u64) deque = {0};
    for (uint64_t i = 0; i < 8; i++)
        deque_u64_push_front(&deque, i);
    owned(vec_u64) vec = deque_u64_into_vec(&deque);
    cairn_check(vec.items[0] == 7 && vec.items[7] == 0, "the vec begins with another");
    deque = deque_u64_from_vec(take(vec));
    cairn_check(*deque_u64_back(&deque) == 0, "the deque ends with another");
}

TEST(list_is_taken_apart)
{
    owned(list_u64) list = {0};
    for (uint64_t i = 0; i < 500; i++)
        list_u64_push_back(&list, i);
    owned(list_u64) tail = list_u64_split_off(&list, 300);
    list_u64_append(&tail, &list);
    cairn_check(tail.length == 500 && *list_u64_back(&tail) == 299, "%zu items", tail.length);
    for (list_u64_iterator i = list_u64_begin(&tail); list_u64_next(&i);)
        if (*i.item % 2 == 0)
            list_u64_erase(&i);
    cairn_check(tail.length == 250 && *list_u64_front(&tail) == 301, "%zu are odd", tail.length);
}

struct task {
    int number;
    struct cairn_list_node waiting;
};

TEST(tasks_wait_without_memory)
{
    static struct task tasks[3];
    struct cairn_list list = {0};
    for (int i = 0; i < 3; i++) {
        tasks[i].number = i;
        cairn_list_push_back(&list, &tasks[i].waiting);
    }
    cairn_list_remove(&list, &tasks[1].waiting);
    struct cairn_list_node *node = cairn_list_pop_back(&list);
    cairn_check(CAIRN_CONTAINER_OF(node, struct task, waiting)->number == 2, "another was last");
    cairn_check(list.first == &tasks[0].waiting && list.first == list.last, "one is left");
}
