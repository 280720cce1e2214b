/* SPDX-License-Identifier: MIT */
/* Collections over the heap, which is empty again when the last of them is gone. */
#include "cross.h"

#include <cairn/shared_str.h>
#include <cairn/string.h>

/* With a frame of its own: the stack of a small machine would not bear all of them in one. */
#define APART static __attribute__((noinline))

#define T     box_number
#define ITEM  uint64_t
#include <cairn/box.t.h>

#define T       vec_number
#define ITEM    uint32_t
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/vec.t.h>

#define T    deque_number
#define ITEM uint32_t
#define VEC  vec_number
#include <cairn/vec_deque.t.h>

#define T    list_number
#define ITEM uint32_t
#include <cairn/list.t.h>

#define T         rc_vec
#define ITEM      vec_number
#define ITEM_DROP vec_number_drop
#include <cairn/rc.t.h>

#define T     hash_number
#define KEY   uint32_t
#define VALUE uint64_t
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>

enum { PUSHES = 200 };

/* Of a map or a list, which take more memory for each. */
enum { ENTRIES = CROSS_MEMORY < 8192 ? 20 : 200 };

APART void use_box(struct cairn_allocator *allocator)
{
    owned(box_number) number = box_number_new_in(allocator, UINT64_C(0x0123456789abcdef));
    owned(box_number) moved = take(number);
    expect(!number.value && *moved.value == UINT64_C(0x0123456789abcdef), "the value has moved");
}

static vec_number make_vec(struct cairn_allocator *allocator)
{
    vec_number numbers = vec_number_new_in(allocator);
    for (uint32_t i = 0; i < PUSHES; i++)
        vec_number_push(&numbers, i * i);
    return numbers;
}

APART void use_vec(struct cairn_allocator *allocator)
{
    owned(vec_number) numbers = make_vec(allocator);
    expect(numbers.length == PUSHES && *vec_number_at(&numbers, 100) == 10000, "what was pushed");
    vec_number_insert(&numbers, 0, 7);
    expect(vec_number_remove(&numbers, 3) == 4, "the square of 2 behind what was inserted");
    vec_number_shrink_to_fit(&numbers);
    expect(numbers.capacity == PUSHES, "no room is left");
    enum cairn_collection_error error =
        vec_number_try_reserve(&numbers, SIZE_MAX / sizeof(uint32_t));
    expect(error == CAIRN_COLLECTION_TOO_LARGE, "more than can be");
    error = vec_number_try_reserve(&numbers, CROSS_MEMORY);
    expect(error == CAIRN_COLLECTION_NO_MEMORY, "more than there is");
    expect(numbers.items[0] == 7 && numbers.length == PUSHES, "a refusal changes nothing");
}

/* Numbers that are all over the place, each of them twice. */
static vec_number make_unsorted(struct cairn_allocator *allocator)
{
    vec_number numbers = vec_number_new_in(allocator);
    for (uint32_t i = 0; i < PUSHES; i++)
        vec_number_push(&numbers, i / 2 * UINT32_C(0x9e3779b9));
    return numbers;
}

APART void use_sort(struct cairn_allocator *allocator)
{
    owned(vec_number) numbers = make_unsorted(allocator), again = vec_number_clone(&numbers);
    size_t index = 0;
    vec_number_sort(&numbers);
    vec_number_sort_unstable(&again);
    expect(vec_number_is_sorted(&numbers) && vec_number_equals(&numbers, again.items, again.length),
           "both sort");
    expect(vec_number_binary_search(&numbers, &numbers.items[9], &index) &&
               numbers.items[index] == numbers.items[9],
           "what is sorted is found");
    vec_number_dedup(&numbers);
    expect(numbers.length == PUSHES / 2, "each number once");
}

#define T       heap_number
#define VEC     vec_number
#define ITEM    uint32_t
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/binary_heap.t.h>

APART void use_binary_heap(struct cairn_allocator *allocator)
{
    owned(heap_number) heap = heap_number_from_vec(make_unsorted(allocator));
    uint32_t last = UINT32_MAX, item;
    heap_number_push(&heap, UINT32_MAX);
    size_t taken = 0;
    for (; taken < PUSHES / 2 && heap_number_pop(&heap, &item) && item <= last; taken++)
        last = item;
    expect(taken == PUSHES / 2, "the greatest comes first");
    owned(vec_number) rest = heap_number_into_sorted_vec(&heap);
    expect(vec_number_is_sorted(&rest) && rest.length == PUSHES + 1 - taken && rest.items[0] == 0,
           "the others in order");
}

APART void use_vec_deque(struct cairn_allocator *allocator)
{
    owned(deque_number) numbers = deque_number_from_vec(make_vec(allocator));
    for (uint32_t i = 1; i < PUSHES; i++)
        deque_number_push_front(&numbers, i);
    deque_number_rotate_left(&numbers, PUSHES - 1);
    deque_number_insert(&numbers, 3, 7);
    expect(deque_number_remove(&numbers, 3) == 7 && *deque_number_at(&numbers, 100) == 10000,
           "the squares come first");
    expect(*deque_number_back(&numbers) == 1, "then the numbers, the last one first");
    enum cairn_collection_error error = deque_number_try_reserve(&numbers, SIZE_MAX / 8);
    expect(error == CAIRN_COLLECTION_TOO_LARGE, "more than can be in a power of two");
    owned(vec_number) vec = deque_number_into_vec(&numbers);
    expect(vec.length == 2 * PUSHES - 1 && vec.items[9] == 81, "the same as a vec");
}

#define T         arc_vec
#define ITEM      vec_number
#define ITEM_DROP vec_number_drop
#include <cairn/arc.t.h>

APART void insert_in_map(hash_number *map, uint32_t key)
{
    hash_number_insert(map, key, UINT64_C(0x100000001) * key);
}

APART void fill_map(hash_number *map)
{
    for (uint32_t i = 0; i < ENTRIES; i++) {
        insert_in_map(map, i);
        expect(*hash_number_get(map, &(uint32_t){i / 2}) == UINT64_C(0x100000001) * (i / 2),
               "what was inserted");
    }
}

APART void halve_map(hash_number *map)
{
    for (hash_number_iterator i = hash_number_begin(map); hash_number_next(&i);)
        if (*i.key % 2 == 0)
            hash_number_erase(&i);
    expect(map->length == ENTRIES / 2, "half of them");
}

APART void empty_clone(const hash_number *map)
{
    owned(hash_number) clone = hash_number_clone(map);
    for (uint32_t i = 0; i < ENTRIES; i++)
        expect(hash_number_remove(&clone, &i, NULL) == (i % 2 == 1), "the odd ones are left");
    expect(clone.length == 0, "all of them");
}

APART void use_hash_map(struct cairn_allocator *allocator)
{
    const struct cairn_hash_seed zeros = {{0, 0}};
    expect(cairn_hash_bytes("\1\10\17\26\35\44\53\62\71", 9, &zeros) ==
               UINT64_C(0x4ec42971d570753b),
           "the hash of bytes is the same everywhere");
    owned(hash_number) map = hash_number_new_in(allocator);
    fill_map(&map);
    halve_map(&map);
    empty_clone(&map);
    enum cairn_collection_error error = hash_number_try_reserve(&map, SIZE_MAX / 16);
    expect(error == CAIRN_COLLECTION_TOO_LARGE, "more than can be");
    error = hash_number_try_reserve(&map, CROSS_MEMORY);
    expect(error == CAIRN_COLLECTION_NO_MEMORY, "more than there is");
}

APART void use_list(struct cairn_allocator *allocator)
{
    owned(list_number) numbers = list_number_new_in(allocator);
    for (uint32_t i = 0; i < ENTRIES; i++)
        list_number_push_front(&numbers, i);
    owned(list_number) small = list_number_split_off(&numbers, ENTRIES - 10);
    list_number_iterator i = list_number_end(&small);
    expect(list_number_previous(&i) && *i.item == 0, "what was pushed first is last");
    list_number_splice_before(&i, &numbers);
    expect(small.length == ENTRIES && list_number_previous(&i) && *i.item == 10, "in between");
    list_number_erase(&i);
}

APART void use_rc(struct cairn_allocator *allocator)
{
    vec_number numbers = make_vec(allocator);
    owned(rc_vec) shared = rc_vec_new_in(allocator, take(numbers));
    owned(rc_vec_weak) weak = rc_vec_downgrade(&shared);
    owned(rc_vec) also = rc_vec_clone(&shared);
    expect(rc_vec_strong_count(&also) == 2 && rc_vec_value(&also)->items[9] == 81, "two owners");
    rc_vec_drop(&shared);
    rc_vec_drop(&also);
    expect(rc_vec_weak_strong_count(&weak) == 0, "the last owner is gone");
}

/* With the atomic operations of the machine, of which some have only words. */
APART void use_arc(struct cairn_allocator *allocator)
{
    vec_number numbers = make_vec(allocator), again = {0};
    owned(arc_vec) shared = arc_vec_new_in(allocator, take(numbers)), upgraded = {0};
    owned(arc_vec_weak) weak = arc_vec_downgrade(&shared);
    owned(arc_vec) also = arc_vec_clone(&shared);
    expect(arc_vec_weak_upgrade(&weak, &upgraded) && arc_vec_strong_count(&also) == 3,
           "three owners");
    expect(!arc_vec_into_inner(&upgraded, &again), "not the last");
    arc_vec_drop(&also);
    expect(!arc_vec_get_mut(&shared), "there is a weak handle");
    arc_vec_weak_drop(&weak);
    expect(arc_vec_get_mut(&shared)->items[9] == 81, "alone");
    expect(arc_vec_into_inner(&shared, &again), "the last");
    vec_number_drop(&again);
    owned(cairn_arc_str) text = cairn_arc_str_from_in(allocator, CAIRN_STR("cairn"));
    expect(cairn_str_equal(cairn_arc_str_as_str(&text), CAIRN_STR("cairn")), "shared text");
}

/* In words of 8 bytes, with either end first. */
APART void use_utf8(void)
{
    struct cairn_utf8_error error = {0, 0};
    const char *wrong = "0123456789\xc3\xa9, \xe2\x82\xac and \xe2\x28\xa1 more";
    expect(cairn_utf8_validate(wrong, 21, &error), "it is valid to the letter");
    expect(!cairn_utf8_validate(wrong, 29, &error), "and not after it");
    expect(error.valid_up_to == 22 && error.error_length == 1, "which is told");
    expect(cairn_utf8_count(wrong, 22) == 19, "its characters are counted");
}

APART void use_string(struct cairn_allocator *allocator)
{
    owned(cairn_string) text = cairn_string_new_in(allocator);
    for (unsigned i = 0; i < 50; i++)
        cairn_string_format(&text, "%u \xe2\x82\xac, ", i);
    cairn_string_push(&text, 0x1f600);
    cairn_str view = cairn_string_as_str(&text);
    size_t index = 0;
    expect(cairn_str_count_chars(view) == 10 * 5 + 40 * 6 + 1, "what was formatted and pushed");
    expect(cairn_str_find(view, CAIRN_STR("7 \xe2\x82\xac, 8"), &index) && index == 7 * 7, "found");
    expect(cairn_string_try_reserve(&text, SIZE_MAX) == CAIRN_COLLECTION_TOO_LARGE, "too much");
}

#define T       map_number
#define KEY     uint16_t
#define VALUE   uint64_t
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>

APART void use_btree_map(struct cairn_allocator *allocator)
{
    enum { COUNT = CROSS_MEMORY < 8192 ? 100 : 200, THIRDS = (COUNT - 1) / 3 };
    owned(map_number) map = map_number_new_in(allocator);
    uint64_t sum = 0;
    for (unsigned i = 0; i < COUNT; i++)
        map_number_insert(&map, (uint16_t)(i * 77 % COUNT), i);
    for (map_number_iterator i = map_number_begin(&map); map_number_next(&i);) {
        expect(*i.value * 77 % COUNT == *i.key, "the value of a key");
        if (*i.key % 3 == 0)
            map_number_erase(&i);
        else
            sum += *i.key;
    }
    expect(map.length == COUNT - 1 - THIRDS &&
               sum == (COUNT - 1) * COUNT / 2 - THIRDS * (THIRDS + 1) / 2 * 3,
           "what was not erased");
    expect(*map_number_last(&map).key == (COUNT % 3 == 1 ? COUNT - 2 : COUNT - 1), "the last one");
}

void cross_collections(void)
{
    expect(cairn_heap_init(&cross_heap, cross_memory, CROSS_MEMORY) == CAIRN_REGION_OK,
           "a heap for collections");
    use_box(&cross_heap.allocator);
    use_vec(&cross_heap.allocator);
    use_sort(&cross_heap.allocator);
    use_binary_heap(&cross_heap.allocator);
    use_vec_deque(&cross_heap.allocator);
    use_list(&cross_heap.allocator);
    use_hash_map(&cross_heap.allocator);
    use_rc(&cross_heap.allocator);
    use_btree_map(&cross_heap.allocator);
    use_arc(&cross_heap.allocator);
    use_utf8();
    use_string(&cross_heap.allocator);
    cairn_heap_check(&cross_heap);
    expect(cairn_heap_statistics(&cross_heap).used == 0, "nothing is left");
    cross_print("collections");
}
