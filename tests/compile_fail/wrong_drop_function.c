/* SPDX-License-Identifier: MIT */
/* A drop function for another type than that of the items. */
// expect: incompatible.*pointer type
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

#define T         box_job
#define ITEM      struct job
#define ITEM_DROP drop
#include <cairn/box.t.h>
