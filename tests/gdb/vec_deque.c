/* SPDX-License-Identifier: MIT */
/* What gdb shows of deques. */
// shows numbers: deque_int of length 4, capacity 4 = {1, 2, 3, 4}
// shows none: deque_int of length 0, capacity 0
// shows rubbish: deque_int that was never initialised or is damaged: length 7, capacity 4
#include <cairn/own.h>

#define T    deque_int
#define ITEM int
#include <cairn/vec_deque.t.h>

void look(const void *there); /* where gdb stops */

int main(void)
{
    owned(deque_int) numbers = {0}, none = {0};
    for (int i = 0; i < 2; i++) {
        deque_int_push_back(&numbers, 3 + i);
        deque_int_push_front(&numbers, 2 - i);
    }
    deque_int rubbish = {numbers.items, 7, 5, NULL};
    look(&rubbish);
    return 0;
}
