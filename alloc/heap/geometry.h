/* SPDX-License-Identifier: MIT */
/*
 * Where a part's ledger and magazines lie. One of:
 *
 *     inside   | blocks: first .. end | pool of chunks, live | edge | classed | tags |
 *              region.start                                                  region.end
 *
 *     beside   | blocks: first .. end |      | pool of chunks, live | edge | classed | tags |
 *              region.start  region.end      ledger.start                        ledger.end
 *
 *     small    | blocks: first .. end | what the bins have no room for |
 *              region.start                                   region.end
 *
 * Small is a part below CAIRN_HEAP_FRONT_FROM. Rows of its bins are for blocks larger than the part:
 * what lies there is otherwise dead, so its tables go there as far as there is room; all of them up
 * to 64 KiB. The pool always lies just below the live bits: it is found from them.
 *
 * What it is bad at: a small part that grows takes its tables into the region, for the rows may
 * come to be needed.
 */
#ifndef CAIRN_GEOMETRY_H
#define CAIRN_GEOMETRY_H

#include <cairn/heap.h>

/* The ledger's tables, in the order in which they lie. */
enum { LIVE, EDGE, CLASSED, TAGS, TABLES };

/* The largest block that the front serves in a heap of this many granules: 1/4096 of them. */
#define FRONT_LARGEST(granules) ((granules) >> 12)

/* Bytes of one entry, which a page has in each table. */
extern const uint8_t cairn_table_entry[TABLES];

struct geometry {
    struct cairn_region region; /* its end need not be aligned */
    struct cairn_region ledger; /* the memory beside the region; 0, 0: none */
    uintptr_t base;
    size_t first, end;
    uintptr_t tables[TABLES];
    uint32_t chunk_count;
    bool is_small;
    size_t front_granules; /* of the largest block that the front may serve; 0: it is off */
};

/*
 * Plans a part that lies in its region alone, and in the `spare` part's bins, if that is not null.
 *
 * Gives: false if there is no room for a block.
 */
bool cairn_geometry_inside(struct geometry *self, struct cairn_region region, bool has_magazines,
                           struct cairn_heap_part *spare);

/*
 * Plans a part all of whose region is for blocks. Has magazines.
 *
 * Gives: false if the ledger is too small.
 */
bool cairn_geometry_beside(struct geometry *self, struct cairn_region region,
                           struct cairn_region ledger);

/* Entries that a table has, so that it reaches up to `end`. */
size_t cairn_ledger_pages(size_t end);

#endif
