/* SPDX-License-Identifier: MIT */
/*
 * The table of functions and lines inside the kernel: what tools/symbols writes and
 * kernel/panic/symbols.c reads, described once for both.
 *
 *     header | functions | lines | inlined calls | files | text
 *
 * Everything is sorted by address, so that functions and lines are found by binary search.
 * Addresses are 32-bit distances from the kernel's lowest virtual address. The table holds no
 * pointers: it can be read wherever it lies. Text is zero-terminated strings, one after the other.
 *
 * What it is bad at: it is as large as a third of the code that it describes.
 */
#ifndef PANIC_SYMBOL_TABLE_H
#define PANIC_SYMBOL_TABLE_H

#include <stdint.h>

/* What every address is a distance from. Code below it (the 32-bit entries) is not described. */
#define SYMBOL_TABLE_BASE  ((uint64_t)0xffffffff80000000)

#define SYMBOL_TABLE_MAGIC ((uint64_t)0x32736c6f626d7973) /* "symbols2", read as little-endian */

struct symbol_table_header {
    uint64_t magic;
    uint32_t function_count;
    uint32_t line_count;
    uint32_t inlined_count;
    uint32_t file_count;
    uint32_t text_size; /* bytes */
    uint32_t reserved;
};

/* functions[i].start + functions[i].size <= functions[i + 1].start */
struct symbol_table_function {
    uint32_t start;
    uint32_t size; /* bytes */
    uint32_t name; /* in the text */
};

/*
 * The code from `start` up to the next row's start came from this line.
 *
 * lines[i].start < lines[i + 1].start
 */
struct symbol_table_line {
    uint32_t start;
    uint16_t file; /* in the files; SYMBOL_TABLE_NO_FILE: nothing is known from here on */
    uint16_t line; /* 0: the compiler made it from several lines of the file, or from none */
};

#define SYMBOL_TABLE_NO_FILE UINT16_MAX

/*
 * The code from `start` to before `end` is the body of a function that was inlined; it was called
 * from this line.
 *
 * Two of them nest or do not touch. The outer one comes first, also where both start together.
 */
struct symbol_table_inlined {
    uint32_t start;
    uint32_t end;
    uint32_t name;      /* of the inlined function, in the text */
    uint16_t call_file; /* in the files */
    uint16_t call_line;
};

/* A file is the position of its name in the text; names are relative to the project's folder. */
typedef uint32_t symbol_table_file;

_Static_assert(sizeof(struct symbol_table_header) == 32, "written and read by different compilers");
_Static_assert(sizeof(struct symbol_table_function) == 12, "likewise");
_Static_assert(sizeof(struct symbol_table_line) == 8, "likewise");
_Static_assert(sizeof(struct symbol_table_inlined) == 16, "likewise");

#endif
