/* SPDX-License-Identifier: MIT */
/* Reading traces, good ones and bad ones, and replaying them. */
#include "trace.h"
#include "replay.h"
#include "subject.h"
#include "system_memory.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lzma.h>

/* A trace as a file has it. */
struct image {
    char magic[4];
    uint32_t version, records, slots, threads;
    struct trace_record record[6];
};

static const struct image good = {
    {'C', 'T', 'R', 'C'},
    1,
    6,
    2,
    1,
    {
        {TRACE_ALLOC, 4, 0, 0, 100},
        {TRACE_ALLOC_ZEROED, 6, 0, 1, 5000},
        {TRACE_REALLOC, 0, 0, 0, 9000},
        {TRACE_DEALLOC, 0, 0, 1, 0},
        {TRACE_ALLOC, 3, 0, 1, 0},
        {TRACE_REALLOC, 0, 0, 0, 10},
    },
};

/* Writes a file of these bytes, reads it as a trace, and removes it. */
static bool read_as_trace(const void *bytes, size_t length, struct trace *trace, char *error)
{
    char path[] = "/tmp/cairn-trace-XXXXXX";
    int file = mkstemp(path);
    assert_int_not_equal(file, -1);
    assert_int_equal(write(file, bytes, length), length);
    close(file);
    bool read = trace_read(path, trace, error);
    unlink(path);
    return read;
}

static void expect_refused(const void *bytes, size_t length, const char *part)
{
    struct trace trace;
    char error[TRACE_ERROR_MAX];
    assert_false(read_as_trace(bytes, length, &trace, error));
    if (!strstr(error, part))
        fail_msg("expected: %s\nbut it says: %s", part, error);
}

static void expect_good(const struct trace *trace)
{
    assert_int_equal(trace->record_count, 6);
    assert_int_equal(trace->slot_count, 2);
    assert_int_equal(trace->peak_bytes, 14000);
    assert_int_equal(trace->largest_size, 9000);
    assert_int_equal(trace->records[1].operation, TRACE_ALLOC_ZEROED);
    assert_int_equal(trace->records[1].align_log2, 6);
    assert_int_equal(trace->records[4].size, 1); /* malloc(0) gives a block too */
}

static void a_trace_is_read_as_it_is(void **state)
{
    (void)state;
    struct trace trace;
    char error[TRACE_ERROR_MAX];
    assert_true(read_as_trace(&good, sizeof(good), &trace, error));
    expect_good(&trace);
    trace_release(&trace);
}

static size_t compress(const void *bytes, size_t length, uint8_t *out, size_t size)
{
    size_t used = 0;
    assert_int_equal(
        lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, bytes, length, out, &used, size),
        LZMA_OK);
    return used;
}

static void a_trace_is_read_through_xz(void **state)
{
    (void)state;
    struct trace trace;
    char error[TRACE_ERROR_MAX];
    uint8_t compressed[1024];
    size_t length = compress(&good, sizeof(good), compressed, sizeof(compressed));
    assert_true(read_as_trace(compressed, length, &trace, error));
    expect_good(&trace);
    trace_release(&trace);

    expect_refused(compressed, length - 8, "the xz file is truncated");
    compressed[length / 2] ^= 0xff;
    expect_refused(compressed, length, "the xz file is corrupt");
}

/* More than the first buffer of the decompressor holds. */
static void a_long_trace_is_read_through_xz(void **state)
{
    (void)state;
    enum { RECORDS = 200000 };
    size_t length = 20 + RECORDS * sizeof(struct trace_record), size = length + 4096;
    struct image *image = calloc(1, length);
    uint8_t *compressed = malloc(size);
    memcpy(image, &good, 20);
    image->records = RECORDS;
    for (size_t i = 0; i < RECORDS; i++) {
        struct trace_record record = {i % 2 ? TRACE_DEALLOC : TRACE_ALLOC, 4, 0, 1,
                                      (uint32_t)i + 1};
        memcpy((char *)image + 20 + i * sizeof(record), &record, sizeof(record));
    }
    struct trace trace;
    char error[TRACE_ERROR_MAX];
    assert_true(
        read_as_trace(compressed, compress(image, length, compressed, size), &trace, error));
    assert_int_equal(trace.record_count, RECORDS);
    assert_int_equal(trace.peak_bytes, RECORDS - 1);
    trace_release(&trace);
    free(image);
    free(compressed);
}

static void a_bad_header_is_refused(void **state)
{
    (void)state;
    struct image bad = good;
    expect_refused("", 0, "does not begin with a header of CTRC");
    expect_refused(&good, 19, "does not begin with a header of CTRC");
    bad.magic[0] = 'X';
    expect_refused(&bad, sizeof(bad), "does not begin with a header of CTRC");
    bad = good;
    bad.version = 2;
    expect_refused(&bad, sizeof(bad), "is of version 2; only version 1 is known");
    bad = good;
    bad.records = 0;
    expect_refused(&bad, 20, "holds no records");
    bad = good;
    bad.slots = 7;
    expect_refused(&bad, sizeof(bad), "has 7 slots, more than its 6 records can use");
}

static void a_wrong_length_is_refused(void **state)
{
    (void)state;
    struct image longer[2] = {good, good};
    expect_refused(&good, sizeof(good) - 1, "is truncated: 6 records take 92 bytes, and it has 91");
    expect_refused(&good, 20, "is truncated");
    expect_refused(longer, sizeof(good) + 3, "has 3 bytes after its 6 records");
}

/* One record changed, and what is to be said of it. */
static void expect_record_refused(size_t number, struct trace_record record, const char *part)
{
    struct image bad = good;
    bad.record[number] = record;
    expect_refused(&bad, sizeof(bad), part);
}

static void a_bad_record_is_refused(void **state)
{
    (void)state;
    expect_record_refused(3, (struct trace_record){4, 0, 0, 1, 0},
                          "record 3: there is no operation 4");
    expect_record_refused(0, (struct trace_record){TRACE_ALLOC, 4, 0, 2, 8},
                          "record 0: slot 2 is out of range; there are 2");
    expect_record_refused(1, (struct trace_record){TRACE_ALLOC, 4, 0, 0, 8},
                          "record 1: alloc into slot 0, which is in use");
    expect_record_refused(2, (struct trace_record){TRACE_ALLOC_ZEROED, 4, 0, 1, 8},
                          "record 2: alloc into slot 1, which is in use");
    expect_record_refused(0, (struct trace_record){TRACE_DEALLOC, 0, 0, 0, 0},
                          "record 0: dealloc of slot 0, which is empty");
    expect_record_refused(0, (struct trace_record){TRACE_REALLOC, 0, 0, 0, 8},
                          "record 0: realloc of slot 0, which is empty");
    expect_record_refused(0, (struct trace_record){TRACE_ALLOC, 31, 0, 0, 8},
                          "record 0: an alignment of 2^31");
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    struct trace trace;
    char error[TRACE_ERROR_MAX];
    assert_false(trace_read("/nowhere/at-all.ctr", &trace, error));
    assert_non_null(strstr(error, "cannot be opened: No such file"));
    assert_false(trace_read("/tmp", &trace, error));
    assert_string_equal(error, "is not a file");
}

enum { ARENA = 1 << 20 };

/* Replays on a subject in an arena of this size; gives whether everything was served. */
static bool replay_on(struct cairn_allocator *heap, const struct trace *trace)
{
    struct replay replay;
    replay_begin(&replay, trace, heap, true);
    bool served = replay_run(&replay, 0, trace->record_count);
    replay_free(&replay);
    replay_end(&replay);
    return served;
}

/* Whatever became of one byte, the file is refused with a reason, or can be replayed. */
static void a_changed_byte_does_no_harm(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    void *arena = system_memory_map(ARENA);
    for (int i = 0; i < 2000; i++) {
        struct image changed = good;
        struct trace trace;
        char error[TRACE_ERROR_MAX] = "";
        size_t place = random_below(&random, sizeof(changed));
        ((unsigned char *)&changed)[place] ^= (unsigned char)(1U << random_below(&random, 8));
        if (read_as_trace(&changed, sizeof(changed), &trace, error)) {
            replay_on(subject_find("linked_list")->open(arena, ARENA), &trace);
            trace_release(&trace);
        } else {
            assert_string_not_equal(error, "");
        }
    }
    system_memory_unmap(arena, ARENA);
}

static void a_trace_that_does_not_fit_is_not_served(void **state)
{
    (void)state;
    struct trace trace;
    char error[TRACE_ERROR_MAX];
    assert_true(read_as_trace(&good, sizeof(good), &trace, error));
    void *arena = system_memory_map(ARENA);
    const struct subject *subject = subject_find("linked_list");
    assert_true(replay_on(subject->open(arena, 16384), &trace));
    assert_false(replay_on(subject->open(arena, 13000), &trace));
    system_memory_unmap(arena, ARENA);
    trace_release(&trace);
}

/* An allocator that forgets to copy. */
static void *forgetful_realloc(struct cairn_allocator *self, void *block,
                               struct cairn_layout layout, size_t new_size)
{
    free(block);
    (void)self;
    (void)layout;
    return calloc(1, new_size);
}

static void *plain_alloc(struct cairn_allocator *self, struct cairn_layout layout)
{
    (void)self;
    return aligned_alloc(layout.align < 8 ? 8 : layout.align, cairn_layout_stride(layout));
}

static void plain_dealloc(struct cairn_allocator *self, void *block, struct cairn_layout layout)
{
    (void)self;
    (void)layout;
    free(block);
}

static void lost_contents_are_found(void **state)
{
    (void)state;
    static const struct cairn_allocator_operations operations = {
        .alloc = plain_alloc, .dealloc = plain_dealloc, .realloc = forgetful_realloc};
    static struct cairn_allocator forgetful = {&operations};
    static struct replay replay;
    struct trace trace;
    char error[TRACE_ERROR_MAX];
    assert_true(read_as_trace(&good, sizeof(good), &trace, error));
    replay_begin(&replay, &trace, &forgetful, true);
    expect_panic((void)!replay_run(&replay, 0, 6), "realloc of slot 0 from 100 to 9000 bytes lost");
    replay_free(&replay);
    replay_end(&replay);
    trace_release(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trace_is_read_as_it_is),
        cmocka_unit_test(a_trace_is_read_through_xz),
        cmocka_unit_test(a_long_trace_is_read_through_xz),
        cmocka_unit_test(a_bad_header_is_refused),
        cmocka_unit_test(a_wrong_length_is_refused),
        cmocka_unit_test(a_bad_record_is_refused),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_changed_byte_does_no_harm),
        cmocka_unit_test(a_trace_that_does_not_fit_is_not_served),
        cmocka_unit_test(lost_contents_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
