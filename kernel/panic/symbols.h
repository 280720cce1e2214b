/* SPDX-License-Identifier: MIT */
/*
 * Names for addresses: the function, the file and the line that an address lies in.
 *
 * The answers come from the table that the build links into the kernel (symbol_table.h). While
 * the table is missing or damaged, everything is unknown; nothing fails.
 */
#ifndef PANIC_SYMBOLS_H
#define PANIC_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct code_place {
    const char *function; /* null if unknown */
    bool is_inlined;      /* it was compiled into its caller and has no address of its own */
    uint64_t offset;      /* bytes from the function's start; 0 if it is inlined */
    const char *file;     /* relative to the project's folder; null if unknown */
    unsigned line;        /* 0 if unknown, or if the compiler made it from several lines */
};

/* If more functions than this are inlined into each other, the outer ones are listed. */
#define CODE_PLACES_MAX 8

/*
 * Tells where an address lies: in an inlined function, called by another one, and so on up to the
 * function that was not inlined. For most addresses that is the first.
 *
 * Needs:   for a return address, the address minus 1: a call that never returns may be the last
 *          instruction of its function, and the return address already in the next one.
 * Gives:   how many places, at least 1; the innermost is the first. What is unknown of one is null.
 * Cost:    two binary searches, and one look at each inlined call.
 * Context: any; reads constants only.
 */
size_t code_places_of(uint64_t address, struct code_place places[CODE_PLACES_MAX]);

/* The same from a table of `size` bytes that lies elsewhere, 8-aligned. */
size_t code_places_in(const void *bytes, size_t size, uint64_t address,
                      struct code_place places[CODE_PLACES_MAX]);

#endif
