/* SPDX-License-Identifier: MIT */
/*
 * Rc and its weak handles: when the value goes, when the block goes, and who may write. arc.c has the
 * same tests of arc, by defining SHARED_VALUE.
 */
#ifndef SHARED_VALUE
#define SHARED_VALUE <cairn/rc.t.h>
#define MOST_HANDLES SIZE_MAX
#endif

#include "test.h"

#include <cairn/counted.h>
#include <cairn/failing.h>
#include <cairn/global.h>

#include "expect_error.h"
#include "strict_heap.h"
#include "tracked.h"

static struct cairn_failing failing = CAIRN_FAILING(&strict_heap.allocator);
CAIRN_GLOBAL_ALLOCATOR(&failing.allocator);

/* What an rc is given where it is given an allocator. */
static struct cairn_counted other = CAIRN_COUNTED(&failing.allocator);

#define T          rc_tracked
#define ITEM       struct tracked
#define ITEM_DROP  tracked_drop
#define ITEM_CLONE tracked_try_clone
#include SHARED_VALUE

#define T    rc_int
#define ITEM int32_t
#include SHARED_VALUE

#define T          vec_rc
#define ITEM       rc_tracked
#define ITEM_DROP  rc_tracked_drop
#define ITEM_CLONE rc_tracked_try_clone
#include <cairn/vec.t.h>

#define T          vec_weak
#define ITEM       rc_tracked_weak
#define ITEM_DROP  rc_tracked_weak_drop
#define ITEM_CLONE rc_tracked_weak_try_clone
#include <cairn/vec.t.h>

struct line {
    _Alignas(64) char bytes[64];
};
#define T    rc_line
#define ITEM struct line
#include SHARED_VALUE

struct nothing {
};
static size_t nothings_dropped;
static void nothing_drop(struct nothing *item)
{
    assert_non_null(item);
    nothings_dropped++;
}
#define T         rc_nothing
#define ITEM      struct nothing
#define ITEM_DROP nothing_drop
#include SHARED_VALUE

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

static void expect_counts(const rc_tracked *rc, size_t strong, size_t weak)
{
    assert_int_equal(rc_tracked_strong_count(rc), strong);
    assert_int_equal(rc_tracked_weak_count(rc), weak);
}

static int value_of(const rc_tracked *rc)
{
    return tracked_value(rc_tracked_value(rc));
}

/* ---- Owners ---- */

static void a_handle_is_one_word(void **state)
{
    (void)state;
    assert_int_equal(sizeof(rc_tracked), sizeof(void *));
    assert_int_equal(sizeof(rc_tracked_weak), sizeof(void *));
}

static void the_last_owner_drops_the_value(void **state)
{
    (void)state;
    rc_tracked one = rc_tracked_new(tracked_make(41));
    expect_counts(&one, 1, 0);
    rc_tracked two = rc_tracked_clone(&one), three = rc_tracked_clone(&two);
    expect_counts(&one, 3, 0);
    assert_int_equal(strict_heap.live, 1);
    assert_true(rc_tracked_ptr_eq(&one, &three));
    rc_tracked_drop(&two);
    assert_null(two.block);
    expect_counts(&three, 2, 0);
    rc_tracked_drop(&one);
    assert_int_equal(value_of(&three), 41);
    assert_int_equal(tracked_live, 1);
    rc_tracked_drop(&three);
    assert_int_equal(tracked_live, 0);
    assert_int_equal(strict_heap.live, 0);
    rc_tracked_drop(&three); /* of the empty value: nothing */
}

static void the_scope_drops_a_handle_unless_it_was_moved(void **state)
{
    (void)state;
    owned(rc_tracked) kept = {0};
    {
        owned(rc_tracked) mine = rc_tracked_new(tracked_make(41));
        owned(rc_tracked) also = rc_tracked_clone(&mine);
        kept = take(also);
        assert_null(also.block);
        expect_counts(&kept, 2, 0);
    }
    expect_counts(&kept, 1, 0);
}

static void handles_of_other_values_are_not_equal(void **state)
{
    (void)state;
    owned(rc_int) one = rc_int_new(41), two = rc_int_new(41), none = {0};
    assert_false(rc_int_ptr_eq(&one, &two));
    assert_false(rc_int_ptr_eq(&one, &none));
    assert_true(rc_int_ptr_eq(&one, &one));
    assert_int_equal(*rc_int_value(&two), 41);
}

static void an_empty_handle_is_no_owner(void **state)
{
    (void)state;
    rc_tracked none = {0};
    struct tracked item;
    expect_counts(&none, 0, 0);
    assert_null(rc_tracked_value(&none));
    assert_null(rc_tracked_get_mut(&none));
    assert_null(rc_tracked_get_mut_unchecked(&none));
    assert_false(rc_tracked_try_unwrap(&none, &item));
    assert_null(rc_tracked_clone(&none).block);
    assert_null(rc_tracked_downgrade(&none).block);
}

static void it_stays_with_its_allocator(void **state)
{
    (void)state;
    rc_tracked one = rc_tracked_new_in(&other.allocator, tracked_make(1)), tried;
    expect_ok(rc_tracked_try_new_in(&tried, &other.allocator, tracked_make(2)));
    assert_int_equal(other.live_blocks, 2);
    rc_tracked_weak weak = rc_tracked_downgrade(&one);
    assert_int_equal(tracked_value(rc_tracked_make_mut(&one)), 1); /* moves to a block of its own */
    assert_int_equal(other.live_blocks, 3);
    rc_tracked_weak_drop(&weak);
    assert_int_equal(other.live_blocks, 2);
    rc_tracked_drop(&one);
    rc_tracked_drop(&tried);
    assert_int_equal(other.live_blocks, 0);
}

/* ---- Weak handles ---- */

static void a_weak_handle_does_not_keep_the_value(void **state)
{
    (void)state;
    rc_tracked rc = rc_tracked_new(tracked_make(41)), again;
    rc_tracked_weak weak = rc_tracked_downgrade(&rc);
    expect_counts(&rc, 1, 1);
    assert_int_equal(rc_tracked_weak_strong_count(&weak), 1);
    rc_tracked_drop(&rc);
    assert_int_equal(tracked_live, 0);
    assert_int_equal(strict_heap.live, 1); /* the counts are still needed */
    assert_int_equal(rc_tracked_weak_strong_count(&weak), 0);
    again = (rc_tracked){(struct rc_tracked_block *)(void *)&again};
    assert_false(rc_tracked_weak_upgrade(&weak, &again));
    assert_null(again.block);
    rc_tracked_weak_drop(&weak);
    assert_null(weak.block);
    assert_int_equal(strict_heap.live, 0);
    rc_tracked_weak_drop(&weak);
}

static void a_weak_handle_may_become_an_owner(void **state)
{
    (void)state;
    rc_tracked rc = rc_tracked_new(tracked_make(41)), again;
    rc_tracked_weak weak = rc_tracked_downgrade(&rc);
    assert_true(rc_tracked_weak_upgrade(&weak, &again));
    expect_counts(&rc, 2, 1);
    rc_tracked_drop(&rc);
    assert_int_equal(value_of(&again), 41);
    rc_tracked_weak_drop(&weak);
    expect_counts(&again, 1, 0);
    rc_tracked_drop(&again);
}

static void weak_handles_are_counted_among_themselves(void **state)
{
    (void)state;
    rc_tracked rc = rc_tracked_new(tracked_make(41));
    rc_tracked_weak one = rc_tracked_downgrade(&rc), two = rc_tracked_weak_clone(&one), three;
    expect_ok(rc_tracked_weak_try_clone(&three, &two));
    expect_counts(&rc, 1, 3);
    rc_tracked_weak_drop(&two);
    expect_counts(&rc, 1, 2);
    rc_tracked_drop(&rc);
    rc_tracked_weak_drop(&one);
    assert_int_equal(strict_heap.live, 1);
    two = rc_tracked_weak_clone(&three); /* of a value that is gone */
    rc_tracked_weak_drop(&three);
    assert_int_equal(strict_heap.live, 1);
    rc_tracked_weak_drop(&two);
    assert_int_equal(strict_heap.live, 0);
}

static void an_empty_weak_handle_leads_nowhere(void **state)
{
    (void)state;
    rc_tracked_weak none = {0}, clone = rc_tracked_weak_clone(&none);
    rc_tracked rc;
    assert_null(clone.block);
    assert_int_equal(rc_tracked_weak_strong_count(&none), 0);
    assert_false(rc_tracked_weak_upgrade(&none, &rc));
    assert_null(rc.block);
}

/* ---- A value that looks at its own handles while it is dropped ---- */

#define T    rc_node
#define ITEM struct node
#define ONLY_TYPES
#include SHARED_VALUE

#define T         vec_node
#define ITEM      rc_node
#define ITEM_DROP rc_node_drop
#define ONLY_TYPES
#include <cairn/vec.t.h>

struct node {
    struct tracked item;
    rc_node_weak parent; /* may be itself */
    vec_node children;
};
static void node_drop(struct node *node);

#define T         rc_node
#define ITEM      struct node
#define ITEM_DROP node_drop
#define ONLY_FUNCTIONS
#include SHARED_VALUE

#define T         vec_node
#define ITEM      rc_node
#define ITEM_DROP rc_node_drop
#define ONLY_FUNCTIONS
#include <cairn/vec.t.h>

static size_t upgrades_while_dropped;

static void node_drop(struct node *node)
{
    rc_node self;
    if (rc_node_weak_upgrade(&node->parent, &self)) {
        upgrades_while_dropped++;
        rc_node_drop(&self);
    }
    tracked_drop(&node->item);
    rc_node_weak_drop(&node->parent);
    vec_node_drop(&node->children);
}

static void a_value_that_is_being_dropped_cannot_be_owned_again(void **state)
{
    (void)state;
    upgrades_while_dropped = 0;
    rc_node rc = rc_node_new((struct node){.item = tracked_make(1)});
    rc_node_get_mut_unchecked(&rc)->parent = rc_node_downgrade(&rc); /* knows itself */
    rc_node_drop(&rc);
    assert_int_equal(upgrades_while_dropped, 0);
    assert_int_equal(tracked_live, 0);
    assert_int_equal(strict_heap.live, 0);
}

static rc_node node_under(const rc_node *parent, int value)
{
    rc_node node = rc_node_new(
        (struct node){.item = tracked_make(value), .parent = rc_node_downgrade(parent)});
    if (parent->block)
        vec_node_push(&rc_node_get_mut_unchecked(parent)->children, rc_node_clone(&node));
    return node;
}

static void a_tree_with_weak_parents_is_dropped_whole(void **state)
{
    (void)state;
    owned(rc_node) leaf = {0}, parent;
    {
        owned(rc_node) root = node_under(&(rc_node){0}, 1);
        owned(rc_node) branch = node_under(&root, 2);
        leaf = node_under(&branch, 3);
        assert_true(rc_node_weak_upgrade(&rc_node_value(&leaf)->parent, &parent));
        assert_int_equal(tracked_value(&rc_node_value(&parent)->item), 2);
        rc_node_drop(&parent);
        assert_int_equal(tracked_live, 3);
    }
    assert_int_equal(tracked_live, 1);
    assert_false(rc_node_weak_upgrade(&rc_node_value(&leaf)->parent, &parent));
}

/* ---- Writing ---- */

static void get_mut_is_for_the_only_handle(void **state)
{
    (void)state;
    owned(rc_tracked) rc = rc_tracked_new(tracked_make(41));
    rc_tracked_get_mut(&rc)->value = 42;
    assert_int_equal(value_of(&rc), 42);
    rc_tracked also = rc_tracked_clone(&rc);
    assert_null(rc_tracked_get_mut(&rc));
    rc_tracked_get_mut_unchecked(&rc)->value = 43;
    assert_int_equal(value_of(&also), 43);
    rc_tracked_drop(&also);
    rc_tracked_weak weak = rc_tracked_downgrade(&rc);
    assert_null(rc_tracked_get_mut(&rc));
    rc_tracked_weak_drop(&weak);
    assert_non_null(rc_tracked_get_mut(&rc));
}

static void make_mut_leaves_a_value_alone_that_is_its_own(void **state)
{
    (void)state;
    owned(rc_tracked) rc = rc_tracked_new(tracked_make(41));
    size_t allocs = strict_heap.allocs;
    const struct tracked *value = rc_tracked_value(&rc);
    assert_ptr_equal(rc_tracked_make_mut(&rc), value);
    assert_int_equal(strict_heap.allocs, allocs);
}

static void make_mut_clones_away_from_other_owners(void **state)
{
    (void)state;
    owned(rc_tracked) rc = rc_tracked_new(tracked_make(41)), also = rc_tracked_clone(&rc);
    owned(rc_tracked_weak) weak = rc_tracked_downgrade(&rc);
    rc_tracked_make_mut(&rc)->value = 42;
    assert_int_equal(value_of(&rc), 42);
    assert_int_equal(value_of(&also), 41);
    expect_counts(&rc, 1, 0);
    expect_counts(&also, 1, 1);
    assert_int_equal(tracked_live, 2);
}

static void make_mut_moves_away_from_weak_handles(void **state)
{
    (void)state;
    owned(rc_tracked) rc = rc_tracked_new(tracked_make(41));
    owned(rc_tracked_weak) weak = rc_tracked_downgrade(&rc);
    struct tracked *value;
    tracked_clones_left = 0; /* moved, not cloned */
    expect_ok(rc_tracked_try_make_mut(&rc, &value));
    value->value = 42;
    assert_int_equal(value_of(&rc), 42);
    expect_counts(&rc, 1, 0);
    assert_int_equal(rc_tracked_weak_strong_count(&weak), 0);
    assert_int_equal(tracked_live, 1);
    assert_int_equal(strict_heap.live, 2);
    rc_tracked_weak_drop(&weak);
    assert_int_equal(strict_heap.live, 1);
}

static void make_mut_of_an_empty_handle_panics(void **state)
{
    (void)state;
    rc_int none = {0};
    int32_t *volatile value;
    expect_panic(value = rc_int_make_mut(&none), "the handle is empty; it was moved out of");
    (void)value;
}

static void try_unwrap_moves_the_value_out_of_the_only_owner(void **state)
{
    (void)state;
    struct tracked item;
    rc_tracked rc = rc_tracked_new(tracked_make(41)), also = rc_tracked_clone(&rc);
    owned(rc_tracked_weak) weak = rc_tracked_downgrade(&rc);
    assert_false(rc_tracked_try_unwrap(&rc, &item));
    expect_counts(&rc, 2, 1);
    rc_tracked_drop(&also);
    assert_true(rc_tracked_try_unwrap(&rc, &item));
    assert_null(rc.block);
    assert_int_equal(tracked_value(&item), 41);
    assert_int_equal(tracked_live, 1);
    tracked_drop(&item);
    assert_false(rc_tracked_weak_upgrade(&weak, &rc));
    assert_int_equal(strict_heap.live, 1);
    rc_tracked_weak_drop(&weak);
    assert_int_equal(strict_heap.live, 0);
}

/* ---- Values that know themselves ---- */

static enum cairn_collection_error make_node(struct node *node, const rc_node_weak *self,
                                             void *context)
{
    rc_node none;
    assert_false(rc_node_weak_upgrade(self, &none)); /* it is not there yet */
    assert_int_equal(rc_node_weak_strong_count(self), 0);
    if (!context)
        return CAIRN_COLLECTION_TOO_LARGE;
    *node =
        (struct node){.item = tracked_make(*(int *)context), .parent = rc_node_weak_clone(self)};
    return CAIRN_COLLECTION_OK;
}

static void a_value_may_know_itself(void **state)
{
    (void)state;
    int value = 41;
    rc_node again, rc = rc_node_new_cyclic(make_node, &value);
    assert_int_equal(rc_node_strong_count(&rc), 1);
    assert_int_equal(rc_node_weak_count(&rc), 1);
    assert_true(rc_node_weak_upgrade(&rc_node_value(&rc)->parent, &again));
    assert_true(rc_node_ptr_eq(&again, &rc));
    rc_node_drop(&rc);
    assert_int_equal(tracked_value(&rc_node_value(&again)->item), 41);
    rc_node_drop(&again);
}

static void a_value_that_cannot_be_made_leaves_nothing(void **state)
{
    (void)state;
    int value = 41;
    rc_node rc;
    expect_too_large(rc_node_try_new_cyclic(&rc, make_node, NULL));
    assert_null(rc.block);
    fail_next_alloc();
    expect_no_memory(rc_node_try_new_cyclic_in(&rc, &other.allocator, make_node, &value));
    assert_null(rc.block);
    assert_int_equal(strict_heap.live, 0);
    fail_next_alloc();
    expect_panic(rc = rc_node_new_cyclic_in(&other.allocator, make_node, &value),
                 "allocation error");
    rc = rc_node_new_cyclic_in(&other.allocator, make_node, &value);
    assert_int_equal(other.live_blocks, 1);
    rc_node_drop(&rc);
}

/* ---- Ending handles ---- */

static void into_inner_gives_the_value_to_the_last_owner(void **state)
{
    (void)state;
    struct tracked item;
    rc_tracked one = rc_tracked_new(tracked_make(41)), two = rc_tracked_clone(&one);
    owned(rc_tracked_weak) weak = rc_tracked_downgrade(&one);
    assert_false(rc_tracked_into_inner(&one, &item));
    assert_null(one.block);
    expect_counts(&two, 1, 1);
    assert_true(rc_tracked_into_inner(&two, &item));
    assert_int_equal(tracked_value(&item), 41);
    tracked_drop(&item);
    assert_int_equal(rc_tracked_weak_strong_count(&weak), 0);
    assert_false(rc_tracked_into_inner(&two, &item));
}

static void unwrap_or_clone_gives_a_value_in_any_case(void **state)
{
    (void)state;
    rc_tracked one = rc_tracked_new(tracked_make(41)), two = rc_tracked_clone(&one);
    struct tracked item = rc_tracked_unwrap_or_clone(&one);
    assert_null(one.block);
    expect_counts(&two, 1, 0);
    assert_int_equal(tracked_live, 2);
    tracked_drop(&item);
    one = rc_tracked_clone(&two);
    tracked_clones_left = 0;
    expect_no_memory(rc_tracked_try_unwrap_or_clone(&one, &item));
    expect_counts(&one, 2, 0);
    rc_tracked_drop(&one);
    expect_ok(rc_tracked_try_unwrap_or_clone(&two, &item)); /* moved, not cloned */
    assert_int_equal(tracked_value(&item), 41);
    tracked_drop(&item);
    expect_panic(item = rc_tracked_unwrap_or_clone(&two), "the handle is empty");
}

static void an_address_stands_for_a_handle(void **state)
{
    (void)state;
    rc_tracked rc = rc_tracked_new(tracked_make(41)), also = rc_tracked_clone(&rc);
    const struct tracked *value = rc_tracked_value(&rc), *raw = rc_tracked_into_raw(&rc);
    assert_ptr_equal(raw, value);
    assert_null(rc.block);
    expect_counts(&also, 2, 0);
    rc = rc_tracked_from_raw(raw);
    assert_true(rc_tracked_ptr_eq(&rc, &also));
    rc_tracked_drop(&rc);
    rc_tracked_drop(&also);
    assert_null(rc_tracked_into_raw(&rc));
    assert_null(rc_tracked_from_raw(NULL).block);
}

static void weak_handles_know_their_value_and_each_other(void **state)
{
    (void)state;
    rc_tracked rc = rc_tracked_new(tracked_make(41)), another = rc_tracked_new(tracked_make(42));
    owned(rc_tracked_weak) one = rc_tracked_downgrade(&rc), two = rc_tracked_weak_clone(&one);
    owned(rc_tracked_weak) three = rc_tracked_downgrade(&another);
    assert_true(rc_tracked_weak_ptr_eq(&one, &two));
    assert_false(rc_tracked_weak_ptr_eq(&one, &three));
    assert_int_equal(rc_tracked_weak_weak_count(&one), 2);
    rc_tracked_drop(&rc);
    assert_int_equal(rc_tracked_weak_weak_count(&one), 0);
    rc_tracked_drop(&another);
}

/* ---- Running out ---- */

static void an_rc_that_cannot_be_made_drops_its_item(void **state)
{
    (void)state;
    rc_tracked rc = {(struct rc_tracked_block *)(void *)&rc};
    fail_next_alloc();
    expect_no_memory(rc_tracked_try_new(&rc, tracked_make(41)));
    assert_null(rc.block);
    fail_next_alloc();
    expect_no_memory(rc_tracked_try_new_in(&rc, &other.allocator, tracked_make(41)));
    assert_null(rc.block);
    assert_int_equal(tracked_live, 0);
    expect_ok(rc_tracked_try_new(&rc, tracked_make(41)));
    rc_tracked_drop(&rc);
}

static void a_failed_make_mut_changes_nothing(void **state)
{
    (void)state;
    struct tracked *value;
    owned(rc_tracked) rc = rc_tracked_new(tracked_make(41)), also = {0};
    owned(rc_tracked_weak) weak = rc_tracked_downgrade(&rc);
    fail_next_alloc(); /* the block to move to */
    expect_no_memory(rc_tracked_try_make_mut(&rc, &value));
    expect_counts(&rc, 1, 1);
    also = rc_tracked_clone(&rc);
    fail_next_alloc(); /* the block for the clone */
    expect_no_memory(rc_tracked_try_make_mut(&rc, &value));
    tracked_clones_left = 0; /* the clone */
    expect_no_memory(rc_tracked_try_make_mut(&rc, &value));
    expect_counts(&rc, 2, 1);
    assert_true(rc_tracked_ptr_eq(&rc, &also));
    assert_int_equal(value_of(&rc), 41);
    assert_int_equal(tracked_live, 1);
    assert_int_equal(strict_heap.live, 1);
}

static void the_aborting_forms_call_the_handler_with_the_layout(void **state)
{
    (void)state;
    rc_int rc;
    int32_t *volatile value;
    fail_next_alloc();
    expect_panic(rc = rc_int_new(41), "allocation error: Layout { size: 32, align: 8 }");
    fail_next_alloc();
    expect_panic(rc = rc_int_new_in(&other.allocator, 41), "Layout { size: 32, align: 8 }");
    rc = rc_int_new(41);
    owned(rc_int) also = rc_int_clone(&rc);
    fail_next_alloc();
    expect_panic(value = rc_int_make_mut(&rc), "allocation error: Layout { size: 32, align: 8 }");
    (void)value;
    rc_int_drop(&rc);
}

static void counts_do_not_overflow(void **state)
{
    (void)state;
    rc_int rc = rc_int_new(41), clone;
    rc_int_weak weak = rc_int_downgrade(&rc), weak_clone;
    rc.block->counts.strong = MOST_HANDLES;
    expect_panic(clone = rc_int_clone(&rc), "rc: the count of handles would overflow");
    bool volatile upgraded = false;
    expect_panic(upgraded = rc_int_weak_upgrade(&weak, &clone), "would overflow");
    assert_true(rc.block->counts.strong >= MOST_HANDLES);
    rc.block->counts.strong = 1;
    rc.block->counts.weak = MOST_HANDLES;
    expect_panic(weak_clone = rc_int_downgrade(&rc), "would overflow");
    expect_panic(weak_clone = rc_int_weak_clone(&weak), "would overflow");
    assert_true(rc.block->counts.weak >= MOST_HANDLES);
    (void)clone, (void)upgraded, (void)weak_clone;
    rc.block->counts.weak = 2;
    rc_int_weak_drop(&weak);
    rc_int_drop(&rc);
}

/* ---- Other items, and handles as items ---- */

static void the_alignment_of_the_value_is_kept(void **state)
{
    (void)state;
    owned(rc_line) one = rc_line_new((struct line){"one"}), two = rc_line_new((struct line){"two"});
    assert_int_equal((uintptr_t)rc_line_value(&one) % 64, 0);
    assert_int_equal((uintptr_t)rc_line_value(&two) % 64, 0);
    assert_string_equal(rc_line_value(&two)->bytes, "two");
}

static void a_value_without_size_is_counted_all_the_same(void **state)
{
    (void)state;
    nothings_dropped = 0;
    rc_nothing one = rc_nothing_new((struct nothing){}), two = rc_nothing_clone(&one);
    assert_non_null(rc_nothing_value(&one));
    rc_nothing_drop(&one);
    assert_int_equal(nothings_dropped, 0);
    rc_nothing_drop(&two);
    assert_int_equal(nothings_dropped, 1);
}

static void handles_are_items_of_vecs(void **state)
{
    (void)state;
    owned(rc_tracked) rc = rc_tracked_new(tracked_make(41));
    owned(vec_weak) weaks = {0};
    vec_weak_push(&weaks, rc_tracked_downgrade(&rc));
    {
        owned(vec_rc) vec = {0};
        vec_rc_resize(&vec, 4, rc_tracked_clone(&rc));
        owned(vec_rc) clone = vec_rc_clone(&vec);
        vec_weak_extend_from(&weaks, weaks.items, 1);
        expect_counts(&rc, 9, 2);
    }
    expect_counts(&rc, 1, 2);
    owned(vec_weak) more = vec_weak_clone(&weaks);
    expect_counts(&rc, 1, 4);
}

/* ---- At random, against a model ---- */

enum { HANDLES = 12, ACTIONS = 40000 };

/* Handles, and for each the number of the value that it should lead to; 0: it should be empty. */
struct game {
    struct random_source random;
    rc_tracked strong[HANDLES];
    rc_tracked_weak weak[HANDLES];
    int strong_value[HANDLES];
    int weak_value[HANDLES];
    int next_value;
};

static size_t count_of(const int *values, int value)
{
    size_t count = 0;
    for (size_t i = 0; i < HANDLES; i++)
        count += value != 0 && values[i] == value;
    return count;
}

static void set_strong(struct game *game, size_t at, rc_tracked handle, int value)
{
    rc_tracked_drop(&game->strong[at]);
    game->strong[at] = handle;
    game->strong_value[at] = value;
}

static void set_weak(struct game *game, size_t at, rc_tracked_weak handle, int value)
{
    rc_tracked_weak_drop(&game->weak[at]);
    game->weak[at] = handle;
    game->weak_value[at] = value;
}

/* Whether the value still has an owner. */
static bool lives(const struct game *game, int value)
{
    return count_of(game->strong_value, value) > 0;
}

static void play_upgrade(struct game *game, size_t to, size_t from)
{
    rc_tracked owner;
    bool upgraded = rc_tracked_weak_upgrade(&game->weak[from], &owner);
    assert_int_equal(upgraded, lives(game, game->weak_value[from]));
    set_strong(game, to, owner, upgraded ? game->weak_value[from] : 0);
}

static void play_make_mut(struct game *game, size_t at)
{
    struct tracked *value;
    int number = game->strong_value[at];
    if (number == 0)
        return;
    bool alone = count_of(game->strong_value, number) + count_of(game->weak_value, number) == 1;
    if (rc_tracked_try_make_mut(&game->strong[at], &value)) {
        assert_false(alone);
        return;
    }
    value->value = alone ? number : ++game->next_value;
    game->strong_value[at] = value->value;
}

static void play_unwrap(struct game *game, size_t at)
{
    struct tracked item;
    bool unwrapped = rc_tracked_try_unwrap(&game->strong[at], &item);
    assert_int_equal(unwrapped, count_of(game->strong_value, game->strong_value[at]) == 1);
    if (!unwrapped)
        return;
    assert_int_equal(tracked_value(&item), game->strong_value[at]);
    tracked_drop(&item);
    game->strong_value[at] = 0;
}

static void play_new(struct game *game, size_t at)
{
    rc_tracked made;
    int value = ++game->next_value;
    bool done = !rc_tracked_try_new(&made, tracked_make(value));
    set_strong(game, at, made, done ? value : 0);
}

static void play(struct game *game)
{
    size_t to = random_below(&game->random, HANDLES);
    size_t from = random_below(&game->random, HANDLES);
    cairn_failing_at(&failing, random_one_in(&game->random, 3), CAIRN_FAILING_ONCE);
    switch (random_below(&game->random, 9)) {
    case 0:
        return play_new(game, to);
    case 1:
        return set_strong(game, to, rc_tracked_clone(&game->strong[from]),
                          to == from ? game->strong_value[to] : game->strong_value[from]);
    case 2:
        return set_weak(game, to, rc_tracked_downgrade(&game->strong[from]),
                        game->strong_value[from]);
    case 3:
        return set_weak(game, to, rc_tracked_weak_clone(&game->weak[from]), game->weak_value[from]);
    case 4:
        return play_upgrade(game, to, from);
    case 5:
        return play_make_mut(game, to);
    case 6:
        return play_unwrap(game, to);
    case 7:
        return set_strong(game, to, (rc_tracked){0}, 0);
    case 8:
        return set_weak(game, to, (rc_tracked_weak){0}, 0);
    }
}

static void expect_agreement(const struct game *game)
{
    size_t values = 0;
    for (size_t i = 0; i < HANDLES; i++) {
        int value = game->strong_value[i];
        assert_int_equal(game->strong[i].block != NULL, value != 0);
        expect_counts(&game->strong[i], count_of(game->strong_value, value),
                      count_of(game->weak_value, value));
        assert_int_equal(rc_tracked_weak_strong_count(&game->weak[i]),
                         count_of(game->strong_value, game->weak_value[i]));
        if (value == 0)
            continue;
        assert_int_equal(value_of(&game->strong[i]), value);
        bool first = true;
        for (size_t before = 0; before < i; before++)
            first = first && game->strong_value[before] != value;
        values += first;
    }
    assert_int_equal(tracked_live, values);
}

static void random_actions_agree_with_a_model(void **state)
{
    (void)state;
    struct game game = {.random = test_random_start()};
    for (size_t i = 0; i < ACTIONS; i++) {
        play(&game);
        expect_agreement(&game);
    }
    for (size_t i = 0; i < HANDLES; i++) {
        set_strong(&game, i, (rc_tracked){0}, 0);
        set_weak(&game, i, (rc_tracked_weak){0}, 0);
    }
}

#define test_on_a_heap(name) cmocka_unit_test_setup_teardown(name, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_on_a_heap(a_handle_is_one_word),
        test_on_a_heap(the_last_owner_drops_the_value),
        test_on_a_heap(the_scope_drops_a_handle_unless_it_was_moved),
        test_on_a_heap(handles_of_other_values_are_not_equal),
        test_on_a_heap(an_empty_handle_is_no_owner),
        test_on_a_heap(it_stays_with_its_allocator),
        test_on_a_heap(a_weak_handle_does_not_keep_the_value),
        test_on_a_heap(a_weak_handle_may_become_an_owner),
        test_on_a_heap(weak_handles_are_counted_among_themselves),
        test_on_a_heap(an_empty_weak_handle_leads_nowhere),
        test_on_a_heap(a_value_that_is_being_dropped_cannot_be_owned_again),
        test_on_a_heap(a_tree_with_weak_parents_is_dropped_whole),
        test_on_a_heap(get_mut_is_for_the_only_handle),
        test_on_a_heap(make_mut_leaves_a_value_alone_that_is_its_own),
        test_on_a_heap(make_mut_clones_away_from_other_owners),
        test_on_a_heap(make_mut_moves_away_from_weak_handles),
        test_on_a_heap(make_mut_of_an_empty_handle_panics),
        test_on_a_heap(try_unwrap_moves_the_value_out_of_the_only_owner),
        test_on_a_heap(a_value_may_know_itself),
        test_on_a_heap(a_value_that_cannot_be_made_leaves_nothing),
        test_on_a_heap(into_inner_gives_the_value_to_the_last_owner),
        test_on_a_heap(unwrap_or_clone_gives_a_value_in_any_case),
        test_on_a_heap(an_address_stands_for_a_handle),
        test_on_a_heap(weak_handles_know_their_value_and_each_other),
        test_on_a_heap(an_rc_that_cannot_be_made_drops_its_item),
        test_on_a_heap(a_failed_make_mut_changes_nothing),
        test_on_a_heap(the_aborting_forms_call_the_handler_with_the_layout),
        test_on_a_heap(counts_do_not_overflow),
        test_on_a_heap(the_alignment_of_the_value_is_kept),
        test_on_a_heap(a_value_without_size_is_counted_all_the_same),
        test_on_a_heap(handles_are_items_of_vecs),
        test_on_a_heap(random_actions_agree_with_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
