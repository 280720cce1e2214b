/* SPDX-License-Identifier: MIT */
/* The frame allocator: over small, large and split maps, and at random against a model. */
#include "test.h"

#include <stdlib.h>

#include "frames.h"

struct machine {
    struct memory_map map;
    struct frame_allocator frames;
    void *bitmaps;
};

static void machine_start(struct machine *machine, const struct memory_region *usable, size_t count)
{
    machine->map.count = 0;
    for (size_t i = 0; i < count; i++)
        assert_true(memory_map_add(&machine->map, usable[i].begin, usable[i].end - usable[i].begin,
                                   usable[i].kind));
    assert_true(memory_map_normalise(&machine->map));
    machine->bitmaps = malloc(frame_allocator_bytes(&machine->map));
    assert_non_null(machine->bitmaps);
    frame_allocator_init(&machine->frames, &machine->map, machine->bitmaps);
}

static void machine_end(struct machine *machine)
{
    free(machine->bitmaps);
}

static const struct memory_region one_frame[] = {{0x1000, 0x2000, MEMORY_USABLE}};
static const struct memory_region with_holes[] = {
    {0x1000, 0x5000, MEMORY_USABLE},
    {0x5000, 0x40000, MEMORY_RESERVED},
    {0x40000, 0x143000, MEMORY_USABLE},
    {0x40000000, 0x40003000, MEMORY_USABLE},
};
#define WITH_HOLES_FRAMES (4 + 0x103 + 3)

static void one_frame_machine(void **state)
{
    (void)state;
    struct machine machine;
    struct frame frame, none;
    machine_start(&machine, one_frame, 1);
    assert_int_equal(machine.frames.total_count, 1);
    assert_true(frame_alloc(&machine.frames, &frame));
    assert_int_equal(frame.start.value, 0x1000);
    assert_int_equal(machine.frames.free_count, 0);
    assert_false(frame_alloc(&machine.frames, &none));
    frame_free(&machine.frames, frame);
    assert_true(frame_alloc(&machine.frames, &frame));
    assert_int_equal(frame.start.value, 0x1000);
    machine_end(&machine);
}

static void frames_come_in_order_and_only_from_usable_memory(void **state)
{
    (void)state;
    struct machine machine;
    struct frame frame;
    uint64_t last = 0, count = 0;
    machine_start(&machine, with_holes, 4);
    assert_int_equal(machine.frames.total_count, WITH_HOLES_FRAMES);
    for (; frame_alloc(&machine.frames, &frame); last = frame.start.value, count++) {
        uint64_t at = frame.start.value;
        assert_true(at > last);
        assert_true((at >= 0x1000 && at < 0x5000) || (at >= 0x40000 && at < 0x143000) ||
                    (at >= 0x40000000 && at < 0x40003000));
    }
    assert_int_equal(count, WITH_HOLES_FRAMES);
    assert_int_equal(machine.frames.free_count, 0);
    machine_end(&machine);
}

static void the_lowest_free_frame_comes_first(void **state)
{
    (void)state;
    struct machine machine;
    struct frame frame;
    machine_start(&machine, with_holes, 4);
    while (frame_alloc(&machine.frames, &frame))
        continue;
    static const uint64_t given_back[] = {0x40002000, 0x80000, 0x3000};
    for (int i = 0; i < 3; i++)
        frame_free(&machine.frames, (struct frame){physical(given_back[i])});
    for (int i = 3; i-- > 0;) {
        assert_true(frame_alloc(&machine.frames, &frame));
        assert_int_equal(frame.start.value, given_back[i]);
    }
    assert_false(frame_alloc(&machine.frames, &frame));
    machine_end(&machine);
}

static void wrong_frames_are_refused(void **state)
{
    (void)state;
    struct machine machine;
    struct frame frame;
    machine_start(&machine, with_holes, 4);
    assert_true(frame_alloc(&machine.frames, &frame));
    frame_free(&machine.frames, frame);
    expect_panic(frame_free(&machine.frames, frame), "frame 0x1000 is free already");
    expect_panic(frame_free(&machine.frames, (struct frame){physical(0x6000)}),
                 "0x6000 is not a frame that was handed out");
    expect_panic(frame_free(&machine.frames, (struct frame){physical(0x1800)}),
                 "0x1800 is not a frame that was handed out");
    expect_panic(frame_free(&machine.frames, (struct frame){physical(1ULL << 60)}),
                 "is not a frame that was handed out");
    machine_end(&machine);
}

/* 6 GiB in two pieces, as QEMU gives them: four levels of bitmaps. */
static void a_large_machine(void **state)
{
    (void)state;
    static const struct memory_region large[] = {
        {0x100000, 0xc0000000, MEMORY_USABLE},
        {0x100000000, 0x1c0000000, MEMORY_USABLE},
    };
    struct machine machine;
    struct frame frame;
    uint64_t count = 0;
    machine_start(&machine, large, 2);
    while (frame_alloc(&machine.frames, &frame))
        count++;
    assert_int_equal(count, machine.frames.total_count);
    assert_int_equal(frame.start.value, 0x1bffff000);
    frame_free(&machine.frames, (struct frame){physical(0x123456000)});
    assert_true(frame_alloc(&machine.frames, &frame));
    assert_int_equal(frame.start.value, 0x123456000);
    machine_end(&machine);
}

static void random_actions_against_a_model(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    struct machine machine;
    static struct frame taken[WITH_HOLES_FRAMES];
    uint64_t count = 0;
    machine_start(&machine, with_holes, 4);
    for (int action = 0; action < 100000; action++) {
        bool grow = random_below(&random, WITH_HOLES_FRAMES + 20) >= count;
        if (grow && frame_alloc(&machine.frames, &taken[count])) {
            for (uint64_t i = 0; i < count; i++)
                assert_true(taken[i].start.value != taken[count].start.value);
            count++;
        } else if (count > 0) {
            uint64_t victim = random_below(&random, count);
            frame_free(&machine.frames, taken[victim]);
            taken[victim] = taken[--count];
        }
        assert_int_equal(machine.frames.free_count, WITH_HOLES_FRAMES - count);
    }
    machine_end(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_frame_machine),
        cmocka_unit_test(frames_come_in_order_and_only_from_usable_memory),
        cmocka_unit_test(the_lowest_free_frame_comes_first),
        cmocka_unit_test(wrong_frames_are_refused),
        cmocka_unit_test(a_large_machine),
        cmocka_unit_test(random_actions_against_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
