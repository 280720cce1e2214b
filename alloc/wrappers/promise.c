/* SPDX-License-Identifier: MIT */
#include <cairn/promise.h>

#define WORD_BITS CAIRN_PROMISE_WORD_BITS

/*
 * The rows begin after a head, so that no promised block begins where the inner allocator's does:
 * its live map is sure of none of them. The head is also the least that blocks are aligned to, and
 * the least that they are large.
 */
#define HEAD 16

static struct cairn_promise *promise_of(struct cairn_allocator *allocator)
{
    return (struct cairn_promise *)(void *)allocator;
}

static bool serves(const struct cairn_promised *row, struct cairn_layout layout)
{
    return row->up_to ? layout.size <= row->layout.size && layout.align <= row->layout.align
                      : layout.size == row->layout.size && layout.align == row->layout.align;
}

/* ---- taking ---- */

static void *take_from_row(const struct cairn_promised *row, uintptr_t *words)
{
    for (size_t i = 0; i < CAIRN_PROMISE_WORDS(row->count); i++) {
        uintptr_t free = __atomic_load_n(&words[i], __ATOMIC_ACQUIRE);
        while (free && !__atomic_compare_exchange_n(&words[i], &free, free & (free - 1), false,
                                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            continue;
        if (free) {
            size_t index = i * WORD_BITS + cairn_lowest_bit(free);
            cairn_check(index < row->count,
                        "promise: the bitmap at %p was overwritten: a row of %zu blocks has no "
                        "block %zu",
                        (void *)&words[i], row->count, index);
            return (void *)(row->start + index * row->stride);
        }
    }
    return NULL;
}

static void *take_from_rows(const struct cairn_promise *self, struct cairn_layout layout)
{
    uintptr_t *words = self->words;
    void *block = NULL;
    for (size_t i = 0; i < self->rows && !block; i++) {
        const struct cairn_promised *row = &self->promised[i];
        if (serves(row, layout))
            block = take_from_row(row, words);
        words += CAIRN_PROMISE_WORDS(row->count);
    }
    return block;
}

/* How many blocks have ever been given back to the rows that serve the layout. */
static size_t given_back(const struct cairn_promise *self, struct cairn_layout layout)
{
    size_t blocks = 0;
    for (size_t i = 0; i < self->rows; i++)
        if (serves(&self->promised[i], layout))
            blocks += __atomic_load_n(&self->promised[i].given_back, __ATOMIC_ACQUIRE);
    return blocks;
}

/*
 * A walk over several words may find each empty, though at no moment all of them were: a block was
 * given back where the walk had been, before another was taken where it had not. So a walk counts as
 * a refusal only if no block that would have served was given back meanwhile. Whoever takes a block
 * passes on what it saw of those given back before (release), hence the walk, which sees it taken,
 * sees those, too.
 */
static void *promise_alloc(struct cairn_allocator *allocator, struct cairn_layout layout)
{
    struct cairn_promise *self = promise_of(allocator);
    void *block = take_from_rows(self, layout);
    size_t before = 0, now;
    while (!block && (now = given_back(self, layout)) != before) {
        before = now;
        block = take_from_rows(self, layout);
    }
    if (!block)
        __atomic_fetch_add(&self->refused, 1, __ATOMIC_RELAXED);
    return block;
}

/* ---- finding a block again ---- */

struct place {
    struct cairn_promised *row;
    uintptr_t *word;
    uintptr_t bit;
};

static CAIRN_NORETURN void report_foreign(const struct cairn_promise *self, const void *block,
                                          const char *operation)
{
    cairn_panic(
        "promise: %s of %p: not a block of this promise, whose memory is %#zx to %#zx; give "
        "a block back to the allocator that it came from",
        operation, block, (size_t)self->start, (size_t)self->start + self->layout.size);
}

/* Panics unless a block of the promise begins there. */
static struct place find(const struct cairn_promise *self, const void *block, const char *operation)
{
    uintptr_t *words = self->words;
    for (size_t i = 0; i < self->rows && cairn_promise_owns(self, block); i++) {
        struct cairn_promised *row = &self->promised[i];
        uintptr_t offset = (uintptr_t)block - row->start;
        size_t index = offset / row->stride;
        if (index < row->count) {
            size_t inside = offset - index * row->stride;
            cairn_check(inside == 0,
                        "promise: %s of %p: that is %zu bytes into the block at %#zx of %zu bytes; "
                        "give back the address that alloc gave",
                        operation, block, inside, (size_t)block - inside, row->layout.size);
            return CAIRN_LITERAL(struct place){row, &words[index / WORD_BITS],
                                               (uintptr_t)1 << index % WORD_BITS};
        }
        words += CAIRN_PROMISE_WORDS(row->count);
    }
    report_foreign(self, block, operation);
}

static CAIRN_NORETURN void report_free(const void *block, const char *operation)
{
    cairn_panic("promise: %s of %p: double free, or never taken; give each block back once",
                operation, block);
}

static void check_layout(struct place place, const void *block, struct cairn_layout layout,
                         const char *operation)
{
    cairn_check(
        serves(place.row, layout),
        "promise: %s of %p with size %zu and align %zu: wrong layout, the block is promised "
        "%s size %zu and align %zu; give the layout that it was allocated with",
        operation, block, layout.size, layout.align, place.row->up_to ? "for up to" : "for exactly",
        place.row->layout.size, place.row->layout.align);
}

static struct place find_taken(const struct cairn_promise *self, const void *block,
                               const char *operation)
{
    struct place place = find(self, block, operation);
    if (__atomic_load_n(place.word, __ATOMIC_RELAXED) & place.bit)
        report_free(block, operation);
    return place;
}

/* ---- giving back ---- */

static void give_back(struct place place, const void *block, const char *operation)
{
    if (__atomic_fetch_or(place.word, place.bit, __ATOMIC_RELEASE) & place.bit)
        report_free(block, operation);
    __atomic_fetch_add(&place.row->given_back, 1, __ATOMIC_RELEASE);
}

static void promise_dealloc(struct cairn_allocator *allocator, void *block,
                            struct cairn_layout layout)
{
    struct place place = find(promise_of(allocator), block, "dealloc");
    check_layout(place, block, layout, "dealloc");
    give_back(place, block, "dealloc");
}

static void promise_dealloc_unsized(struct cairn_allocator *allocator, void *block)
{
    struct place place = find(promise_of(allocator), block, "dealloc_unsized");
    give_back(place, block, "dealloc_unsized");
}

/* ---- the other operations ---- */

static void *promise_realloc(struct cairn_allocator *allocator, void *block,
                             struct cairn_layout layout, size_t new_size)
{
    struct place place = find_taken(promise_of(allocator), block, "realloc");
    check_layout(place, block, layout, "realloc");
    if (serves(place.row, CAIRN_LITERAL(struct cairn_layout){new_size, layout.align}))
        return block;
    return cairn_default_realloc(allocator, block, layout, new_size);
}

static void promise_verify(struct cairn_allocator *allocator, void *block,
                           struct cairn_layout layout)
{
    check_layout(find_taken(promise_of(allocator), block, "verify"), block, layout, "verify");
}

static size_t promise_usable_size(struct cairn_allocator *allocator, const void *block,
                                  const char *operation)
{
    return find_taken(promise_of(allocator), block, operation).row->layout.size;
}

/* There is no `backing`: blocks and sizes are the promise's own, whatever the inner allocator is. */
const struct cairn_allocator_operations cairn_promise_operations = {
    .name = "promise",
    .alloc = promise_alloc,
    .dealloc = promise_dealloc,
    .realloc = promise_realloc,
    .verify = promise_verify,
    .usable_size = promise_usable_size,
    .dealloc_unsized = promise_dealloc_unsized,
};

/* ---- making and ending ---- */

static void check_promised(const struct cairn_promise *self)
{
    size_t words = 0;
    for (size_t i = 0; i < self->rows; i++) {
        const struct cairn_promised *row = &self->promised[i];
        cairn_check(row->count != 0 && row->layout.size != 0 && cairn_layout_is_valid(row->layout),
                    "promise: row %zu promises %zu blocks of size %zu and align %zu; it needs at "
                    "least one block, of a valid layout",
                    i, row->count, row->layout.size, row->layout.align);
        words += CAIRN_PROMISE_WORDS(row->count);
    }
    cairn_check(words <= self->word_count,
                "promise: %zu words of bitmap are too few, %zu are needed; add up "
                "CAIRN_PROMISE_WORDS(count) of each row",
                self->word_count, words);
}

/* Places each row in the block that is still to be allocated; false if that is larger than can be. */
static bool lay_out(struct cairn_promise *self, struct cairn_layout *all)
{
    *all = CAIRN_LITERAL(struct cairn_layout){HEAD, HEAD};
    for (size_t i = 0; i < self->rows; i++) {
        struct cairn_promised *row = &self->promised[i];
        struct cairn_layout block = row->layout, blocks;
        if (block.align < HEAD)
            block.align = HEAD;
        if (!cairn_layout_make(block.size, block.align, &block) ||
            !cairn_layout_array(block, row->count, &blocks) ||
            !cairn_layout_extend(all, blocks, &row->start))
            return false;
        row->stride = cairn_layout_stride(block);
    }
    return true;
}

/* The bits of a row's word that stand for blocks. */
static uintptr_t bits_of_word(const struct cairn_promised *row, size_t word)
{
    size_t blocks = row->count - word * WORD_BITS;
    return blocks < WORD_BITS ? ((uintptr_t)1 << blocks) - 1 : UINTPTR_MAX;
}

bool cairn_promise_make(struct cairn_promise *self, struct cairn_allocator *inner)
{
    cairn_check(!self->inner, "promise: it is made already; end it first");
    check_promised(self);
    struct cairn_layout all;
    if (!lay_out(self, &all))
        return false;
    void *start = cairn_allocator_alloc(inner, all);
    if (!start)
        return false;
    self->inner = inner;
    self->start = (uintptr_t)start;
    self->layout = all;
    uintptr_t *words = self->words;
    for (size_t i = 0; i < self->rows; i++) {
        struct cairn_promised *row = &self->promised[i];
        row->start += self->start;
        for (size_t word = 0; word < CAIRN_PROMISE_WORDS(row->count); word++)
            *words++ = bits_of_word(row, word);
    }
    return true;
}

/* Counts the blocks in use. *first becomes the first of them, or null. */
static size_t count_taken(const struct cairn_promise *self, void **first)
{
    const uintptr_t *words = self->words;
    size_t count = 0;
    *first = NULL;
    for (size_t i = 0; i < self->rows && self->inner; i++) {
        const struct cairn_promised *row = &self->promised[i];
        for (size_t word = 0; word < CAIRN_PROMISE_WORDS(row->count); word++, words++) {
            uintptr_t taken = bits_of_word(row, word) & ~__atomic_load_n(words, __ATOMIC_RELAXED);
            if (taken && !*first)
                *first = (void *)(row->start +
                                  (word * WORD_BITS + cairn_lowest_bit(taken)) * row->stride);
            for (; taken; taken &= taken - 1)
                count++;
        }
    }
    return count;
}

size_t cairn_promise_taken(const struct cairn_promise *self)
{
    void *first;
    return count_taken(self, &first);
}

void cairn_promise_end(struct cairn_promise *self)
{
    cairn_check(self->inner, "promise: it is not made, so it cannot end");
    void *first;
    size_t taken = count_taken(self, &first);
    cairn_check(taken == 0,
                "promise: it cannot end, for %zu blocks are not given back; the first is %p", taken,
                first);
    struct cairn_allocator *inner = self->inner;
    struct cairn_layout layout = self->layout;
    void *start = (void *)self->start;
    __builtin_memset(self->words, 0, self->word_count * sizeof(self->words[0]));
    self->inner = NULL;
    self->start = 0;
    self->layout.size =
        0; /* so that a wrapper that has this promise sees none of its blocks there */
    cairn_allocator_dealloc(inner, start, layout);
}
