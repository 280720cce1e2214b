/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "messages.h"

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* A part of a trace is no trace. What is no file, as /dev/full, stays. */
_Noreturn static void fail(const struct output *output, const char *why)
{
    struct stat status;
    if (lstat(output->path, &status) == 0 && S_ISREG(status.st_mode))
        unlink(output->path);
    give_up("cannot write %s: %s", output->path, why);
}

void output_open(struct output *output, const char *path)
{
    *output = (struct output){.path = path, .file = fopen(path, "we"), .xz = LZMA_STREAM_INIT};
    if (!output->file)
        give_up("cannot write %s: %s", path, strerror(errno));
    output->compressed = ends_with(path, ".xz");
    if (output->compressed &&
        lzma_easy_encoder(&output->xz, LZMA_PRESET_DEFAULT, LZMA_CHECK_CRC64) != LZMA_OK)
        fail(output, "xz has not enough memory");
}

static void write_plain(struct output *output, const void *bytes, size_t size)
{
    if (fwrite(bytes, 1, size, output->file) != size)
        fail(output, strerror(errno));
}

/* Lets xz work until it has taken all its input (LZMA_RUN) or given all its output (LZMA_FINISH).
 */
static void compress(struct output *output, const void *bytes, size_t size, lzma_action action)
{
    uint8_t compressed[65536];
    lzma_ret result = LZMA_OK;
    output->xz.next_in = bytes;
    output->xz.avail_in = size;
    while (action == LZMA_FINISH ? result != LZMA_STREAM_END : output->xz.avail_in > 0) {
        output->xz.next_out = compressed;
        output->xz.avail_out = sizeof(compressed);
        result = lzma_code(&output->xz, action);
        if (result != LZMA_OK && result != LZMA_STREAM_END)
            fail(output, "xz failed");
        write_plain(output, compressed, sizeof(compressed) - output->xz.avail_out);
    }
}

void output_write(struct output *output, const void *bytes, size_t size)
{
    if (output->compressed)
        compress(output, bytes, size, LZMA_RUN);
    else
        write_plain(output, bytes, size);
}

void output_close(struct output *output)
{
    if (output->compressed)
        compress(output, NULL, 0, LZMA_FINISH);
    lzma_end(&output->xz);
    if (fclose(output->file) != 0)
        fail(output, strerror(errno));
}
