/* SPDX-License-Identifier: MIT */
/* Adversaries: reading programs, and running them as they say. */
#include "program.h"
#include "test.h"
#include "workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- reading ---- */

static void programs_are_read_one_after_the_other(void **state)
{
    (void)state;
    const char *text = "# two\n\nprogram one\nheap 65536\nalloc 3 10 20 16\nfree 1 2 1 2\n\n"
                       "program two of two\r\nheap 4096\r\nrealloc 0 1 0 1 5 6\r\nchurn 7 8 9 1";
    struct program program;
    assert_null(program_read(&text, &program));
    assert_string_equal(program.name, "one");
    assert_int_equal(program.heap, 65536);
    assert_int_equal(program.step_count, 2);
    static const struct step alloc = {STEP_ALLOC, 3, 10, 20, 16, 0, 0, 0, ORDER_UP};
    static const struct step free = {STEP_FREE, 0, 0, 0, 0, 1, 2, 1, ORDER_ANY};
    assert_memory_equal(&program.steps[0], &alloc, sizeof(alloc));
    assert_memory_equal(&program.steps[1], &free, sizeof(free));
    assert_null(program_read(&text, &program));
    assert_string_equal(program.name, "two of two");
    static const struct step resize = {STEP_REALLOC, 0, 5, 6, 0, 0, 1, 0, ORDER_DOWN};
    static const struct step churn = {STEP_CHURN, 7, 8, 9, 1, 0, 0, 0, ORDER_UP};
    assert_memory_equal(&program.steps[0], &resize, sizeof(resize));
    assert_memory_equal(&program.steps[1], &churn, sizeof(churn));
    assert_null(program_read(&text, &program));
    assert_int_equal(program.step_count, 0);
}

/* What is wrong is said, and *text stands at the line. */
static void expect_wrong(const char *text, const char *part, const char *line)
{
    struct program program;
    const char *wrong = program_read(&text, &program);
    assert_non_null(wrong);
    assert_non_null(strstr(wrong, part));
    assert_memory_equal(text, line, strlen(line));
}

#define GOOD "program p\nheap 4096\n"

static void what_is_no_program_is_refused(void **state)
{
    (void)state;
    static const char *const steps[] = {
        "alloc 0 1 1 1",
        "alloc 20001 1 1 1",
        "alloc 1 0 1 1",
        "alloc 1 2 1 1",
        "alloc 1 1 1 3",
        "alloc 1 1 1 131072",
        "alloc 1 1 1",
        "alloc 1 -1 1 1",
        "alloc 1 1 1x 1",
        "alloc 1 1 4294967296 1",
        "alloc1 1 1 1",
        "allocate 1 1 1 1",
        "free 17 1 0 0",
        "free 0 0 0 0",
        "free 0 1 0 3",
        "free 0 1 20001 0",
        "realloc 0 1 0 0",
        "realloc 0 1 0 0 0 1",
        "heap 4096",
        "churn",
        "free",
        "alloc 1 1 99999999999999999999999 1",
    };
    char text[128];
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        snprintf(text, sizeof(text), GOOD "alloc 1 1 1 1\n%s\n", steps[i]);
        expect_wrong(text, "a step is", steps[i]);
    }
    expect_wrong(GOOD "free 0 1 0 0 0\n", "after the line's last", "free 0");
    expect_wrong("heap 4096\n", "line program NAME", "heap 4096");
    expect_wrong("program\n", "line program NAME", "program");
    expect_wrong("program p\nheap 4095\n", "second line", "heap 4095");
    expect_wrong("program p\nheap 8388609\n", "second line", "heap 8388609");
    expect_wrong(GOOD "\n", "has no steps", "\n");
}

static void a_program_has_at_most_16_steps(void **state)
{
    (void)state;
    char text[512] = GOOD;
    for (int i = 0; i < PROGRAM_STEPS_MAX; i++)
        strcat(text, "free 0 1 0 0\n");
    const char *next = text;
    struct program program;
    assert_null(program_read(&next, &program));
    strcat(text, "free 0 1 0 0\n");
    expect_wrong(text, "at most 16 steps", "free");
}

/* ---- running: on an allocator that writes down what it is asked ---- */

static char written[4096];
static size_t served; /* requests until one is refused */
static unsigned char block_memory[256][64];

static void write_down(const char *format, size_t first, size_t second)
{
    size_t length = strlen(written);
    snprintf(written + length, sizeof(written) - length, format, first, second);
}

static size_t number_of(const void *block)
{
    return (size_t)((const unsigned char *)block - block_memory[0]) / sizeof(block_memory[0]);
}

static void *scribe_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    static size_t next;
    (void)self;
    if (written[0] == '\0')
        next = 0;
    write_down("+%zu/%zu ", layout.size, layout.align);
    return served-- > 0 ? block_memory[next++ % 256] : NULL;
}

static void scribe_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    write_down("-%zu:%zu ", number_of(block), layout.size);
}

static void *scribe_realloc(struct cairn_allocator *self, void *block, struct cairn_layout layout,
                            size_t new_size)
{
    (void)self;
    write_down("%zu=%zu ", number_of(block), new_size);
    (void)layout;
    return block;
}

static const struct cairn_allocator_operations scribe_operations = {
    .name = "scribe", .alloc = scribe_alloc, .dealloc = scribe_dealloc, .realloc = scribe_realloc};

static size_t noted[PROGRAM_REFUSED + 1];
static size_t notes_taken; /* after which note() ends the run */

static uint64_t no_time(void)
{
    return 0;
}

static bool note(struct program_run *run, enum program_operation operation, uint64_t begin,
                 uint64_t end)
{
    assert_int_equal(begin, end);
    assert_int_equal(run->operations, noted[0] + noted[1] + noted[2] + noted[3] + noted[4]);
    noted[operation]++;
    return --notes_taken > 0;
}

/* Runs the steps; `written` says what the allocator was asked. */
static void run_steps(const char *steps, size_t room)
{
    static struct program_object objects[PROGRAM_OPERATIONS_MAX];
    static uint32_t chosen[PROGRAM_OPERATIONS_MAX];
    static struct cairn_allocator scribe = {&scribe_operations};
    struct program_run run = {&scribe, room, no_time, note, objects, chosen, 0, 0, 0, 0, {0}, {0}};
    struct program program;
    char text[512];
    snprintf(text, sizeof(text), GOOD "%s", steps);
    const char *next = text;
    assert_null(program_read(&next, &program));
    memset(noted, 0, sizeof(noted));
    written[0] = '\0';
    program_run(&program, &run);
    write_down("| ", 0, 0);
    program_free_all(&run);
}

static void steps_do_what_they_say(void **state)
{
    (void)state;
    served = notes_taken = SIZE_MAX;
    run_steps("alloc 3 7 7 16\nalloc 2 9 9 1\nfree 2 1 0 1\nfree 0 2 1 0\nrealloc 1 1 1 0 4 4\n",
              SIZE_MAX);
    assert_string_equal(written, "+7/16 +7/16 +7/16 +9/1 +9/1 -4:9 -3:9 -1:7 2=4 | -0:7 -2:4 ");
    assert_int_equal(noted[PROGRAM_ALLOC], 5);
    assert_int_equal(noted[PROGRAM_DEALLOC], 3);
    assert_int_equal(noted[PROGRAM_REALLOC], 1);
    run_steps("alloc 1 7 7 1\nfree 3 1 0 0\nfree 0 1 1 0\nchurn 2 8 8 2\n", SIZE_MAX);
    assert_string_equal(written, "+7/1 -0:7 +8/2 -1:8 +8/2 | -2:8 ");
    run_steps("churn 2 8 8 2\n", SIZE_MAX);
    assert_string_equal(written, "| ");
}

static void any_order_is_a_permutation_and_always_the_same(void **state)
{
    (void)state;
    char first[sizeof(written)];
    served = notes_taken = SIZE_MAX;
    run_steps("alloc 9 1 60 1\nfree 0 1 0 2\n", SIZE_MAX);
    strcpy(first, written);
    for (int i = 0; i < 9; i++) {
        char part[16];
        snprintf(part, sizeof(part), "-%d:", i);
        assert_non_null(strstr(written, part));
    }
    run_steps("alloc 9 1 60 1\nfree 0 1 0 2\n", SIZE_MAX);
    assert_string_equal(written, first);
}

static void an_alloc_ends_where_one_is_refused(void **state)
{
    (void)state;
    served = 2;
    notes_taken = SIZE_MAX;
    run_steps("alloc 5 7 7 1\nfree 1 1 0 0\n", SIZE_MAX);
    assert_string_equal(written, "+7/1 +7/1 +7/1 -0:7 -1:7 | ");
    assert_int_equal(noted[PROGRAM_REFUSED], 1);
    served = SIZE_MAX;
    run_steps("alloc 5 7 7 1\nrealloc 0 1 0 0 8 8\n", 15); /* no room: the allocator is not asked */
    assert_string_equal(written, "+7/1 +7/1 | -0:7 -1:7 ");
    assert_int_equal(noted[PROGRAM_REFUSED], 0);
}

static void a_run_ends_where_it_is_told_to(void **state)
{
    (void)state;
    served = SIZE_MAX;
    notes_taken = 3;
    run_steps("alloc 2 7 7 1\nfree 0 1 0 0\nalloc 5 1 1 1\n", SIZE_MAX);
    assert_string_equal(written, "+7/1 +7/1 -0:7 | -1:7 ");
    notes_taken = SIZE_MAX;
    run_steps("alloc 100 7 7 1\nchurn 20000 1 1 1\n", SIZE_MAX);
    assert_int_equal(noted[PROGRAM_ALLOC] + noted[PROGRAM_DEALLOC], PROGRAM_OPERATIONS_MAX);
}

/* ---- the workload ---- */

static void the_workload_names_the_program_that_was_worst(void **state)
{
    (void)state;
    char path[] = "/tmp/cairn-adversary-XXXXXX";
    int file = mkstemp(path);
    static const char text[] = "program cheap\nheap 65536\nalloc 9 8 8 8\n\n"
                               "program dear\nheap 1048576\nalloc 2000 64 64 8\nfree 0 2 0 1\n"
                               "alloc 2 1000 1000 8\n";
    assert_int_equal(write(file, text, sizeof(text) - 1), sizeof(text) - 1);
    close(file);
    struct options options = OPTIONS_DEFAULT;
    options.heap = 16 << 20;
    options.count = 5;
    options.file = path;
    static struct bench bench;
    for (size_t i = 0; i < subject_count; i++) {
        bench_begin(&bench, &subjects[i], options);
        adversary(&bench);
        assert_int_equal(bench.figure_count, 4);
        double median = bench.figures[0].value, most = bench.figures[2].value;
        assert_true(median > 0 && median <= bench.figures[1].value &&
                    bench.figures[1].value <= most);
        /* Which one it was is a matter of time. */
        assert_true(bench.figures[3].value == 1 || bench.figures[3].value == 2);
        bench_end(&bench);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_are_read_one_after_the_other),
        cmocka_unit_test(what_is_no_program_is_refused),
        cmocka_unit_test(a_program_has_at_most_16_steps),
        cmocka_unit_test(steps_do_what_they_say),
        cmocka_unit_test(any_order_is_a_permutation_and_always_the_same),
        cmocka_unit_test(an_alloc_ends_where_one_is_refused),
        cmocka_unit_test(a_run_ends_where_it_is_told_to),
        cmocka_unit_test(the_workload_names_the_program_that_was_worst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
