/* SPDX-License-Identifier: MIT */
/*
 * The main() of every benchmark of a collection.
 *
 *     PROGRAM COUNT                  each row's nanoseconds an operation, or bytes an item
 *     PROGRAM COUNT slowest          of each row that has steps, the places of the slowest ones
 *     PROGRAM COUNT counted < those  does the steps again, and these in counted_step(): callgrind
 *                                    counts its instructions, call by call
 *
 * A step's time tells which is the worst only nearly, its instructions exactly; but to count each
 * would take hours. So the slowest few are counted.
 *
 * What it is bad at: a figure is of one allocator, the C library's, which has its memory from the
 * system already and keeps it. A step that is dear in instructions and not in time is overlooked.
 */
#include "harness.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clocks.h"
#include "random_source.h"

enum {
    SAMPLES_MAX = 301,
    SLOWEST = 8, /* of a row's steps */
    PASSES = 3,  /* in which a step must be slow, for an interrupt makes any of them slow once */
};

static const double ENOUGH = 10e6; /* nanoseconds of processor time for a row */

uint32_t *harness_order;

static void *allocate(size_t bytes)
{
    void *block = calloc(1, bytes);
    if (!block) {
        fprintf(stderr, "no memory for %zu bytes\n", bytes);
        exit(1);
    }
    return block;
}

/* Source: Fisher and Yates, from the inside out. */
static void shuffle(size_t count, struct random_source *random)
{
    for (size_t i = 0; i < count; i++) {
        size_t other = random_below(random, i + 1);
        harness_order[i] = harness_order[other];
        harness_order[other] = (uint32_t)i;
    }
}

static int compare_numbers(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof(double), compare_numbers);
    return values[count / 2];
}

/* ---- Time and memory ---- */

static double time_once(const struct row *row, size_t count, struct random_source *random)
{
    shuffle(count, random);
    void *made = row->make(count);
    double begin = wall_nanoseconds();
    size_t operations = row->run(made, count);
    double end = wall_nanoseconds();
    row->drop(made);
    return (end - begin) / (double)operations;
}

/*
 * The first time warms caches and memory, and does not count. Each has another order: a processor
 * learns a hundred branches that come in the same order again and again, and then guesses none of them
 * wrong, which it would in no real program.
 */
static double time_of(const struct row *row, size_t count)
{
    struct random_source random = {1};
    double samples[SAMPLES_MAX];
    size_t taken = 0;
    double begin = thread_nanoseconds();
    time_once(row, count, &random);
    do
        samples[taken++] = time_once(row, count, &random);
    while (taken < SAMPLES_MAX && thread_nanoseconds() - begin < ENOUGH);
    return median(samples, taken);
}

static size_t allocated(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static double memory_of(const struct row *row, size_t count)
{
    size_t before = allocated();
    void *made = row->make(count);
    size_t bytes = allocated() - before;
    row->drop(made);
    return (double)bytes / (double)count;
}

/* Memory first, for what is freed later is not all told as free. */
static void measure(size_t count)
{
    for (size_t i = 0; i < row_count; i++)
        if (!rows[i].run)
            printf("%s %.6g\n", rows[i].name, memory_of(&rows[i], count));
    for (size_t i = 0; i < row_count; i++)
        if (rows[i].run)
            printf("%s %.6g\n", rows[i].name, time_of(&rows[i], count));
}

/* ---- The worst step ---- */

/* Lowers each step's cycles to those of this pass. */
static void time_steps(const struct row *row, size_t count, uint64_t *cycles)
{
    void *made = row->make(count);
    for (size_t place = 0; place < count; place++) {
        uint64_t begin = cycles_now();
        row->step(made, place);
        uint64_t taken = cycles_now() - begin;
        if (taken < cycles[place])
            cycles[place] = taken;
    }
    row->drop(made);
}

static size_t slowest(const uint64_t *cycles, size_t count)
{
    size_t found = 0;
    for (size_t place = 1; place < count; place++)
        if (cycles[place] > cycles[found])
            found = place;
    return found;
}

static void print_slowest(const struct row *row, size_t count)
{
    uint64_t *cycles = allocate(count * sizeof(uint64_t));
    memset(cycles, 0xff, count * sizeof(uint64_t));
    for (int pass = 0; pass < PASSES; pass++)
        time_steps(row, count, cycles);
    for (size_t i = 0; i < SLOWEST && i < count; i++) {
        size_t place = slowest(cycles, count);
        cycles[place] = 0;
        printf("%s %zu\n", row->name, place);
    }
    free(cycles);
}

void counted_step(const struct row *row, void *made, size_t place);

__attribute__((noinline)) void counted_step(const struct row *row, void *made, size_t place)
{
    row->step(made, place);
    __asm__ volatile(""); /* so that it is no jump, after which callgrind sees no return */
}

/* Does the row's steps, and those that are marked in counted_step(); says which, in that order. */
static void count_steps(const struct row *row, size_t count, const unsigned char *marked)
{
    void *made = row->make(count);
    for (size_t place = 0; place < count; place++) {
        if (!marked[place]) {
            row->step(made, place);
            continue;
        }
        printf("%s %zu\n", row->name, place);
        counted_step(row, made, place);
    }
    row->drop(made);
}

/* Reads what print_slowest() has printed. */
static void read_marked(size_t count, unsigned char **marked)
{
    char name[64];
    size_t place;
    while (scanf("%63s %zu", name, &place) == 2)
        for (size_t i = 0; i < row_count; i++)
            if (strcmp(name, rows[i].name) == 0 && place < count)
                marked[i][place] = 1;
}

static void count_marked(size_t count)
{
    unsigned char **marked = allocate(row_count * sizeof(unsigned char *));
    for (size_t i = 0; i < row_count; i++)
        marked[i] = allocate(count);
    read_marked(count, marked);
    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].step)
            count_steps(&rows[i], count, marked[i]);
        free(marked[i]);
    }
    free(marked);
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    const char *what = argc > 2 ? argv[2] : "";
    if (count == 0 || count > UINT32_MAX) {
        fprintf(stderr, "usage: %s COUNT [slowest | counted]\n", argv[0]);
        return 2;
    }
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, -1);
    mallopt(M_TOP_PAD, 64 << 20);
    harness_order = allocate(count * sizeof(uint32_t));
    shuffle(count, &(struct random_source){1});
    if (strcmp(what, "counted") == 0)
        count_marked(count);
    else if (strcmp(what, "slowest") != 0)
        measure(count);
    else
        for (size_t i = 0; i < row_count; i++)
            if (rows[i].step)
                print_slowest(&rows[i], count);
    free(harness_order);
    return 0;
}
