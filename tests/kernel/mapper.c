/* SPDX-License-Identifier: MIT */
/* The mapper: every operation, every error, and the kernel's own address space. */
#include "kernel_test.h"

#include "heap.h"
#include "processor.h"
#include "registers.h"
#include "stacks.h"

#define FREE_ADDRESS 0x555500000000

static struct page page_at(uint64_t address)
{
    return page_containing((struct virtual_address){address});
}

static struct frame fresh_frame(void)
{
    struct frame frame;
    cairn_check(frame_alloc(&kernel.frames, &frame), "no frame left");
    return frame;
}

static void expect(enum map_error expected, enum map_error error)
{
    cairn_check(error == expected, "%s, not %s", map_error_name(error), map_error_name(expected));
}

TEST(map_write_translate_unmap)
{
    uint64_t free = kernel.frames.free_count;
    struct frame frame = fresh_frame(), unmapped;
    struct physical_address target;
    expect(MAP_OK, mapper_map(&kernel.mapper, page_at(FREE_ADDRESS), frame, PAGE_WRITABLE));
    *(volatile uint64_t *)(FREE_ADDRESS + 8) = 0x1234;
    cairn_check(((uint64_t *)physical_to_pointer(frame.start))[1] == 0x1234, "not in the frame");
    expect(MAP_OK,
           mapper_translate(&kernel.mapper, (struct virtual_address){FREE_ADDRESS + 8}, &target));
    cairn_check(target.value == frame.start.value + 8, "translates to %#llx",
                (unsigned long long)target.value);
    expect(MAP_OK, mapper_unmap(&kernel.mapper, page_at(FREE_ADDRESS), &unmapped));
    cairn_check(unmapped.start.value == frame.start.value, "unmaps another frame");
    expect(MAP_NOT_MAPPED,
           mapper_translate(&kernel.mapper, (struct virtual_address){FREE_ADDRESS}, &target));
    frame_free(&kernel.frames, frame);
    cairn_check(kernel.frames.free_count == free, "a table was not given back");
}

TEST(a_page_shows_its_new_frame_at_once)
{
    struct frame first = fresh_frame(), second = fresh_frame(), unmapped;
    *(uint64_t *)physical_to_pointer(first.start) = 1;
    *(uint64_t *)physical_to_pointer(second.start) = 2;
    expect(MAP_OK, mapper_map(&kernel.mapper, page_at(FREE_ADDRESS), first, PAGE_READ_ONLY));
    cairn_check(*(volatile uint64_t *)FREE_ADDRESS == 1, "the first frame does not show");
    expect(MAP_OK, mapper_unmap(&kernel.mapper, page_at(FREE_ADDRESS), &unmapped));
    expect(MAP_OK, mapper_map(&kernel.mapper, page_at(FREE_ADDRESS), second, PAGE_READ_ONLY));
    cairn_check(*(volatile uint64_t *)FREE_ADDRESS == 2, "the old translation is still there");
    expect(MAP_OK, mapper_change_rights(&kernel.mapper, page_at(FREE_ADDRESS), PAGE_WRITABLE));
    *(volatile uint64_t *)FREE_ADDRESS = 3;
    expect(MAP_OK, mapper_unmap(&kernel.mapper, page_at(FREE_ADDRESS), &unmapped));
    frame_free(&kernel.frames, first);
    frame_free(&kernel.frames, second);
}

TEST(already_mapped)
{
    struct frame frame = fresh_frame();
    expect(MAP_ALREADY_MAPPED,
           mapper_map(&kernel.mapper, page_at(HEAP_START), frame, PAGE_WRITABLE));
    frame_free(&kernel.frames, frame);
}

TEST(not_mapped)
{
    struct frame frame;
    expect(MAP_NOT_MAPPED, mapper_unmap(&kernel.mapper, page_at(FREE_ADDRESS), &frame));
    expect(MAP_NOT_MAPPED,
           mapper_change_rights(&kernel.mapper, page_at(FREE_ADDRESS), PAGE_WRITABLE));
}

TEST(inside_a_huge_page)
{
    /* Memory above 2 MiB is mapped at the offset in large pages. */
    struct page page = page_at(PHYSICAL_MEMORY_OFFSET + (4 << 20));
    struct frame frame = fresh_frame(), unmapped;
    expect(MAP_INSIDE_HUGE_PAGE, mapper_map(&kernel.mapper, page, frame, PAGE_WRITABLE));
    expect(MAP_INSIDE_HUGE_PAGE, mapper_unmap(&kernel.mapper, page, &unmapped));
    expect(MAP_INSIDE_HUGE_PAGE, mapper_change_rights(&kernel.mapper, page, PAGE_READ_ONLY));
    frame_free(&kernel.frames, frame);
}

TEST(not_canonical)
{
    struct frame frame = fresh_frame(), unmapped;
    struct page page = page_at(0x800000000000);
    struct physical_address target;
    expect(MAP_NOT_CANONICAL, mapper_map(&kernel.mapper, page, frame, PAGE_WRITABLE));
    expect(MAP_NOT_CANONICAL, mapper_unmap(&kernel.mapper, page, &unmapped));
    expect(MAP_NOT_CANONICAL, mapper_translate(&kernel.mapper, page.start, &target));
    frame_free(&kernel.frames, frame);
}

TEST(a_heap_on_a_taken_page_leaves_nothing)
{
    struct frame frame = fresh_frame(), unmapped;
    expect(MAP_OK,
           mapper_map(&kernel.mapper, page_at(FREE_ADDRESS + 0x3000), frame, PAGE_WRITABLE));
    uint64_t free = kernel.frames.free_count;
    expect(MAP_ALREADY_MAPPED, init_heap(&kernel.mapper, FREE_ADDRESS, 0x8000));
    cairn_check(kernel.frames.free_count == free, "frames are missing");
    expect(MAP_NOT_MAPPED, mapper_unmap(&kernel.mapper, page_at(FREE_ADDRESS), &unmapped));
    expect(MAP_OK, mapper_unmap(&kernel.mapper, page_at(FREE_ADDRESS + 0x3000), &unmapped));
    frame_free(&kernel.frames, frame);
}

TEST(all_memory_is_mapped_at_the_offset)
{
    const struct memory_map *map = &kernel.boot.memory_map;
    for (size_t i = 0; i < map->count; i++) {
        if (map->regions[i].kind != MEMORY_USABLE)
            continue;
        for (uint64_t at = map->regions[i].begin; at < map->regions[i].end; at += PAGE_SIZE) {
            struct physical_address target;
            struct virtual_address address = {at + PHYSICAL_MEMORY_OFFSET};
            expect(MAP_OK, mapper_translate(&kernel.mapper, address, &target));
            cairn_check(target.value == at, "%#llx leads to %#llx", (unsigned long long)at,
                        (unsigned long long)target.value);
        }
    }
}

TEST(guard_pages_are_not_mapped)
{
    for (int i = 0; i < STACK_COUNT; i++) {
        struct physical_address target;
        expect(MAP_NOT_MAPPED,
               mapper_translate(&kernel.mapper, virtual_from(stacks[i].guard), &target));
        expect(MAP_OK, mapper_translate(&kernel.mapper, virtual_from(stacks[i].bytes), &target));
    }
}

/* Reads the processor's own tables, bit by bit, so that a mistake in the mapper cannot hide. */
static uint64_t check_table(uint64_t table_address, unsigned level, bool writable, bool executable)
{
    const uint64_t *table = physical_to_pointer(physical(table_address & 0x000ffffffffff000));
    uint64_t pages = 0;
    for (int i = 0; i < 512; i++) {
        uint64_t entry = table[i];
        if (!(entry & 1))
            continue;
        bool entry_writable = writable && (entry & 2),
             entry_executable = executable && !(entry >> 63);
        if (level > 1 && !(entry & 0x80)) {
            pages += check_table(entry, level - 1, entry_writable, entry_executable);
            continue;
        }
        cairn_check(!entry_writable || !entry_executable,
                    "entry %d of a level %u table, %#llx, is writable and executable", i, level,
                    (unsigned long long)entry);
        pages++;
    }
    return pages;
}

TEST(no_page_is_writable_and_executable)
{
    uint64_t pages = check_table(cr3_read(), 4, true, true);
    cairn_check(pages > 30, "only %llu pages were found", (unsigned long long)pages);
}

TEST(protections_are_on)
{
    struct processor_features features = processor_features();
    uint64_t cr4 = cr4_read();
    cairn_check(cr0_read() & CR0_WRITE_PROTECT, "write protection is off");
    cairn_check(!features.smep == !(cr4 & CR4_SMEP), "SMEP: there %d, cr4 %#llx", features.smep,
                (unsigned long long)cr4);
    cairn_check(!features.smap == !(cr4 & CR4_SMAP), "SMAP: there %d, cr4 %#llx", features.smap,
                (unsigned long long)cr4);
    cairn_check(!features.umip == !(cr4 & CR4_UMIP), "UMIP: there %d, cr4 %#llx", features.umip,
                (unsigned long long)cr4);
}
