/* SPDX-License-Identifier: MIT */
/*
 * What a program does that is linked with libjemalloc: its own names and malloc's, mixed, for one
 * heap. Passes on jemalloc itself and on libcairn-malloc.so, whichever is preloaded.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZERO             0x40
#define LOG2_ALIGN(log2) (log2)

static void *(*mallocx)(size_t size, int flags);
static void *(*rallocx)(void *block, size_t size, int flags);
static size_t (*xallocx)(void *block, size_t size, size_t extra, int flags);
static size_t (*sallocx)(const void *block, int flags);
static void (*dallocx)(void *block, int flags);
static void (*sdallocx)(void *block, size_t size, int flags);
static size_t (*nallocx)(size_t size, int flags);

static void expect(bool holds, const char *what)
{
    if (holds)
        return;
    printf("wrong: %s\n", what);
    exit(EXIT_FAILURE);
}

static void find(const char *name, void *function)
{
    void *found = dlsym(RTLD_DEFAULT, name);
    expect(found, name);
    memcpy(function, &found, sizeof(found));
}

static void find_all(void)
{
    find("mallocx", &mallocx);
    find("rallocx", &rallocx);
    find("xallocx", &xallocx);
    find("sallocx", &sallocx);
    find("dallocx", &dallocx);
    find("sdallocx", &sdallocx);
    find("nallocx", &nallocx);
}

static bool is_all(const unsigned char *bytes, size_t count, unsigned char value)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

/* So that zeroed memory is not zero by chance. */
static void leave_dirty_blocks(size_t size)
{
    void *blocks[64];
    for (size_t i = 0; i < 64; i++) {
        blocks[i] = malloc(size);
        memset(blocks[i], 0xff, size);
    }
    for (size_t i = 0; i < 64; i++)
        free(blocks[i]);
}

static void mix(size_t size)
{
    dallocx(malloc(size), 0);
    sdallocx(calloc(1, size), size, 0);
    free(mallocx(size, 0));
    free(rallocx(malloc(size), 2 * size, 0));
    dallocx(realloc(mallocx(size, 0), 2 * size), 0);
}

static void sizes(size_t size)
{
    void *block = mallocx(size, 0);
    expect(sallocx(block, 0) >= size, "sallocx: the block has what was asked for");
    expect(nallocx(size, 0) == sallocx(block, 0), "nallocx says what mallocx gives");
    expect(xallocx(block, size, 0, 0) == sallocx(block, 0), "xallocx says what the block has");
    sdallocx(block, nallocx(size, 0), 0);
}

static void zeroed(size_t size)
{
    leave_dirty_blocks(size);
    unsigned char *block = mallocx(size, ZERO);
    expect(is_all(block, size, 0), "mallocx zeroes");
    size_t has = sallocx(block, 0);
    memset(block, 0xaa, has);
    leave_dirty_blocks(3 * has);
    block = rallocx(block, 3 * has, ZERO);
    expect(is_all(block, has, 0xaa), "rallocx keeps what was there");
    expect(is_all(block + has, 2 * has, 0), "rallocx zeroes what is new");
    dallocx(block, 0);
}

static void aligned(size_t size, int log2)
{
    int flags = LOG2_ALIGN(log2);
    leave_dirty_blocks(size);
    unsigned char *block = mallocx(size, flags | ZERO);
    expect((uintptr_t)block % ((uintptr_t)1 << log2) == 0, "mallocx aligns");
    expect(is_all(block, size, 0), "mallocx aligns and zeroes");
    memset(block, 0xbb, size);
    block = rallocx(block, 5 * size, flags);
    expect((uintptr_t)block % ((uintptr_t)1 << log2) == 0, "rallocx aligns");
    expect(is_all(block, size, 0xbb), "rallocx aligns and keeps");
    dallocx(block, flags);
}

int main(void)
{
    find_all();
    for (size_t size = 1; size < 300000; size = size * 3 / 2 + 1) {
        mix(size);
        sizes(size);
        zeroed(size);
        for (int log2 = 3; log2 <= 14; log2++)
            aligned(size, log2);
    }
    expect(!mallocx(SIZE_MAX - 4096, 0), "mallocx refuses what cannot be");
    expect(nallocx(SIZE_MAX - 4096, 0) == 0, "nallocx knows what cannot be");
    printf("all is right\n");
    return EXIT_SUCCESS;
}
