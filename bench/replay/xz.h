/* SPDX-License-Identifier: MIT */
#ifndef XZ_H
#define XZ_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes in memory of the system's. */
struct xz_bytes {
    void *start;
    size_t length; /* that mean something */
    size_t mapped; /* to be given to system_memory_unmap() */
};

/* Whether they begin like a file of xz. */
bool xz_is_compressed(const struct xz_bytes *bytes);

/*
 * Decompresses a whole .xz file into memory of its own, *result.
 *
 * Errors: null, or what is wrong, in words; then there is nothing to give back.
 */
const char *xz_decompress(const struct xz_bytes *compressed, struct xz_bytes *result);

#endif
