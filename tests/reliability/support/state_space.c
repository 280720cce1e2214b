/* SPDX-License-Identifier: MIT */
#include "state_space.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "test.h"

enum { WORDS = STATE_IMAGE / 8, QUEUE_STEP = 1 << 20, PROGRESS_SECONDS = 10 };

_Alignas(4096) unsigned char state_image[STATE_IMAGE];

static const struct state_subject *subject;
static struct cairn_allocator *allocator;
static unsigned char *base;
static state_granules usable;
static uint64_t operation_count;

/* ---- live blocks: a block goes up to the next start or granule that is not live ---- */

struct blocks {
    state_granules live, starts;
};

static struct blocks blocks;

static state_granules granules_from(unsigned at, unsigned size)
{
    return (size < 64 ? ((state_granules)1 << size) - 1 : UINT64_MAX) << at;
}

static unsigned size_of(unsigned at)
{
    state_granules after = (blocks.starts | ~blocks.live) & ~granules_from(0, at + 1);
    return (after ? (unsigned)__builtin_ctzll(after) : 64) - at;
}

static void add_block(unsigned at, unsigned size)
{
    blocks.live |= granules_from(at, size);
    blocks.starts |= (state_granules)1 << at;
}

static void remove_block(unsigned at, unsigned size)
{
    blocks.live &= ~granules_from(at, size);
    blocks.starts &= ~((state_granules)1 << at);
}

/* What stands in granule `at` of a live block, twice in a row. */
static uint64_t pattern(unsigned at)
{
    return (0x80 + at) * UINT64_C(0x0101010101010101);
}

static void fill(unsigned at, unsigned size)
{
    for (unsigned i = at; i < at + size; i++)
        memset(state_granule(base, i), (int)(0x80 + i), STATE_GRANULE);
}

/* ---- states that have been ---- */

struct operation {
    uint8_t who, what, at, size, align;
};

enum what { ALLOC, DEALLOC, DEALLOC_UNSIZED, REALLOC, FLUSH, TRIM };
static const char *const names[] = {"alloc",   "dealloc", "dealloc_unsized",
                                    "realloc", "flush",   "trim"};

static uint64_t *table; /* of hashes, 0 for an empty place; a power of two */
static size_t table_size, state_count;

/* By the state's number, which is its turn: how it was reached. */
static struct origin {
    uint32_t from;
    struct operation by;
} * origins;
static size_t origin_room;
static struct origin now; /* the state that is taken, and the operation that is tried */
static bool is_done;

static void *allocated(void *memory)
{
    if (!memory)
        fail_msg("no memory for %zu states", state_count);
    return memory;
}

static bool insert(uint64_t hash)
{
    size_t at = hash & (table_size - 1);
    while (table[at] != 0 && table[at] != hash)
        at = (at + 1) & (table_size - 1);
    if (table[at] == hash)
        return false;
    table[at] = hash;
    return true;
}

static void grow_table(void)
{
    uint64_t *old = table;
    size_t old_size = table_size;
    table_size = old ? old_size * 2 : (size_t)1 << 16;
    table = allocated(calloc(table_size, sizeof(*table)));
    for (size_t i = 0; i < old_size; i++)
        if (old[i])
            insert(old[i]);
    free(old);
}

static void note_origin(void)
{
    if (state_count == origin_room) {
        origin_room = origin_room ? origin_room * 2 : (size_t)1 << 16;
        origins = allocated(realloc(origins, origin_room * sizeof(*origins)));
    }
    origins[state_count++] = now;
    if (state_count * 2 > table_size)
        grow_table();
}

/*
 * Two rows of multiplications, so that neither waits for the other. Source: the mixer of SplitMix64,
 * Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, fig. 16.
 */
static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0xbf58476d1ce4e5b9;
    return hash ^ hash >> 29;
}

static uint64_t hash_image(void)
{
    const uint64_t *words = (const uint64_t *)(const void *)state_image;
    uint64_t even = mix(1, blocks.live), odd = mix(2, blocks.starts);
    for (size_t i = 0; i + 1 < subject->image_size / 8; i += 2) {
        even = mix(even, words[i]);
        odd = mix(odd, words[i + 1]);
    }
    if (subject->image_size / 8 % 2)
        even = mix(even, words[subject->image_size / 8 - 1]);
    uint64_t hash = mix(mix(even, odd) * 0x94d049bb133111eb, odd);
    return hash ? hash : 1;
}

/* ---- the queue: images as their differences from the first ---- */

static uint64_t first_image[WORDS];
static uint64_t *queue; /* addresses for all; pages come when written, and go when read */
static size_t queue_start, queue_end, queue_given_back;
static const size_t queue_words = (size_t)1 << 37;

/* Live blocks, then for each 64 words of the image which of them differ, and those. */
static void enqueue(void)
{
    const uint64_t *words = (const uint64_t *)(const void *)state_image;
    size_t count = subject->image_size / 8;
    queue[queue_end++] = blocks.live;
    queue[queue_end++] = blocks.starts;
    for (size_t from = 0; from < count; from += 64) {
        uint64_t *mask = &queue[queue_end++];
        *mask = 0;
        for (size_t i = from; i < from + 64 && i < count; i++)
            if (words[i] != first_image[i]) {
                *mask |= (uint64_t)1 << (i - from);
                queue[queue_end++] = words[i];
            }
    }
}

static void dequeue(uint64_t *words, struct blocks *taken)
{
    size_t count = subject->image_size / 8;
    taken->live = queue[queue_start++];
    taken->starts = queue[queue_start++];
    memcpy(words, first_image, subject->image_size);
    for (size_t from = 0; from < count; from += 64)
        for (uint64_t mask = queue[queue_start++]; mask; mask &= mask - 1)
            words[from + (size_t)__builtin_ctzll(mask)] = queue[queue_start++];
    if (queue_start - queue_given_back > QUEUE_STEP) {
        madvise(&queue[queue_given_back], QUEUE_STEP * 8, MADV_DONTNEED);
        queue_given_back += QUEUE_STEP;
    }
}

/* The image as it is now, if it is a new state. */
static void note_state(void)
{
    subject->forget(blocks.live);
    if (!insert(hash_image()))
        return;
    note_origin();
    enqueue();
}

/* ---- operations ---- */

#define expect(condition, what)   \
    do {                          \
        if (!(condition))         \
            fail_msg("%s", what); \
    } while (0)

static void expect_contents(void)
{
    for (state_granules left = blocks.live; left; left &= left - 1) {
        unsigned at = (unsigned)__builtin_ctzll(left);
        uint64_t words[2];
        memcpy(words, state_granule(base, at), sizeof(words));
        expect(words[0] == pattern(at) && words[1] == pattern(at), "a live block was written to");
    }
}

/* The granule at which a new block begins. */
static unsigned expect_block(const void *block, unsigned size, unsigned align)
{
    uintptr_t offset = (uintptr_t)block - (uintptr_t)base;
    unsigned at = (unsigned)(offset / STATE_GRANULE);
    expect(offset % STATE_GRANULE == 0 && offset / STATE_GRANULE < STATE_GRANULES &&
               size <= STATE_GRANULES - at && (granules_from(at, size) & ~usable) == 0,
           "a new block is outside the heap");
    expect((granules_from(at, size) & blocks.live) == 0, "a new block overlaps a live one");
    expect((uintptr_t)block % ((uintptr_t)align * STATE_GRANULE) == 0, "a new block is misaligned");
    return at;
}

static struct cairn_layout layout_of(unsigned size, unsigned align)
{
    return (struct cairn_layout){(size_t)size * STATE_GRANULE, (size_t)align * STATE_GRANULE};
}

/* What a new block really has, and all of which its user may write to. */
static unsigned granules_of(const void *block, unsigned asked)
{
    if (!subject->has_unsized)
        return asked;
    size_t size = cairn_allocator_usable_size(allocator, block);
    expect(size >= (size_t)asked * STATE_GRANULE, "a new block is too small");
    return (unsigned)(size / STATE_GRANULE);
}

/* Whether a new block can lie at this granule. */
static bool can_lie_at(unsigned at, unsigned size, unsigned align)
{
    return size <= STATE_GRANULES - at &&
           (granules_from(at, size) & (blocks.live | ~usable)) == 0 &&
           (uintptr_t)state_granule(base, at) % ((uintptr_t)align * STATE_GRANULE) == 0;
}

static void expect_no_room(unsigned size, unsigned align)
{
    for (unsigned at = 0; at < STATE_GRANULES; at++)
        expect(!can_lie_at(at, size, align), "a request was refused that fits");
}

static void do_alloc(unsigned size, unsigned align)
{
    void *block = cairn_allocator_alloc(allocator, layout_of(size, align));
    if (!block) {
        expect_no_room(size, align);
        return;
    }
    size = granules_of(block, size);
    unsigned at = expect_block(block, size, align);
    add_block(at, size);
    fill(at, size);
}

static void do_dealloc(unsigned at, bool is_unsized)
{
    unsigned size = size_of(at);
    remove_block(at, size);
    if (is_unsized)
        cairn_allocator_dealloc_unsized(allocator, state_granule(base, at));
    else
        cairn_allocator_dealloc(allocator, state_granule(base, at), layout_of(size, 1));
}

/* How many granules are free right before one, or from one on. */
static unsigned free_before(unsigned at)
{
    unsigned count = 0;
    while (count < at && can_lie_at(at - count - 1, 1, 1))
        count++;
    return count;
}

static unsigned free_from(unsigned at)
{
    unsigned count = 0;
    while (at + count < STATE_GRANULES && can_lie_at(at + count, 1, 1))
        count++;
    return count;
}

static void expect_no_room_in_place(unsigned at, unsigned new_size, unsigned align)
{
    unsigned size = size_of(at), before = free_before(at), after = free_from(at + size);
    uintptr_t start = (uintptr_t)state_granule(base, at - before);
    expect(size + after < new_size, "a realloc was refused that fits where the block is");
    expect(before + size + after < new_size || start % ((uintptr_t)align * STATE_GRANULE) != 0,
           "a realloc was refused that fits from before the block on");
}

static void do_realloc(unsigned at, unsigned new_size, unsigned align)
{
    unsigned size = size_of(at), kept = size < new_size ? size : new_size;
    void *block = cairn_allocator_realloc(allocator, state_granule(base, at),
                                          layout_of(size, align), (size_t)new_size * STATE_GRANULE);
    if (!block) {
        expect_no_room(new_size, align);
        if (subject->grows_in_place)
            expect_no_room_in_place(at, new_size, align);
        return;
    }
    remove_block(at, size);
    new_size = granules_of(block, new_size);
    unsigned new_at = expect_block(block, new_size, align);
    for (unsigned i = 0; i < kept; i++) {
        uint64_t words[2];
        memcpy(words, state_granule(base, new_at + i), sizeof(words));
        expect(words[0] == pattern(at + i) && words[1] == pattern(at + i),
               "realloc lost the content");
    }
    add_block(new_at, new_size);
    fill(new_at, new_size);
}

static void perform(struct operation operation)
{
    switch ((enum what)operation.what) {
    case ALLOC:
        do_alloc(operation.size, operation.align);
        break;
    case DEALLOC:
    case DEALLOC_UNSIZED:
        do_dealloc(operation.at, operation.what == DEALLOC_UNSIZED);
        break;
    case REALLOC:
        do_realloc(operation.at, operation.size, operation.align);
        break;
    case FLUSH:
        subject->flush();
        break;
    case TRIM:
        subject->trim();
        break;
    }
}

/* ---- the search ---- */

static uint64_t taken_image[WORDS];
static struct blocks taken_blocks;
static unsigned who; /* does the operations that are tried */

static void put_back(void)
{
    memcpy(state_image, taken_image, subject->image_size);
    blocks = taken_blocks;
}

static void try_operation(enum what what, unsigned at, unsigned size, unsigned align)
{
    now.by =
        (struct operation){(uint8_t)who, (uint8_t)what, (uint8_t)at, (uint8_t)size, (uint8_t)align};
    operation_count++;
    perform(now.by);
    expect_contents();
    subject->check();
    note_state();
    put_back();
}

/* Whether the block may have been allocated with this alignment. */
static bool may_have_align(unsigned at, unsigned align)
{
    const void *block = state_granule(base, at);
    return (uintptr_t)block % ((uintptr_t)align * STATE_GRANULE) == 0 &&
           (!subject->takes_align || subject->takes_align(block, size_of(at), align));
}

static void try_realloc(unsigned at, unsigned largest)
{
    for (unsigned align = 1; align < 1U << subject->aligns && may_have_align(at, align); align *= 2)
        for (unsigned size = 1; size <= largest; size++)
            try_operation(REALLOC, at, size, align);
}

static void try_every_operation(unsigned largest)
{
    for (unsigned align = 1; align < 1U << subject->aligns; align *= 2)
        for (unsigned size = 1; size <= largest; size++)
            try_operation(ALLOC, 0, size, align);
    for (state_granules left = taken_blocks.starts; left; left &= left - 1) {
        unsigned at = (unsigned)__builtin_ctzll(left);
        try_operation(DEALLOC, at, 0, 1);
        if (subject->has_unsized)
            try_operation(DEALLOC_UNSIZED, at, 0, 1);
        try_realloc(at, largest);
    }
    if (subject->flush)
        try_operation(FLUSH, 0, 0, 0);
    if (subject->trim)
        try_operation(TRIM, 0, 0, 0);
}

static void start(const struct state_subject *of, size_t granules)
{
    subject = of;
    is_done = false;
    operation_count = state_count = 0;
    queue_start = queue_end = queue_given_back = 0;
    table_size = origin_room = 0;
    blocks = (struct blocks){0, 0};
    now = (struct origin){0};
    grow_table();
    queue = mmap(NULL, queue_words * 8, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_ptr_not_equal(queue, MAP_FAILED);
    memset(state_image, STATE_RUBBISH, sizeof(state_image));
    allocator = subject->start(granules, &base, &usable);
    subject->check();
    subject->forget(0);
    memcpy(first_image, state_image, subject->image_size);
    note_state();
}

/* Now and then, for a person who waits. */
static void show_progress(void)
{
    static time_t last;
    time_t seconds = time(NULL);
    if (now.from == 0)
        last = seconds;
    if (seconds < last + PROGRESS_SECONDS)
        return;
    last = seconds;
    printf("# %s: %zu states, %zu of them left, %" PRIu64 " operations\n", subject->name,
           state_count, state_count - now.from, operation_count);
    fflush(stdout);
}

void visit_every_state(const struct state_subject *of, size_t granules)
{
    start(of, granules);
    unsigned largest =
        subject->largest ? (unsigned)subject->largest : (unsigned)__builtin_popcountll(usable) + 1;
    const unsigned processors = subject->become ? subject->processors : 1;
    for (; queue_start < queue_end; now.from++) {
        dequeue(taken_image, &taken_blocks);
        put_back();
        show_progress();
        for (who = 0; who < processors; who++) {
            if (subject->become)
                subject->become(who);
            try_every_operation(largest);
        }
    }
    is_done = true;
    printf("# %s, %zu granules: %zu states, %" PRIu64 " operations\n", subject->name, granules,
           state_count, operation_count);
    assert_true(state_count > granules);
}

static void show(struct operation operation)
{
    printf("#     %s", names[operation.what]);
    if (operation.what == ALLOC)
        printf(" of %u granules, aligned to %u", operation.size, operation.align);
    else if (operation.what != FLUSH && operation.what != TRIM)
        printf(" of the block at granule %u", operation.at);
    if (operation.what == REALLOC)
        printf(" to %u, aligned to %u", operation.size, operation.align);
    if (subject->become)
        printf(", by processor %u", operation.who);
    printf("\n");
}

/* Of the way to a state, the first operation first. The first state came from itself. */
static void show_way_to(uint32_t state)
{
    if (state == 0)
        return;
    show_way_to(origins[state].from);
    show(origins[state].by);
}

int show_operations(void **state)
{
    (void)state;
    if (!is_done && state_count > 0) {
        printf("# %s: failed in state %u of %zu, after\n", subject->name, now.from, state_count);
        show_way_to(now.from);
        show(now.by);
    }
    munmap(queue, queue_words * 8);
    free(table);
    free(origins);
    table = NULL;
    origins = NULL;
    return 0;
}
