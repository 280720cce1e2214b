/* SPDX-License-Identifier: MIT */
/* Takes the table of symbols away, so that a backtrace runs into a fault. */
#ifndef NO_SYMBOLS_H
#define NO_SYMBOLS_H

#include "kernel.h"

static void unmap_symbols(void)
{
    extern const char symbols_begin[], symbols_end[];
    for (const char *page = symbols_begin; page < symbols_end; page += PAGE_SIZE) {
        struct frame frame; /* part of the image */
        enum map_error error =
            mapper_unmap(&kernel.mapper, page_containing(virtual_from(page)), &frame);
        cairn_check(!error, "the table of symbols at %p: %s", (const void *)page,
                    map_error_name(error));
    }
}

#endif
