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

#include "effort.h"
#include "heap_model.h"

enum {
    TRIALS_USUAL = 1500,
    TRIALS_PER_HEAP = 50,
    WARM_ACTIONS = 3000,
    ACTIONS_PER_TRIAL = 400,
    GUARD = 1 << 20, /* bytes around the heap that nobody may touch */
    SECONDS_PER_TRIAL = 5
};

enum outcome { HARMLESS, FOUND, DAMAGED, CRASHED, HUNG, OUTCOMES };
static const char *const outcome_names[] = {"harmless", "found", "damaged", "crashed", "hung"};

enum target { LEDGER, FREED, BINS, CHUNK_LINKS, POINTERS, STRUCT, TARGETS };

static const struct {
    const char *name;
    bool
        is_checked; /* a flip is found or harmless: nothing that lies there is believed unchecked */
} targets[] = {
    {"ledger", true},      {"freed memory", true},       {"bins and their maps", true},
    {"chunk links", true}, {"magazine pointers", false}, {"rest of the struct", false},
};

static struct heap_model model;
static struct test_random random_numbers;
static size_t counts[TARGETS][OUTCOMES];

static size_t below(size_t bound)
{
    return (size_t)test_random_below(&random_numbers, bound);
}

/* ---- where a bit can flip ---- */

struct area {
    unsigned char *start;
    size_t size;
};

static struct area ledger_area(void)
{
    const struct cairn_heap_part *part = &model.heap->part;
    size_t pages = (size_t)(part->edge - part->live);
    return (struct area){
        (unsigned char *)part->live,
        (size_t)((unsigned char *)(part->tags + pages) - (unsigned char *)part->live)};
}

/* Any chunk; its link to the older one, or its pointers. A small heap's only chunk is short. */
static struct area chunk_area(bool is_link)
{
    const struct cairn_heap_part *part = &model.heap->part;
    if (part->chunk_count == 0)
        return (struct area){NULL, 0};
    void **chunk = part->chunks[1 + below(part->chunk_count)];
    size_t slots = part->chunk_count == 1 ? 7 : 63;
    return is_link ? (struct area){(unsigned char *)chunk, sizeof(*chunk)}
                   : (struct area){(unsigned char *)(chunk + 1), slots * sizeof(*chunk)};
}

/* From the maps up to the last bin. */
static struct area bins_area(void)
{
    struct cairn_heap_part *part = &model.heap->part;
    return (struct area){
        (unsigned char *)&part->row_map,
        (size_t)((unsigned char *)&part->chunks - (unsigned char *)&part->row_map)};
}

static struct area struct_area(void)
{
    struct cairn_heap_part *part = &model.heap->part;
    struct area bins = bins_area(), area = {(unsigned char *)part, sizeof(*part)};
    if (below(2))
        return (struct area){area.start, (size_t)(bins.start - area.start)};
    area.start = bins.start + bins.size;
    area.size = sizeof(*part) - (size_t)(area.start - (unsigned char *)part);
    return area;
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
    case POINTERS:
        return chunk_area(false);
    default:
        return struct_area();
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
    static const size_t sizes[] = {1024, 5000, 50000, 700000, 700000};
    model.heap = map_guarded(8192);
    model.memory = map_guarded(HEAP_MODEL_BYTES);
    model.failures_are_right = true;
    model.always_with_layout = true; /* without, the ledger alone says how long a block is */
    for (size_t trial = 0; trial < trials;) {
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
        if (targets[target].is_checked)
            assert_int_equal(counts[target][DAMAGED] + counts[target][CRASHED], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flipped_bit_is_found_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
