/* SPDX-License-Identifier: MIT */
/* The kernel is up: printing works, time passes, and the boot's information makes sense. */
#include "kernel_test.h"

#include "registers.h"
#include "timer.h"

TEST(println_works)
{
    println("a line, a number %d, a word %s", 42, "here");
}

TEST(interrupts_are_on_and_the_timer_ticks)
{
    cairn_check(rflags_read() & RFLAGS_INTERRUPTS_ON, "interrupts are off in kernel_main");
    uint64_t before = timer_ticks();
    while (timer_ticks() < before + 3)
        wait_for_interrupt();
}

TEST(the_memory_map_is_in_order)
{
    const struct memory_map *map = &kernel.boot.memory_map;
    for (size_t i = 1; i < map->count; i++)
        cairn_check(map->regions[i - 1].end <= map->regions[i].begin, "region %zu overlaps", i);
}

extern const char image_physical_begin[], image_physical_end[];

static void check_not_usable(uint64_t begin, uint64_t end, const char *what)
{
    const struct memory_map *map = &kernel.boot.memory_map;
    for (size_t i = 0; i < map->count; i++)
        cairn_check(map->regions[i].kind != MEMORY_USABLE || map->regions[i].end <= begin ||
                        map->regions[i].begin >= end,
                    "%s is called usable", what);
}

TEST(what_is_taken_is_never_free)
{
    check_not_usable(0, 0x100000, "low memory");
    check_not_usable((uint64_t)image_physical_begin, (uint64_t)image_physical_end, "the image");
    uint64_t bitmaps = (uint64_t)kernel.frames.levels[0] - PHYSICAL_MEMORY_OFFSET;
    check_not_usable(bitmaps, bitmaps + frame_allocator_bytes(&kernel.boot.memory_map),
                     "the frame allocator's own memory");
}

TEST(acpi_root_pointer_was_passed_on)
{
    const char *signature = physical_to_pointer(kernel.boot.rsdp);
    cairn_check(kernel.boot.rsdp.value != 0, "the boot gave no rsdp");
    cairn_check(__builtin_memcmp(signature, "RSD PTR ", 8) == 0, "no ACPI signature at the rsdp");
}
