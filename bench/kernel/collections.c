/* SPDX-License-Identifier: MIT */
#include "collections.h"

#include <cairn/string.h>

#include "counting.h"
#include "registers.h"

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

#define T    deque_int
#define ITEM int
#include <cairn/vec_deque.t.h>

#define T    list_int
#define ITEM int
#include <cairn/list.t.h>

#define T       heap_int
#define VEC     vec_int
#define ITEM    int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/binary_heap.t.h>

#define T       btree_int
#define KEY     int
#define VALUE   int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>

#define T     hash_int
#define KEY   int
#define VALUE int
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>

enum { ITEMS = 10000 };

/* Numbers that come in no order, each once. */
static int key_at(int place)
{
    return (int)((unsigned)place * 0x9e3779b9U);
}

/* `push` is a statement that adds item number i to `grown`. */
#define COUNT_GROWTH(workload, type, push)                    \
    do {                                                      \
        type grown = type##_new_in(heap);                     \
        for (int i = 0; i < ITEMS; i++) {                     \
            uint64_t begin = time_stamp_counter();            \
            push;                                             \
            counting_note(PUSH, begin, time_stamp_counter()); \
        }                                                     \
        type##_drop(&grown);                                  \
        counting_tell(workload);                              \
    } while (0)

void count_collections(struct cairn_allocator *heap)
{
    cairn_hash_set_key(1, 2);
    COUNT_GROWTH("vec_growth", vec_int, vec_int_push(&grown, i));
    COUNT_GROWTH("deque_growth", deque_int, deque_int_push_back(&grown, i));
    COUNT_GROWTH("list_growth", list_int, list_int_push_back(&grown, i));
    COUNT_GROWTH("binary_heap_growth", heap_int, heap_int_push(&grown, key_at(i)));
    COUNT_GROWTH("btree_growth", btree_int, btree_int_insert(&grown, key_at(i), i));
    COUNT_GROWTH("hash_growth", hash_int, hash_int_insert(&grown, key_at(i), i));
    COUNT_GROWTH("string_growth", cairn_string,
                 cairn_string_push(&grown, (cairn_char)('a' + i % 26)));
    COUNT_GROWTH("string_format", cairn_string, cairn_string_format(&grown, "%d, ", i));
}
