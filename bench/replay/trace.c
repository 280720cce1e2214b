/* SPDX-License-Identifier: MIT */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cairn/base/bits.h>

#include "system_memory.h"
#include "xz.h"

enum { ALIGN_LOG2_MAX = 30 };

/* Says what is wrong; gives false, to be returned. */
CAIRN_FORMAT(2, 3) static bool refuse(char *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, TRACE_ERROR_MAX, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- The file's bytes ---- */

static bool read_bytes(int file, char *bytes, size_t length, char *error)
{
    while (length > 0) {
        ssize_t got = read(file, bytes, length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return refuse(error, "cannot be read: %s",
                          got < 0 ? strerror(errno) : "it got shorter");
        bytes += got;
        length -= (size_t)got;
    }
    return true;
}

/* One byte more than the file has is mapped, since nothing cannot be. */
static bool read_open_file(int file, struct xz_bytes *bytes, char *error)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return refuse(error, "cannot be read: %s", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return refuse(error, "is not a file");
    bytes->length = (size_t)status.st_size;
    bytes->mapped = bytes->length + 1;
    bytes->start = system_memory_map(bytes->mapped);
    if (read_bytes(file, bytes->start, bytes->length, error))
        return true;
    system_memory_unmap(bytes->start, bytes->mapped);
    return false;
}

static bool decompress(struct xz_bytes *bytes, char *error)
{
    struct xz_bytes compressed = *bytes;
    const char *wrong = xz_decompress(&compressed, bytes);
    system_memory_unmap(compressed.start, compressed.mapped);
    return !wrong || refuse(error, "%s", wrong);
}

static bool read_file(const char *path, struct xz_bytes *bytes, char *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe does not wait */
    if (file < 0)
        return refuse(error, "cannot be opened: %s", strerror(errno));
    bool done = read_open_file(file, bytes, error);
    close(file);
    if (!done || !xz_is_compressed(bytes))
        return done;
    return decompress(bytes, error);
}

/* ---- Checks ---- */

static bool check_header(const struct trace_header *header, size_t length, char *error)
{
    if (length < sizeof(*header) || memcmp(header->magic, TRACE_MAGIC, sizeof(header->magic)) != 0)
        return refuse(error,
                      "is no allocation trace: it does not begin with a header of " TRACE_MAGIC);
    if (header->version != TRACE_VERSION)
        return refuse(error, "is of version %u; only version %d is known", header->version,
                      TRACE_VERSION);
    if (header->records == 0)
        return refuse(error, "holds no records");
    if (header->slots > header->records)
        return refuse(error, "has %u slots, more than its %u records can use", header->slots,
                      header->records);
    size_t expected = sizeof(*header) + (size_t)header->records * sizeof(struct trace_record);
    if (length < expected)
        return refuse(error, "is truncated: %u records take %zu bytes, and it has %zu",
                      header->records, expected, length);
    if (length > expected)
        return refuse(error, "has %zu bytes after its %u records", length - expected,
                      header->records);
    return true;
}

static bool check_record(const struct trace_record *record, size_t slots, uint32_t size_in_slot,
                         size_t number, char *error)
{
    bool allocates = record->operation <= TRACE_ALLOC_ZEROED;
    if (record->operation > TRACE_DEALLOC)
        return refuse(error, "record %zu: there is no operation %u", number, record->operation);
    if (record->slot >= slots)
        return refuse(error, "record %zu: slot %u is out of range; there are %zu", number,
                      record->slot, slots);
    if (allocates && size_in_slot != 0)
        return refuse(error, "record %zu: alloc into slot %u, which is in use", number,
                      record->slot);
    if (!allocates && size_in_slot == 0)
        return refuse(error, "record %zu: %s of slot %u, which is empty", number,
                      record->operation == TRACE_REALLOC ? "realloc" : "dealloc", record->slot);
    if (allocates && record->align_log2 > ALIGN_LOG2_MAX)
        return refuse(error, "record %zu: an alignment of 2^%u", number, record->align_log2);
    return true;
}

/* The size after the record. malloc(0) gives a block too: it is replayed as one of 1 byte. */
static uint32_t size_after(struct trace_record *record)
{
    if (record->operation == TRACE_DEALLOC)
        return 0;
    if (record->size == 0)
        record->size = 1;
    return record->size;
}

/* Follows the whole trace; `sizes` has the bytes in use of each slot, at first 0. */
static bool check_records(struct trace *trace, uint32_t *sizes, char *error)
{
    size_t in_use = 0;
    for (size_t i = 0; i < trace->record_count; i++) {
        struct trace_record *record = &trace->records[i];
        uint32_t before = record->slot < trace->slot_count ? sizes[record->slot] : 0;
        if (!check_record(record, trace->slot_count, before, i, error))
            return false;
        uint32_t after = size_after(record);
        sizes[record->slot] = after;
        in_use += after;
        in_use -= before;
        if (in_use > trace->peak_bytes)
            trace->peak_bytes = in_use;
        if (after > trace->largest_size)
            trace->largest_size = after;
        if (record->operation <= TRACE_ALLOC_ZEROED &&
            record->align_log2 > trace->largest_align_log2)
            trace->largest_align_log2 = record->align_log2;
    }
    return true;
}

static bool check(struct trace *trace, char *error)
{
    struct trace_header *header = trace->file.start;
    if (!check_header(header, trace->file.length, error))
        return false;
    trace->record_count = header->records;
    trace->slot_count = header->slots;
    trace->records = (struct trace_record *)(header + 1);
    size_t bytes = ((size_t)header->slots + 1) * sizeof(uint32_t);
    uint32_t *sizes = system_memory_map(bytes);
    bool good = check_records(trace, sizes, error);
    system_memory_unmap(sizes, bytes);
    return good;
}

bool trace_read(const char *path, struct trace *trace, char *error)
{
    *trace = (struct trace){0};
    if (!read_file(path, &trace->file, error))
        return false;
    if (check(trace, error))
        return true;
    trace_release(trace);
    return false;
}

void trace_release(struct trace *trace)
{
    system_memory_unmap(trace->file.start, trace->file.mapped);
    *trace = (struct trace){0};
}
