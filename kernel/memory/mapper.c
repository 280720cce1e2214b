/* SPDX-License-Identifier: MIT */
#include "mapper.h"

#include <string.h>

#include "registers.h"

/* Bits of an entry: Intel SDM vol. 3A, tables 4-15 to 4-20. */
#define ENTRY_PRESENT       (1ULL << 0)
#define ENTRY_WRITABLE      (1ULL << 1)
#define ENTRY_WRITE_THROUGH (1ULL << 3) /* with our page attribute table: write-combining */
#define ENTRY_LARGE         (1ULL << 7) /* on levels 2 and 3: a page, not a table */
#define ENTRY_GLOBAL        (1ULL << 8)
#define ENTRY_NO_EXECUTE    (1ULL << 63)
#define ENTRY_ADDRESS       0x000ffffffffff000ULL

#define ENTRIES             512
#define TOP_LEVEL           4

/* Level 1 holds 4 KiB pages, 2 holds 2 MiB, 3 holds 1 GiB. */
static unsigned level_shift(unsigned level)
{
    return 12 + 9 * (level - 1);
}

static uint64_t level_size(unsigned level)
{
    return 1ULL << level_shift(level);
}

static const char *const error_names[] = {
    [MAP_OK] = "ok",
    [MAP_ALREADY_MAPPED] = "already mapped",
    [MAP_OUT_OF_FRAMES] = "out of frames",
    [MAP_INSIDE_HUGE_PAGE] = "inside a huge page",
    [MAP_NOT_MAPPED] = "not mapped",
    [MAP_NOT_CANONICAL] = "not a canonical address",
};

const char *map_error_name(enum map_error error)
{
    return error_names[error];
}

static uint64_t *table_in(struct frame frame)
{
    return physical_to_pointer(frame.start);
}

static struct frame frame_in(uint64_t entry)
{
    return (struct frame){physical(entry & ENTRY_ADDRESS)};
}

static uint64_t *entry_of(uint64_t *table, uint64_t address, unsigned level)
{
    return &table[address >> level_shift(level) & (ENTRIES - 1)];
}

static void flush(uint64_t address)
{
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static bool new_table(struct frame_allocator *frames, struct frame *frame)
{
    if (!frame_alloc(frames, frame))
        return false;
    memset(table_in(*frame), 0, FRAME_SIZE);
    return true;
}

enum map_error mapper_init(struct mapper *self, struct frame_allocator *frames)
{
    self->frames = frames;
    return new_table(frames, &self->root) ? MAP_OK : MAP_OUT_OF_FRAMES;
}

/* The way from the root to an address: the entry on each level that was reached. */
struct path {
    uint64_t *entries[TOP_LEVEL + 1]; /* by level; null below `lowest` */
    unsigned lowest;
};

/* Walks down to `level`, or to where a large page or a missing table ends the way. */
static struct path walk(const struct mapper *self, uint64_t address, unsigned level)
{
    struct path path = {.lowest = TOP_LEVEL};
    uint64_t *table = table_in(self->root);
    for (;; path.lowest--) {
        uint64_t *entry = entry_of(table, address, path.lowest);
        path.entries[path.lowest] = entry;
        if (path.lowest == level || !(*entry & ENTRY_PRESENT) || (*entry & ENTRY_LARGE))
            return path;
        table = table_in(frame_in(*entry));
    }
}

static bool table_is_empty(const uint64_t *table)
{
    for (int i = 0; i < ENTRIES; i++)
        if (table[i])
            return false;
    return true;
}

/* Gives back the tables on the path that have no entry left, lowest first; never the root. */
static void free_empty_tables(struct mapper *self, const struct path *path)
{
    for (unsigned level = path->lowest + 1; level <= TOP_LEVEL; level++) {
        struct frame table = frame_in(*path->entries[level]);
        if (!table_is_empty(table_in(table)))
            return;
        *path->entries[level] = 0;
        frame_free(self->frames, table);
    }
}

/* Adds tables to the path until it reaches `level`. */
static enum map_error extend(struct mapper *self, struct path *path, uint64_t address,
                             unsigned level)
{
    while (path->lowest > level) {
        struct frame table;
        if (!new_table(self->frames, &table)) {
            free_empty_tables(self, path);
            return MAP_OUT_OF_FRAMES;
        }
        *path->entries[path->lowest] = table.start.value | ENTRY_PRESENT | ENTRY_WRITABLE;
        path->lowest--;
        path->entries[path->lowest] = entry_of(table_in(table), address, path->lowest);
    }
    return MAP_OK;
}

static uint64_t entry_bits(enum page_rights rights)
{
    cairn_check(!(rights & PAGE_WRITABLE) || !(rights & PAGE_EXECUTABLE),
                "a page must not be writable and executable; map it twice, or change its rights "
                "when it is written");
    uint64_t bits = ENTRY_PRESENT | ENTRY_GLOBAL;
    if (rights & PAGE_WRITABLE)
        bits |= ENTRY_WRITABLE;
    if (!(rights & PAGE_EXECUTABLE))
        bits |= ENTRY_NO_EXECUTE;
    if (rights & PAGE_WRITE_COMBINING)
        bits |= ENTRY_WRITE_THROUGH;
    return bits;
}

/* Maps one page of the level's size. */
static enum map_error map_at(struct mapper *self, uint64_t address, uint64_t target,
                             enum page_rights rights, unsigned level)
{
    uint64_t bits = entry_bits(rights) | (level > 1 ? ENTRY_LARGE : 0);
    if (!virtual_is_canonical((struct virtual_address){address}))
        return MAP_NOT_CANONICAL;
    struct path path = walk(self, address, level);
    uint64_t last = *path.entries[path.lowest];
    if (last & ENTRY_PRESENT)
        return path.lowest > level ? MAP_INSIDE_HUGE_PAGE : MAP_ALREADY_MAPPED;
    enum map_error error = extend(self, &path, address, level);
    if (!error)
        *path.entries[level] = target | bits;
    return error;
}

enum map_error mapper_map(struct mapper *self, struct page page, struct frame frame,
                          enum page_rights rights)
{
    return map_at(self, page.start.value, frame.start.value, rights, 1);
}

/* The largest level whose page fits: both addresses aligned, and no longer than the length. */
static unsigned largest_level(uint64_t address, uint64_t target, uint64_t length,
                              enum page_size largest)
{
    unsigned level = largest;
    while (level > 1 &&
           (!cairn_is_aligned(address | target, level_size(level)) || length < level_size(level)))
        level--;
    return level;
}

enum map_error mapper_map_range(struct mapper *self, struct virtual_address start,
                                struct physical_address target, uint64_t length,
                                enum page_rights rights, enum page_size largest)
{
    uint64_t done = 0;
    while (done < length) {
        unsigned level =
            largest_level(start.value + done, target.value + done, length - done, largest);
        enum map_error error = map_at(self, start.value + done, target.value + done, rights, level);
        if (error)
            return error;
        done += level_size(level);
    }
    return MAP_OK;
}

/* Finds the entry of a 4 KiB page that is mapped. */
static enum map_error find_page(const struct mapper *self, struct page page, struct path *path)
{
    if (!virtual_is_canonical(page.start))
        return MAP_NOT_CANONICAL;
    *path = walk(self, page.start.value, 1);
    if (!(*path->entries[path->lowest] & ENTRY_PRESENT))
        return MAP_NOT_MAPPED;
    return path->lowest > 1 ? MAP_INSIDE_HUGE_PAGE : MAP_OK;
}

enum map_error mapper_unmap(struct mapper *self, struct page page, struct frame *frame)
{
    struct path path;
    enum map_error error = find_page(self, page, &path);
    if (error)
        return error;
    *frame = frame_in(*path.entries[1]);
    *path.entries[1] = 0;
    flush(page.start.value);
    free_empty_tables(self, &path);
    return MAP_OK;
}

enum map_error mapper_change_rights(struct mapper *self, struct page page, enum page_rights rights)
{
    struct path path;
    uint64_t bits = entry_bits(rights);
    enum map_error error = find_page(self, page, &path);
    if (error)
        return error;
    *path.entries[1] = frame_in(*path.entries[1]).start.value | bits;
    flush(page.start.value);
    return MAP_OK;
}

enum map_error mapper_translate(const struct mapper *self, struct virtual_address address,
                                struct physical_address *target)
{
    if (!virtual_is_canonical(address))
        return MAP_NOT_CANONICAL;
    struct path path = walk(self, address.value, 1);
    uint64_t entry = *path.entries[path.lowest];
    if (!(entry & ENTRY_PRESENT))
        return MAP_NOT_MAPPED;
    uint64_t within = address.value & (level_size(path.lowest) - 1);
    *target = physical((frame_in(entry).start.value & ~(level_size(path.lowest) - 1)) + within);
    return MAP_OK;
}

void mapper_activate(const struct mapper *self)
{
    cr3_write(self->root.start.value);
}
