/* SPDX-License-Identifier: MIT */
/* What gdb shows of hash tables. The hash is the key itself, so that the order is known. */
// shows map: map_int of length 3 = {[3] = 30, [2] = 20, [1] = 10}
// shows no_map: map_int of length 0
// shows set: set_int of length 2 = {5, 7}
// shows moving: set_int of length 57 = {1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 2, 6, 10, 14, 18, 22, 26, 30, 34, 38, 42, 46, 50, 54}
// shows rubbish: map_int that was never initialised or is damaged: length 9, 3 items
#include <cairn/hash.h>
#include <cairn/own.h>

#define T               map_int
#define KEY             int
#define VALUE           int
#define HASH(key, seed) ((void)(seed), (uint64_t) * (key) << 8)
#define EQUAL           CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>

#define T                set_int
#define ITEM             int
#define HASH(item, seed) ((void)(seed), (uint64_t) * (item) << 8)
#define EQUAL            CAIRN_EQUAL_INTEGER
#include <cairn/hash_set.t.h>

void look(const void *there); /* where gdb stops */

int main(void)
{
    owned(map_int) map = {0}, no_map = {0};
    owned(set_int) set = {0}, moving = {0};
    for (int i = 3; i > 0; i--)
        map_int_insert(&map, i, i * 10);
    set_int_insert(&set, 5);
    set_int_insert(&set, 7);
    for (int i = 0; i < 57; i++)
        set_int_insert(&moving, i);
    map_int rubbish = {map.table, 9, NULL};
    look(&rubbish);
    return 0;
}
