/* SPDX-License-Identifier: MIT */
/* A drop function for another type than that of the values. */
// expect alone: incompatible.*pointer type
struct job {
    int priority;
};
struct jab {
    int priority;
};
#ifdef CORRECT
static void drop(struct job *job)
#else
static void drop(struct jab *job)
#endif
{
    job->priority = 0;
}

#define T          map_job
#define KEY        int
#define VALUE      struct job
#define VALUE_DROP drop
#define COMPARE    CAIRN_COMPARE_NUMBERS
#include <cairn/btree_map.t.h>
