/* SPDX-License-Identifier: MIT */
/* Cow, of text and of items: that it copies when it must and not before. */
#include "test.h"

#include <cairn/counted.h>
#include <cairn/cow_str.h>
#include <cairn/global.h>
#include <cairn/own.h>

#include "expect_error.h"
#include "fail_nth.h"
#include "strict_heap.h"
#include "tracked.h"

static struct cairn_counted other = CAIRN_COUNTED(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&strict_heap.allocator);

#define T          vec_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include <cairn/vec.t.h>

#define T          cow_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#define VEC        vec_tracked
#include <cairn/cow.t.h>

static int after(void **state)
{
    (void)state;
    tracked_expect_none();
    strict_heap_expect_empty();
    return 0;
}

#define expect_text(cow, text) \
    assert_true(cairn_str_equal(cairn_cow_str_as_str(cow), CAIRN_STR(text)))

/* ---- Text ---- */

static void text_is_borrowed_until_it_is_changed(void **state)
{
    (void)state;
    cairn_str text = CAIRN_STR("stone");
    owned(cairn_cow_str) cow = cairn_cow_str_borrowed_in(&other.allocator, text);
    owned(cairn_cow_str) also = cairn_cow_str_clone(&cow);
    assert_false(cairn_cow_str_is_owned(&cow));
    assert_ptr_equal(cairn_cow_str_as_str(&also).bytes, text.bytes);
    cairn_string_push(cairn_cow_str_to_mut(&cow), 's');
    expect_text(&cow, "stones");
    expect_text(&also, "stone");
    assert_true(cairn_cow_str_is_owned(&cow));
    assert_int_equal(other.live_blocks, 1);
    cairn_string_push(cairn_cow_str_to_mut(&cow), '!');
    owned(cairn_cow_str) copy = cairn_cow_str_clone(&cow);
    assert_int_equal(other.live_blocks, 2);
    expect_text(&copy, "stones!");
}

static void text_becomes_a_string(void **state)
{
    (void)state;
    cairn_cow_str cow = cairn_cow_str_borrowed(CAIRN_STR("heap"));
    owned(cairn_string) string = cairn_cow_str_into_owned(&cow), again = {0};
    expect_text(&cow, "");
    const char *bytes = string.bytes;
    cow = cairn_cow_str_owned(take(string));
    again = cairn_cow_str_into_owned(&cow);
    assert_ptr_equal(again.bytes, bytes); /* moved, not copied */
    owned(cairn_cow_str) empty = {0};
    cairn_string_push(cairn_cow_str_to_mut(&empty), 'a');
    expect_text(&empty, "a");
}

static void valid_bytes_are_not_copied(void **state)
{
    (void)state;
    const char valid[] = "caf\xc3\xa9", wrong[] = "caf\xc3";
    owned(cairn_cow_str) one = cairn_cow_str_from_utf8_lossy(valid, 5);
    owned(cairn_cow_str) two = cairn_cow_str_from_utf8_lossy(wrong, 4);
    assert_ptr_equal(cairn_cow_str_as_str(&one).bytes, valid);
    expect_text(&two, "caf\xef\xbf\xbd");
    assert_true(cairn_cow_str_is_owned(&two));
}

/* ---- Items ---- */

static void items_are_borrowed_until_they_are_changed(void **state)
{
    (void)state;
    struct tracked items[] = {tracked_make(1), tracked_make(2)};
    {
        owned(cow_tracked) cow = cow_tracked_borrowed(items, 2), also = cow_tracked_clone(&cow);
        assert_false(cow_tracked_is_owned(&cow));
        assert_int_equal(tracked_live, 2);
        cow_tracked_to_mut(&cow)->items[0].value = 7;
        assert_int_equal(tracked_value(&items[0]), 1);
        assert_int_equal(tracked_value(&cow.vec.items[0]), 7);
        assert_ptr_equal(also.vec.items, items);
        owned(cow_tracked) copy = cow_tracked_clone(&cow);
        owned(vec_tracked) vec = cow_tracked_into_owned(&copy),
                           cloned = cow_tracked_into_owned(&also);
        assert_int_equal(tracked_live, 2 + 2 + 2 + 2);
        cow_tracked again = cow_tracked_owned(take(vec));
        assert_true(cow_tracked_is_owned(&again));
        cow_tracked_drop(&again);
    }
    assert_int_equal(tracked_live, 2); /* what was borrowed is not dropped */
    tracked_drop(&items[0]);
    tracked_drop(&items[1]);
}

/* ---- Running out ---- */

static void change_text(void)
{
    owned(cairn_cow_str) cow = cairn_cow_str_borrowed_in(fail_nth_allocator, CAIRN_STR("text"));
    owned(cairn_cow_str) clone, lossy;
    cairn_string *string;
    owned(cairn_string) owned = {0};
    if (cairn_cow_str_try_to_mut(&cow, &string))
        expect_text(&cow, "text");
    else
        cairn_string_make_ascii_uppercase(string);
    bool cloned = !cairn_cow_str_try_clone(&clone, &cow);
    assert_int_equal(cairn_cow_str_as_str(&clone).length, cloned ? 4 : 0);
    if (cairn_cow_str_try_from_utf8_lossy_in(&lossy, fail_nth_allocator,
                                             "a\xff"
                                             "12345678",
                                             10))
        expect_text(&lossy, "");
    else
        expect_text(&lossy, "a\xef\xbf\xbd"
                            "12345678");
    if (cairn_cow_str_try_into_owned(&cow, &owned))
        assert_int_equal(cairn_cow_str_as_str(&cow).length, 4);
    else
        assert_int_equal(owned.length, 4);
}

static void change_items(void)
{
    struct tracked item = tracked_make(1);
    {
        owned(cow_tracked) cow = cow_tracked_borrowed_in(fail_nth_allocator, &item, 1), clone;
        owned(vec_tracked) vec = {0};
        vec_tracked *own;
        if (cow_tracked_try_to_mut(&cow, &own))
            assert_null(own);
        else
            own->items[0].value = 7;
        assert_int_equal(tracked_value(&cow.vec.items[0]), own ? 7 : 1);
        if (cow_tracked_try_clone(&clone, &cow))
            assert_int_equal(clone.vec.length, 0);
        if (cow_tracked_try_into_owned(&cow, &vec))
            assert_ptr_equal(cow.vec.items, &item);
        else
            assert_int_equal(vec.length, 1);
    }
    tracked_drop(&item);
}

static void every_failure_leaves_all_as_it_was(void **state)
{
    (void)state;
    fail_nth(change_text, 4);
    fail_nth(change_items, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(text_is_borrowed_until_it_is_changed, after),
        cmocka_unit_test_teardown(text_becomes_a_string, after),
        cmocka_unit_test_teardown(valid_bytes_are_not_copied, after),
        cmocka_unit_test_teardown(items_are_borrowed_until_they_are_changed, after),
        cmocka_unit_test_teardown(every_failure_leaves_all_as_it_was, after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
