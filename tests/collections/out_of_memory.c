/* SPDX-License-Identifier: MIT */
/*
 * Every collection under every failure: the n-th allocation fails, for each n, once and from then
 * on.
 *
 * A scenario uses a collection in all the ways that allocate, and goes on after a failure. After
 * each step the collection must hold what it should: what the step made of it, or, if the step
 * failed, what it held before. After the scenario nothing may be left, neither a block nor an item.
 *
 * The items are boxes from the same allocator, so that cloning one can fail too. The global
 * allocator is the dummy: whatever falls back on it, instead of the one it was given, is noticed.
 */
#include "test.h"

#include <string.h>

#include <cairn/dummy.h>
#include <cairn/global.h>

#include "fail_nth.h"
#include "tracked.h"

#define T          box_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include <cairn/box.t.h>

#define T          box_box
#define ITEM       box_tracked
#define ITEM_DROP  box_tracked_drop
#define ITEM_CLONE box_tracked_try_clone
#include <cairn/box.t.h>

#define T          vec_box
#define ITEM       box_tracked
#define ITEM_DROP  box_tracked_drop
#define ITEM_CLONE box_tracked_try_clone
#include <cairn/vec.t.h>

#define T          rc_vec
#define ITEM       vec_box
#define ITEM_DROP  vec_box_drop
#define ITEM_CLONE vec_box_try_clone
#include <cairn/rc.t.h>

static struct cairn_dummy dummy = CAIRN_DUMMY;
CAIRN_GLOBAL_ALLOCATOR(&dummy.allocator);

enum { VALUES_MAX = 64 };

/* ---- Box ---- */

static bool try_nest(box_box *self, int value)
{
    box_tracked inner;
    *self = (box_box){0};
    return !box_tracked_try_new_in(&inner, fail_nth_allocator, tracked_make(value)) &&
           !box_box_try_new_in(self, fail_nth_allocator, inner);
}

/* Whether the box is as it should be: `value` nested, or empty where making it failed. */
static void expect_nested(const box_box *box, bool made, int value)
{
    assert_int_equal(box->value != NULL, made);
    if (made)
        assert_int_equal(tracked_value(box->value->value), value);
}

static void use_boxes(void)
{
    owned(box_box) box, clone;
    bool made = try_nest(&box, 41);
    expect_nested(&box, made, 41);
    bool cloned = !box_box_try_clone(&clone, &box);
    expect_nested(&clone, made && cloned, 41);
    expect_nested(&box, made, 41);
    if (made) {
        owned(box_tracked) inner = box_box_into_inner(&box);
        assert_int_equal(tracked_value(inner.value), 41);
    }
}

static void boxes_survive_every_failure(void **state)
{
    (void)state;
    fail_nth(use_boxes, 4);
}

/* ---- Vec ---- */

struct values {
    int at[VALUES_MAX];
    size_t count;
};

static void insert_value(struct values *values, size_t index, int value)
{
    memmove(&values->at[index + 1], &values->at[index], (values->count - index) * sizeof(int));
    values->at[index] = value;
    values->count++;
}

/* Appends a copy of `count` of the values, from `first` on. */
static void append_values(struct values *values, const struct values *from, size_t first,
                          size_t count)
{
    memmove(&values->at[values->count], &from->at[first], count * sizeof(int));
    values->count += count;
}

static void expect_values(const vec_box *vec, const struct values *values)
{
    assert_int_equal(vec->length, values->count);
    for (size_t i = 0; i < vec->length; i++)
        assert_int_equal(tracked_value(vec->items[i].value), values->at[i]);
}

static bool try_make_item(box_tracked *item, int value)
{
    return !box_tracked_try_new_in(item, fail_nth_allocator, tracked_make(value));
}

static void push_some(vec_box *vec, struct values *values, int first, int last)
{
    for (int i = first; i <= last; i++) {
        box_tracked item;
        if (try_make_item(&item, i) && !vec_box_try_push(vec, take(item)))
            insert_value(values, values->count, i);
        expect_values(vec, values);
    }
}

static void insert_in_front(vec_box *vec, struct values *values)
{
    box_tracked item;
    if (try_make_item(&item, 100) && !vec_box_try_insert(vec, 0, take(item)))
        insert_value(values, 0, 100);
    expect_values(vec, values);
}

static void resize_by(vec_box *vec, struct values *values, size_t more)
{
    box_tracked item;
    if (try_make_item(&item, 200) && !vec_box_try_resize(vec, vec->length + more, take(item)))
        for (size_t i = 0; i < more; i++)
            insert_value(values, values->count, 200);
    expect_values(vec, values);
}

static void extend_from_itself(vec_box *vec, struct values *values)
{
    size_t count = values->count / 2;
    if (!vec_box_try_extend_from(vec, vec->items, count))
        append_values(values, values, 0, count);
    expect_values(vec, values);
}

static void clone_it(const vec_box *vec, const struct values *values)
{
    owned(vec_box) clone;
    if (!vec_box_try_clone(&clone, vec))
        expect_values(&clone, values);
    else
        assert_true(!clone.items && clone.length == 0 && !clone.allocator);
    expect_values(vec, values);
}

static void split_and_append(vec_box *vec, struct values *values)
{
    owned(vec_box) tail;
    struct values before = *values;
    size_t index = values->count / 3, behind = values->count - index;
    if (!vec_box_try_split_off(vec, index, &tail))
        values->count = index;
    expect_values(vec, values);
    if (!vec_box_try_append(vec, &tail) && values->count != before.count)
        append_values(values, &before, index, behind);
    expect_values(vec, values);
}

static void change_capacity(vec_box *vec, struct values *values)
{
    if (!vec_box_try_shrink_to_fit(vec))
        assert_int_equal(vec->capacity, values->count);
    expect_values(vec, values);
    if (!vec_box_try_reserve_exact(vec, 1) && !vec_box_try_reserve(vec, 20))
        assert_true(vec->capacity >= values->count + 20);
    expect_values(vec, values);
}

static void insert_from_itself(vec_box *vec, struct values *values)
{
    struct values before = *values;
    if (!vec_box_try_insert_from(vec, 1, vec->items, 2))
        for (size_t i = 0; i < 2; i++)
            insert_value(values, 1 + i, before.at[i]);
    expect_values(vec, values);
}

/* Replaces the last one by clones of the first four. */
static void splice_a_clone(vec_box *vec, struct values *values)
{
    owned(vec_box) clone = vec_box_new_in(fail_nth_allocator);
    size_t kept = values->count - 1;
    if (vec_box_try_extend_from(&clone, vec->items, 4))
        return;
    struct values before = *values;
    if (!vec_box_try_splice(vec, kept, 1, &clone)) {
        values->count = kept;
        append_values(values, &before, 0, 4);
    }
    expect_values(vec, values);
    assert_int_equal(clone.length, values->count == before.count ? 4 : 0);
}

static void use_vecs(void)
{
    struct values values = {.count = 0};
    owned(vec_box) vec;
    if (vec_box_try_with_capacity_in(&vec, fail_nth_allocator, 2))
        vec = vec_box_new_in(fail_nth_allocator);
    push_some(&vec, &values, 1, 9);
    insert_in_front(&vec, &values);
    resize_by(&vec, &values, 4);
    extend_from_itself(&vec, &values);
    clone_it(&vec, &values);
    split_and_append(&vec, &values);
    if (values.count >= 4) {
        insert_from_itself(&vec, &values);
        splice_a_clone(&vec, &values);
    }
    change_capacity(&vec, &values);
    push_some(&vec, &values, 300, 303);
}

static void vecs_survive_every_failure(void **state)
{
    (void)state;
    fail_nth(use_vecs, 50);
}

/* ---- Rc ---- */

/* Appends to what the handle owns, which first must be made its own; says whether that worked. */
static bool try_append(rc_vec *rc, int value)
{
    vec_box *vec;
    box_tracked item;
    if (rc_vec_try_make_mut(rc, &vec))
        return false;
    return try_make_item(&item, value) && !vec_box_try_push(vec, take(item));
}

static void append_and_expect(rc_vec *rc, struct values *values, int value)
{
    if (try_append(rc, value))
        insert_value(values, values->count, value);
    expect_values(rc_vec_value(rc), values);
}

static void use_rcs(void)
{
    struct values values = {.count = 0};
    owned(vec_box) vec = vec_box_new_in(fail_nth_allocator);
    owned(rc_vec) rc, also = {0};
    push_some(&vec, &values, 1, 3);
    if (rc_vec_try_new_in(&rc, fail_nth_allocator, take(vec)))
        return;
    append_and_expect(&rc, &values, 4); /* alone: as it is */
    also = rc_vec_clone(&rc);
    struct values values_of_also = values;
    append_and_expect(&rc, &values, 5); /* shared: a clone */
    expect_values(rc_vec_value(&also), &values_of_also);
    rc_vec_drop(&also);
    owned(rc_vec_weak) weak = rc_vec_downgrade(&rc);
    append_and_expect(&rc, &values, 6); /* watched: moved */
    if (rc_vec_try_unwrap(&rc, &vec))
        expect_values(&vec, &values);
}

static void rcs_survive_every_failure(void **state)
{
    (void)state;
    fail_nth(use_rcs, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_survive_every_failure),
        cmocka_unit_test(vecs_survive_every_failure),
        cmocka_unit_test(rcs_survive_every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
