/* SPDX-License-Identifier: MIT */
/*
 * Every sequence of operations on a tiny heap of the allocator cairn, up to DEPTH of them, against
 * the model, with a whole-heap check after each.
 *
 * The idea: a search in depth. A state is saved before an operation and put back after it. Where a
 * state has been before, with as many operations left, its sequences are not gone through again: the
 * same heap does the same. States are told apart by a hash of 64 bits over what the heap can see:
 * its struct, its ledger, the free blocks' links; and over the live blocks.
 *
 * What it is bad at: two states of one hash would hide one of them. With 10^6 states that is
 * one chance in 10^7.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "effort.h"
#include "heap_model.h"

enum {
    HEAP = 1024,
    DEPTH_USUAL = 5,
    DEPTH_MAX = 32,
    STATES_BITS = 22,
    ALLOCS = 8,
    SIZES = 4,
};

static const size_t sizes[SIZES] = {1, 17, 40, 200}, aligns[] = {1, 64};

static _Alignas(4096) unsigned char memory[HEAP_MODEL_BYTES];
static struct cairn_heap heap;
static struct heap_model model = {.heap = &heap, .memory = memory};

/* ---- saving and putting back ---- */

struct saved {
    struct cairn_heap heap;
    unsigned char memory[HEAP];
    uint64_t busy[HEAP / CAIRN_HEAP_GRANULE / 64];
    size_t count;
    struct heap_model_block blocks[DEPTH_MAX];
};

static void save(struct saved *saved)
{
    saved->heap = heap;
    memcpy(saved->memory, memory, HEAP);
    memcpy(saved->busy, model.busy, sizeof(saved->busy));
    saved->count = model.count;
    memcpy(saved->blocks, model.blocks, model.count * sizeof(model.blocks[0]));
}

static void put_back(const struct saved *saved)
{
    heap = saved->heap;
    memcpy(memory, saved->memory, HEAP);
    memcpy(model.busy, saved->busy, sizeof(saved->busy));
    model.count = saved->count;
    memcpy(model.blocks, saved->blocks, saved->count * sizeof(model.blocks[0]));
}

/* ---- states that have been ---- */

struct state {
    uint64_t hash; /* 0 is an empty place */
    size_t left;   /* operations that were gone through from it */
};

static struct state *states;
static size_t state_count;

/* A step of a hash over words. Source: the mixer of SplitMix64, Steele, Lea, Flood, 2014. */
static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
    return hash ^ hash >> 31;
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    uint64_t word;
    for (size_t at = 0; at + sizeof(word) <= size; at += sizeof(word)) {
        memcpy(&word, (const unsigned char *)bytes + at, sizeof(word));
        hash = mix(hash, word);
    }
    return hash;
}

/* A free block: its first granule and its last are all that the heap looks at. */
static bool hash_free(void *context, enum cairn_heap_block_kind kind, void *start, size_t size)
{
    uint64_t *hash = context;
    const unsigned char *last = (unsigned char *)start + size - CAIRN_HEAP_GRANULE;
    if (kind == CAIRN_HEAP_BLOCK_FREE) {
        *hash = hash_bytes(*hash, start, 3 * sizeof(uint32_t)); /* next, previous */
        *hash = hash_bytes(*hash, last + 8, 8);                 /* granules */
    }
    return true;
}

/* The order in which the model has its blocks does not matter: their hashes are added. */
static uint64_t hash_state(void)
{
    uint64_t hash = hash_bytes(1, &heap.part, sizeof(heap.part)), blocks = 0;
    size_t end = (size_t)(heap.part.end - heap.part.first) * CAIRN_HEAP_GRANULE;
    hash = hash_bytes(hash, memory + end, HEAP - end);
    cairn_heap_walk(&heap, hash_free, &hash);
    for (size_t i = 0; i < model.count; i++)
        blocks += mix(mix((uintptr_t)model.blocks[i].address, model.blocks[i].layout.size),
                      model.blocks[i].layout.align);
    hash = mix(hash, blocks);
    return hash ? hash : 1;
}

/* Notes the state; false if it has been, with as many operations left. */
static bool is_new(size_t left)
{
    uint64_t hash = hash_state();
    size_t mask = ((size_t)1 << STATES_BITS) - 1, at = hash & mask;
    while (states[at].hash != 0 && states[at].hash != hash)
        at = (at + 1) & mask;
    if (states[at].hash == hash && states[at].left >= left)
        return false;
    if (states[at].hash == 0 && ++state_count > mask / 2)
        fail_msg("more than %zu states; a lower DEPTH", state_count);
    states[at] = (struct state){hash, left};
    return true;
}

/* ---- the search ---- */

static size_t sequence[DEPTH_MAX], length, operation_count;

static size_t choices(void)
{
    return ALLOCS + model.count * (1 + SIZES);
}

/* Operation number `choice` of those that are possible now. */
static void act(size_t choice)
{
    operation_count++;
    if (choice < ALLOCS) {
        struct cairn_layout layout = {sizes[choice % SIZES], aligns[choice / SIZES]};
        (void)heap_model_alloc(&model, layout, false);
        return;
    }
    size_t number = (choice - ALLOCS) / (1 + SIZES), which = (choice - ALLOCS) % (1 + SIZES);
    if (which == SIZES)
        heap_model_dealloc(&model, number);
    else
        (void)heap_model_realloc(&model, number, sizes[which]);
}

static void search(size_t left)
{
    struct saved saved;
    if (left == 0 || !is_new(left))
        return;
    save(&saved);
    for (size_t choice = 0; choice < choices(); choice++) {
        sequence[length++] = choice;
        act(choice);
        heap_model_check(&model);
        search(left - 1);
        length--;
        put_back(&saved);
    }
}

static void every_sequence_keeps_the_heap_sound(void **state)
{
    (void)state;
    size_t depth = effort("DEPTH", DEPTH_USUAL);
    assert_true(depth > 0 && depth < DEPTH_MAX);
    states = calloc((size_t)1 << STATES_BITS, sizeof(*states));
    assert_non_null(states);
    heap_model_start(&model, 0, HEAP);
    search(depth);
    printf("# DEPTH=%zu: %zu operations in %zu states\n", depth, operation_count, state_count);
    assert_true(state_count > depth);
}

/* Where it failed, the choices that led there. */
static int show_sequence(void **state)
{
    (void)state;
    if (length > 0) {
        printf("# failed after the choices");
        for (size_t i = 0; i < length; i++)
            printf(" %zu", sequence[i]);
        printf("\n");
    }
    free(states);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_sequence_keeps_the_heap_sound, show_sequence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
