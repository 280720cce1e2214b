/* SPDX-License-Identifier: MIT */
/* Items that own something and cannot be cloned: the vec cannot be cloned either. */
// expect: vec_job_clone.*implicit-function-declaration
struct job {
    int *results;
};
static void job_drop(struct job *job)
{
    job->results = 0;
}

#define T         vec_job
#define ITEM      struct job
#define ITEM_DROP job_drop
#include <cairn/vec.t.h>

vec_job copy(vec_job *jobs);

vec_job copy(vec_job *jobs)
{
#ifdef CORRECT
    return take(*jobs);
#else
    return vec_job_clone(jobs);
#endif
}
