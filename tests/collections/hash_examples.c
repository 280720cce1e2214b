/* SPDX-License-Identifier: MIT */
/* The examples in the headers of hash maps, hash sets and hash functions: they do what they say. */
#include "test.h"

#include <string.h>

#include <cairn/global.h>
#include <cairn/hash.h>

#include "strict_heap.h"

CAIRN_GLOBAL_ALLOCATOR(&strict_heap.allocator);

struct job {
    int priority;
    int *drops;
};

static void job_drop(struct job *job)
{
    if (job->drops)
        ++*job->drops;
}

static int after(void **state)
{
    (void)state;
    strict_heap_expect_empty();
    return 0;
}

/* ---- hash_map.t.h and hash_set.t.h ---- */

#define T          map_job
#define KEY        int
#define VALUE      struct job
#define HASH       CAIRN_HASH_INTEGER
#define EQUAL      CAIRN_EQUAL_INTEGER
#define VALUE_DROP job_drop
#include <cairn/hash_map.t.h>

static bool is_done(const struct job *job)
{
    return job->priority == 0;
}

static void example_of_hash_map(void **state)
{
    (void)state;
    int drops = 0;
    struct job job = {.priority = 0, .drops = &drops};
    owned(map_job) jobs = {0};
    map_job_insert(&jobs, 7, take(job));
    struct job *seventh = map_job_get(&jobs, &(int){7});
    assert_ptr_equal(seventh->drops, &drops);
    for (map_job_iterator i = map_job_begin(&jobs); map_job_next(&i);)
        if (is_done(i.value))
            map_job_erase(&i);
    assert_int_equal(drops, 1);
    assert_int_equal(jobs.length, 0);
}

#define T     set_number
#define ITEM  int
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_set.t.h>

static int complaints;

static void complain_about(int number)
{
    complaints += number;
}

static void see(set_number *seen, int number)
{
    if (!set_number_insert(seen, number))
        complain_about(number);
}

static void example_of_hash_set(void **state)
{
    (void)state;
    owned(set_number) seen = {0};
    see(&seen, 5);
    see(&seen, -1);
    see(&seen, 5);
    for (set_number_iterator i = set_number_begin(&seen); set_number_next(&i);)
        if (*i.item < 0)
            set_number_erase(&i);
    assert_int_equal(complaints, 5);
    assert_int_equal(seen.length, 1);
}

/* ---- hash.h ---- */

struct name {
    const char *text;
    size_t length;
};

struct point {
    uint32_t x, y;
};

static uint64_t hash_name(const struct name *name, const struct cairn_hash_seed *seed)
{
    return cairn_hash_bytes(name->text, name->length, seed);
}

static bool equal_names(const struct name *one, const struct name *other)
{
    return one->length == other->length && memcmp(one->text, other->text, one->length) == 0;
}

static uint64_t hash_point(const struct point *point, const struct cairn_hash_seed *seed)
{
    return cairn_hash_integer(point->x + cairn_hash_integer(point->y, seed), seed);
}

static bool equal_points(const struct point *one, const struct point *other)
{
    return one->x == other->x && one->y == other->y;
}

#define T     map_name
#define KEY   struct name
#define VALUE struct point
#define HASH  hash_name
#define EQUAL equal_names
#include <cairn/hash_map.t.h>

#define T     set_point
#define ITEM  struct point
#define HASH  hash_point
#define EQUAL equal_points
#include <cairn/hash_set.t.h>

static void example_of_hash(void **state)
{
    (void)state;
    owned(map_name) places = {0};
    owned(set_point) points = {0};
    map_name_insert(&places, (struct name){"here", 4}, (struct point){1, 2});
    set_point_insert(&points, (struct point){2, 1});
    const struct point *here = map_name_get(&places, &(struct name){"here?", 4});
    assert_true(here->x == 1 && here->y == 2);
    assert_false(set_point_contains(&points, here));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(example_of_hash_map, after),
        cmocka_unit_test_teardown(example_of_hash_set, after),
        cmocka_unit_test_teardown(example_of_hash, after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
