/* SPDX-License-Identifier: MIT */
/*
 * The benchmarks' workloads, each on each subject, with a model between the two: it sees every
 * call, keeps a shadow of the arena, and panics where a block is misaligned, lies outside, overlaps
 * another, or comes back with another layout than it was allocated with. What a workload is said
 * to do is compared with what the model saw. No time is looked at.
 */
#include "actions.h"
#include "subject.h"
#include "system_memory.h"
#include "test.h"
#include "trace.h"
#include "workload.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GRANULE = 8, SHADOW_BYTES = (32 << 20) / GRANULE * 8 };

/* Of each granule of the arena: whose it is. A first granule has its block's layout. */
struct shadow {
    uint32_t size; /* 0: nobody's; INSIDE: part of a block that began before */
    uint32_t align;
};
#define INSIDE UINT32_MAX

static struct {
    struct cairn_allocator allocator;
    const struct subject *subject;
    struct cairn_allocator *inner;
    char *memory;
    size_t memory_size;
    struct shadow *shadow;
    size_t opened, allocs, deallocs, reallocs, refused;
    size_t live, live_bytes, most_live, most_bytes, largest;
} model;

/* ---- The model ---- */

static bool is_watched(void)
{
    return model.subject->kind == SUBJECT_ARENA;
}

static struct shadow *shadow_of(const void *block)
{
    return &model.shadow[(size_t)((const char *)block - model.memory) / GRANULE];
}

static void enter(const char *block, struct cairn_layout layout)
{
    model.live++;
    model.live_bytes += layout.size;
    model.most_live = model.live > model.most_live ? model.live : model.most_live;
    model.most_bytes = model.live_bytes > model.most_bytes ? model.live_bytes : model.most_bytes;
    model.largest = layout.size > model.largest ? layout.size : model.largest;
    if (!is_watched())
        return;
    cairn_check(cairn_is_aligned((uintptr_t)block, layout.align), "%p is misaligned",
                (const void *)block);
    cairn_check(block >= model.memory && block + layout.size <= model.memory + model.memory_size,
                "%p lies outside", (const void *)block);
    struct shadow *shadow = shadow_of(block), *end = shadow + (layout.size + GRANULE - 1) / GRANULE;
    for (struct shadow *granule = shadow; granule < end; granule++) {
        cairn_check(granule->size == 0, "%p overlaps another block", (const void *)block);
        granule->size = INSIDE;
    }
    *shadow = (struct shadow){(uint32_t)layout.size, (uint32_t)layout.align};
}

static void leave(const void *block, struct cairn_layout layout)
{
    model.live--;
    model.live_bytes -= layout.size;
    if (!is_watched())
        return;
    struct shadow *shadow = shadow_of(block);
    cairn_check(shadow->size == layout.size && shadow->align == layout.align,
                "%p comes back with another layout: %zu, %zu", block, layout.size, layout.align);
    memset(shadow, 0, (layout.size + GRANULE - 1) / GRANULE * sizeof(*shadow));
}

static void *model_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    void *block = cairn_allocator_alloc(model.inner, layout);
    model.allocs++;
    if (block)
        enter(block, layout);
    else
        model.refused++;
    return block;
}

static void model_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    model.deallocs++;
    leave(block, layout);
    cairn_allocator_dealloc(model.inner, block, layout);
}

static void *model_realloc(struct cairn_allocator *self, void *block, struct cairn_layout layout,
                           size_t new_size)
{
    (void)self;
    model.reallocs++;
    void *moved = cairn_allocator_realloc(model.inner, block, layout, new_size);
    if (!moved) {
        model.refused++;
        return NULL;
    }
    leave(block, layout);
    enter(moved, (struct cairn_layout){new_size, layout.align});
    return moved;
}

static const struct cairn_allocator_operations model_operations = {
    .name = "model", .alloc = model_alloc, .dealloc = model_dealloc, .realloc = model_realloc};

static struct cairn_allocator *model_open(void *memory, size_t size)
{
    struct cairn_allocator *inner = model.subject->open(memory, size);
    if (!inner)
        return NULL;
    model.allocator.operations = &model_operations;
    model.inner = inner;
    model.memory = memory;
    model.memory_size = size;
    model.live = model.live_bytes = 0;
    model.opened++;
    system_memory_unmap(model.shadow, SHADOW_BYTES);
    model.shadow = system_memory_map(SHADOW_BYTES);
    return &model.allocator;
}

/* ---- Running a workload ---- */

static struct bench bench;

static void run(const struct subject *subject, void (*workload)(struct bench *),
                struct options options)
{
    static struct subject modelled;
    modelled = (struct subject){subject->name, subject->kind, false, model_open, subject->beside};
    memset(&model, 0, sizeof(model));
    model.subject = subject;
    model.shadow = system_memory_map(SHADOW_BYTES);
    bench_begin(&bench, &modelled, options);
    workload(&bench);
    bench_end(&bench);
    system_memory_unmap(model.shadow, SHADOW_BYTES);
}

static double figure(const char *name)
{
    for (size_t i = 0; i < bench.figure_count; i++) {
        if (strcmp(bench.figures[i].name, name) == 0)
            return bench.figures[i].value;
    }
    fail_msg("there is no figure %s", name);
    return 0;
}

static void expect_positive(const char *name)
{
    double value = figure(name);
    if (!(value > 0) || !isfinite(value))
        fail_msg("%s is %f", name, value);
}

static struct options small_options(void)
{
    struct options options = OPTIONS_DEFAULT;
    options.heap = 16 << 20;
    options.count = 20000;
    options.milliseconds = 1000000; /* the count alone decides */
    return options;
}

static bool is_arena(const struct subject *subject)
{
    return subject->kind == SUBJECT_ARENA;
}

/* A bump allocator gives back nothing until all is free, so what is allocated in turns fills it. */
static bool reuses_memory(const struct subject *subject)
{
    return strcmp(subject->name, "bump") != 0;
}

#define for_each_real_subject(subject)                                                            \
    for (const struct subject *subject = subjects; subject < subjects + subject_count; subject++) \
        if (subject->kind != SUBJECT_NULL)

/* ---- Tests ---- */

static void random_actions_are_as_described(void **state)
{
    (void)state;
    for_each_real_subject(subject)
    {
        struct options options = small_options();
        options.realloc = 1;
        run(subject, random_actions, options);
        size_t actions = 21000;
        expect_between(model.reallocs, actions / 7 - 500, actions / 7 + 500);
        expect_between(model.allocs, actions * 3 / 7 - 500, actions * 3 / 7 + 1000);
        expect_between(model.most_live, 300, 2000);
        expect_between(model.largest, 2900, 2999); /* three times the bound, by realloc */
        assert_int_equal(model.live, 0);
        expect_positive("million_per_second");
        if (reuses_memory(subject))
            assert_true(figure("refused_percent") == 0);
    }
}

static void without_realloc_there_is_none(void **state)
{
    (void)state;
    run(subject_find("linked_list"), random_actions, small_options());
    assert_int_equal(model.reallocs, 0);
    expect_between(model.largest, 900, 999);
}

static void sizes_and_alignments_are_as_described(void **state)
{
    (void)state;
    struct random_source random = {1};
    size_t small = 0, aligned_on_8 = 0, largest_align = 0;
    for (int i = 0; i < 100000; i++) {
        size_t size = actions_size(&random, 1000), align = actions_align(&random);
        expect_between(size, 4, 999);
        assert_true(cairn_is_power_of_two(align));
        small += size < 500;
        aligned_on_8 += align == 8;
        largest_align = align > largest_align ? align : largest_align;
    }
    /* Below half of the bound: 1/2 + ln(2)/2 of all; on 8 bytes: 3/4. */
    expect_between(small, 84000, 86000);
    expect_between(aligned_on_8, 74000, 76000);
    expect_between(largest_align, 512, 2048);
}

static void heap_use_is_what_the_model_counts(void **state)
{
    (void)state;
    for_each_real_subject(subject)
    {
        struct options options = small_options();
        options.heap = 100 << 10;
        options.max = 500;
        if (!is_arena(subject))
            continue;
        run(subject, heap_use, options);
        assert_int_equal(model.refused, 1);
        assert_int_equal(lround(figure("percent") * 1024), model.live_bytes);
        assert_int_equal((size_t)lround(figure("beside_percent") * 1024),
                         subject_beside(subject, options.heap));
    }
}

static void pairs_and_boxes_come_in_pairs(void **state)
{
    (void)state;
    for_each_real_subject(subject)
    {
        run(subject, pairs, small_options());
        assert_int_equal(model.allocs, 20000 + 2500 + 1);
        assert_int_equal(model.most_live, 1);
        assert_int_equal(model.live, 0);
        expect_positive("nanoseconds");
        run(subject, pairs_inlined, small_options());
        assert_int_equal(model.allocs, 20000 + 2500);
        assert_int_equal(model.live, 0);
        expect_positive("nanoseconds");
        run(subject, many_boxes, small_options());
        assert_int_equal(model.allocs, 20000 + 2500);
        assert_int_equal(model.largest, 8);
        assert_int_equal(model.live, 0);
    }
}

static void a_batch_has_as_many_as_asked_for(void **state)
{
    (void)state;
    static const size_t live[] = {8, 1000, 20000};
    for_each_real_subject(subject)
    {
        for (size_t i = 0; i < 3; i++) {
            struct options options = small_options();
            options.live = live[i];
            run(subject, batch, options);
            assert_int_equal(model.allocs, 20000 + (live[i] < 1000 ? 1000 : live[i]));
            assert_int_equal(model.most_live, live[i]);
            assert_int_equal(model.live, 0);
            expect_positive("nanoseconds");
        }
    }
}

static void fill_holds_the_share(void **state)
{
    (void)state;
    for_each_real_subject(subject)
    {
        struct options options = small_options();
        options.heap = 1 << 20;
        options.max = 1000;
        options.share = 30;
        run(subject, fill, options);
        assert_true(model.most_bytes >= options.heap / 100 * 30);
        assert_true(model.most_bytes < options.heap / 100 * 30 + 1000);
        assert_int_equal(model.live, 0);
        expect_positive("million_per_second");
    }
}

static void the_worst_case_meets_its_holes(void **state)
{
    (void)state;
    for_each_real_subject(subject)
    {
        struct options options = small_options();
        options.heap = 32 << 20;
        options.count = 20;
        options.scenario = 1;
        run(subject, worst_case, options);
        assert_int_equal(model.allocs, 200000 + 20);
        assert_int_equal(model.most_live, 200000);
        assert_int_equal(model.largest, 1000);
        assert_int_equal(model.live, 0);
        assert_true(figure("median_cycles") <= figure("p999_cycles"));
        assert_true(figure("p999_cycles") <= figure("largest_cycles"));
    }
}

static void two_threads_leave_nothing(void **state)
{
    (void)state;
    for_each_real_subject(subject)
    {
        run(subject, two_threads, small_options());
        assert_int_equal(model.live, 0);
        expect_between(model.most_live, 600, 4000);
        run(subject, producer_consumer, small_options());
        assert_int_equal(model.allocs, 20000);
        assert_int_equal(model.deallocs, 20000);
        assert_int_equal(model.live, 0);
        expect_positive("million_per_second");
    }
}

/* ---- Traces ---- */

enum { BLOCKS = 500 };

/* Many pages taken, each grown, half of them freed and taken again smaller. */
static void write_trace(const char *path)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    const uint32_t numbers[] = {1, BLOCKS * 3, BLOCKS, 1};
    fwrite("CTRC", 1, 4, file);
    fwrite(numbers, sizeof(numbers), 1, file);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        struct trace_record records[] = {{TRACE_ALLOC, 4, 0, i, 3000 + i},
                                         {TRACE_REALLOC, 0, 0, i, 4000 + i}};
        fwrite(records, sizeof(records), 1, file);
    }
    for (uint32_t i = 0; i < BLOCKS; i += 2) {
        struct trace_record records[] = {{TRACE_DEALLOC, 0, 0, i, 0},
                                         {TRACE_ALLOC_ZEROED, 3, 0, i, 100}};
        fwrite(records, sizeof(records), 1, file);
    }
    assert_int_equal(fclose(file), 0);
}

static const char *trace_path(void)
{
    static char path[64];
    snprintf(path, sizeof(path), "/tmp/cairn-bench-%d.ctr", (int)getpid());
    return path;
}

static struct options trace_options(void)
{
    struct options options = small_options();
    options.file = trace_path();
    write_trace(options.file);
    return options;
}

static void a_trace_is_replayed_whole(void **state)
{
    (void)state;
    struct options options = trace_options();
    for_each_real_subject(subject)
    {
        run(subject, trace_time, options);
        assert_int_equal(model.allocs, 2 * (BLOCKS + BLOCKS / 2)); /* one replay warms up */
        assert_int_equal(model.reallocs, 2 * BLOCKS);
        assert_int_equal(model.most_live, BLOCKS);
        expect_positive("nanoseconds");
    }
    unlink(options.file);
}

/*
 * At the peak 500 blocks of more than a page are in use, and each has its ends touched. Of malloc
 * no peak is asked: its memory goes to the sanitizer's shadow too.
 */
static void the_smallest_heap_is_enough_and_less_is_not(void **state)
{
    (void)state;
    struct options options = trace_options();
    for_each_real_subject(subject)
    {
        if (!is_arena(subject))
            continue;
        run(subject, trace_memory, options);
        expect_between((size_t)figure("smallest_heap_bytes"), BLOCKS * 4250, 16 << 20);
        expect_between((size_t)figure("peak_bytes"), BLOCKS * 4096, 16 << 20);
        assert_true(model.opened > 5); /* it has searched */
    }
    unlink(options.file);
}

/* ---- Subjects ---- */

static void subjects_are_found_by_name(void **state)
{
    (void)state;
    assert_null(subject_find("nobody"));
    for (size_t i = 0; i < subject_count; i++)
        assert_ptr_equal(subject_find(subjects[i].name), &subjects[i]);
    for (size_t i = 0; i < workload_count; i++)
        assert_ptr_equal(workload_find(workloads[i].name), &workloads[i]);
}

/* Whether the heap is not made, or made and full at once: bump is content with a byte. */
static bool refuses(const struct subject *subject, void *memory, size_t size)
{
    struct cairn_allocator *heap = subject->open(memory, size);
    return !heap || !cairn_allocator_alloc(heap, (struct cairn_layout){4096, 8});
}

static void too_little_memory_is_refused(void **state)
{
    (void)state;
    void *memory = system_memory_map(4096);
    for_each_real_subject(subject)
    {
        if (is_arena(subject))
            assert_true(refuses(subject, memory, 1));
    }
    system_memory_unmap(memory, 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subjects_are_found_by_name),
        cmocka_unit_test(too_little_memory_is_refused),
        cmocka_unit_test(random_actions_are_as_described),
        cmocka_unit_test(without_realloc_there_is_none),
        cmocka_unit_test(sizes_and_alignments_are_as_described),
        cmocka_unit_test(heap_use_is_what_the_model_counts),
        cmocka_unit_test(pairs_and_boxes_come_in_pairs),
        cmocka_unit_test(a_batch_has_as_many_as_asked_for),
        cmocka_unit_test(fill_holds_the_share),
        cmocka_unit_test(the_worst_case_meets_its_holes),
        cmocka_unit_test(two_threads_leave_nothing),
        cmocka_unit_test(a_trace_is_replayed_whole),
        cmocka_unit_test(the_smallest_heap_is_enough_and_less_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
