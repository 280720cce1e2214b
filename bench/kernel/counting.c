/* SPDX-License-Identifier: MIT */
#include "counting.h"

#include <stddef.h>

#include <cairn/base/check.h>

#include "println.h"

static const char *const operation_names[OPERATIONS] = {"alloc",         "dealloc", "realloc",
                                                        "realloc_moved", "refused", "push"};

#define SAMPLES_MAX 40000

static struct samples {
    size_t count;
    uint64_t values[SAMPLES_MAX];
} samples[OPERATIONS];

static uint64_t reading;

void counting_begin(uint64_t instructions)
{
    reading = instructions;
}

void counting_note(enum operation operation, uint64_t begin, uint64_t end)
{
    struct samples *kind = &samples[operation];
    cairn_check(kind->count < SAMPLES_MAX, "more than %d samples", SAMPLES_MAX);
    kind->values[kind->count++] = end - begin - reading;
}

void counting_forget(void)
{
    for (size_t i = 0; i < OPERATIONS; i++)
        samples[i].count = 0;
}

static void sift_down(uint64_t *values, size_t at, size_t count)
{
    for (size_t child = 2 * at + 1; child < count; at = child, child = 2 * at + 1) {
        if (child + 1 < count && values[child] < values[child + 1])
            child++;
        if (values[at] >= values[child])
            return;
        uint64_t value = values[at];
        values[at] = values[child];
        values[child] = value;
    }
}

/* Heapsort: Knuth, The Art of Computer Programming, vol. 3, section 5.2.3. */
static void sort(uint64_t *values, size_t count)
{
    for (size_t at = count / 2; at > 0; at--)
        sift_down(values, at - 1, count);
    for (size_t end = count; end > 1; end--) {
        uint64_t largest = values[0];
        values[0] = values[end - 1];
        values[end - 1] = largest;
        sift_down(values, 0, end - 1);
    }
}

void counting_tell(const char *workload)
{
    for (size_t i = 0; i < OPERATIONS; i++) {
        struct samples *kind = &samples[i];
        if (kind->count == 0)
            continue;
        sort(kind->values, kind->count);
        println("instructions %s %s %llu %llu", workload, operation_names[i],
                (unsigned long long)kind->values[kind->count / 2],
                (unsigned long long)kind->values[kind->count - 1]);
        kind->count = 0;
    }
}
