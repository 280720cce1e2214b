/* SPDX-License-Identifier: MIT */
#include "heap_case.h"

#include "heap_model.h"

enum {
    SMALL = 64 * 1024,      /* a heap up to this size is checked after every action */
    ACTIONS_PER_CHECK = 64, /* in a larger one */
    ACTIONS_MAX = 4096,
    PAGE = 4096
};

static _Alignas(4096) unsigned char memory[HEAP_MODEL_BYTES];
static struct cairn_heap heap;
static struct heap_model model = {.heap = &heap, .memory = memory};

/* What is left of the case. Bytes that are missing count as 0. */
struct actions {
    const uint8_t *bytes;
    size_t count;
    size_t used; /* bytes of memory that regions have, and the gaps between them */
};

static size_t next(struct actions *actions)
{
    if (actions->count == 0)
        return 0;
    actions->count--;
    return *actions->bytes++;
}

/* Two bytes: 1 .. 16 times any power of two up to 2^17, give or take. */
static size_t next_size(struct actions *actions)
{
    size_t scale = next(actions), rest = next(actions);
    return 1 + ((16 + (scale >> 4)) << (scale & 15) >> 4) + (rest & 127);
}

static struct cairn_layout next_layout(struct actions *actions)
{
    size_t size = next_size(actions), bits = next(actions);
    return (struct cairn_layout){size, (size_t)1 << (bits < 128 ? bits % 5 : bits % 14)};
}

static void act_add_region(struct actions *actions)
{
    size_t gap = next(actions) % 4 * 24, size = next_size(actions) * 4 + 1000;
    size_t offset = actions->used + gap;
    if (offset + size <= HEAP_MODEL_BYTES && heap_model_add_region(&model, offset, size))
        actions->used = offset + size;
}

static void act_alloc(struct actions *actions, bool zeroed)
{
    struct cairn_layout layout = next_layout(actions);
    if (model.count < HEAP_MODEL_BLOCKS)
        (void)heap_model_alloc(&model, layout, zeroed);
}

/* Many blocks of one size at once: else a case of some hundred bytes never warms the front. */
static void act_alloc_many(struct actions *actions)
{
    struct cairn_layout layout = next_layout(actions);
    for (size_t times = next(actions); times > 0 && model.count < HEAP_MODEL_BLOCKS; times--)
        if (!heap_model_alloc(&model, layout, false))
            return;
}

static void act_dealloc_many(struct actions *actions)
{
    size_t step = next(actions);
    for (size_t times = next(actions); times > 0 && model.count > 0; times--)
        heap_model_dealloc(&model, step * times % model.count);
}

static void act_on_heap(struct actions *actions, size_t which)
{
    switch (which) {
    case 0:
        heap_model_flush(&model);
        break;
    case 1:
        heap_model_trim(&model, (size_t)64 << next(actions) % 8);
        break;
    default:
        act_add_region(actions);
    }
}

static void act(struct actions *actions)
{
    size_t choice = next(actions);
    switch (choice % 16) {
    case 0 ... 4:
        act_alloc(actions, false);
        break;
    case 5:
        act_alloc(actions, true);
        break;
    case 6:
        act_alloc_many(actions);
        break;
    case 7:
        act_dealloc_many(actions);
        break;
    case 8:
        act_on_heap(actions, choice / 16 % 3);
        break;
    case 9 ... 11:
        if (model.count > 0)
            (void)heap_model_realloc(&model, next(actions) % model.count, next_size(actions));
        break;
    default:
        if (model.count > 0)
            heap_model_dealloc(&model, next(actions) % model.count);
    }
}

void heap_case_play(const uint8_t *bytes, size_t count)
{
    struct actions actions = {.bytes = bytes, .count = count};
    size_t scale = next(&actions), place = next(&actions);
    size_t size = ((size_t)1024 << scale % 12) * (16 + scale / 16) / 16;
    size_t offset = place % 16 * 24, missing = place / 16 * 7;
    if (offset + size > HEAP_MODEL_BYTES)
        size = HEAP_MODEL_BYTES - offset;
    heap_model_start(&model, offset, size - missing);
    actions.used = offset + size - missing;
    for (size_t number = 1; actions.count > 0 && number <= ACTIONS_MAX; number++) {
        act(&actions);
        if (actions.used <= SMALL + PAGE || number % ACTIONS_PER_CHECK == 0)
            heap_model_check(&model);
    }
    while (model.count > 0)
        heap_model_dealloc(&model, model.count - 1);
    heap_model_flush(&model);
    heap_model_check(&model);
}
