/* SPDX-License-Identifier: MIT */
/*
 * The table is a hash table with linear probing, in a mapping of its own. A block that is freed keeps
 * its entry, with size 0, until the table is made anew: so a second free is called by its name.
 */
#include "large_blocks.h"

#include <cairn/base/bits.h>
#include <cairn/base/spinlock.h>

#include "memory.h"

struct entry {
    uintptr_t start; /* 0: there is none */
    size_t size;     /* bytes; 0: the block was freed */
};

/* used <= capacity / 2, so that every search ends */
static struct {
    struct cairn_spinlock lock;
    struct entry *entries;
    size_t capacity; /* a power of two, or 0 */
    size_t used;     /* entries, those of freed blocks too */
    size_t live;
} table = {.lock = CAIRN_SPINLOCK("large blocks")};

#define FEWEST_ENTRIES 256
#define PAGE_LEAST     4096 /* bytes; no system's pages are smaller */

/* ---- the table; under the lock ---- */

/* The entry of `start`, or the empty one where it belongs. By the golden ratio: Knuth, section 6.4. */
static struct entry *find_in(struct entry *entries, size_t capacity, uintptr_t start)
{
    size_t at = (size_t)((uint64_t)start * 0x9e3779b97f4a7c15 >> 32) & (capacity - 1);
    while (entries[at].start != 0 && entries[at].start != start)
        at = (at + 1) & (capacity - 1);
    return &entries[at];
}

/* Null if it was never there. */
static struct entry *find(const void *block)
{
    if (table.capacity == 0)
        return NULL;
    struct entry *entry = find_in(table.entries, table.capacity, (uintptr_t)block);
    return entry->start ? entry : NULL;
}

static size_t table_bytes(size_t capacity)
{
    return cairn_align_up(capacity * sizeof(struct entry), cairn_host_memory_page_size());
}

/* Makes the table anew, with four entries for each block; false if there is no memory. */
static bool rebuild(void)
{
    size_t capacity = FEWEST_ENTRIES;
    while (capacity < 4 * table.live)
        capacity *= 2;
    struct entry *entries = cairn_host_memory_map(table_bytes(capacity));
    if (!entries)
        return false;
    for (size_t i = 0; i < table.capacity; i++)
        if (table.entries[i].size != 0)
            *find_in(entries, capacity, table.entries[i].start) = table.entries[i];
    if (table.capacity)
        cairn_host_memory_unmap(table.entries, table_bytes(table.capacity));
    table.entries = entries;
    table.capacity = capacity;
    table.used = table.live;
    return true;
}

static bool make_room(void)
{
    return table.used < table.capacity / 2 || rebuild();
}

/* Needs: make_room(). */
static void put(const void *block, size_t size)
{
    struct entry *entry = find_in(table.entries, table.capacity, (uintptr_t)block);
    table.used += entry->start == 0;
    table.live++;
    *entry = (struct entry){(uintptr_t)block, size};
}

/* Ends a block; what it had. */
static size_t take(struct entry *entry)
{
    size_t size = entry->size;
    entry->size = 0;
    table.live--;
    return size;
}

static void check_live(const struct entry *entry, const char *operation)
{
    cairn_check(
        entry->size != 0,
        "%s of %p: double free: a large block began there and is free; give each block back "
        "once",
        operation, (void *)entry->start);
}

/* ---- the blocks ---- */

static size_t whole_pages(size_t size)
{
    size_t rounded;
    return cairn_try_align_up(size, cairn_host_memory_page_size(), &rounded) ? rounded : 0;
}

/* A mapping at a multiple of `align`: what stands over on both sides is given back. */
static void *map_aligned(size_t size, size_t align)
{
    size_t page = cairn_host_memory_page_size(), more;
    if (align <= page)
        return cairn_host_memory_map(size);
    if (__builtin_add_overflow(size, align - page, &more))
        return NULL;
    char *start = cairn_host_memory_map(more);
    if (!start)
        return NULL;
    size_t before = cairn_align_up((uintptr_t)start, align) - (uintptr_t)start;
    size_t after = more - before - size;
    if (before)
        cairn_host_memory_unmap(start, before);
    if (after)
        cairn_host_memory_unmap(start + before + size, after);
    return start + before;
}

void *cairn_large_alloc(struct cairn_layout layout)
{
    size_t size = whole_pages(layout.size);
    void *block = size ? map_aligned(size, layout.align) : NULL;
    if (!block)
        return NULL;
    cairn_large_lock();
    bool has_room = make_room();
    if (has_room)
        put(block, size);
    cairn_large_unlock();
    if (!has_room)
        cairn_host_memory_unmap(block, size);
    return has_room ? block : NULL;
}

size_t cairn_large_size(const void *block, const char *operation)
{
    if (!cairn_is_aligned((uintptr_t)block, PAGE_LEAST))
        return 0;
    cairn_large_lock();
    struct entry *entry = find(block);
    if (entry)
        check_live(entry, operation);
    size_t size = entry ? entry->size : 0;
    cairn_large_unlock();
    return size;
}

void cairn_large_dealloc(void *block, const char *operation)
{
    cairn_large_lock();
    struct entry *entry = find(block);
    cairn_check(entry, "%s of %p: no large block begins there", operation, block);
    check_live(entry, operation);
    size_t size = take(entry);
    cairn_large_unlock();
    cairn_host_memory_unmap(block, size);
}

/* Under the lock, so that nobody sees the block in neither place. Needs: make_room(). */
static void *enlarge(struct entry *entry, size_t size)
{
    void *moved = cairn_host_memory_enlarge((void *)entry->start, entry->size, size);
    if (!moved)
        return NULL;
    (void)take(entry);
    put(moved, size);
    return moved;
}

void *cairn_large_realloc(void *block, size_t new_size)
{
    size_t size = whole_pages(new_size), too_many = 0;
    if (size == 0)
        return NULL;
    cairn_large_lock();
    bool has_room = make_room();
    struct entry *entry = find(block);
    cairn_check(entry, "realloc of %p: no large block begins there", block);
    check_live(entry, "realloc");
    if (size > entry->size) {
        block = has_room ? enlarge(entry, size) : NULL;
    } else {
        too_many = entry->size - size;
        entry->size = size;
    }
    cairn_large_unlock();
    if (too_many)
        cairn_host_memory_unmap((char *)block + size, too_many);
    return block;
}

/* ---- what is wrong ---- */

void cairn_large_report_stranger(const void *block, const char *operation)
{
    cairn_large_lock();
    for (size_t i = 0; i < table.capacity; i++) {
        struct entry entry = table.entries[i];
        uintptr_t offset = (uintptr_t)block - entry.start;
        cairn_check(
            offset >= entry.size,
            "%s of %p: that is %zu bytes into the live block of %zu bytes at %p; give back the "
            "address that alloc gave",
            operation, block, (size_t)offset, entry.size, (void *)entry.start);
    }
    cairn_panic(
        "%s of %p: not from this heap; it may be on the stack, or from another malloc, as in "
        "a library that was opened with RTLD_DEEPBIND",
        operation, block);
}

void cairn_large_lock(void)
{
    cairn_spinlock_lock(&table.lock);
}

void cairn_large_unlock(void)
{
    cairn_spinlock_unlock(&table.lock);
}
