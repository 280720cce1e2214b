/* SPDX-License-Identifier: MIT */
/*
 * What the readers of boot loaders' data make of it: good data by hand, then the same with random
 * damage; SEED=... replays that.
 */
#include "test.h"

#include <string.h>

#include "boot_case.h"

enum {
    MEMORY_SIZE = 2048,
    POINTER = 64, /* where the loader's data begins */
    CASES = 200000,
};

/* A case: what boot_case.h says, filled as a loader fills it. */
struct data {
    uint8_t bytes[BOOT_CASE_HEADER + MEMORY_SIZE];
    size_t end; /* in the memory: where the next thing goes */
};

static struct boot_info info;

static void put(struct data *data, const void *bytes, size_t size)
{
    assert_true(size <= MEMORY_SIZE - data->end);
    memcpy(data->bytes + BOOT_CASE_HEADER + data->end, bytes, size);
    data->end += size;
}

static void put_u32(struct data *data, uint32_t value)
{
    put(data, &value, sizeof(value));
}

static void put_u64(struct data *data, uint64_t value)
{
    put(data, &value, sizeof(value));
}

static void put_u32_at(struct data *data, size_t at, uint32_t value)
{
    memcpy(data->bytes + BOOT_CASE_HEADER + at, &value, sizeof(value));
}

static struct data start(enum boot_protocol protocol)
{
    struct data data = {.bytes = {protocol == BOOT_MULTIBOOT2, 0, POINTER}, .end = POINTER};
    return data;
}

static enum boot_error read_data(const struct data *data, size_t memory_size)
{
    return boot_case_read(data->bytes, BOOT_CASE_HEADER + memory_size, &info);
}

/* ---- Multiboot2 ---- */

static void put_tag(struct data *data, uint32_t type, const void *body, size_t size)
{
    data->end = (data->end + 7) / 8 * 8;
    put_u32(data, type);
    put_u32(data, (uint32_t)(8 + size));
    put(data, body, size);
}

static void put_memory_map(struct data *data)
{
    const uint64_t entries[] = {24, 0x1000, 0x9000, 1, 0x100000, 0x7000000, 1};
    put_tag(data, 6, entries, sizeof(entries));
}

static void put_framebuffer(struct data *data)
{
    const uint32_t body[] = {0xfd000000, 0, 4096, 1024, 768, 0x120, 0x08080810, 0x00000800};
    put_tag(data, 8, body, sizeof(body) - 2);
}

static void end_block(struct data *data)
{
    put_tag(data, 0, "", 0);
    put_u32_at(data, POINTER, (uint32_t)(data->end - POINTER));
}

static struct data good_multiboot2(void)
{
    const uint32_t module[] = {0x200000, 0x201000, 'm'};
    struct data data = start(BOOT_MULTIBOOT2);
    put_u64(&data, 0);
    put_tag(&data, 1, "heap=1M", sizeof("heap=1M"));
    put_memory_map(&data);
    put_tag(&data, 3, module, sizeof(module));
    put_framebuffer(&data);
    put_tag(&data, 14, "RSD PTR here it is.", 20);
    end_block(&data);
    return data;
}

static void good_multiboot2_is_read(void **state)
{
    (void)state;
    struct data data = good_multiboot2();
    assert_int_equal(read_data(&data, data.end), BOOT_OK);
    assert_string_equal(info.command_line, "heap=1M");
    assert_int_equal(memory_map_bytes(&info.memory_map, MEMORY_USABLE),
                     0x9000 + 0x7000000 - 0x1000);
    assert_int_equal(memory_map_bytes(&info.memory_map, MEMORY_BOOT_DATA),
                     data.end - POINTER + 0x1000);
    assert_int_equal(info.screen.kind, SCREEN_FRAMEBUFFER);
    assert_int_equal(boot_screen_end(&info.screen), 0xfd000000 + 4096 * 768);
    assert_memory_equal(data.bytes + BOOT_CASE_HEADER + info.rsdp.value, "RSD PTR ", 8);
}

static void every_end_of_the_memory_is_an_error_or_the_end(void **state)
{
    (void)state;
    struct data data = good_multiboot2();
    for (size_t size = 1; size < data.end; size++)
        assert_int_equal(read_data(&data, size), BOOT_DATA_OUT_OF_REACH);
}

/* Between two tags a block may end; anywhere else the last tag does not fit. */
static void every_end_of_the_block_is_bounded(void **state)
{
    (void)state;
    struct data data = good_multiboot2();
    size_t whole = data.end - POINTER;
    for (uint32_t size = 0; size < whole; size++) {
        put_u32_at(&data, POINTER, size);
        enum boot_error error = read_data(&data, data.end);
        assert_true(error == BOOT_OK || error == BOOT_NO_MEMORY_MAP || error == BOOT_TAG_BROKEN);
    }
}

/* The tag is the last thing in memory, so that a read past it is seen. */
static void tags_of_every_size_are_read_within(void **state)
{
    (void)state;
    for (uint32_t type = 1; type <= 21; type++) {
        for (size_t size = 0; size <= 80; size++) {
            const uint8_t body[80] = {20, [40] = 20};
            struct data data = start(BOOT_MULTIBOOT2);
            put_u64(&data, 0);
            put_tag(&data, type, body, size);
            put_u32_at(&data, POINTER, (uint32_t)(data.end - POINTER));
            enum boot_error error = read_data(&data, data.end);
            if (type == 6) /* the memory map */
                assert_int_equal(error, size < 8 ? BOOT_MEMORY_MAP_BROKEN : BOOT_OK);
            else
                assert_int_equal(error, BOOT_NO_MEMORY_MAP);
        }
    }
}

static void escapes_of_grub_are_undone(void **state)
{
    (void)state;
    static const char text[] = "a\\'b \\\"c\\\\d";
    struct data data = start(BOOT_MULTIBOOT2);
    put_u64(&data, 0);
    put_memory_map(&data);
    put_tag(&data, 1, text, sizeof(text));
    end_block(&data);
    assert_int_equal(read_data(&data, data.end), BOOT_OK);
    assert_string_equal(info.command_line, "a'b \"c\\d");
}

static void a_command_line_may_fill_its_place_and_no_more(void **state)
{
    (void)state;
    char text[COMMAND_LINE_CAPACITY];
    memset(text, 'x', sizeof(text));
    for (size_t length = sizeof(text) - 2; length <= sizeof(text); length++) {
        struct data data = start(BOOT_MULTIBOOT2);
        put_u64(&data, 0);
        put_memory_map(&data);
        put_tag(&data, 1, text, length); /* not terminated */
        end_block(&data);
        assert_int_equal(read_data(&data, data.end),
                         length < sizeof(text) ? BOOT_OK : BOOT_COMMAND_LINE_TOO_LONG);
        if (length < sizeof(text))
            assert_int_equal(strlen(info.command_line), length);
    }
}

/* ---- PVH ---- */

enum { PVH_LINE = 256, PVH_MODULES = 320, PVH_MAP = 384 };

static struct data good_pvh(void)
{
    struct data data = start(BOOT_PVH);
    const uint32_t numbers[] = {0x336ec578, 1, 0, 1}; /* magic, version, flags, one module */
    put(&data, numbers, sizeof(numbers));
    put_u64(&data, PVH_MODULES);
    put_u64(&data, PVH_LINE);
    put_u64(&data, 0xf0000);
    put_u64(&data, PVH_MAP);
    put_u64(&data, 2); /* entries */
    data.end = PVH_LINE;
    put(&data, "log=verbose", sizeof("log=verbose"));
    data.end = PVH_MODULES;
    const uint64_t module[] = {0x200000, 0x1000, 0, 0};
    put(&data, module, sizeof(module));
    data.end = PVH_MAP;
    const uint64_t entries[] = {0x1000, 0x9000, 1, 0x100000, 0x7000000, 1};
    put(&data, entries, sizeof(entries));
    return data;
}

static void good_pvh_is_read(void **state)
{
    (void)state;
    struct data data = good_pvh();
    assert_int_equal(read_data(&data, data.end), BOOT_OK);
    assert_string_equal(info.command_line, "log=verbose");
    assert_int_equal(memory_map_bytes(&info.memory_map, MEMORY_USABLE),
                     0x9000 + 0x7000000 - 0x1000);
    assert_int_equal(memory_map_bytes(&info.memory_map, MEMORY_BOOT_DATA), 0x1000);
    assert_int_equal(info.screen.kind, SCREEN_NONE);
    for (size_t size = 1; size < data.end; size++)
        assert_int_equal(read_data(&data, size), BOOT_DATA_OUT_OF_REACH);
}

/* ---- damage ---- */

static uint32_t nasty_number(struct random_source *random)
{
    static const uint32_t numbers[] = {0, 1, 7, 8, 15, 16, 20, 24, 0x7fffffff, 0x80000000};
    uint64_t count = sizeof(numbers) / sizeof(numbers[0]);
    uint32_t number = numbers[random_below(random, count)];
    if (random_one_in(random, 3))
        return (uint32_t)random_next(random);
    return random_one_in(random, 2) ? number : ~number;
}

static void damage_is_never_followed(void **state)
{
    (void)state;
    struct random_source random = test_random_start();
    const struct data good[] = {good_pvh(), good_multiboot2()};
    for (int i = 0; i < CASES; i++) {
        struct data data = good[random_below(&random, 2)];
        for (uint64_t count = 1 + random_below(&random, 4); count > 0; count--) {
            size_t words = (data.end - POINTER) / 4;
            put_u32_at(&data, POINTER + 4 * random_below(&random, words), nasty_number(&random));
        }
        (void)read_data(&data, data.end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_multiboot2_is_read),
        cmocka_unit_test(every_end_of_the_memory_is_an_error_or_the_end),
        cmocka_unit_test(every_end_of_the_block_is_bounded),
        cmocka_unit_test(tags_of_every_size_are_read_within),
        cmocka_unit_test(escapes_of_grub_are_undone),
        cmocka_unit_test(a_command_line_may_fill_its_place_and_no_more),
        cmocka_unit_test(good_pvh_is_read),
        cmocka_unit_test(damage_is_never_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
