/* SPDX-License-Identifier: MIT */
/* A clone function that returns a bool: its true would be taken for an error. */
// expect: incompatible.*pointer type
#include <cairn/collection.h>

struct job {
    int priority;
};
#ifdef CORRECT
static enum cairn_collection_error clone(struct job *to, const struct job *from)
#else
static bool clone(struct job *to, const struct job *from)
#endif
{
    *to = *from;
    return 0;
}

#define T          box_job
#define ITEM       struct job
#define ITEM_CLONE clone
#include <cairn/box.t.h>
