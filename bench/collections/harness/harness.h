/* SPDX-License-Identifier: MIT */
/*
 * What the benchmarks of collections share: a table of rows, each of which is one figure.
 *
 * A program is one collection of one library, SUBJECT/COLLECTION.c, .cpp or .rs, compiled for one
 * size of items. It defines the table, and harness.c has main(). A row that adds items, one at a
 * time:
 *
 *     static void push(void *vec, size_t place)
 *     {
 *         vec_item_push(vec, item_of(key_at(place)));
 *     }
 *     EACH(push)
 *     const struct row rows[] = {
 *         {"push", make_empty, push_each, drop, push},
 *     };
 *     const size_t row_count = sizeof(rows) / sizeof(rows[0]);
 *
 * The same row has the same name with every subject, and does the same work in the same order.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct row {
    const char *name;
    /* Before the clock runs: makes what is measured, for `count` items. */
    void *(*make)(size_t count);
    /*
     * What is timed; gives how many operations that were. Null: the row's figure is the memory
     * of what make() made, in bytes an item.
     */
    size_t (*run)(void *made, size_t count);
    /* After the clock has stopped. */
    void (*drop)(void *made);
    /*
     * The operation at `place`, of `count`, where it can be done alone; for the worst one. Or
     * null.
     */
    void (*step)(void *made, size_t place);
};

extern const struct row rows[];
extern const size_t row_count;

/* Makes NAME_each(), which does the step for each place. The compiler may inline it there. */
#define EACH(name)                                      \
    static size_t name##_each(void *made, size_t count) \
    {                                                   \
        for (size_t place = 0; place < count; place++)  \
            name(made, place);                          \
        return count;                                   \
    }

/* Every place once, at random; another order each time, the same for every subject. */
extern uint32_t *harness_order;

/* Makes the compiler believe that the value is needed. */
static inline void keep(uint64_t value)
{
    __asm__ volatile("" : : "r"(value) : "memory");
}

#ifdef __cplusplus
}
#endif

#endif
