/* SPDX-License-Identifier: MIT */
/* An item of another type than the vec was made for. */
// expect: incompatible type
struct job {
    int priority;
};
struct jab {
    int priority;
};

#define T    vec_job
#define ITEM struct job
#include <cairn/vec.t.h>

void add(vec_job *jobs);

void add(vec_job *jobs)
{
#ifdef CORRECT
    vec_job_push(jobs, (struct job){3});
#else
    vec_job_push(jobs, (struct jab){3});
#endif
}
