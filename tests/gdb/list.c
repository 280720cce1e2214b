/* SPDX-License-Identifier: MIT */
/* What gdb shows of lists. */
// shows numbers: list_int of length 3 = {1, 2, 3}
// shows none: list_int of length 0
// shows rubbish: list_int that was never initialised or is damaged: length 7
// shows lists: list_list of length 2 = {list_int of length 1 = {4}, list_int of length 0}
// shows no_nodes: list, empty
// shows nodes: list of nodes = {@}
#include <cairn/own.h>

#define T    list_int
#define ITEM int
#include <cairn/list.t.h>

#define T         list_list
#define ITEM      list_int
#define ITEM_DROP list_int_drop
#include <cairn/list.t.h>

void look(const void *there); /* where gdb stops */

int main(void)
{
    owned(list_int) numbers = {0}, none = {0}, more = {0};
    owned(list_list) lists = {0};
    for (int i = 1; i <= 3; i++)
        list_int_push_back(&numbers, i);
    list_int_push_back(&more, 4);
    list_list_push_back(&lists, take(more));
    list_list_push_back(&lists, take(more));
    list_int rubbish = {{NULL, NULL}, 7, NULL};
    struct cairn_list no_nodes = {0};
    struct cairn_list_node node;
    struct cairn_list nodes = {0};
    cairn_list_push_back(&nodes, &node);
    look(&rubbish);
    look(&no_nodes);
    look(&nodes);
    return 0;
}
