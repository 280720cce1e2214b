/* SPDX-License-Identifier: MIT */
/* Box: one value, one owner, one block; nothing dropped twice and nothing lost. */
#include "test.h"

#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/global.h>

#include "expect_error.h"
#include "strict_heap.h"
#include "tracked.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

/* What a box is given where it is given an allocator. */
static struct cairn_counted other = CAIRN_COUNTED(&failing.allocator);

#define T          box_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include <cairn/box.t.h>

#define T    box_int
#define ITEM int32_t
#include <cairn/box.t.h>

#define T    box_text
#define ITEM const char *
#include <cairn/box.t.h>

struct line {
    _Alignas(64) char bytes[64];
};
#define T    box_line
#define ITEM struct line
#include <cairn/box.t.h>

#define T          box_box
#define ITEM       box_tracked
#define ITEM_DROP  box_tracked_drop
#define ITEM_CLONE box_tracked_try_clone
#include <cairn/box.t.h>

#define T    box_empty
#define ITEM struct empty
struct empty {
};
#include <cairn/box.t.h>

struct nothing {
};
static size_t nothings_dropped;
static void nothing_drop(struct nothing *item)
{
    assert_non_null(item);
    nothings_dropped++;
}
#define T         box_nothing
#define ITEM      struct nothing
#define ITEM_DROP nothing_drop
#include <cairn/box.t.h>

static int before(void **state)
{
    (void)state;
    cairn_failing_at(&failing, 0, CAIRN_FAILING_ONCE);
    other = (struct cairn_counted)CAIRN_COUNTED(&failing.allocator);
    return 0;
}

static int after(void **state)
{
    (void)state;
    tracked_expect_none();
    strict_heap_expect_empty();
    return 0;
}

static void fail_next_alloc(void)
{
    cairn_failing_at(&failing, 1, CAIRN_FAILING_ONCE);
}

static void expect_empty(const box_tracked *box)
{
    assert_null(box->value);
    assert_null(box->allocator);
}

/* ---- Making and dropping ---- */

static void it_holds_its_value_until_it_is_dropped(void **state)
{
    (void)state;
    box_tracked box = box_tracked_new(tracked_make(41));
    assert_int_equal(tracked_value(box.value), 41);
    assert_null(box.allocator);
    assert_int_equal(strict_heap.live, 1);
    assert_int_equal(strict_heap.live_bytes, sizeof(struct tracked));
    box_tracked_drop(&box);
    assert_int_equal(tracked_live, 0);
    expect_empty(&box);
    box_tracked_drop(&box); /* of the empty value: nothing */
    expect_empty(&box);
}

static void zero_is_empty(void **state)
{
    (void)state;
    owned(box_tracked) box = {0};
    expect_empty(&box);
}

static void the_scope_drops_it_unless_it_was_moved(void **state)
{
    (void)state;
    owned(box_tracked) kept = {0};
    {
        owned(box_tracked) dropped = box_tracked_new(tracked_make(1));
        owned(box_tracked) moved = box_tracked_new(tracked_make(2));
        kept = take(moved);
        expect_empty(&moved);
        assert_int_equal(tracked_live, 2);
    }
    assert_int_equal(tracked_live, 1);
    assert_int_equal(tracked_value(kept.value), 2);
}

static void it_stays_with_its_allocator(void **state)
{
    (void)state;
    box_tracked box = box_tracked_new_in(&other.allocator, tracked_make(41));
    assert_ptr_equal(box.allocator, &other.allocator);
    assert_int_equal(other.live_blocks, 1);
    owned(box_tracked) clone = box_tracked_clone(&box);
    assert_int_equal(other.live_blocks, 2);
    box_tracked_drop(&box);
    assert_int_equal(other.live_blocks, 1);
    box_tracked_drop(&clone);
    assert_int_equal(other.live_blocks, 0);
    assert_int_equal(other.deallocs, 2);
}

static void the_try_forms_do_the_same(void **state)
{
    (void)state;
    box_tracked box, box_in, clone; /* whatever they hold */
    expect_ok(box_tracked_try_new(&box, tracked_make(1)));
    expect_ok(box_tracked_try_new_in(&box_in, &other.allocator, tracked_make(2)));
    expect_ok(box_tracked_try_clone(&clone, &box_in));
    assert_null(box.allocator);
    assert_ptr_equal(clone.allocator, &other.allocator);
    assert_int_equal(tracked_value(box.value), 1);
    assert_int_equal(tracked_value(box_in.value), 2);
    assert_int_equal(tracked_value(clone.value), 2);
    box_tracked_drop(&box);
    box_tracked_drop(&box_in);
    box_tracked_drop(&clone);
}

/* ---- The value alone ---- */

static void into_inner_moves_the_value_out(void **state)
{
    (void)state;
    box_tracked box = box_tracked_new_in(&other.allocator, tracked_make(41));
    struct tracked item = box_tracked_into_inner(&box);
    expect_empty(&box);
    assert_int_equal(strict_heap.live, 0);
    assert_int_equal(tracked_value(&item), 41);
    tracked_drop(&item);
}

static void into_inner_of_an_empty_box_panics(void **state)
{
    (void)state;
    box_tracked box = {0};
    volatile struct tracked item;
    expect_panic(item = box_tracked_into_inner(&box),
                 "box_tracked_into_inner: the box is empty; it was moved out of or dropped before");
    (void)item;
}

static void leak_and_from_raw_pass_the_value_by_pointer(void **state)
{
    (void)state;
    box_tracked box = box_tracked_new(tracked_make(1));
    struct tracked *value = box_tracked_leak(&box);
    expect_empty(&box);
    assert_int_equal(tracked_value(value), 1);
    owned(box_tracked) again = box_tracked_from_raw(value);
    assert_ptr_equal(again.value, value);
    assert_null(again.allocator);

    box = box_tracked_new_in(&other.allocator, tracked_make(2));
    value = box_tracked_leak(&box);
    assert_int_equal(other.live_blocks, 1);
    box = box_tracked_from_raw_in(&other.allocator, value);
    box_tracked_drop(&box);
    assert_int_equal(other.live_blocks, 0);
    assert_null(box_tracked_leak(&box));
}

/* ---- Cloning ---- */

static void a_clone_has_a_value_of_its_own(void **state)
{
    (void)state;
    owned(box_tracked) box = box_tracked_new(tracked_make(41));
    owned(box_tracked) clone = box_tracked_clone(&box);
    assert_ptr_not_equal(clone.value, box.value);
    clone.value->value = 42;
    assert_int_equal(tracked_value(box.value), 41);
    assert_int_equal(tracked_live, 2);
}

static void a_clone_of_nothing_is_nothing(void **state)
{
    (void)state;
    size_t allocs = strict_heap.allocs;
    box_tracked box = {0}, clone;
    clone = box_tracked_clone(&box);
    expect_empty(&clone);
    expect_ok(box_tracked_try_clone(&clone, &box));
    expect_empty(&clone);
    assert_int_equal(strict_heap.allocs, allocs);
}

static void plain_values_are_copied(void **state)
{
    (void)state;
    owned(box_int) box = box_int_new(41);
    owned(box_int) clone = box_int_clone(&box);
    ++*clone.value;
    assert_int_equal(*box.value, 41);
    assert_int_equal(*clone.value, 42);
}

/* ---- Running out of memory ---- */

static void a_box_that_cannot_be_made_drops_its_item(void **state)
{
    (void)state;
    box_tracked box = {.value = (struct tracked *)(void *)&box};
    fail_next_alloc();
    expect_no_memory(box_tracked_try_new(&box, tracked_make(1)));
    expect_empty(&box);
    fail_next_alloc();
    expect_no_memory(box_tracked_try_new_in(&box, &other.allocator, tracked_make(1)));
    expect_empty(&box);
    assert_int_equal(tracked_live, 0);
}

static void a_clone_that_cannot_be_made_leaves_nothing(void **state)
{
    (void)state;
    owned(box_tracked) box = box_tracked_new_in(&other.allocator, tracked_make(1));
    box_tracked clone = {.value = (struct tracked *)(void *)&clone};
    fail_next_alloc();
    expect_no_memory(box_tracked_try_clone(&clone, &box));
    expect_empty(&clone);
    tracked_clones_left = 0;
    clone.value = (struct tracked *)(void *)&clone;
    expect_no_memory(box_tracked_try_clone(&clone, &box));
    expect_empty(&clone);
    assert_int_equal(tracked_live, 1);
    assert_int_equal(other.live_blocks, 1);
}

static void the_aborting_forms_call_the_handler_with_the_layout(void **state)
{
    (void)state;
    box_int box;
    owned(box_tracked) whole = box_tracked_new(tracked_make(1));
    box_tracked clone;
    fail_next_alloc();
    expect_panic(box = box_int_new(41), "allocation error: Layout { size: 4, align: 4 }");
    fail_next_alloc();
    expect_panic(box = box_int_new_in(&other.allocator, 41),
                 "allocation error: Layout { size: 4, align: 4 }");
    tracked_clones_left = 0;
    expect_panic(clone = box_tracked_clone(&whole),
                 "allocation error: Layout { size: 24, align: 8 }");
    (void)box, (void)clone;
}

/* ---- Other items ---- */

static void an_item_may_be_a_pointer(void **state)
{
    (void)state;
    owned(box_text) box = box_text_new("forty-one");
    assert_string_equal(*box.value, "forty-one");
}

static void the_alignment_of_the_item_is_kept(void **state)
{
    (void)state;
    owned(box_line) one = box_line_new((struct line){"one"});
    owned(box_line) two = box_line_new((struct line){"two"});
    assert_int_equal((uintptr_t)one.value % 64, 0);
    assert_int_equal((uintptr_t)two.value % 64, 0);
}

static void boxes_nest(void **state)
{
    (void)state;
    owned(box_box) outer = box_box_new(box_tracked_new(tracked_make(41)));
    owned(box_box) clone = box_box_clone(&outer);
    assert_int_equal(strict_heap.live, 4);
    assert_int_equal(tracked_value(clone.value->value), 41);
    fail_next_alloc(); /* the inner one, and with it the outer one */
    box_box failed;
    expect_no_memory(box_box_try_clone(&failed, &outer));
    cairn_failing_at(&failing, 2, CAIRN_FAILING_ONCE); /* the outer one: the inner is dropped */
    expect_no_memory(box_box_try_clone(&failed, &outer));
    assert_int_equal(strict_heap.live, 4);
    assert_int_equal(tracked_live, 2);
}

static void an_item_without_size_needs_no_memory(void **state)
{
    (void)state;
    size_t allocs = strict_heap.allocs;
    nothings_dropped = 0;
    box_nothing box = box_nothing_new((struct nothing){});
    assert_non_null(box.value);
    assert_int_equal(strict_heap.allocs, allocs);
    box_nothing_drop(&box);
    assert_null(box.value);
    assert_int_equal(nothings_dropped, 1);
    box_nothing_drop(&box);
    assert_int_equal(nothings_dropped, 1);
    box = box_nothing_new((struct nothing){});
    assert_non_null(box_nothing_leak(&box));
    assert_int_equal(nothings_dropped, 1);
    box_empty empty = box_empty_new((struct empty){}), clone = box_empty_clone(&empty);
    box_empty_into_inner(&empty);
    assert_null(empty.value);
    box_empty_drop(&clone);
    assert_int_equal(strict_heap.allocs, allocs);
}

/* ---- A type that holds itself ---- */

#define T    box_list
#define ITEM struct list
#define ONLY_TYPES
#include <cairn/box.t.h>

struct list {
    struct tracked item;
    box_list next;
};
static void list_drop(struct list *list);

#define T         box_list
#define ITEM      struct list
#define ITEM_DROP list_drop
#define ONLY_FUNCTIONS
#include <cairn/box.t.h>

static void list_drop(struct list *list)
{
    tracked_drop(&list->item);
    box_list_drop(&list->next);
}

static void a_list_of_boxes_is_dropped_to_its_end(void **state)
{
    (void)state;
    owned(box_list) list = {0};
    for (int i = 0; i < 10; i++)
        list = box_list_new((struct list){tracked_make(i), take(list)});
    assert_int_equal(tracked_live, 10);
    assert_int_equal(tracked_value(&list.value->next.value->item), 8);
}

#define test_on_a_heap(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(it_holds_its_value_until_it_is_dropped),
        test_on_a_heap(zero_is_empty),
        test_on_a_heap(the_scope_drops_it_unless_it_was_moved),
        test_on_a_heap(it_stays_with_its_allocator),
        test_on_a_heap(the_try_forms_do_the_same),
        test_on_a_heap(into_inner_moves_the_value_out),
        test_on_a_heap(into_inner_of_an_empty_box_panics),
        test_on_a_heap(leak_and_from_raw_pass_the_value_by_pointer),
        test_on_a_heap(a_clone_has_a_value_of_its_own),
        test_on_a_heap(a_clone_of_nothing_is_nothing),
        test_on_a_heap(plain_values_are_copied),
        test_on_a_heap(a_box_that_cannot_be_made_drops_its_item),
        test_on_a_heap(a_clone_that_cannot_be_made_leaves_nothing),
        test_on_a_heap(the_aborting_forms_call_the_handler_with_the_layout),
        test_on_a_heap(an_item_may_be_a_pointer),
        test_on_a_heap(the_alignment_of_the_item_is_kept),
        test_on_a_heap(boxes_nest),
        test_on_a_heap(an_item_without_size_needs_no_memory),
        test_on_a_heap(a_list_of_boxes_is_dropped_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
