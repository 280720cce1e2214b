/* SPDX-License-Identifier: MIT */
#include "program.h"

/* ---- one operation each: false ends the run ---- */

static bool note(struct program_run *run, enum program_operation operation, uint64_t begin,
                 uint64_t end)
{
    return run->note(run, operation, begin, end) && ++run->operations < PROGRAM_OPERATIONS_MAX;
}

/* As a block's owner would: an allocator must not believe what it left in its free memory. */
static void write_ends(struct program_object *object)
{
    unsigned char *bytes = object->block;
    bytes[0] = bytes[object->layout.size - 1] = 0x5a;
}

static size_t any_size(struct program_run *run, const struct step *step)
{
    return random_between(&run->random, step->low, step->high + 1);
}

static bool allocate(struct program_run *run, struct program_object *object,
                     struct cairn_layout layout)
{
    object->block = NULL;
    if (layout.size > run->room - run->in_use)
        return true;
    uint64_t begin = run->now();
    void *block = cairn_allocator_alloc(run->heap, layout);
    uint64_t end = run->now();
    if (block) {
        *object = (struct program_object){block, layout};
        run->in_use += layout.size;
        write_ends(object);
    }
    return note(run, block ? PROGRAM_ALLOC : PROGRAM_REFUSED, begin, end);
}

static bool deallocate(struct program_run *run, struct program_object *object)
{
    void *block = object->block;
    object->block = NULL;
    run->in_use -= object->layout.size;
    uint64_t begin = run->now();
    cairn_allocator_dealloc(run->heap, block, object->layout);
    return note(run, PROGRAM_DEALLOC, begin, run->now());
}

static bool reallocate(struct program_run *run, struct program_object *object, size_t size)
{
    void *before = object->block;
    if (size > run->room - run->in_use)
        return true;
    uint64_t begin = run->now();
    void *block = cairn_allocator_realloc(run->heap, before, object->layout, size);
    uint64_t end = run->now();
    if (!block)
        return note(run, PROGRAM_REFUSED, begin, end);
    run->in_use += size - object->layout.size;
    *object = (struct program_object){block, {size, object->layout.align}};
    write_ends(object);
    return note(run, block == before ? PROGRAM_REALLOC : PROGRAM_REALLOC_MOVED, begin, end);
}

/* ---- steps: false ends the run ---- */

static bool run_alloc(struct program_run *run, const struct step *step)
{
    bool goes_on = true, served = true;
    for (size_t i = 0; i < step->count && served && goes_on; i++) {
        struct program_object *object = &run->objects[run->object_count];
        goes_on = allocate(run, object, (struct cairn_layout){any_size(run, step), step->align});
        served = object->block != NULL;
        run->object_count += served;
    }
    run->groups[++run->group_count] = run->object_count;
    return goes_on;
}

static bool run_churn(struct program_run *run, const struct step *step)
{
    bool goes_on = run->object_count > 0;
    for (size_t i = 0; i < step->count && goes_on; i++) {
        struct program_object *object =
            &run->objects[random_below(&run->random, run->object_count)];
        struct cairn_layout layout = {any_size(run, step), step->align};
        goes_on = (!object->block || deallocate(run, object)) && allocate(run, object, layout);
    }
    return goes_on || run->object_count == 0;
}

static void put_in_order(struct program_run *run, size_t count, enum step_order order)
{
    for (size_t i = 0; order != ORDER_UP && i < count; i++) {
        size_t other =
            order == ORDER_DOWN ? count - 1 - i : i + random_below(&run->random, count - i);
        if (order == ORDER_DOWN && other <= i)
            return;
        uint32_t held = run->chosen[i];
        run->chosen[i] = run->chosen[other];
        run->chosen[other] = held;
    }
}

/* Lists what the step is about. A group that is not there has no blocks. */
static size_t choose(struct program_run *run, const struct step *step)
{
    size_t begin = 0, end = run->object_count, count = 0, in_use = 0;
    if (step->group > run->group_count)
        return 0;
    if (step->group > 0) {
        begin = run->groups[step->group - 1];
        end = run->groups[step->group];
    }
    for (size_t i = begin; i < end; i++) {
        if (!run->objects[i].block)
            continue;
        if (in_use >= step->first && (in_use - step->first) % step->every == 0)
            run->chosen[count++] = (uint32_t)i;
        in_use++;
    }
    put_in_order(run, count, step->order);
    return count;
}

static bool run_free(struct program_run *run, const struct step *step)
{
    size_t count = choose(run, step);
    for (size_t i = 0; i < count; i++) {
        if (!deallocate(run, &run->objects[run->chosen[i]]))
            return false;
    }
    return true;
}

static bool run_realloc(struct program_run *run, const struct step *step)
{
    size_t count = choose(run, step);
    for (size_t i = 0; i < count; i++) {
        if (!reallocate(run, &run->objects[run->chosen[i]], any_size(run, step)))
            return false;
    }
    return true;
}

static bool run_step(struct program_run *run, const struct step *step)
{
    switch (step->kind) {
    case STEP_ALLOC:
        return run_alloc(run, step);
    case STEP_CHURN:
        return run_churn(run, step);
    case STEP_FREE:
        return run_free(run, step);
    case STEP_REALLOC:
        return run_realloc(run, step);
    }
    cairn_panic("a step of kind %d", (int)step->kind);
}

void program_run(const struct program *program, struct program_run *run)
{
    run->object_count = run->group_count = run->in_use = run->operations = 0;
    run->groups[0] = 0;
    run->random = (struct random_source){1};
    for (size_t i = 0; i < program->step_count; i++) {
        if (!run_step(run, &program->steps[i]))
            return;
    }
}

void program_free_all(struct program_run *run)
{
    for (size_t i = 0; i < run->object_count; i++) {
        if (run->objects[i].block)
            cairn_allocator_dealloc(run->heap, run->objects[i].block, run->objects[i].layout);
        run->objects[i].block = NULL;
    }
}
