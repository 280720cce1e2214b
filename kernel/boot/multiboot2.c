/* SPDX-License-Identifier: MIT */
/*
 * Multiboot2: what GRUB leaves for the kernel, on BIOS and on UEFI alike.
 *
 * Source: Multiboot2 Specification 2.0, section 3.6, "Boot information format": a size, then tags
 * of which each begins on a multiple of 8 and says its type and size.
 */
#include "protocols.h"

#include <string.h>

enum tag_type {
    TAG_END = 0,
    TAG_COMMAND_LINE = 1,
    TAG_MODULE = 3,
    TAG_MEMORY_MAP = 6,
    TAG_FRAMEBUFFER = 8,
    TAG_RSDP_OLD = 14,
    TAG_RSDP_NEW = 15,
};

struct tag {
    uint32_t type;
    uint32_t size; /* of the whole tag, without the padding behind it */
};

struct tag_string {
    struct tag tag;
    char text[];
};

struct tag_module {
    struct tag tag;
    uint32_t begin, end;
    char command_line[];
};

struct memory_entry {
    uint64_t address, size;
    uint32_t type, reserved;
};

struct tag_memory_map {
    struct tag tag;
    uint32_t entry_size, entry_version;
    uint8_t entries[];
};

struct __attribute__((packed)) tag_framebuffer {
    struct tag tag;
    uint64_t address;
    uint32_t bytes_per_row, columns, rows;
    uint8_t bits_per_pixel, type;
    uint16_t reserved;
    struct colour_field red, green, blue; /* of FRAMEBUFFER_RGB */
};

enum { FRAMEBUFFER_RGB = 1, FRAMEBUFFER_TEXT = 2 };

struct information {
    uint32_t size, reserved;
    struct tag first;
};

static const struct tag *next_tag(const struct tag *tag)
{
    return (const struct tag *)((uintptr_t)tag + cairn_align_up(tag->size, 8));
}

static enum boot_error read_memory_map(const struct tag_memory_map *tag, struct memory_map *map)
{
    const uint8_t *end = (const uint8_t *)tag + tag->tag.size;
    for (const uint8_t *at = tag->entries; at + sizeof(struct memory_entry) <= end;
         at += tag->entry_size) {
        struct memory_entry entry;
        memcpy(&entry, at, sizeof(entry));
        if (!memory_map_add(map, entry.address, entry.size, memory_kind_of_firmware(entry.type)))
            return BOOT_MEMORY_MAP_TOO_LONG;
    }
    return BOOT_OK;
}

static enum boot_error reserve_module(const struct tag_module *tag, struct memory_map *map)
{
    return memory_map_add(map, tag->begin, tag->end - tag->begin, MEMORY_BOOT_DATA)
               ? BOOT_OK
               : BOOT_MEMORY_MAP_TOO_LONG;
}

static struct boot_screen read_screen(const struct tag_framebuffer *tag)
{
    struct boot_screen screen = {
        .address = physical(tag->address),
        .columns = tag->columns,
        .rows = tag->rows,
        .bytes_per_row = tag->bytes_per_row,
        .bits_per_pixel = tag->bits_per_pixel,
    };
    if (tag->type == FRAMEBUFFER_TEXT) {
        screen.kind = SCREEN_VGA_TEXT;
    } else if (tag->type == FRAMEBUFFER_RGB &&
               (tag->bits_per_pixel == 24 || tag->bits_per_pixel == 32)) {
        screen.kind = SCREEN_FRAMEBUFFER;
        screen.red = tag->red;
        screen.green = tag->green;
        screen.blue = tag->blue;
    }
    return screen;
}

/* The tag carries a copy of the table; the whole block is reserved, so the copy stays. */
static struct physical_address read_rsdp(const struct tag *tag)
{
    return physical((uint64_t)(tag + 1) - PHYSICAL_MEMORY_OFFSET);
}

static enum boot_error read_tag(const struct tag *tag, struct boot_info *info)
{
    switch ((enum tag_type)tag->type) {
    case TAG_COMMAND_LINE:
        return boot_info_set_command_line(info, ((const struct tag_string *)tag)->text);
    case TAG_MODULE:
        return reserve_module((const struct tag_module *)tag, &info->memory_map);
    case TAG_MEMORY_MAP:
        return read_memory_map((const struct tag_memory_map *)tag, &info->memory_map);
    case TAG_FRAMEBUFFER:
        info->screen = read_screen((const struct tag_framebuffer *)tag);
        return BOOT_OK;
    case TAG_RSDP_OLD:
    case TAG_RSDP_NEW:
        info->rsdp = read_rsdp(tag);
        return BOOT_OK;
    case TAG_END:
        return BOOT_OK;
    }
    return BOOT_OK; /* the specification has many more tags, all optional to read */
}

enum boot_error multiboot2_read(struct physical_address pointer, struct boot_info *info)
{
    const struct information *information = physical_to_pointer(pointer);
    if (!memory_map_add(&info->memory_map, pointer.value, information->size, MEMORY_BOOT_DATA))
        return BOOT_MEMORY_MAP_TOO_LONG;
    enum boot_error error = BOOT_OK;
    for (const struct tag *tag = &information->first; tag->type != TAG_END && !error;
         tag = next_tag(tag))
        error = read_tag(tag, info);
    return error;
}
