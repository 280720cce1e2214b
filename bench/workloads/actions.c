/* SPDX-License-Identifier: MIT */
#include "actions.h"

enum { LIVE_MIN = 300, RESIZE_FACTOR = 3 };

struct actions actions_make(struct cairn_allocator *heap, struct object *objects,
                            const struct options *options)
{
    return (struct actions){
        .heap = heap,
        .random = {options->seed},
        .objects = objects,
        .max = options->max,
        .choices = options->realloc ? 7 : 6,
    };
}

static inline void allocate(struct actions *actions)
{
    size_t size = actions_size(&actions->random, actions->max);
    struct cairn_layout layout = {size, actions_align(&actions->random)};
    void *block = cairn_allocator_alloc(actions->heap, layout);
    cairn_check(actions->live < OBJECTS_MAX / 2, "random actions: too many blocks in use");
    if (block)
        actions->objects[actions->live++] = (struct object){block, layout};
    else
        actions->refused++;
}

static inline void free_one(struct actions *actions)
{
    struct object *chosen = &actions->objects[random_below(&actions->random, actions->live)];
    struct object object = *chosen;
    *chosen = actions->objects[--actions->live];
    cairn_allocator_dealloc(actions->heap, object.block, object.layout);
}

static inline void resize_one(struct actions *actions)
{
    if (actions->live == 0)
        return;
    struct object *object = &actions->objects[random_below(&actions->random, actions->live)];
    size_t size = random_between(&actions->random, 1, actions->max * RESIZE_FACTOR);
    void *block = cairn_allocator_realloc(actions->heap, object->block, object->layout, size);
    if (block)
        *object = (struct object){block, {size, object->layout.align}};
    else
        actions->refused++;
}

/* Works on a copy, which the compiler keeps in registers. */
void actions_run(struct actions *actions, size_t count)
{
    struct actions here = *actions;
    for (size_t i = 0; i < count; i++) {
        size_t choice = random_below(&here.random, here.choices);
        if (choice == 6)
            resize_one(&here);
        else if (choice < 3 || here.live < LIVE_MIN)
            allocate(&here);
        else
            free_one(&here);
    }
    *actions = here;
}

void actions_end(struct actions *actions)
{
    while (actions->live > 0)
        free_one(actions);
}
