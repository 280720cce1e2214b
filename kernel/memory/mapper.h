/* SPDX-License-Identifier: MIT */
/*
 * The mapper: which page of virtual memory shows which frame, and with what rights.
 *
 * It walks the processor's four levels of page tables (Intel SDM vol. 3A, section 4.5) through the
 * mapping of all physical memory. Tables come from the frame allocator and go back to it when
 * their last entry is cleared. No page is ever writable and executable.
 *
 * Context: one caller at a time. Translations are flushed on the running processor only.
 */
#ifndef MEMORY_MAPPER_H
#define MEMORY_MAPPER_H

#include "frames.h"

/* A page: 4 KiB of virtual memory, aligned. */
struct page {
    struct virtual_address start;
};

/* What may be done with a page; reading always may. */
enum page_rights {
    PAGE_READ_ONLY = 0,
    PAGE_WRITABLE = 1 << 0,
    PAGE_EXECUTABLE = 1 << 1,      /* not together with PAGE_WRITABLE */
    PAGE_WRITE_COMBINING = 1 << 2, /* for video memory */
};

enum map_error {
    MAP_OK,
    MAP_ALREADY_MAPPED,
    MAP_OUT_OF_FRAMES,
    MAP_INSIDE_HUGE_PAGE, /* the page is part of a larger one, which would have to be split */
    MAP_NOT_MAPPED,
    MAP_NOT_CANONICAL, /* bits 63 to 47 of the address differ: no page can be there */
};

/* For people: "already mapped". */
const char *map_error_name(enum map_error error);

struct mapper {
    struct frame root; /* the fourth-level table */
    struct frame_allocator *frames;
};

/* Gives the page that the address lies in. */
static inline struct page page_containing(struct virtual_address address)
{
    return (struct page){{cairn_align_down(address.value, PAGE_SIZE)}};
}

/* Makes a mapper with an empty table of its own. Errors: MAP_OUT_OF_FRAMES. */
CAIRN_MUST_USE enum map_error mapper_init(struct mapper *self, struct frame_allocator *frames);

/*
 * Maps the page to the frame.
 *
 * Needs:  `rights` are not both writable and executable (panics).
 * Errors: MAP_ALREADY_MAPPED, MAP_OUT_OF_FRAMES (for a table), MAP_INSIDE_HUGE_PAGE,
 *         MAP_NOT_CANONICAL. Nothing is changed then: tables made on the way are given back.
 * Cost:   four table look-ups; up to three new tables.
 */
CAIRN_MUST_USE enum map_error mapper_map(struct mapper *self, struct page page, struct frame frame,
                                         enum page_rights rights);

/* By the level of the tables that holds such pages. */
enum page_size {
    PAGE_4_KIB = 1,
    PAGE_2_MIB = 2,
    PAGE_1_GIB = 3, /* not on every processor: see processor_features() */
};

/*
 * Maps `length` bytes in the largest pages that alignment allows, up to `largest`.
 *
 * Needs:  addresses and length are multiples of 4 KiB.
 * Errors: as mapper_map(); what was mapped before the error stays.
 */
CAIRN_MUST_USE enum map_error mapper_map_range(struct mapper *self, struct virtual_address start,
                                               struct physical_address target, uint64_t length,
                                               enum page_rights rights, enum page_size largest);

/*
 * Unmaps the page, flushes its translation, and gives back tables that are empty now.
 *
 * Gives:  in *frame what the page showed; it is the caller's to free.
 * Errors: MAP_NOT_MAPPED, MAP_INSIDE_HUGE_PAGE, MAP_NOT_CANONICAL.
 * Cost:   up to 3 * 512 entries read, to see which tables are empty.
 */
CAIRN_MUST_USE enum map_error mapper_unmap(struct mapper *self, struct page page,
                                           struct frame *frame);

/*
 * Changes the page's rights and flushes its translation.
 *
 * Errors: MAP_NOT_MAPPED, MAP_INSIDE_HUGE_PAGE, MAP_NOT_CANONICAL.
 */
CAIRN_MUST_USE enum map_error mapper_change_rights(struct mapper *self, struct page page,
                                                   enum page_rights rights);

/*
 * Where an address leads, through pages of every size.
 *
 * Errors: MAP_NOT_MAPPED, MAP_NOT_CANONICAL.
 */
CAIRN_MUST_USE enum map_error mapper_translate(const struct mapper *self,
                                               struct virtual_address address,
                                               struct physical_address *target);

/* Makes the mapper's table the processor's. */
void mapper_activate(const struct mapper *self);

#endif
