/* SPDX-License-Identifier: MIT */
/*
 * One bit of a heap's memory flips, and the heap goes on: what comes of it?
 *
 *     harmless   everything that follows is right
 *     found      the heap panics, with a message
 *     damaged    the model sees the same memory handed out twice, or a block overwritten
 *     crashed    a signal, or a sanitizer's report, in the place of a panic
 *     hung       it did not end
 *
 * The idea: a heap is warmed up; then each trial is a child process of its own, that flips one bit
 * and does random actions against the model, with a whole-heap check at the end. Where the flips
 * fall is counted apart, for what <cairn/heap.h> promises differs.
 *
 * Sealed fields are looked at by every slow path, and used by the fast one without a look. There an
 * address that a flip has made wild is first read from, and mostly faults: a kernel's handler then
 * says what a panic would, with the heap's function on top. If it can be read, what stands there is
 * compared with what must, and the slow path follows.
 *
 *     TRIALS=N   how many; SEED=N repeats them
 */
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cairn/heap_inline.h>

#include "effort.h"
#include "heap_model.h"

enum {
    TRIALS_USUAL = 1500,
    TRIALS_PER_HEAP = 50,
    WARM_ACTIONS = 3000,
    ACTIONS_PER_TRIAL = 400,
    GUARD = 1 << 20, /* bytes around the heap that nobody may touch */
    SECONDS_PER_TRIAL = 5,
    CHUNK_SLOTS = 32
};

enum outcome { HARMLESS, FOUND, DAMAGED, CRASHED, HUNG, OUTCOMES };
static const char *const outcome_names[] = {"harmless", "found", "damaged", "crashed", "hung"};

enum target { LEDGER, FREED, BINS, CHUNK_LINKS, SLOTS, TOPS, BASE, SEALED, COUNTS, TARGETS };

/*
 * What is promised of a flip, beyond that nothing hangs: anything may come of it; or nobody gets
 * another's memory, but the heap may fault; or it is found or harmless, as nothing that lies there is
 * believed before it is compared.
 */
enum promise { NOTHING, NO_DAMAGE, FOUND_OR_HARMLESS };

static const struct {
    const char *name;
    enum promise promise;
} targets[] = {
    {"ledger", FOUND_OR_HARMLESS},
    {"freed memory", FOUND_OR_HARMLESS},
    {"bins and their maps", FOUND_OR_HARMLESS},
    {"chunk links", FOUND_OR_HARMLESS},
    {"magazines", FOUND_OR_HARMLESS},
    {"tops", FOUND_OR_HARMLESS},
    {"base", NOTHING}, /* alloc's fast path adds it to a position, and hands the sum out */
    {"other sealed fields", NO_DAMAGE},
    {"counts", FOUND_OR_HARMLESS},
};

static struct heap_model model;
static struct random_source random_numbers;
static size_t counts[TARGETS][OUTCOMES];

static size_t below(size_t bound)
{
    return (size_t)random_below(&random_numbers, bound);
}

/* ---- where a bit can flip ---- */

struct area {
    unsigned char *start;
    size_t size;
};

/* One of the tables, with what it has for the wall and behind. */
static struct area ledger_area(void)
{
    const struct cairn_heap_part *part = &model.heap->part;
    size_t pages = (size_t)part->end / 64 + 2;
    uint64_t *const tables[] = {part->live, part->edge, part->classed};
    size_t table = below(4);
    return table < 3 ? (struct area){(unsigned char *)tables[table], pages * sizeof(uint64_t)}
                     : (struct area){(unsigned char *)part->tags, pages * sizeof(uint32_t)};
}

/* Any chunk; its link to the older one, or its slots. Chunks lie below two slots and the ledger. */
static struct area chunk_area(bool is_link)
{
    const struct cairn_heap_part *part = &model.heap->part;
    if (part->chunk_count == 0)
        return (struct area){NULL, 0};
    struct cairn_heap_slot *pool_end = (struct cairn_heap_slot *)part->live - 2;
    struct cairn_heap_slot *chunk = pool_end - CHUNK_SLOTS * (1 + below(part->chunk_count));
    return is_link
               ? (struct area){(unsigned char *)chunk, sizeof(*chunk)}
               : (struct area){(unsigned char *)(chunk + 1), (CHUNK_SLOTS - 1) * sizeof(*chunk)};
}

/* The tops of a heap with magazines. */
static struct area tops_area(void)
{
    struct cairn_heap_part *part = &model.heap->part;
    size_t size = part->chunk_count ? sizeof(part->top) : 0;
    return (struct area){(unsigned char *)part->top, size};
}

/* From the maps up to the last bin of a block as large as the heap. What follows is the ledger's. */
static struct area bins_area(void)
{
    struct cairn_heap_part *part = &model.heap->part;
    unsigned rows = cairn_log2_floor(part->end - part->first) - 4 + 1;
    return (struct area){
        (unsigned char *)&part->row_map,
        (size_t)((unsigned char *)part->bins[rows] - (unsigned char *)&part->row_map)};
}

/* And now and then the tops where they lead nowhere: they are read from, too. */
static struct area sealed_area(void)
{
    struct cairn_heap_part *part = &model.heap->part;
    if (part->chunk_count == 0 && below(4) == 0)
        return (struct area){(unsigned char *)part->top, sizeof(part->top)};
    unsigned char *start = (unsigned char *)&part->live;
    return (struct area){start, (size_t)((unsigned char *)(&part->seal + 1) - start)};
}

/* What is taken, or all that stands behind the bins. */
static struct area counts_area(void)
{
    struct cairn_heap_part *part = &model.heap->part;
    unsigned char *start = (unsigned char *)(&part->bins + 1), *end = (unsigned char *)(part + 1);
    return below(4) ? (struct area){start, (size_t)(end - start)}
                    : (struct area){(unsigned char *)&part->taken, sizeof(part->taken)};
}

struct choice {
    size_t seen;
    struct area area;
};

/* Any free block, each as likely; its first granule, its last, or all of it. */
static bool choose_free(void *context, enum cairn_heap_block_kind kind, void *start, size_t size)
{
    struct choice *choice = context;
    if (kind != CAIRN_HEAP_BLOCK_FREE || below(++choice->seen) != 0)
        return true;
    unsigned char *last = (unsigned char *)start + size - CAIRN_HEAP_GRANULE;
    struct area areas[] = {{start, CAIRN_HEAP_GRANULE}, {last, CAIRN_HEAP_GRANULE}, {start, size}};
    choice->area = areas[below(3)];
    return true;
}

static struct area free_area(void)
{
    struct choice choice = {0};
    cairn_heap_walk(model.heap, choose_free, &choice);
    return choice.area;
}

static struct area area_of(enum target target)
{
    switch (target) {
    case LEDGER:
        return ledger_area();
    case FREED:
        return free_area();
    case BINS:
        return bins_area();
    case CHUNK_LINKS:
        return chunk_area(true);
    case SLOTS:
        return chunk_area(false);
    case TOPS:
        return tops_area();
    case BASE:
        return (struct area){(unsigned char *)&model.heap->part.base, sizeof(uintptr_t)};
    case SEALED:
        return sealed_area();
    default:
        return counts_area();
    }
}

/* ---- a trial ---- */

static void act(void)
{
    size_t choice = below(64), bound = (size_t)16 << below(7);
    struct cairn_layout layout = {1 + below(bound), (size_t)1 << below(8)};
    if (choice == 0)
        heap_model_flush(&model);
    else if (model.count == 0 || (choice < 29 && model.count < HEAP_MODEL_BLOCKS))
        (void)heap_model_alloc(&model, layout, false);
    else if (choice < 36)
        (void)heap_model_realloc(&model, below(model.count), layout.size);
    else
        heap_model_dealloc(&model, below(model.count));
}

static void go_on(void)
{
    for (int i = 0; i < ACTIONS_PER_TRIAL; i++)
        act();
    heap_model_check(&model);
    while (model.count > 0)
        heap_model_dealloc(&model, model.count - 1);
    heap_model_flush(&model);
    heap_model_check(&model);
}

/* In the child: it ends with OUTCOMES + 1 and the outcome, as no sanitizer would. */
static _Noreturn void try_flip(struct area area, size_t bit)
{
    const int exit_base = OUTCOMES + 1;
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}; /* cmocka catches them */
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        signal(signals[i], SIG_DFL);
    close(STDERR_FILENO);
    alarm(SECONDS_PER_TRIAL);
    area.start[bit / 8] = (unsigned char)(area.start[bit / 8] ^ 1 << bit % 8);
    test_panic.expected = true;
    if (setjmp(test_panic.back) == 0) {
        go_on();
        _exit(exit_base + HARMLESS);
    }
    /* The heap's own message stands where the model's would begin with "model". */
    bool is_model = strstr(test_panic.text, ": model: ") != NULL;
    _exit(exit_base + (is_model ? DAMAGED : FOUND));
}

static enum outcome outcome_of(int status)
{
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGALRM ? HUNG : CRASHED;
    int outcome = WEXITSTATUS(status) - OUTCOMES - 1;
    return outcome >= 0 && outcome < OUTCOMES ? (enum outcome)outcome : CRASHED;
}

static void flip_one(enum target target)
{
    int status;
    struct area area = area_of(target);
    if (area.size == 0)
        return;
    size_t bit = below(area.size * 8);
    fflush(stdout);
    pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0)
        try_flip(area, bit);
    assert_int_equal(waitpid(child, &status, 0), child);
    enum outcome outcome = outcome_of(status);
    counts[target][outcome]++;
}

/* Memory with a guard before and behind. */
static void *map_guarded(size_t size)
{
    unsigned char *start =
        mmap(NULL, GUARD + size + GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(start, MAP_FAILED);
    assert_int_equal(mprotect(start + GUARD, size, PROT_READ | PROT_WRITE), 0);
    return start + GUARD;
}

static void flip_many(size_t trials)
{
    static const size_t sizes[] = {1024, 5000, 100000, 700000, 700000};
    model.heap = map_guarded(8192);
    model.memory = map_guarded(HEAP_MODEL_BYTES);
    model.failures_are_right = true;
    model.always_with_layout = true; /* without, the ledger alone says how long a block is */
    for (size_t trial = 0; trial < trials;) {
        memset(model.memory, 0, HEAP_MODEL_BYTES); /* an earlier heap's slots prove themselves */
        heap_model_start(&model, below(64) * 16, sizes[below(sizeof(sizes) / sizeof(sizes[0]))]);
        for (size_t i = below(WARM_ACTIONS); i > 0; i--)
            act();
        for (size_t i = 0; i < TRIALS_PER_HEAP && trial < trials; i++, trial++)
            flip_one((enum target)(trial % TARGETS));
    }
}

static void print_counts(void)
{
    printf("# %-20s", "a bit flips in");
    for (int outcome = 0; outcome < OUTCOMES; outcome++)
        printf(" %9s", outcome_names[outcome]);
    for (int target = 0; target < TARGETS; target++) {
        printf("\n# %-20s", targets[target].name);
        for (int outcome = 0; outcome < OUTCOMES; outcome++)
            printf(" %9zu", counts[target][outcome]);
    }
    printf("\n");
}

static void a_flipped_bit_is_found_or_harmless(void **state)
{
    (void)state;
    random_numbers = test_random_start();
    flip_many(effort("TRIALS", TRIALS_USUAL));
    print_counts();
    for (int target = 0; target < TARGETS; target++) {
        assert_true(counts[target][FOUND] > 0);
        assert_int_equal(counts[target][HUNG], 0);
        if (targets[target].promise >= NO_DAMAGE)
            assert_int_equal(counts[target][DAMAGED], 0);
        if (targets[target].promise >= FOUND_OR_HARMLESS)
            assert_int_equal(counts[target][CRASHED], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flipped_bit_is_found_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
