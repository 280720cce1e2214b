/* SPDX-License-Identifier: MIT */
/*
 * Every initializer and every template of the public headers, used once: compiled as C and as C++,
 * by tests/system/test_languages.py. What it does is tested elsewhere.
 */
#include <stdbool.h>

#include <cairn/buddy.h>
#include <cairn/bump.h>
#include <cairn/collection.h>
#include <cairn/counted.h>
#include <cairn/cow_str.h>
#include <cairn/dummy.h>
#include <cairn/failing.h>
#include <cairn/fixed_size_block.h>
#include <cairn/global.h>
#include <cairn/hash.h>
#include <cairn/heap.h>
#include <cairn/linked_list.h>
#include <cairn/locked.h>
#include <cairn/shared_heap.h>
#include <cairn/shared_str.h>
#include <cairn/string.h>
#include <cairn/tlsf.h>

struct cairn_heap heap = CAIRN_HEAP_EMPTY;
struct cairn_bump bump = CAIRN_BUMP_EMPTY;
struct cairn_buddy buddy = CAIRN_BUDDY_EMPTY;
struct cairn_tlsf tlsf = CAIRN_TLSF_EMPTY;
struct cairn_linked_list linked_list = CAIRN_LINKED_LIST_EMPTY;
struct cairn_dummy dummy = CAIRN_DUMMY;
struct cairn_fixed_size_block fixed_size_block = CAIRN_FIXED_SIZE_BLOCK(&linked_list.allocator);
struct cairn_counted counted = CAIRN_COUNTED(&heap.allocator);
struct cairn_failing failing = CAIRN_FAILING(&counted.allocator);
struct cairn_locked locked = CAIRN_LOCKED(&failing.allocator, "heap");
struct cairn_processor processors[3];
struct cairn_shared_heap shared = CAIRN_SHARED_HEAP(&heap, &locked, &locked.allocator, processors);
CAIRN_GLOBAL_ALLOCATOR(&shared.allocator);

cairn_string string = {0, 0, 0, 0};
cairn_boxed_str boxed = {0, 0, 0};

cairn_str text(void);

cairn_str text(void)
{
    return CAIRN_STR("text");
}

struct job {
    int priority;
};

static inline void job_drop(struct job *job)
{
    job->priority = 0;
}

static inline enum cairn_collection_error job_try_clone(struct job *to, const struct job *from)
{
    *to = *from;
    return CAIRN_COLLECTION_OK;
}

static inline int job_compare(const struct job *one, const struct job *other)
{
    return CAIRN_COMPARE_NUMBERS(&one->priority, &other->priority);
}

/* Each template for plain items, and for items that own something. */

#define T       slice_job
#define ITEM    struct job
#define COMPARE job_compare
#include <cairn/slice.t.h>

#define T    vec_job
#define ITEM struct job
#include <cairn/vec.t.h>

#define T          vec_owner
#define ITEM       struct job
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#define COMPARE    job_compare
#define SLICE      slice_job
#include <cairn/vec.t.h>

#define T    row_job
#define ITEM struct job
#include <cairn/box_slice.t.h>

#define T          row_owner
#define ITEM       struct job
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#define VEC        vec_owner
#include <cairn/box_slice.t.h>

#define T       heap_job
#define VEC     vec_job
#define ITEM    struct job
#define COMPARE job_compare
#include <cairn/binary_heap.t.h>

#define T          heap_owner
#define VEC        vec_owner
#define ITEM       struct job
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#define COMPARE    job_compare
#include <cairn/binary_heap.t.h>

#define T    box_job
#define ITEM struct job
#include <cairn/box.t.h>

#define T          box_owner
#define ITEM       struct job
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#include <cairn/box.t.h>

#define T    rc_job
#define ITEM struct job
#include <cairn/rc.t.h>

#define T          rc_owner
#define ITEM       struct job
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#include <cairn/rc.t.h>

#define T    deque_job
#define ITEM struct job
#define VEC  vec_job
#include <cairn/vec_deque.t.h>

#define T          deque_owner
#define ITEM       struct job
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#define VEC        vec_owner
#include <cairn/vec_deque.t.h>

static inline int compare_jobs(const struct job *one, const struct job *other)
{
    return CAIRN_COMPARE_NUMBERS(&one->priority, &other->priority);
}

#define T       map_int
#define KEY     int
#define VALUE   struct job
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>

#define T           map_owner
#define KEY         struct job
#define VALUE       struct job
#define COMPARE     compare_jobs
#define KEY_DROP    job_drop
#define KEY_CLONE   job_try_clone
#define VALUE_DROP  job_drop
#define VALUE_CLONE job_try_clone
#include <cairn/btree_map.t.h>

#define T       set_int
#define ITEM    int
#define COMPARE CAIRN_COMPARE_NUMBERS
#include <cairn/btree_set.t.h>

#define T          set_owner
#define ITEM       struct job
#define COMPARE    compare_jobs
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#include <cairn/btree_set.t.h>

#define T    arc_job
#define ITEM struct job
#include <cairn/arc.t.h>

#define T          arc_owner
#define ITEM       struct job
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#include <cairn/arc.t.h>

#define T    rc_slice_job
#define ITEM struct job
#include <cairn/rc_slice.t.h>

#define T          rc_slice_owner
#define ITEM       struct job
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#include <cairn/rc_slice.t.h>

#define T    arc_slice_job
#define ITEM struct job
#include <cairn/arc_slice.t.h>

#define T          arc_slice_owner
#define ITEM       struct job
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#include <cairn/arc_slice.t.h>

#define T    cow_job
#define ITEM struct job
#define VEC  vec_job
#include <cairn/cow.t.h>

#define T     hash_map_job
#define KEY   int
#define VALUE struct job
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_map.t.h>

#define T           hash_map_owner
#define KEY         int
#define VALUE       struct job
#define HASH        CAIRN_HASH_INTEGER
#define EQUAL       CAIRN_EQUAL_INTEGER
#define VALUE_DROP  job_drop
#define VALUE_CLONE job_try_clone
#include <cairn/hash_map.t.h>

#define T     hash_set_number
#define ITEM  long
#define HASH  CAIRN_HASH_INTEGER
#define EQUAL CAIRN_EQUAL_INTEGER
#include <cairn/hash_set.t.h>

static inline uint64_t hash_job(const struct job *job, const struct cairn_hash_seed *seed)
{
    return cairn_hash_bytes(&job->priority, sizeof(job->priority), seed);
}

static inline bool equal_jobs(const struct job *one, const struct job *other)
{
    return one->priority == other->priority;
}

#define T          hash_set_owner
#define ITEM       struct job
#define HASH       hash_job
#define EQUAL      equal_jobs
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#include <cairn/hash_set.t.h>

#define T    list_job
#define ITEM struct job
#include <cairn/list.t.h>

#define T          list_owner
#define ITEM       struct job
#define ITEM_DROP  job_drop
#define ITEM_CLONE job_try_clone
#include <cairn/list.t.h>
