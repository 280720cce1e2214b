/* SPDX-License-Identifier: MIT */
/* What gdb shows of B-trees. */
// shows map: map_int of length 3 = {[1] = 10, [2] = 20, [3] = 30}
// shows no_map: map_int of length 0
// shows set: set_int of length 2 = {5, 7}
// shows many: set_int of length 100 = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99}
// shows rubbish: map_int that was never initialised or is damaged: length 9, 3 entries
#include <cairn/own.h>

#define T       map_int
#define KEY     int
#define VALUE   int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>

#define T       set_int
#define ITEM    int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_set.t.h>

void look(const void *there); /* where gdb stops */

int main(void)
{
    owned(map_int) map = {0}, no_map = {0};
    owned(set_int) set = {0}, many = {0};
    for (int i = 3; i > 0; i--)
        map_int_insert(&map, i, i * 10);
    set_int_insert(&set, 7);
    set_int_insert(&set, 5);
    for (int i = 0; i < 100; i++)
        set_int_insert(&many, i);
    map_int rubbish = {map.root, 9, NULL};
    look(&rubbish);
    return 0;
}
