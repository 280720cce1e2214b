/* SPDX-License-Identifier: MIT */
/*
 * Multiboot2: what GRUB leaves for the kernel, on BIOS and on UEFI alike.
 *
 * Source: Multiboot2 Specification 2.0, section 3.6, "Boot information format": a block that begins
 * with its size, then tags. Each begins on a multiple of 8 and says its type and size.
 *
 * Sizes are the loader's word. So a tag is read only where the block is, and what a tag holds only
 * where the tag is; a tag that does not fit ends the boot, since what came after it is lost.
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

struct block_header {
    uint32_t size, reserved;
};

struct tag_header {
    uint32_t type;
    uint32_t size; /* of the whole tag, without the padding after it */
};

/* What follows a tag's header, and how much of it there is. */
struct tag {
    enum tag_type type;
    uint64_t address; /* physical, of the first byte */
    const uint8_t *bytes;
    size_t size;
};

struct module {
    uint32_t begin, end;
};

struct memory_map_header {
    uint32_t entry_size, entry_version;
};

/* Its loader may have longer ones, or, as the BIOS does, leave the last field out. */
struct memory_entry {
    uint64_t address, size;
    uint32_t type, reserved;
};
#define MEMORY_ENTRY_SIZE_MIN offsetof(struct memory_entry, reserved)

struct __attribute__((packed)) framebuffer {
    uint64_t address;
    uint32_t bytes_per_row, columns, rows;
    uint8_t bits_per_pixel, type;
    uint16_t reserved;
};

enum { FRAMEBUFFER_INDEXED = 0, FRAMEBUFFER_RGB = 1, FRAMEBUFFER_TEXT = 2 };

struct framebuffer_colours {
    struct colour_field red, green, blue;
};

#define RSDP_SIZE_MIN 20 /* of ACPI 1.0 */

/* Copies `size` bytes from the tag, `offset` bytes after its header; false if they are not there. */
static bool copy_from(const struct tag *tag, size_t offset, void *to, size_t size)
{
    if (offset > tag->size || size > tag->size - offset)
        return false;
    memcpy(to, tag->bytes + offset, size);
    return true;
}

/*
 * GRUB puts a backslash before each quote and backslash of a word (grub-core/lib/cmdline.c), which
 * is undone here.
 */
static enum boot_error read_command_line(const struct tag *tag, struct boot_info *info)
{
    size_t length = 0;
    for (size_t i = 0; i < tag->size && tag->bytes[i]; i++) {
        if (tag->bytes[i] == '\\' && i + 1 < tag->size && tag->bytes[i + 1])
            i++;
        if (length == COMMAND_LINE_CAPACITY - 1)
            return BOOT_COMMAND_LINE_TOO_LONG;
        info->command_line[length++] = (char)tag->bytes[i];
    }
    info->command_line[length] = '\0';
    return BOOT_OK;
}

/* A module that ends before it begins is ignored. */
static enum boot_error reserve_module(const struct tag *tag, struct memory_map *map)
{
    struct module module;
    if (!copy_from(tag, 0, &module, sizeof(module)) || module.end < module.begin)
        return BOOT_OK;
    return memory_map_add(map, module.begin, module.end - module.begin, MEMORY_BOOT_DATA)
               ? BOOT_OK
               : BOOT_MEMORY_MAP_TOO_LONG;
}

static enum boot_error read_memory_map(const struct tag *tag, struct memory_map *map)
{
    struct memory_map_header header;
    if (!copy_from(tag, 0, &header, sizeof(header)) || header.entry_size < MEMORY_ENTRY_SIZE_MIN)
        return BOOT_MEMORY_MAP_BROKEN;
    struct memory_entry entry;
    for (size_t at = sizeof(header); copy_from(tag, at, &entry, MEMORY_ENTRY_SIZE_MIN);
         at += header.entry_size)
        if (!memory_map_add(map, entry.address, entry.size, memory_kind_of_firmware(entry.type)))
            return BOOT_MEMORY_MAP_TOO_LONG;
    return BOOT_OK;
}

static struct boot_screen read_screen(const struct tag *tag)
{
    struct framebuffer framebuffer;
    struct framebuffer_colours colours = {0}; /* with which no screen can be used */
    if (!copy_from(tag, 0, &framebuffer, sizeof(framebuffer)))
        return (struct boot_screen){.fault = "has a tag that is too short for it"};
    struct boot_screen screen = {
        .address = physical(framebuffer.address),
        .columns = framebuffer.columns,
        .rows = framebuffer.rows,
        .bytes_per_row = framebuffer.bytes_per_row,
        .bits_per_pixel = framebuffer.bits_per_pixel,
    };
    switch (framebuffer.type) {
    case FRAMEBUFFER_TEXT:
        screen.kind = SCREEN_VGA_TEXT;
        break;
    case FRAMEBUFFER_RGB:
        screen.kind = SCREEN_FRAMEBUFFER;
        copy_from(tag, sizeof(framebuffer), &colours, sizeof(colours));
        break;
    case FRAMEBUFFER_INDEXED:
        screen.fault = "has a palette, which this kernel does not know";
        break;
    default:
        screen.fault = "is of a kind that this kernel does not know";
    }
    screen.red = colours.red;
    screen.green = colours.green;
    screen.blue = colours.blue;
    return screen;
}

/* The tag carries a copy of the table; the whole block is reserved, so the copy stays. */
static void read_rsdp(const struct tag *tag, struct boot_info *info)
{
    if (tag->size >= RSDP_SIZE_MIN)
        info->rsdp = physical(tag->address);
}

static enum boot_error read_tag(const struct tag *tag, struct boot_info *info)
{
    switch (tag->type) {
    case TAG_COMMAND_LINE:
        return read_command_line(tag, info);
    case TAG_MODULE:
        return reserve_module(tag, &info->memory_map);
    case TAG_MEMORY_MAP:
        return read_memory_map(tag, &info->memory_map);
    case TAG_FRAMEBUFFER:
        info->screen = read_screen(tag);
        return BOOT_OK;
    case TAG_RSDP_OLD:
    case TAG_RSDP_NEW:
        read_rsdp(tag, info);
        return BOOT_OK;
    case TAG_END:
        return BOOT_OK;
    }
    return BOOT_OK; /* the specification has many more tags, all optional to read */
}

/* The block, as if it were a tag: what follows its header. */
static enum boot_error find_block(const struct readable_memory *memory, uint64_t pointer,
                                  struct tag *block)
{
    struct block_header header;
    const uint8_t *bytes = readable_at(memory, pointer, 1, sizeof(header));
    if (!bytes)
        return BOOT_DATA_OUT_OF_REACH;
    memcpy(&header, bytes, sizeof(header));
    if (header.size < sizeof(header))
        return BOOT_TAG_BROKEN;
    if (!readable_at(memory, pointer, header.size, 1))
        return BOOT_DATA_OUT_OF_REACH;
    *block = (struct tag){.address = pointer + sizeof(header),
                          .bytes = bytes + sizeof(header),
                          .size = header.size - sizeof(header)};
    return BOOT_OK;
}

/* The tag at the block's beginning; the end tag where nothing is left, for some loaders omit it. */
static enum boot_error find_tag(const struct tag *block, struct tag *tag)
{
    struct tag_header header = {.type = TAG_END};
    *tag = (struct tag){.type = TAG_END};
    if (!copy_from(block, 0, &header, sizeof(header)) || header.type == TAG_END)
        return BOOT_OK;
    if (header.size < sizeof(header) || header.size > block->size)
        return BOOT_TAG_BROKEN;
    *tag = (struct tag){.type = (enum tag_type)header.type,
                        .address = block->address + sizeof(header),
                        .bytes = block->bytes + sizeof(header),
                        .size = header.size - sizeof(header)};
    return BOOT_OK;
}

/* Takes the tag, with its header and its padding, off the block's beginning. */
static void step_over(struct tag *block, const struct tag *tag)
{
    size_t size = cairn_align_up(sizeof(struct tag_header) + tag->size, 8);
    size = size < block->size ? size : block->size;
    block->address += size;
    block->bytes += size;
    block->size -= size;
}

enum boot_error multiboot2_read(const struct readable_memory *memory, uint64_t pointer,
                                struct boot_info *info)
{
    struct tag block, tag;
    bool has_memory_map = false;
    enum boot_error error = find_block(memory, pointer, &block);
    if (error)
        return error;
    if (!memory_map_add(&info->memory_map, pointer, sizeof(struct block_header) + block.size,
                        MEMORY_BOOT_DATA))
        return BOOT_MEMORY_MAP_TOO_LONG;
    while (!error && !(error = find_tag(&block, &tag)) && tag.type != TAG_END) {
        has_memory_map |= tag.type == TAG_MEMORY_MAP;
        error = read_tag(&tag, info);
        step_over(&block, &tag);
    }
    return error || has_memory_map ? error : BOOT_NO_MEMORY_MAP;
}
