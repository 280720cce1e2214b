/* SPDX-License-Identifier: MIT */
/* Box, vec and rc over the heap, which is empty again when the last of them is gone. */
#include "cross.h"

#define T    box_number
#define ITEM uint64_t
#include <cairn/box.t.h>

#define T    vec_number
#define ITEM uint32_t
#include <cairn/vec.t.h>

#define T         rc_vec
#define ITEM      vec_number
#define ITEM_DROP vec_number_drop
#include <cairn/rc.t.h>

enum { PUSHES = 200 };

static void use_box(struct cairn_allocator *allocator)
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

static void use_vec(struct cairn_allocator *allocator)
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

static void use_rc(struct cairn_allocator *allocator)
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

void cross_collections(void)
{
    expect(cairn_heap_init(&cross_heap, cross_memory, CROSS_MEMORY) == CAIRN_REGION_OK,
           "a heap for collections");
    use_box(&cross_heap.allocator);
    use_vec(&cross_heap.allocator);
    use_rc(&cross_heap.allocator);
    cairn_heap_check(&cross_heap);
    expect(cairn_heap_statistics(&cross_heap).used == 0, "nothing is left");
    cross_print("collections");
}
