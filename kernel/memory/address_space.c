/* SPDX-License-Identifier: MIT */
#include "address_space.h"

#include "processor.h"
#include "stacks.h"

#define LOW_MEMORY 0x100000

/* Set by the linker script; each begins and ends on a page boundary. */
extern const char text_begin[], text_end[], rodata_begin[], rodata_end[], data_begin[], data_end[],
    symbols_begin[], image_end[];

static const char *const messages[] = {
    [MEMORY_OK] = "memory is ready",
    [MEMORY_NO_USABLE] = "the memory map has no usable frame; give the machine more memory (in "
                         "QEMU: -m 16M or more), or a larger memory= option",
    [MEMORY_NO_ROOM_BITMAPS] = "no usable memory region below 4 GiB can hold the frame allocator's "
                               "bitmaps; give the machine more memory (in QEMU: -m 16M or more)",
    [MEMORY_NO_ROOM_TABLES] = "the memory does not suffice for the kernel's page tables; give the "
                              "machine more memory (in QEMU: -m 16M or more), or a larger memory= "
                              "option",
    [MEMORY_MAP_FULL] = "the memory map has more regions than the kernel can hold; raise "
                        "MEMORY_MAP_CAPACITY in kernel/boot/memory_map.h",
};

const char *memory_error_message(enum memory_error error)
{
    return messages[error];
}

/* Finds `size` bytes of usable memory that are mapped already. */
static bool find_room(const struct memory_map *map, uint64_t size, uint64_t *address)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_region *region = &map->regions[i];
        uint64_t end = region->end < FIRST_TABLES_REACH ? region->end : FIRST_TABLES_REACH;
        if (region->kind == MEMORY_USABLE && region->begin < end && end - region->begin >= size) {
            *address = region->begin;
            return true;
        }
    }
    return false;
}

static enum memory_error start_frames(struct memory_map *map, struct frame_allocator *frames)
{
    if (memory_map_bytes(map, MEMORY_USABLE) == 0)
        return MEMORY_NO_USABLE;
    uint64_t size = cairn_align_up(frame_allocator_bytes(map), FRAME_SIZE);
    uint64_t address;
    if (!find_room(map, size, &address))
        return MEMORY_NO_ROOM_BITMAPS;
    if (!memory_map_add(map, address, size, MEMORY_KERNEL) || !memory_map_normalise(map))
        return MEMORY_MAP_FULL;
    if (memory_map_bytes(map, MEMORY_USABLE) == 0)
        return MEMORY_NO_ROOM_TABLES;
    frame_allocator_init(frames, map, physical_to_pointer(physical(address)));
    return MEMORY_OK;
}

static enum map_error map_image_part(struct mapper *mapper, const char *begin, const char *end,
                                     enum page_rights rights)
{
    return mapper_map_range(mapper, virtual_from(begin), image_physical(begin),
                            (uint64_t)(end - begin), rights, PAGE_4_KIB);
}

/* The data, without the guard pages. They are mapped with the rest, then taken out. */
static enum map_error map_data(struct mapper *mapper)
{
    enum map_error error = map_image_part(mapper, data_begin, data_end, PAGE_WRITABLE);
    for (int i = 0; i < STACK_COUNT && !error; i++) {
        struct frame frame; /* part of the image, so it is not given to the frame allocator */
        error = mapper_unmap(mapper, page_containing(virtual_from(stacks[i].guard)), &frame);
    }
    return error;
}

static enum map_error map_image(struct mapper *mapper)
{
    enum map_error error = map_image_part(mapper, text_begin, text_end, PAGE_EXECUTABLE);
    if (!error)
        error = map_image_part(mapper, rodata_begin, rodata_end, PAGE_READ_ONLY);
    if (!error)
        error = map_data(mapper);
    if (!error)
        error = map_image_part(mapper, symbols_begin, image_end, PAGE_READ_ONLY);
    return error;
}

static enum map_error map_physical(struct mapper *mapper, uint64_t begin, uint64_t end,
                                   enum page_rights rights)
{
    struct virtual_address start = {begin + PHYSICAL_MEMORY_OFFSET};
    return mapper_map_range(mapper, start, physical(begin), end - begin, rights,
                            processor_features().gigabyte_pages ? PAGE_1_GIB : PAGE_2_MIB);
}

/* Whether the kind is memory at all; what is reserved may be a device's. */
static bool is_memory(enum memory_kind kind)
{
    return kind != MEMORY_NONE && kind != MEMORY_RESERVED && kind != MEMORY_DEFECTIVE;
}

/*
 * Maps all memory at the offset. Regions need not begin and end on pages, so neighbours that share
 * a page are taken together.
 */
static enum map_error map_all_memory(struct mapper *mapper, const struct memory_map *map)
{
    uint64_t begin = 0, end = LOW_MEMORY; /* whole, with the text screen and the BIOS */
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_region *region = &map->regions[i];
        if (!is_memory(region->kind))
            continue;
        uint64_t first = cairn_align_down(region->begin, PAGE_SIZE);
        if (first > end) {
            enum map_error error = map_physical(mapper, begin, end, PAGE_WRITABLE);
            if (error)
                return error;
            begin = first;
        }
        uint64_t last = cairn_align_up(region->end, PAGE_SIZE);
        end = last > end ? last : end;
    }
    return map_physical(mapper, begin, end, PAGE_WRITABLE);
}

static enum map_error map_screen(struct mapper *mapper, const struct boot_screen *screen)
{
    if (screen->kind != SCREEN_FRAMEBUFFER)
        return MAP_OK; /* the text screen lies in low memory */
    uint64_t begin = cairn_align_down(screen->address.value, PAGE_SIZE);
    uint64_t end = cairn_align_up(boot_screen_end(screen), PAGE_SIZE);
    return map_physical(mapper, begin, end, PAGE_WRITABLE | PAGE_WRITE_COMBINING);
}

enum memory_error address_space_init(struct boot_info *boot, struct frame_allocator *frames,
                                     struct mapper *mapper)
{
    enum memory_error error = start_frames(&boot->memory_map, frames);
    if (error)
        return error;
    if (mapper_init(mapper, frames) || map_image(mapper) ||
        map_all_memory(mapper, &boot->memory_map) || map_screen(mapper, &boot->screen))
        return MEMORY_NO_ROOM_TABLES;
    mapper_activate(mapper);
    return MEMORY_OK;
}
