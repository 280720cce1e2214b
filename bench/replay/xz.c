/* SPDX-License-Identifier: MIT */
/*
 * Decompression by liblzma, whose working memory comes from the system too: where malloc is the
 * subject, nothing but the trace may have used it.
 */
#include "xz.h"

#include <stdint.h>
#include <string.h>

#include <lzma.h>

#include <cairn/base/check.h>

#include "system_memory.h"

/* In front of each block of liblzma's: how much is to be unmapped. */
struct block_header {
    size_t bytes;
    size_t unused;
};

static void *block_alloc(void *context, size_t count, size_t size)
{
    (void)context;
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2)
        return NULL;
    bytes += sizeof(struct block_header);
    struct block_header *header = system_memory_map(bytes);
    header->bytes = bytes;
    return header + 1;
}

static void block_free(void *context, void *block)
{
    (void)context;
    if (!block)
        return;
    struct block_header *header = (struct block_header *)block - 1;
    system_memory_unmap(header, header->bytes);
}

static const lzma_allocator allocator = {block_alloc, block_free, NULL};

bool xz_is_compressed(const struct xz_bytes *bytes)
{
    static const unsigned char magic[] = {0xfd, '7', 'z', 'X', 'Z', 0};
    return bytes->length >= sizeof(magic) && memcmp(bytes->start, magic, sizeof(magic)) == 0;
}

static const char *error_text(lzma_ret status)
{
    switch (status) {
    case LZMA_BUF_ERROR:
        return "the xz file is truncated";
    case LZMA_DATA_ERROR:
        return "the xz file is corrupt";
    case LZMA_FORMAT_ERROR:
        return "the xz file is of no known format";
    case LZMA_MEM_ERROR:
        return "there is too little memory to decompress the xz file";
    default:
        return "the xz file uses a feature that this liblzma does not know";
    }
}

/* Lets the decoder write after what is used. */
static void offer_output(lzma_stream *stream, const struct xz_bytes *result)
{
    stream->next_out = (uint8_t *)result->start + result->length;
    stream->avail_out = result->mapped - result->length;
}

/* Makes the full output twice as large. */
static void grow(struct xz_bytes *result)
{
    void *larger = system_memory_map(result->mapped * 2);
    memcpy(larger, result->start, result->length);
    system_memory_unmap(result->start, result->mapped);
    result->start = larger;
    result->mapped *= 2;
}

static lzma_ret decode_all(lzma_stream *stream, struct xz_bytes *result)
{
    for (;;) {
        offer_output(stream, result);
        lzma_ret status = lzma_code(stream, LZMA_FINISH);
        result->length = result->mapped - stream->avail_out;
        if (status != LZMA_OK)
            return status;
        if (stream->avail_out == 0)
            grow(result);
    }
}

const char *xz_decompress(const struct xz_bytes *compressed, struct xz_bytes *result)
{
    enum { FIRST_BYTES = 1 << 20 };
    lzma_stream stream = LZMA_STREAM_INIT;
    stream.allocator = &allocator;
    stream.next_in = compressed->start;
    stream.avail_in = compressed->length;
    lzma_ret status = lzma_stream_decoder(&stream, UINT64_MAX, LZMA_CONCATENATED);
    if (status != LZMA_OK)
        return error_text(status);
    *result = (struct xz_bytes){system_memory_map(FIRST_BYTES), 0, FIRST_BYTES};
    status = decode_all(&stream, result);
    lzma_end(&stream);
    if (status == LZMA_STREAM_END)
        return NULL;
    system_memory_unmap(result->start, result->mapped);
    return error_text(status);
}
