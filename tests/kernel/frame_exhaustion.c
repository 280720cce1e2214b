/* SPDX-License-Identifier: MIT */
/*
 * Every frame can be taken and given back; when none is left, that is said and nothing breaks.
 */
// memory: 16M
#include "kernel_test.h"

#include "heap.h"

#define FRAMES_MAX 4096 /* of 16 MiB */

static struct frame taken[FRAMES_MAX];

static uint64_t take_all(void)
{
    uint64_t count = 0;
    while (count < FRAMES_MAX && frame_alloc(&kernel.frames, &taken[count]))
        count++;
    cairn_check(count < FRAMES_MAX, "run this with 16 MiB of memory");
    return count;
}

static void give_back(uint64_t count)
{
    while (count > 0)
        frame_free(&kernel.frames, taken[--count]);
}

TEST(every_frame_can_be_taken_once)
{
    uint64_t free = kernel.frames.free_count;
    uint64_t count = take_all();
    cairn_check(count == free && kernel.frames.free_count == 0, "%llu of %llu frames",
                (unsigned long long)count, (unsigned long long)free);
    for (uint64_t i = 1; i < count; i++)
        cairn_check(taken[i - 1].start.value < taken[i].start.value, "frame %llu came twice",
                    (unsigned long long)i);
    give_back(count);
    cairn_check(kernel.frames.free_count == free, "not all came back");
}

TEST(frames_are_memory)
{
    uint64_t count = take_all();
    for (uint64_t i = 0; i < count; i++)
        *(volatile uint64_t *)physical_to_pointer(taken[i].start) = i;
    for (uint64_t i = 0; i < count; i++)
        cairn_check(*(volatile uint64_t *)physical_to_pointer(taken[i].start) == i,
                    "frame %llu does not keep what is written", (unsigned long long)i);
    give_back(count);
}

TEST(a_region_that_cannot_be_mapped_leaves_nothing)
{
    uint64_t free = kernel.frames.free_count;
    enum map_error error = map_region(&kernel.mapper, 0x555500000000, 1 << 30);
    cairn_check(error == MAP_OUT_OF_FRAMES, "%s", map_error_name(error));
    cairn_check(kernel.frames.free_count == free, "%llu of %llu frames are free afterwards",
                (unsigned long long)kernel.frames.free_count, (unsigned long long)free);
}

TEST(no_frame_for_a_table)
{
    uint64_t count = take_all();
    struct page page = page_containing((struct virtual_address){0x555500000000});
    enum map_error error = mapper_map(&kernel.mapper, page, taken[0], PAGE_WRITABLE);
    cairn_check(error == MAP_OUT_OF_FRAMES, "%s", map_error_name(error));
    /* With two of the three tables that it needs, those two must come back. */
    frame_free(&kernel.frames, taken[1]);
    frame_free(&kernel.frames, taken[2]);
    error = mapper_map(&kernel.mapper, page, taken[0], PAGE_WRITABLE);
    cairn_check(error == MAP_OUT_OF_FRAMES && kernel.frames.free_count == 2, "%s, %llu free",
                map_error_name(error), (unsigned long long)kernel.frames.free_count);
    for (int i = 1; i <= 2; i++)
        cairn_check(frame_alloc(&kernel.frames, &taken[i]), "a table was not given back");
    give_back(count);
}
