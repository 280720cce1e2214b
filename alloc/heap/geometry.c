/* SPDX-License-Identifier: MIT */
#include "geometry.h"

#include "front.h"

#define PAGE_BYTES          (GRANULES_PER_PAGE * CAIRN_HEAP_GRANULE)
#define SPARE_PAGES         2 /* one for the wall, one that beginnings_behind() may look into */

#define SMALL_FRONT_LARGEST 4 /* granules; where FRONT_LARGEST() gives 0 */

const uint8_t cairn_table_entry[TABLES] = {sizeof(uint64_t), sizeof(uint64_t), sizeof(uint64_t),
                                           sizeof(uint32_t)};
CAIRN_STATIC_ASSERT(3 * sizeof(uint64_t) + sizeof(uint32_t) == CAIRN_HEAP_LEDGER_PAGE,
                    "CAIRN_HEAP_LEDGER_SIZE() counts what a page takes in all tables");
CAIRN_STATIC_ASSERT(PAGE_BYTES == 1024, "and a page is a KiB");

size_t cairn_ledger_pages(size_t end)
{
    return end / GRANULES_PER_PAGE + SPARE_PAGES;
}

/* What a table takes; the live bits with the pool below them. */
static size_t table_bytes(const struct geometry *self, int table, size_t pages)
{
    size_t pool = table == LIVE ? self->chunk_count * CHUNK_BYTES + END_BYTES : 0;
    return pool + pages * cairn_table_entry[table];
}

/* Puts the table where there is room for all of table_bytes(). */
static void place_table(struct geometry *self, int table, uintptr_t at)
{
    self->tables[table] = at + table_bytes(self, table, 0);
}

/* Sets what follows from the region alone. */
static void plan_region(struct geometry *self, struct cairn_region region, bool has_magazines)
{
    size_t bytes = cairn_region_size(region);
    *self = CAIRN_LITERAL(struct geometry){.region = region,
                                           .base = cairn_align_down(region.start, PAGE_BYTES)};
    self->first = (region.start - self->base) / CAIRN_HEAP_GRANULE;
    self->is_small = bytes < CAIRN_HEAP_FRONT_FROM;
    if (!has_magazines || bytes < CAIRN_HEAP_SMALL_FRONT_FROM)
        return;
    self->chunk_count = (uint32_t)CAIRN_HEAP_CHUNKS(bytes);
    self->front_granules =
        self->is_small ? SMALL_FRONT_LARGEST : FRONT_LARGEST(bytes / CAIRN_HEAP_GRANULE);
}

/* Lays the tables that have no place yet side by side from `at` on; returns where they end. */
static uintptr_t place_tables(struct geometry *self, uintptr_t at)
{
    for (int table = 0; table < TABLES; table++) {
        if (self->tables[table])
            continue;
        place_table(self, table, at);
        at += table_bytes(self, table, cairn_ledger_pages(self->end));
    }
    return at;
}

/*
 * Finds the largest `end` for which blocks, and behind them the tables that have no place yet, fit
 * below `limit`: one division, as each page costs the same.
 */
static bool place_below(struct geometry *self, uintptr_t limit)
{
    size_t entries = 0, fixed = 0;
    for (int table = 0; table < TABLES; table++) {
        if (self->tables[table])
            continue;
        entries += cairn_table_entry[table];
        fixed += table_bytes(self, table, SPARE_PAGES);
    }
    size_t room = limit - self->base;
    if (room < fixed)
        return false;
    room -= fixed;
    size_t pages = room / (PAGE_BYTES + entries);
    size_t rest = room % (PAGE_BYTES + entries) / CAIRN_HEAP_GRANULE;
    self->end =
        pages * GRANULES_PER_PAGE + (rest < GRANULES_PER_PAGE ? rest : GRANULES_PER_PAGE - 1);
    uintptr_t at = limit - cairn_align_up(fixed + pages * entries, sizeof(uint64_t));
    /* Rounding the tables to words may cost a granule. */
    while (self->end > 0 && self->base + self->end * CAIRN_HEAP_GRANULE > at)
        self->end--;
    place_tables(self, at);
    return self->end > self->first;
}

/* Puts tables where no block of a part of so many granules has its bin; the live bits last. */
static void use_spare_bins(struct geometry *self, struct cairn_heap_part *part, size_t granules)
{
    unsigned rows = bin_for(granules) / CAIRN_HEAP_BIN_COLUMNS + 1;
    uintptr_t at = (uintptr_t)part->spare + rows * sizeof(part->bins[0]);
    uintptr_t end = (uintptr_t)part->spare + sizeof(part->bins);
    static const int order[TABLES] = {EDGE, CLASSED, TAGS, LIVE};
    for (int i = 0; i < TABLES; i++) {
        size_t bytes = table_bytes(self, order[i], cairn_ledger_pages(granules));
        if (bytes > end - at)
            continue;
        place_table(self, order[i], at);
        at = cairn_align_up(at + bytes, sizeof(uint64_t));
    }
}

bool cairn_geometry_inside(struct geometry *self, struct cairn_region region, bool has_magazines,
                           struct cairn_heap_part *spare)
{
    uintptr_t limit = cairn_align_down(region.end, CAIRN_HEAP_GRANULE);
    plan_region(self, region, has_magazines);
    if (spare && self->is_small)
        use_spare_bins(self, spare, (limit - self->base) / CAIRN_HEAP_GRANULE);
    return place_below(self, limit);
}

bool cairn_geometry_beside(struct geometry *self, struct cairn_region region,
                           struct cairn_region ledger)
{
    plan_region(self, region, true);
    self->ledger = ledger;
    self->end =
        (cairn_align_down(region.end, CAIRN_HEAP_GRANULE) - self->base) / CAIRN_HEAP_GRANULE;
    return place_tables(self, cairn_align_up(ledger.start, sizeof(uint64_t))) <= ledger.end;
}
