/* SPDX-License-Identifier: MIT */
/* What gdb shows of boxes, vecs, what is like a vec, and reference counts. */
// shows numbers: vec_int of length 3, capacity 4 = {1, 2, 3}
// shows none: vec_int of length 0, capacity 0
// shows rubbish: vec_int that was never initialised or is damaged: length 9, capacity 2
// shows rows: vec_vec of length 1, capacity 4 = {vec_int of length 3, capacity 4 = {1, 2, 3}}
// shows row: row_int of length 3 = {1, 2, 3}
// shows no_row: row_int of length 0
// shows wrong_row: row_int that was never initialised or is damaged: length 2
// shows heap: heap_int of length 3, capacity 4 = {3, 2, 1}
// shows no_heap: heap_int of length 0, capacity 0
// shows wrong_heap: heap_int that was never initialised or is damaged: length 9, capacity 2
// shows not_a_heap: {vec = 7}
// shows borrowed: cow_int of length 3, borrowed = {1, 2, 3}
// shows own: cow_int of length 3, capacity 3 = {1, 2, 3}
// shows *pointer: vec_int of length 3, capacity 4 = {1, 2, 3}
// shows box: box_point = {value = {x = 3, y = 4}}
// shows no_box: box_point, empty
// shows shared: rc_point, strong 2, weak 1 = {value = {x = 5, y = 6}}
// shows weak: rc_point_weak, strong 2, weak 1 = {value = {x = 5, y = 6}}
// shows dead: rc_point_weak, strong 0, weak 1
// shows no_rc: rc_point, empty
// shows not_ours: {items = 1, length = 2}
#include <cairn/own.h>

struct point {
    int x, y;
};

#define T    box_point
#define ITEM struct point
#include <cairn/box.t.h>

#define T    rc_point
#define ITEM struct point
#include <cairn/rc.t.h>

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>

#define T    row_int
#define ITEM int
#define VEC  vec_int
#include <cairn/box_slice.t.h>

#define T       heap_int
#define ITEM    int
#define VEC     vec_int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/binary_heap.t.h>

#define T    cow_int
#define VEC  vec_int
#define ITEM int
#include <cairn/cow.t.h>

#define T         vec_vec
#define ITEM      vec_int
#define ITEM_DROP vec_int_drop
#include <cairn/vec.t.h>

void look(const void *there); /* where gdb stops */

static vec_int count_to(int last)
{
    vec_int made = {0};
    for (int i = 1; i <= last; i++)
        vec_int_push(&made, i);
    return made;
}

int main(void)
{
    owned(vec_int) numbers = count_to(3), none = {0};
    vec_int rubbish = {numbers.items, 9, 2, NULL};
    const vec_int *pointer = &numbers;
    vec_int first = count_to(3), second = count_to(3);
    owned(row_int) row = row_int_from_vec(&first), no_row = {0};
    row_int wrong_row = {NULL, 2, NULL};
    owned(heap_int) heap = heap_int_from_vec(second), no_heap = {0};
    heap_int wrong_heap = {rubbish};
    cow_int borrowed = cow_int_borrowed(numbers.items, numbers.length);
    owned(cow_int) own = cow_int_clone(&borrowed);
    (void)cow_int_to_mut(&own);
    struct {
        int vec;
    } not_a_heap = {7};
    owned(vec_vec) rows = {0};
    vec_vec_push(&rows, count_to(3));
    owned(box_point) box = box_point_new((struct point){3, 4}), no_box = {0};
    owned(rc_point) shared = rc_point_new((struct point){5, 6}), also = rc_point_clone(&shared);
    owned(rc_point) no_rc = {0}, dying = rc_point_new((struct point){7, 8});
    owned(rc_point_weak) weak = rc_point_downgrade(&shared), dead = rc_point_downgrade(&dying);
    rc_point_drop(&dying);
    struct {
        int items, length;
    } not_ours = {1, 2};
    look(&rubbish);
    look(pointer);
    look(&not_ours);
    look(&wrong_row);
    look(&wrong_heap);
    look(&not_a_heap);
    look(&borrowed);
    return 0;
}
