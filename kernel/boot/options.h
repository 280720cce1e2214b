/* SPDX-License-Identifier: MIT */
/*
 * The kernel's command line: words of the form NAME=VALUE, separated by spaces.
 *
 *     heap=SIZE                  bytes of heap; default 100K
 *     memory=SIZE                use only physical memory below this address; default all
 *     after=idle | poweroff      what to do when everything is shown; default idle
 *     log=quiet | verbose        verbose describes the processor and the memory map; default quiet
 *
 * SIZE is a decimal number of bytes with an optional K, M or G for 2^10, 2^20 or 2^30.
 * A word that is not understood is an error, never ignored: a typing mistake would otherwise be
 * taken for a measurement.
 *
 * Pure, and tested on the host.
 */
#ifndef BOOT_OPTIONS_H
#define BOOT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cairn/base/check.h>

enum after_main {
    AFTER_IDLE,
    AFTER_POWEROFF,
};

struct options {
    uint64_t heap_size;    /* bytes, not 0 */
    uint64_t memory_limit; /* physical address; UINT64_MAX for no limit */
    enum after_main after;
    bool verbose;
};

/* What is wrong with a command line, as a sentence for the user. */
struct options_error {
    char message[256];
};

#define HEAP_SIZE_DEFAULT ((uint64_t)100 * 1024)

/*
 * Reads the command line.
 *
 * Gives:  *options, with defaults for what is not named; of a name given twice the last counts.
 * Errors: false, and a message in *error that names the word and says what is expected.
 */
CAIRN_MUST_USE bool options_parse(const char *command_line, struct options *options,
                                  struct options_error *error);

#endif
