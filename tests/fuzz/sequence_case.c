/* SPDX-License-Identifier: MIT */
/*
 * Where the deque fails for want of memory, the list does not try; where the list fails, the
 * deque takes back what it did. So the three go on together.
 */
#include "sequence_case.h"

#include <stdlib.h>
#include <string.h>

#include <cairn/dummy.h>
#include <cairn/global.h>

/* What is not taken from the case's own allocator fails. */
static struct cairn_dummy dummy = CAIRN_DUMMY;
CAIRN_GLOBAL_ALLOCATOR(&dummy.allocator);

#define T    vec_case
#define ITEM uint8_t
#include <cairn/vec.t.h>

#define T    deque_case
#define ITEM uint8_t
#define VEC  vec_case
#include <cairn/vec_deque.t.h>

#define T    list_case
#define ITEM uint8_t
#include <cairn/list.t.h>

enum { MODEL_MAX = 200 };

struct play {
    struct cairn_allocator allocator;
    size_t live;       /* blocks */
    size_t until_fail; /* allocations until one fails; 0: none fails */
    const uint8_t *bytes;
    size_t left;
    deque_case deque;
    list_case list;
    uint8_t model[MODEL_MAX];
    size_t length;
};

static void *alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct play *play = (struct play *)allocator;
    if (play->until_fail > 0 && --play->until_fail == 0)
        return NULL;
    play->live++;
    return malloc(layout.size);
}

static void dealloc(struct cairn_allocator *allocator, void *block, struct cairn_layout layout)
{
    (void)layout;
    ((struct play *)allocator)->live--;
    free(block);
}

static const struct cairn_allocator_operations operations = {
    .name = "case",
    .alloc = alloc,
    .dealloc = dealloc,
};

/* The next byte of the case; 0 after the last. */
static uint8_t next_byte(struct play *play)
{
    if (play->left == 0)
        return 0;
    play->left--;
    return *play->bytes++;
}

/* An index that is inside, or the length. */
static size_t next_place(struct play *play)
{
    return next_byte(play) % (play->length + 1);
}

static list_case_iterator list_at(struct play *play, size_t index)
{
    list_case_iterator i = list_case_begin(&play->list);
    for (size_t gone = 0; gone <= index; gone++)
        list_case_next(&i);
    cairn_check(i.index == index, "the list's iterator is at %zu, not %zu", i.index, index);
    return i;
}

static void expect_same(struct play *play)
{
    cairn_check(play->deque.length == play->length && play->list.length == play->length,
                "the deque has %zu items, the list %zu, the array %zu", play->deque.length,
                play->list.length, play->length);
    list_case_iterator at = list_case_begin(&play->list);
    for (size_t i = 0; i < play->length; i++) {
        uint8_t item = play->model[i], in_deque = *deque_case_at(&play->deque, i);
        cairn_check(in_deque == item, "item %zu of the deque is %d, not %d", i, in_deque, item);
        cairn_check(list_case_next(&at) && *at.item == item, "item %zu of the list is not %d", i,
                    item);
    }
    size_t blocks = play->length + (play->deque.items != NULL);
    cairn_check(play->live == blocks, "%zu blocks are alive, not %zu", play->live, blocks);
}

static void insert(struct play *play)
{
    size_t place = next_place(play);
    uint8_t item = next_byte(play);
    if (play->length == MODEL_MAX || deque_case_try_insert(&play->deque, place, item))
        return;
    list_case_iterator i = list_at(play, place);
    if (list_case_try_insert_before(&i, item)) {
        cairn_check(deque_case_remove(&play->deque, place) == item, "another item was there");
        return;
    }
    memmove(&play->model[place + 1], &play->model[place], play->length - place);
    play->model[place] = item;
    play->length++;
}

static void push_front_some(struct play *play)
{
    for (uint8_t count = next_byte(play) % 8; count > 0 && play->length < MODEL_MAX; count--) {
        if (deque_case_try_push_front(&play->deque, count))
            return;
        if (list_case_try_push_front(&play->list, count)) {
            uint8_t back;
            cairn_check(deque_case_pop_front(&play->deque, &back), "nothing was pushed");
            return;
        }
        memmove(&play->model[1], &play->model[0], play->length++);
        play->model[0] = count;
    }
}

static void remove_range(struct play *play)
{
    size_t first = next_place(play), count = next_byte(play) % (play->length - first + 1);
    deque_case_remove_range(&play->deque, first, count);
    list_case_iterator i = list_at(play, first);
    for (size_t n = 0; n < count; n++) {
        list_case_erase(&i);
        list_case_next(&i);
    }
    play->length -= count;
    memmove(&play->model[first], &play->model[first + count], play->length - first);
}

static void rotate(struct play *play)
{
    size_t count = next_place(play);
    uint8_t kept[MODEL_MAX];
    deque_case_rotate_left(&play->deque, count);
    list_case tail = list_case_split_off(&play->list, count);
    list_case_append(&tail, &play->list);
    play->list = tail;
    memcpy(kept, play->model, count);
    memmove(play->model, &play->model[count], play->length - count);
    memcpy(&play->model[play->length - count], kept, count);
}

static bool is_kept(const uint8_t *item, void *mask)
{
    return (*item & *(uint8_t *)mask) == 0;
}

static void retain(struct play *play)
{
    uint8_t mask = next_byte(play);
    size_t kept = 0;
    deque_case_retain(&play->deque, is_kept, &mask);
    list_case_retain(&play->list, is_kept, &mask);
    for (size_t i = 0; i < play->length; i++)
        if (is_kept(&play->model[i], &mask))
            play->model[kept++] = play->model[i];
    play->length = kept;
}

/* The deque in another shape, with the same items. */
static void reshape(struct play *play)
{
    switch (next_byte(play) % 4) {
    case 0:
        deque_case_make_contiguous(&play->deque);
        break;
    case 1:
        (void)!deque_case_try_shrink_to_fit(&play->deque);
        break;
    case 2:
        (void)!deque_case_try_reserve(&play->deque, next_byte(play));
        break;
    default:
        /* Its capacity is a power of two already, so that this cannot fail. */
        cairn_check(!deque_case_try_from_vec(&play->deque, deque_case_into_vec(&play->deque)),
                    "a vec did not become a deque again");
        break;
    }
}

static void clone(struct play *play)
{
    deque_case deque;
    list_case list;
    if (deque_case_try_clone(&deque, &play->deque) == CAIRN_COLLECTION_OK) {
        deque_case_drop(&play->deque);
        play->deque = deque;
    }
    if (list_case_try_clone(&list, &play->list) == CAIRN_COLLECTION_OK) {
        list_case_drop(&play->list);
        play->list = list;
    }
}

static void fail_later(struct play *play)
{
    play->until_fail = next_byte(play);
}

void sequence_case_play(const uint8_t *bytes, size_t count)
{
    static void (*const actions[])(struct play *) = {
        insert, push_front_some, remove_range, rotate, retain, reshape, clone, fail_later,
    };
    struct play play = {.allocator = {&operations}, .bytes = bytes, .left = count};
    play.deque = deque_case_new_in(&play.allocator);
    play.list = list_case_new_in(&play.allocator);
    while (play.left > 0) {
        actions[next_byte(&play) % (sizeof(actions) / sizeof(actions[0]))](&play);
        expect_same(&play);
    }
    deque_case_drop(&play.deque);
    list_case_drop(&play.list);
    cairn_check(play.live == 0, "%zu blocks are left", play.live);
}
