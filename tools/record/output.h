/* SPDX-License-Identifier: MIT */
/*
 * A file to be written, compressed by xz where its name ends in .xz. All give up, and remove what
 * they have written, where the file cannot be written. What is no regular file is not removed.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <lzma.h>

struct output {
    const char *path;
    FILE *file;
    bool compressed;
    lzma_stream xz;
};

void output_open(struct output *output, const char *path);
void output_write(struct output *output, const void *bytes, size_t size);
void output_close(struct output *output);

#endif
