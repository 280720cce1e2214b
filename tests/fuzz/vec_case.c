/* SPDX-License-Identifier: MIT */
/* Where the vec fails for want of memory, the array stays as it was, and so must the vec. */
#include "vec_case.h"

#include <stdlib.h>
#include <string.h>

#include <cairn/dummy.h>
#include <cairn/global.h>

/* What is not taken from the case's own allocator fails. */
static struct cairn_dummy dummy = CAIRN_DUMMY;
CAIRN_GLOBAL_ALLOCATOR(&dummy.allocator);

#define T       vec_case
#define ITEM    uint8_t
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/vec.t.h>

#define T       heap_case
#define VEC     vec_case
#define ITEM    uint8_t
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/binary_heap.t.h>

enum { MODEL_MAX = 200, FEW = 8 };

struct play {
    struct cairn_allocator allocator;
    size_t live;       /* blocks */
    size_t until_fail; /* allocations until one fails; 0: none fails */
    const uint8_t *bytes;
    size_t left;
    vec_case vec;
    uint8_t model[MODEL_MAX];
    size_t length;
    heap_case heap;
    size_t times[256]; /* in the heap */
    size_t heap_length;
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

/* ---- The array: what is done to the vec, in the simplest way ---- */

static void put_in(struct play *play, size_t at, const uint8_t *items, size_t count)
{
    memmove(&play->model[at + count], &play->model[at], play->length - at);
    memcpy(&play->model[at], items, count);
    play->length += count;
}

static void take_out(struct play *play, size_t at, size_t count)
{
    play->length -= count;
    memmove(&play->model[at], &play->model[at + count], play->length - at);
}

static int compare_bytes(const void *one, const void *other)
{
    return *(const uint8_t *)one - *(const uint8_t *)other;
}

/* ---- What is done to the vec ---- */

static void insert(struct play *play)
{
    size_t place = next_place(play);
    uint8_t item = next_byte(play);
    if (play->length < MODEL_MAX && !vec_case_try_insert(&play->vec, place, item))
        put_in(play, place, &item, 1);
}

static void push_some(struct play *play)
{
    for (uint8_t count = next_byte(play) % FEW; count > 0 && play->length < MODEL_MAX; count--) {
        if (vec_case_try_push(&play->vec, count))
            return;
        put_in(play, play->length, &count, 1);
    }
}

static void remove_one(struct play *play)
{
    size_t place = next_place(play);
    uint8_t item;
    bool is_inside = place < play->length;
    if (!is_inside) {
        bool was_there = vec_case_pop(&play->vec, &item);
        cairn_check(was_there == (play->length > 0), "pop found %d", was_there);
        play->length -= was_there;
        return;
    }
    if (next_byte(play) % 2 == 0) {
        item = vec_case_swap_remove(&play->vec, place);
        cairn_check(item == play->model[place], "another item was removed: %d", item);
        play->model[place] = play->model[--play->length];
        return;
    }
    item = vec_case_remove(&play->vec, place);
    cairn_check(item == play->model[place], "another item was removed: %d", item);
    take_out(play, place, 1);
}

/* In the place of a range come as many items as are left over of another one. */
static void splice(struct play *play)
{
    size_t first = next_place(play), count = next_byte(play) % (play->length - first + 1);
    uint8_t items[FEW] = {1, 2, 3, 4, 5, 6, 7, 8}, new_count = next_byte(play) % FEW;
    if (play->length - count + new_count > MODEL_MAX)
        return;
    vec_case other = vec_case_new_in(&play->allocator);
    if (!vec_case_try_extend_from(&other, items, new_count) &&
        !vec_case_try_splice(&play->vec, first, count, &other)) {
        take_out(play, first, count);
        put_in(play, first, items, new_count);
    }
    vec_case_drop(&other);
}

/* Its own items again, which lie where it may grow. */
static void insert_own(struct play *play)
{
    size_t from = next_place(play), place = next_place(play);
    size_t count = next_byte(play) % (play->length - from + 1);
    uint8_t items[MODEL_MAX];
    const uint8_t *own = from > 0 ? &play->vec.items[from] : play->vec.items;
    memcpy(items, &play->model[from], count);
    if (play->length + count <= MODEL_MAX &&
        !vec_case_try_insert_from(&play->vec, place, own, count))
        put_in(play, place, items, count);
}

static bool has_bits(const uint8_t *item, void *mask)
{
    return (*item & *(uint8_t *)mask) != 0;
}

static void extract(struct play *play)
{
    size_t first = next_place(play), count = next_byte(play) % (play->length - first + 1);
    uint8_t mask = next_byte(play), item;
    size_t wanted = next_byte(play), at = first;
    vec_case_drain_iterator i = vec_case_extract_if(&play->vec, first, count, has_bits, &mask);
    for (size_t end = first + count; wanted > 0 && vec_case_drain_next(&i, &item);
         wanted--, end--) {
        while (at < end && !has_bits(&play->model[at], &mask))
            at++;
        cairn_check(at < end && play->model[at] == item, "%d was taken out", item);
        take_out(play, at, 1);
    }
    vec_case_drain_iterator_drop(&i);
}

static void retain(struct play *play)
{
    uint8_t mask = next_byte(play);
    vec_case_retain(&play->vec, has_bits, &mask);
    for (size_t i = play->length; i-- > 0;)
        if (!has_bits(&play->model[i], &mask))
            take_out(play, i, 1);
}

static void dedup(struct play *play)
{
    vec_case_dedup(&play->vec);
    for (size_t i = play->length; i-- > 1;)
        if (play->model[i] == play->model[i - 1])
            take_out(play, i, 1);
}

static void sort(struct play *play)
{
    if (next_byte(play) % 2 == 0)
        vec_case_sort(&play->vec);
    else
        vec_case_sort_unstable(&play->vec);
    qsort(play->model, play->length, 1, compare_bytes);
}

/* Cut in two, and put together again the other way round. */
static void turn(struct play *play)
{
    size_t place = next_place(play);
    vec_case tail;
    if (vec_case_try_split_off(&play->vec, place, &tail))
        return;
    if (vec_case_try_append(&tail, &play->vec)) {
        cairn_check(!vec_case_try_append(&play->vec, &tail), "there was room for these before");
        vec_case_drop(&tail);
        return;
    }
    vec_case_drop(&play->vec);
    play->vec = tail;
    uint8_t items[MODEL_MAX];
    memcpy(items, play->model, place);
    take_out(play, 0, place);
    put_in(play, play->length, items, place);
}

static void resize(struct play *play)
{
    size_t length = next_byte(play) % MODEL_MAX;
    uint8_t item = next_byte(play);
    if (vec_case_try_resize(&play->vec, length, item))
        return;
    for (; play->length < length; play->length++)
        play->model[play->length] = item;
    play->length = length;
}

/* The same items in another block. */
static void reshape(struct play *play)
{
    vec_case clone;
    switch (next_byte(play) % 3) {
    case 0:
        (void)!vec_case_try_shrink_to_fit(&play->vec);
        break;
    case 1:
        (void)!vec_case_try_reserve(&play->vec, next_byte(play));
        break;
    default:
        if (vec_case_try_clone(&clone, &play->vec))
            break;
        vec_case_drop(&play->vec);
        play->vec = clone;
        break;
    }
}

static void fail_later(struct play *play)
{
    play->until_fail = next_byte(play);
}

/* ---- What is done to the heap ---- */

static void heap_push(struct play *play)
{
    uint8_t item = next_byte(play);
    if (play->heap_length == MODEL_MAX || heap_case_try_push(&play->heap, item))
        return;
    play->times[item]++;
    play->heap_length++;
}

static void heap_pop(struct play *play)
{
    uint8_t item = 0, greatest = UINT8_MAX;
    while (greatest > 0 && play->times[greatest] == 0)
        greatest--;
    bool was_there = heap_case_pop(&play->heap, &item);
    cairn_check(was_there == (play->heap_length > 0), "pop found %d", was_there);
    cairn_check(!was_there || item == greatest, "pop gave %d, not %d", item, greatest);
    play->times[item] -= was_there;
    play->heap_length -= was_there;
}

/* All of the vec's items. */
static void heap_extend(struct play *play)
{
    if (play->heap_length + play->length > MODEL_MAX ||
        heap_case_try_extend_from(&play->heap, play->vec.items, play->length))
        return;
    play->heap_length += play->length;
    for (size_t i = 0; i < play->length; i++)
        play->times[play->model[i]]++;
}

static void heap_change(struct play *play)
{
    uint8_t *greatest = heap_case_peek_mut(&play->heap), item = next_byte(play);
    if (!greatest)
        return;
    play->times[*greatest]--;
    play->times[item]++;
    *greatest = item;
    heap_case_changed(&play->heap);
}

static void heap_sort(struct play *play)
{
    vec_case sorted = heap_case_into_sorted_vec(&play->heap);
    cairn_check(vec_case_is_sorted(&sorted), "the heap's items are not sorted");
    play->heap = heap_case_from_vec(sorted);
}

/* ---- The whole ---- */

static void expect_same(struct play *play)
{
    cairn_check(play->vec.length == play->length, "the vec has %zu items, not %zu",
                play->vec.length, play->length);
    for (size_t i = 0; i < play->length; i++)
        cairn_check(play->vec.items[i] == play->model[i], "item %zu of the vec is %d, not %d", i,
                    play->vec.items[i], play->model[i]);
    size_t times[256] = {0};
    for (size_t i = 0; i < play->heap.vec.length; i++) {
        uint8_t item = play->heap.vec.items[i];
        times[item]++;
        cairn_check(i == 0 || play->heap.vec.items[(i - 1) / 2] >= item,
                    "item %zu of the heap is greater than its parent", i);
    }
    cairn_check(memcmp(times, play->times, sizeof(times)) == 0, "the heap has other items");
    size_t blocks = (size_t)(play->vec.items != NULL) + (play->heap.vec.items != NULL);
    cairn_check(play->live == blocks, "%zu blocks are alive, not %zu", play->live, blocks);
}

void vec_case_play(const uint8_t *bytes, size_t count)
{
    static void (*const actions[])(struct play *) = {
        insert,     push_some, remove_one,  splice,      insert_own, extract,
        retain,     dedup,     sort,        turn,        resize,     reshape,
        fail_later, heap_pop,  heap_extend, heap_change, heap_sort,  heap_push,
    };
    struct play play = {.allocator = {&operations}, .bytes = bytes, .left = count};
    play.vec = vec_case_new_in(&play.allocator);
    play.heap = heap_case_new_in(&play.allocator);
    while (play.left > 0) {
        actions[next_byte(&play) % (sizeof(actions) / sizeof(actions[0]))](&play);
        expect_same(&play);
    }
    vec_case_drop(&play.vec);
    heap_case_drop(&play.heap);
    cairn_check(play.live == 0, "%zu blocks are left", play.live);
}
