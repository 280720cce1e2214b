/* SPDX-License-Identifier: MIT */
/*
 * Faults against what LD_PRELOAD has put in the place of malloc, see tests/reliability/support/faults.h.
 *
 *     FAULTS=N   how many; SEED=N repeats them; FAULT=N makes that one alone
 *
 * What belongs to the heap is not known from outside. What does not, is: mappings of files, with the
 * zeroed memory after them, and stacks. Everything else that can be read and written counts as the
 * heap's; a large block's neighbours may be anybody's, and a fault spares them.
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "effort.h"
#include "faults.h"
#include "test.h"

void free_sized(void *block, size_t size) __attribute__((weak));
void free_aligned_sized(void *block, size_t align, size_t size) __attribute__((weak));

enum { FAULTS_USUAL = 1000, STRANGERS = 256, LINE = 4096, OTHER_HEAP = 4096 };

/* In thousandths: a region's own pointers have no second copy. */
static const struct fault_allowance allowances[] = {
    {"malloc", FAULT_FLIP_ANYWHERE, FAULT_CRASHED, 5},
};

/* ---- what is not the heap's ---- */

static struct {
    uintptr_t start, end;
} strangers[STRANGERS];
static size_t stranger_count;

/* A line is "start-end permissions offset device inode [name]". */
static void note_stranger(const char *line)
{
    static uintptr_t previous_end;
    uintptr_t start, end;
    unsigned long inode;
    char permissions[5], name[2] = "";
    int fields = sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %lu %1s", &start, &end,
                        permissions, &inode, name);
    if (fields < 4 || stranger_count == STRANGERS)
        fail_msg("/proc/self/maps cannot be read: %s", line);
    bool is_mapped_file = inode != 0 || name[0] != '\0';
    bool is_after_file = stranger_count > 0 && start == previous_end;
    if (!is_mapped_file && !is_after_file && permissions[1] == 'w')
        return;
    strangers[stranger_count].start = start;
    strangers[stranger_count++].end = previous_end = end;
}

static void find_strangers(void)
{
    static char text[1 << 16];
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    assert_int_equal(setvbuf(maps, text, _IOFBF, sizeof(text)), 0);
    for (char line[LINE]; fgets(line, sizeof(line), maps);)
        note_stranger(line);
    fclose(maps);
}

static bool owns(const void *start, size_t size)
{
    uintptr_t from = (uintptr_t)start, to = from + size;
    for (size_t i = 0; i < stranger_count; i++)
        if (from < strangers[i].end && strangers[i].start < to)
            return false;
    return from < to && from >= 4096 && to <= (uintptr_t)1 << 47;
}

/* ---- malloc ---- */

/* The fault of a wild free is what is called, and the compiler is not to know. */
#define opaque(pointer) __asm__ volatile("" : "+r"(pointer))

static void start(unsigned long random)
{
    (void)random;
}

static void *allocate(size_t size, size_t align)
{
    return align <= 16 ? malloc(size) : aligned_alloc(align, size);
}

static void deallocate(void *block, size_t size, size_t align)
{
    (void)size;
    (void)align;
    free(block);
}

static void *reallocate(void *block, size_t size, size_t align, size_t new_size)
{
    (void)size;
    (void)align;
    return realloc(block, new_size);
}

static void trim(void)
{
    malloc_trim(0);
}

static size_t usable_size(const void *block)
{
    return malloc_usable_size((void *)(uintptr_t)block);
}

/* ---- wild frees ---- */

static void wild_free(void *block, size_t size, size_t align)
{
    (void)size;
    (void)align;
    opaque(block);
    free(block);
}

static void wild_realloc(void *block, size_t size, size_t align)
{
    (void)align;
    opaque(block);
    (void)!realloc(block, size);
}

static void wild_usable_size(void *block, size_t size, size_t align)
{
    (void)size;
    (void)align;
    opaque(block);
    (void)!malloc_usable_size(block);
}

static void wild_free_sized(void *block, size_t size, size_t align)
{
    (void)align;
    opaque(block);
    free_sized(block, size);
}

static void wild_free_aligned_sized(void *block, size_t size, size_t align)
{
    opaque(block);
    free_aligned_sized(block, align, size);
}

static const struct fault_operation operations[] = {
    {"free of ", wild_free, false, false},
    {"realloc of ", wild_realloc, false, false},
    {"dealloc of ", wild_free_sized, true, false},
    {"dealloc of ", wild_free_aligned_sized, true, true},
    {"malloc_usable_size of ", wild_usable_size, false, false},
};

static void malloc_finds_faults(void **state)
{
    (void)state;
    struct fault_subject malloc_subject = {
        .name = "malloc",
        .kinds = (1UL << FAULT_KINDS) - 1 - (1UL << FAULT_FLIP_METADATA) -
                 (1UL << FAULT_FLIP_STRUCT) - (1UL << FAULT_FREE_WRONG_ALIGN),
        .largest = 300000,
        .start = start,
        .alloc = allocate,
        .dealloc = deallocate,
        .realloc = reallocate,
        .flush = trim,
        .usable_size = usable_size,
        .owns = owns,
        .operations = operations,
        .operation_count = sizeof(operations) / sizeof(operations[0]),
        .messages = {[FAULT_FREE_RANDOM] = "not from this heap",
                     [FAULT_FREE_INTERIOR] = "bytes into the live block",
                     [FAULT_FREE_MISALIGNED] = "bytes into the live block",
                     [FAULT_FREE_TWICE] = "double free",
                     [FAULT_FREE_AGAIN_LATER] = "double free",
                     [FAULT_FREE_WRONG_SIZE] = "wrong layout",
                     [FAULT_FREE_OTHER_HEAP] = "not from this heap",
                     [FAULT_FREE_STACK] = "not from this heap",
                     [FAULT_FREE_NULL_PAGE] = "not from this heap"},
    };
    if (!free_sized || !free_aligned_sized)
        fail_msg("run it with LD_PRELOAD=libcairn-malloc.so");
    malloc_subject.other_heap =
        mmap(NULL, OTHER_HEAP, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(malloc_subject.other_heap, MAP_FAILED);
    find_strangers();
    inject_faults(&malloc_subject, effort("FAULTS", FAULTS_USUAL), allowances,
                  sizeof(allowances) / sizeof(allowances[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malloc_finds_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
