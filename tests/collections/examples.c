/* SPDX-License-Identifier: MIT */
/* The examples in the headers of the collections and wrappers: that they do what they say. */
#include "test.h"

#include <cairn/counted.h>
#include <cairn/cow_str.h>
#include <cairn/failing.h>
#include <cairn/global.h>
#include <cairn/shared_str.h>
#include <cairn/string.h>

#include "strict_heap.h"

CAIRN_GLOBAL_ALLOCATOR(&strict_heap.allocator);

/* ---- What the examples leave to the reader ---- */

struct job {
    int priority;
    int *drops;
};

static void job_drop(struct job *job)
{
    if (job->drops)
        ++*job->drops;
}

static int priorities_run;

static void run(const struct job *job)
{
    priorities_run += job->priority;
}

struct file {
    const char *name;
};

static size_t files_closed;

static struct file open_file(const char *name)
{
    return (struct file){name};
}

static void file_drop(struct file *file)
{
    (void)file;
    files_closed++;
}

static int after(void **state)
{
    (void)state;
    strict_heap_expect_empty();
    return 0;
}

/* ---- box.t.h ---- */

#define T         box_job
#define ITEM      struct job
#define ITEM_DROP job_drop
#include <cairn/box.t.h>

static int priority_in_queue;

static void box_job_in_queue(int *queue, box_job job)
{
    *queue = job.value->priority;
    box_job_drop(&job);
}

static void example_of_box(void **state)
{
    (void)state;
    owned(box_job) job = box_job_new((struct job){.priority = 3});
    job.value->priority++;
    box_job_in_queue(&priority_in_queue, take(job));
    assert_int_equal(priority_in_queue, 4);
    assert_null(job.value);
}

/* ---- vec.t.h ---- */

#define T         vec_job
#define ITEM      struct job
#define ITEM_DROP job_drop
#include <cairn/vec.t.h>

static void example_of_vec(void **state)
{
    (void)state;
    int drops = 0;
    {
        struct job job = {.priority = 3, .drops = &drops};
        owned(vec_job) jobs = {0};
        vec_job_push(&jobs, take(job));
        for (size_t i = 0; i < jobs.length; i++)
            run(&jobs.items[i]);
        vec_job_at(&jobs, 0)->priority++;
        assert_int_equal(jobs.items[0].priority, 4);
        assert_null(job.drops);
    }
    assert_int_equal(priorities_run, 3);
    assert_int_equal(drops, 1);
}

/* ---- box_slice.t.h ---- */

#define T         row_job
#define ITEM      struct job
#define ITEM_DROP job_drop
#define VEC       vec_job
#include <cairn/box_slice.t.h>

static void example_of_box_slice(void **state)
{
    (void)state;
    int drops = 0;
    owned(vec_job) jobs = vec_of(vec_job, (struct job){.priority = 3, .drops = &drops});
    vec_job_reserve(&jobs, 10);
    owned(row_job) row = row_job_from_vec(&jobs);
    row_job_at(&row, 0)->priority++;
    assert_int_equal(strict_heap.live_bytes, sizeof(struct job));
    jobs = row_job_into_vec(&row);
    assert_true(jobs.length == 1 && jobs.items[0].priority == 4 && drops == 0);
}

/* ---- binary_heap.t.h ---- */

static int job_by_priority(const struct job *one, const struct job *other)
{
    return CAIRN_COMPARE_NUMBERS(&one->priority, &other->priority);
}

#define T         heap_job
#define VEC       vec_job
#define ITEM      struct job
#define ITEM_DROP job_drop
#define COMPARE   job_by_priority
#include <cairn/binary_heap.t.h>

static void example_of_binary_heap(void **state)
{
    (void)state;
    const int expected[] = {7, 3};
    size_t popped = 0;
    owned(heap_job) jobs = {0};
    heap_job_push(&jobs, (struct job){.priority = 3});
    heap_job_push(&jobs, (struct job){.priority = 7});
    priorities_run = 0;
    for (struct job job; heap_job_pop(&jobs, &job); popped++) {
        run(&job);
        assert_int_equal(job.priority, expected[popped]);
    }
    assert_true(popped == 2 && priorities_run == 10);
}

/* ---- slice.t.h ---- */

#define T       slice_int
#define ITEM    int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/slice.t.h>

static void expect(bool condition)
{
    assert_true(condition);
}

static void example_of_slice(void **state)
{
    (void)state;
    int numbers[] = {3, 1, 2};
    slice_int all = {numbers, 3};
    slice_int_sort(&all);
    for (slice_int_pieces i = slice_int_windows(&all, 2); slice_int_next_piece(&i);)
        expect(i.slice.items[0] < i.slice.items[1]);
}

/* ---- vec_deque.t.h ---- */

#define T         deque_job
#define ITEM      struct job
#define ITEM_DROP job_drop
#define VEC       vec_job
#include <cairn/vec_deque.t.h>

static void example_of_vec_deque(void **state)
{
    (void)state;
    int drops = 0;
    priorities_run = 0;
    {
        struct job job = {.priority = 1, .drops = &drops}, urgent = {.priority = 20};
        owned(deque_job) jobs = {0};
        deque_job_push_back(&jobs, take(job));
        deque_job_push_front(&jobs, take(urgent));
        deque_job_push_back(&jobs, (struct job){.priority = -3, .drops = &drops});
        for (deque_job_iterator i = deque_job_begin(&jobs); deque_job_next(&i);)
            if (i.item->priority < 0)
                deque_job_erase(&i);
        assert_int_equal(drops, 1);
        while (deque_job_pop_front(&jobs, &job)) {
            run(&job);
            assert_true(priorities_run == 20 || jobs.length == 0);
        }
    }
    assert_int_equal(priorities_run, 21);
    assert_int_equal(drops, 1);
}

/* ---- btree_map.t.h ---- */

static bool is_done(const struct job *job)
{
    return job->priority == 0;
}

#define T          map_job
#define KEY        int
#define VALUE      struct job
#define COMPARE    CAIRN_COMPARE_NUMBERS
#define VALUE_DROP job_drop
#include <cairn/btree_map.t.h>

static void example_of_btree_map(void **state)
{
    (void)state;
    int drops = 0;
    {
        struct job job = {.priority = 3, .drops = &drops};
        owned(map_job) jobs = {0};
        map_job_insert(&jobs, 7, take(job));
        map_job_insert(&jobs, 2, (struct job){.priority = 0, .drops = &drops});
        struct job *seventh = map_job_get(&jobs, &(int){7});
        assert_int_equal(seventh->priority, 3);
        for (map_job_iterator i = map_job_begin(&jobs); map_job_next(&i);)
            if (is_done(i.value))
                map_job_erase(&i);
        assert_int_equal(drops, 1);
        assert_int_equal(*map_job_first(&jobs).key, 7);
    }
    assert_int_equal(drops, 2);
}

/* ---- btree_set.t.h ---- */

static int sum_printed;

static void println(const char *format, int number)
{
    assert_non_null(format);
    sum_printed += number;
}

#define T       set_id
#define ITEM    int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_set.t.h>

static void example_of_btree_set(void **state)
{
    (void)state;
    owned(set_id) seen = {0}, done = set_id_from_sorted((int[]){5, 7}, 2);
    if (!set_id_insert(&seen, 7))
        fail_msg("7 again");
    set_id_insert(&seen, 12);
    for (set_id_iterator i = set_id_range(&seen, &(int){5}, &(int){10}); set_id_next(&i);)
        println("%d", *i.item);
    assert_int_equal(sum_printed, 7);
    for (set_id_operation i = set_id_difference(&seen, &done); set_id_operation_next(&i);)
        println("%d is left", *i.item);
    assert_int_equal(sum_printed, 7 + 12);
}

/* ---- list.t.h ---- */

#define T         list_job
#define ITEM      struct job
#define ITEM_DROP job_drop
#include <cairn/list.t.h>

static void example_of_list(void **state)
{
    (void)state;
    int drops = 0;
    {
        struct job job = {.priority = 1, .drops = &drops};
        owned(list_job) jobs = {0}, urgent = {0};
        list_job_push_back(&jobs, take(job));
        list_job_push_back(&jobs, (struct job){.priority = 10, .drops = &drops});
        for (list_job_iterator i = list_job_begin(&jobs); list_job_next(&i);)
            if (i.item->priority > 9)
                list_job_push_back(&urgent, list_job_remove(&i));
        list_job_append(&urgent, &jobs);
        assert_int_equal(list_job_front(&urgent)->priority, 10);
        assert_true(urgent.length == 2 && jobs.length == 0 && drops == 0);
    }
    assert_int_equal(drops, 2);
}

/* ---- rc.t.h ---- */

#define T         rc_file
#define ITEM      struct file
#define ITEM_DROP file_drop
#include <cairn/rc.t.h>

static void example_of_rc(void **state)
{
    (void)state;
    const char *name = "a file";
    {
        owned(rc_file) file = rc_file_new(open_file(name));
        owned(rc_file) also = rc_file_clone(&file);
        owned(rc_file_weak) seen = rc_file_downgrade(&file);
        assert_ptr_equal(rc_file_value(&also)->name, name);
        assert_int_equal(rc_file_strong_count(&file), 2);
        assert_int_equal(rc_file_weak_count(&file), 1);
    }
    assert_int_equal(files_closed, 1);
}

/* ---- arc.t.h ---- */

struct config {
    const char *name;
};

static size_t configs_dropped, workers_done;

static struct config read_config(void)
{
    return (struct config){"a name"};
}

static void config_drop(struct config *config)
{
    (void)config;
    configs_dropped++;
}

#define T         arc_config
#define ITEM      struct config
#define ITEM_DROP config_drop
#include <cairn/arc.t.h>

static void start_worker(arc_config config)
{
    assert_string_equal(arc_config_value(&config)->name, "a name");
    workers_done++;
    arc_config_drop(&config);
}

static void example_of_arc(void **state)
{
    (void)state;
    {
        owned(arc_config) config = arc_config_new(read_config());
        arc_config for_worker = arc_config_clone(&config);
        start_worker(take(for_worker));
        assert_int_equal(arc_config_strong_count(&config), 1);
    }
    assert_int_equal(configs_dropped, 1);
    assert_int_equal(workers_done, 1);
}

/* ---- rc_slice.t.h, arc_slice.t.h and shared_str.h ---- */

#define T         rc_jobs
#define ITEM      struct job
#define ITEM_DROP job_drop
#include <cairn/rc_slice.t.h>

#define T         arc_jobs
#define ITEM      struct job
#define ITEM_DROP job_drop
#include <cairn/arc_slice.t.h>

static vec_job queue_of_two(int *drops)
{
    vec_job queue = {0};
    vec_job_push(&queue, (struct job){.priority = 1, .drops = drops});
    vec_job_push(&queue, (struct job){.priority = 2, .drops = drops});
    return queue;
}

static void example_of_shared_slices(void **state)
{
    (void)state;
    int drops = 0;
    priorities_run = 0;
    {
        owned(vec_job) queue = queue_of_two(&drops), other_queue = queue_of_two(&drops);
        owned(rc_jobs) jobs = rc_jobs_from_moved(queue.items, queue.length);
        queue.length = 0;
        owned(rc_jobs) also = rc_jobs_clone(&jobs);
        for (size_t i = 0; i < also.length; i++)
            run(&also.items[i]);
        owned(arc_jobs) others = arc_jobs_from_moved(other_queue.items, other_queue.length);
        other_queue.length = 0;
        owned(arc_jobs) more = arc_jobs_clone(&others);
        for (size_t i = 0; i < more.length; i++)
            run(&more.items[i]);
    }
    assert_int_equal(priorities_run, 6);
    assert_int_equal(drops, 4);
}

static void example_of_shared_str(void **state)
{
    (void)state;
    size_t found = 0;
    owned(cairn_rc_str) name = cairn_rc_str_from(CAIRN_STR("stone"));
    owned(cairn_rc_str) also = cairn_rc_str_clone(&name);
    if (cairn_str_equal(cairn_rc_str_as_str(&also), CAIRN_STR("stone")))
        found++;
    assert_int_equal(found, 1);
    assert_int_equal(cairn_rc_str_strong_count(&name), 2);
}

/* ---- cow.t.h and cow_str.h ---- */

#define T    vec_int
#define ITEM int
#include <cairn/vec.t.h>
#define T    cow_int
#define ITEM int
#define VEC  vec_int
#include <cairn/cow.t.h>

static int levels_set[3];

static void set_level(size_t which, int level)
{
    levels_set[which] = level;
}

static void example_of_cow(void **state)
{
    (void)state;
    static const int defaults[] = {1, 2, 3};
    bool louder = true;
    owned(cow_int) levels = cow_int_borrowed(defaults, 3);
    if (louder)
        cow_int_to_mut(&levels)->items[0]++;
    for (size_t i = 0; i < levels.vec.length; i++)
        set_level(i, levels.vec.items[i]);
    assert_int_equal(levels_set[0], 2);
    assert_int_equal(levels_set[2], 3);
    assert_int_equal(defaults[0], 1);
}

static void example_of_cow_str(void **state)
{
    (void)state;
    const char *bytes = "caf\xc3\xa9";
    owned(cairn_cow_str) text = cairn_cow_str_from_utf8_lossy(bytes, 5);
    assert_ptr_equal(cairn_cow_str_as_str(&text).bytes, bytes);
    cairn_string_push(cairn_cow_str_to_mut(&text), '!');
    assert_true(cairn_str_equal(cairn_cow_str_as_str(&text), CAIRN_STR("caf\xc3\xa9!")));
}

/* ---- str.h and string.h ---- */

static cairn_str name_set, value_set;

static void set(cairn_str name, cairn_str value)
{
    name_set = name;
    value_set = value;
}

static void expect_text(cairn_str text, cairn_str expected)
{
    assert_true(cairn_str_equal(text, expected));
}

static void example_of_str(void **state)
{
    (void)state;
    size_t spaces = 0, words = 0;
    cairn_str line = CAIRN_STR("name = Cairn"), name, value;
    if (cairn_str_split_once(line, CAIRN_STR("="), &name, &value))
        set(cairn_str_trim(name), cairn_str_trim(value));
    for (cairn_chars i = cairn_str_chars(line); cairn_chars_next(&i);)
        if (i.character == ' ')
            spaces++;
    for (cairn_pieces i = cairn_str_split_whitespace(line); cairn_pieces_next(&i);)
        words++;
    expect_text(name_set, CAIRN_STR("name"));
    expect_text(value_set, CAIRN_STR("Cairn"));
    assert_int_equal(spaces, 2);
    assert_int_equal(words, 3);
}

static void example_of_string(void **state)
{
    (void)state;
    owned(cairn_string) line = cairn_string_from(CAIRN_STR("heap"));
    cairn_string_push_str(&line, CAIRN_STR(" of stones"));
    cairn_string_push(&line, 0x2713);
    cairn_string_format(&line, " %d bytes", 41);
    expect_text(cairn_string_as_str(&line), CAIRN_STR("heap of stones\xe2\x9c\x93 41 bytes"));
    if (cairn_str_ends_with(cairn_string_as_str(&line), CAIRN_STR("bytes")))
        cairn_string_truncate(&line, 4);
    owned(cairn_string) path = cairn_string_formatted("/%s/%u", "proc", 1U);
    expect_text(cairn_string_as_str(&line), CAIRN_STR("heap"));
    expect_text(cairn_string_as_str(&path), CAIRN_STR("/proc/1"));
}

/* ---- collection.h: a type that holds itself ---- */

#define T    vec_node
#define ITEM struct node
#define ONLY_TYPES
#include <cairn/vec.t.h>
struct node {
    vec_node children;
};
static void node_drop(struct node *node);
#define T         vec_node
#define ITEM      struct node
#define ITEM_DROP node_drop
#define ONLY_FUNCTIONS
#include <cairn/vec.t.h>

static void node_drop(struct node *node)
{
    vec_node_drop(&node->children);
}

static void example_of_a_type_that_holds_itself(void **state)
{
    (void)state;
    owned(vec_node) trees = {0};
    vec_node_push(&trees, (struct node){{0}});
    vec_node_push(&trees.items[0].children, (struct node){{0}});
    vec_node_push(&trees.items[0].children, (struct node){{0}});
    assert_int_equal(trees.items[0].children.length, 2);
    assert_int_equal(strict_heap.live, 2);
}

/* ---- failing.h, counted.h ---- */

static struct cairn_counted counted = CAIRN_COUNTED(&strict_heap.allocator);
static struct cairn_failing failing = CAIRN_FAILING(&counted.allocator);
static size_t runs, successes;

/* Three allocations, and no complaint where one of them fails. */
static void run_program(struct cairn_allocator *allocator)
{
    owned(vec_job) jobs = vec_job_new_in(allocator);
    runs++;
    successes += !vec_job_try_reserve(&jobs, 1) && !vec_job_try_reserve(&jobs, 10) &&
                 !vec_job_try_reserve(&jobs, 100);
}

static void example_of_failing_and_counted(void **state)
{
    (void)state;
    size_t nth = 0;
    do {
        cairn_failing_at(&failing, ++nth, CAIRN_FAILING_ONCE);
        run_program(&failing.allocator);
        assert_int_equal(counted.live_blocks, 0);
    } while (failing.failures != 0);
    assert_int_equal(runs, 4);
    assert_int_equal(successes, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(example_of_box, after),
        cmocka_unit_test_teardown(example_of_vec, after),
        cmocka_unit_test_teardown(example_of_slice, after),
        cmocka_unit_test_teardown(example_of_vec_deque, after),
        cmocka_unit_test_teardown(example_of_box_slice, after),
        cmocka_unit_test_teardown(example_of_binary_heap, after),
        cmocka_unit_test_teardown(example_of_btree_map, after),
        cmocka_unit_test_teardown(example_of_btree_set, after),
        cmocka_unit_test_teardown(example_of_list, after),
        cmocka_unit_test_teardown(example_of_rc, after),
        cmocka_unit_test_teardown(example_of_arc, after),
        cmocka_unit_test_teardown(example_of_shared_slices, after),
        cmocka_unit_test_teardown(example_of_shared_str, after),
        cmocka_unit_test_teardown(example_of_cow, after),
        cmocka_unit_test_teardown(example_of_cow_str, after),
        cmocka_unit_test_teardown(example_of_str, after),
        cmocka_unit_test_teardown(example_of_string, after),
        cmocka_unit_test_teardown(example_of_a_type_that_holds_itself, after),
        cmocka_unit_test_teardown(example_of_failing_and_counted, after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
