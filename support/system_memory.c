/* SPDX-License-Identifier: MIT */
#include "system_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cairn/base/bits.h>

enum { PAGE = 4096 };

static _Noreturn void end_with_error(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static size_t whole_pages(size_t bytes)
{
    return cairn_align_up(bytes, PAGE);
}

/* Maps more than is needed, and gives back what lies before and after the aligned part. */
void *system_memory_map(size_t bytes)
{
    size_t wanted = whole_pages(bytes), mapped = wanted + SYSTEM_MEMORY_ALIGN;
    char *raw = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw == MAP_FAILED) {
        fprintf(stderr, "no %zu bytes of memory: ", mapped);
        end_with_error("mmap");
    }
    size_t before = cairn_align_up((uintptr_t)raw, SYSTEM_MEMORY_ALIGN) - (uintptr_t)raw;
    if (before != 0)
        munmap(raw, before);
    if (before != SYSTEM_MEMORY_ALIGN)
        munmap(raw + before + wanted, SYSTEM_MEMORY_ALIGN - before);
    return raw + before;
}

void system_memory_unmap(void *memory, size_t bytes)
{
    if (munmap(memory, whole_pages(bytes)) != 0)
        end_with_error("munmap");
}

void system_memory_touch(void *memory, size_t bytes)
{
    for (size_t offset = 0; offset < bytes; offset += PAGE)
        ((volatile char *)memory)[offset] = 1;
}

void system_memory_discard(void *memory, size_t bytes)
{
    if (madvise(memory, whole_pages(bytes), MADV_DONTNEED) != 0)
        end_with_error("madvise");
}

/* The kernel counts by walking the pages: VmRSS in /proc/self/status may be off by many. */
size_t system_memory_resident(void)
{
    static char text[4096];
    int file = open("/proc/self/smaps_rollup", O_RDONLY);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof(text) - 1);
    if (length <= 0)
        end_with_error("/proc/self/smaps_rollup");
    close(file);
    text[length] = '\0';
    const char *line = strstr(text, "\nAnonymous:");
    return line ? strtoul(line + strlen("\nAnonymous:"), NULL, 10) * 1024 : 0;
}
